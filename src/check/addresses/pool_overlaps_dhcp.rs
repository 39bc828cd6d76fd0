//! A pool never overlaps what the DHCP server hands out.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P2003",
    name: "pool-overlaps-dhcp",
    level: Level::Error,
    summary: "no pool overlaps the range of the DHCP server",
    explanation: "Neither side asks the other: the DHCP server leases the address to a phone, MetalLB \
        gives it to a Service, \
                  and both answer ARP for it. It works for weeks and then one of them is gone for minutes at a time.",
    fails: r#"[lan]
cidr = "192.168.1.0/24"
gateway = "192.168.1.1"
dhcp = "192.168.1.100-192.168.1.210"
"#,
    passes: r#"[lan]
cidr = "192.168.1.0/24"
gateway = "192.168.1.1"
dhcp = "192.168.1.100-192.168.1.199"
"#,
    covers: &["PL010", "LB-07"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let dhcp = facts.resolved.plan.lan.value.dhcp.iter().flat_map(|dhcp| dhcp.value.iter());
    for leased in dhcp {
        for pool in &facts.resolved.pools {
            for entry in &pool.written.addresses.value {
                let Some(both) = entry.value.0.overlap(&leased.value.0) else { continue };
                let both = super::shown(both);
                let message =
                    format!("the DHCP server hands out {both}, and so does the pool `{}`", pool.name);
                let finding = Diagnostic::new(&RULE, entry.span, message)
                    .here("overlaps the DHCP range")
                    .label(leased.span, "what the DHCP server hands out")
                    .help("end the DHCP range before the pool, in the router and here")
                    .on(format!("pools.{}", pool.name));
                found.push(finding);
            }
        }
    }
}
