//! A pool never holds the address of a machine: a host, the gateway, a shared API address, something outside.

use crate::addresses::Address;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::source::Span;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P2002",
    name: "pool-holds-machine",
    level: Level::Error,
    summary: "no pool holds the address of a machine",
    explanation: "MetalLB knows nothing about the LAN: it gives out whatever its pool holds \
        (metallb#364; a webhook that \
                  refused node addresses was reverted, #2779). Once a Service has the address of a node or of the router, \
                  two machines answer ARP for it, and the LAN loses the router or the cluster loses a node.",
    fails: r#"[pools.lan]
cluster = "main"
addresses = ["192.168.1.1-192.168.1.1", "192.168.1.200-192.168.1.250"]
"#,
    passes: r#"[pools.lan]
cluster = "main"
addresses = ["192.168.1.200-192.168.1.250"]
"#,
    covers: &["PL008", "PL010", "LB-07"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let machines = machines(facts);
    for pool in &facts.resolved.pools {
        for (address, what, span) in &machines {
            let mut entries = pool.written.addresses.value.iter();
            let Some(entry) = entries.find(|entry| entry.value.0.contains(*address)) else { continue };
            let message = format!("the pool `{}` holds {address}, the address of {what}", pool.name);
            let finding = Diagnostic::new(&RULE, entry.span, message)
                .here(format!("holds {address}"))
                .label(*span, what.clone())
                .help(format!("end the range before {address}, or split it around that address"))
                .on(format!("pools.{}", pool.name));
            found.push(finding);
        }
    }
}

/// Every address that one machine has, what it is, and where it was written.
fn machines(facts: &Facts<'_>) -> Vec<(Address, String, Span)> {
    let resolved = &facts.resolved;
    let mut machines = Vec::new();
    for gateway in resolved.plan.lan.value.gateway.iter().flat_map(|gateway| gateway.value.iter()) {
        machines.push((gateway.value, "the gateway".to_owned(), gateway.span));
    }
    for host in &resolved.hosts {
        let addresses = host.written.ip.value.iter();
        machines.extend(addresses.map(|ip| (ip.value, format!("the host `{}`", host.name), ip.span)));
    }
    for external in &resolved.externals {
        let addresses = external.written.ip.iter().flat_map(|ip| ip.value.iter());
        machines.extend(addresses.map(|ip| (ip.value, format!("`external.{}`", external.name), ip.span)));
    }
    for cluster in &resolved.clusters {
        let shared = cluster.written.api_address.iter();
        let what = format!("the API servers of `{}`", cluster.name);
        machines.extend(shared.map(|ip| (ip.value, what.clone(), ip.span)));
    }
    machines
}
