//! Two machines have two addresses.

use crate::addresses::Address;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::source::Span;
use std::collections::BTreeMap;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P2013",
    name: "duplicate-host-address",
    level: Level::Error,
    summary: "no two machines have the same address",
    explanation: "The second machine with an address takes the traffic of the first one, node by node, \
        as ARP caches \
                  expire. In an inventory it is mostly a line that was copied and not changed.",
    fails: r#"[hosts]
node-1 = { ip = "192.168.1.11" }
node-2 = { ip = "192.168.1.11" }
"#,
    passes: r#"[hosts]
node-1 = { ip = "192.168.1.11" }
node-2 = { ip = "192.168.1.12" }
"#,
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    let mut seen: BTreeMap<Address, (String, Span)> = BTreeMap::new();
    for gateway in resolved.plan.lan.value.gateway.iter().flat_map(|gateway| gateway.value.iter()) {
        seen.insert(gateway.value, ("the gateway".to_owned(), gateway.span));
    }
    for host in &resolved.hosts {
        for ip in host.written.ip.value.iter() {
            let what = format!("the host `{}`", host.name);
            let Some((other, span)) = seen.get(&ip.value) else {
                seen.insert(ip.value, (what, ip.span));
                continue;
            };
            let message = format!("{other} and {what} both have {}", ip.value);
            let finding = Diagnostic::new(&RULE, ip.span, message)
                .here("already taken")
                .label(*span, other.clone())
                .help("write the address that the machine really has: ip -brief address")
                .on(format!("hosts.{}", host.name));
            found.push(finding);
        }
    }
}
