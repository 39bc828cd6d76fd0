//! Only what lies on the LAN can be announced with ARP and neighbour discovery.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::{Facts, announced};
use crate::resolve::Pool;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P2007",
    name: "l2-pool-outside-lan",
    level: Level::Warning,
    summary: "a pool in L2 mode lies inside the LAN",
    explanation: "In L2 mode one node answers ARP for the address. Machines ask only for addresses of \
        their own network; \
                  for every other address they go to the gateway, which does not know it either, unless somebody added a \
                  route by hand (metallb concepts/layer2). MetalLB assigns such an address without a word.",
    fails: r#"[pools.lan]
cluster = "main"
addresses = ["192.168.2.200-192.168.2.250"]
"#,
    passes: r#"[pools.lan]
cluster = "main"
addresses = ["192.168.1.200-192.168.1.250"]
"#,
    covers: &["PL011"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    let lan = resolved.lan.set();
    let cidrs: Vec<String> = resolved.lan.cidrs.iter().map(|cidr| cidr.to_string()).collect();
    let by_l2 = |pool: &&Pool<'_>| announced::by_l2(resolved.cluster(pool.cluster), pool);
    for pool in resolved.pools.iter().filter(by_l2) {
        for entry in &pool.written.addresses.value {
            let range = entry.value.0;
            if lan.range_of(range.first()).is_some_and(|part| part.contains(range.last())) {
                continue;
            }
            let message = format!(
                "the pool `{}` holds {}, which is not all on the LAN {}",
                pool.name,
                super::shown(range),
                cidrs.join(", ")
            );
            let finding = Diagnostic::new(&RULE, entry.span, message)
                .here("nobody on the LAN asks for these with ARP")
                .label(resolved.plan.lan.value.cidr.span, "the LAN")
                .help("take addresses of the LAN, or announce the pool with BGP: advertise = \"bgp\"")
                .on(format!("pools.{}", pool.name));
            found.push(finding);
        }
    }
}
