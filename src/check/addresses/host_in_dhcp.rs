//! A host inside the DHCP range has a reservation there.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::Lease;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P2012",
    name: "host-in-dhcp",
    level: Level::Error,
    summary: "a host inside the DHCP range has a reserved lease",
    explanation: "An address that is configured on a host and leased by the DHCP server to something \
        else is two machines \
                  with one address. Reserve it in the DHCP server and say so here. The address of a node is written into \
                  certificates, into etcd and into every other node: it must not change.",
    fails: r#"[lan]
cidr = "192.168.1.0/24"
gateway = "192.168.1.1"
dhcp = "192.168.1.13-192.168.1.199"
"#,
    passes: r#"[lan]
cidr = "192.168.1.0/24"
gateway = "192.168.1.1"
dhcp = "192.168.1.13-192.168.1.199"

[hosts]
node-1 = { ip = "192.168.1.11" }
node-2 = { ip = "192.168.1.12" }
node-3 = { ip = "192.168.1.13", lease = "reserved" }
"#,
    covers: &["LB-07"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let dhcp: Vec<_> = facts.resolved.plan.lan.value.dhcp.iter().flat_map(|dhcp| dhcp.value.iter()).collect();
    for host in facts.resolved.hosts.iter().filter(|host| host.written.lease() == Lease::Static) {
        for ip in host.written.ip.value.iter() {
            let Some(range) = dhcp.iter().find(|range| range.value.0.contains(ip.value)) else { continue };
            let message = format!(
                "the DHCP server may give {} of the host `{}` to something else",
                ip.value, host.name
            );
            let finding = Diagnostic::new(&RULE, ip.span, message)
                .here("inside the DHCP range")
                .label(range.span, "what the DHCP server hands out")
                .help("reserve it in the DHCP server and add: lease = \"reserved\"")
                .on(format!("hosts.{}", host.name));
            found.push(finding);
        }
    }
}
