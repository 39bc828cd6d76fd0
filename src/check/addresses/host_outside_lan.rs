//! Machines are on the LAN.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P2011",
    name: "host-outside-lan",
    level: Level::Warning,
    summary: "every host lies on the LAN",
    explanation: "A node elsewhere cannot answer ARP for addresses of the LAN, so MetalLB in L2 mode \
        must not choose it, and \
                  the firewall rules and policies that name the LAN do not cover it. Declare every network that machines \
                  are on in `lan.cidr`.",
    fails: r#"[hosts]
node-1 = { ip = "192.168.1.11" }
node-2 = { ip = "192.168.7.12" }
"#,
    passes: r#"[hosts]
node-1 = { ip = "192.168.1.11" }
node-2 = { ip = "192.168.1.12" }
"#,
    covers: &["CAL039"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    let lan = resolved.lan.set();
    for host in &resolved.hosts {
        for ip in host.written.ip.value.iter().filter(|ip| !lan.contains(ip.value)) {
            let message = format!("the host `{}` has {}, which is not on the LAN", host.name, ip.value);
            let finding = Diagnostic::new(&RULE, ip.span, message)
                .here("outside of `lan.cidr`")
                .label(resolved.plan.lan.value.cidr.span, "the LAN")
                .help("correct the address, or add its network to `lan.cidr`")
                .on(format!("hosts.{}", host.name));
            found.push(finding);
        }
    }
}
