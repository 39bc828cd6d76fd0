//! The first and the last address of an IPv4 network belong to nobody.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::{Facts, announced};
use crate::resolve::Pool;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P2006",
    name: "pool-holds-network-address",
    level: Level::Warning,
    summary: "no L2 pool gives out the network or the broadcast address of the LAN",
    explanation: "Machines of the LAN never ask with ARP for the broadcast address, and many drop \
        packets to the network \
                  address, so a Service with one of them is dead although MetalLB reports it as assigned. \
                  `avoid_buggy_ips` or `reserve` keeps them back.",
    fails: r#"[pools.lan]
cluster = "main"
addresses = ["192.168.1.192/26"]
"#,
    passes: r#"[pools.lan]
cluster = "main"
addresses = ["192.168.1.192/26"]
avoid_buggy_ips = true
"#,
    covers: &["PL012", "LB-07"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    let by_l2 = |pool: &&Pool<'_>| announced::by_l2(resolved.cluster(pool.cluster), pool);
    for pool in resolved.pools.iter().filter(by_l2) {
        for lan in &resolved.plan.lan.value.cidr.value.0 {
            let ends = [("network", lan.value.network_address()), ("broadcast", lan.value.broadcast())];
            for (what, address) in ends {
                let Some(address) = address.map(std::net::IpAddr::V4) else { continue };
                if pool.excluded.contains(address) {
                    continue;
                }
                let mut entries = pool.written.addresses.value.iter();
                let Some(entry) = entries.find(|entry| entry.value.0.contains(address)) else { continue };
                let message =
                    format!("the pool `{}` holds {address}, the {what} address of the LAN", pool.name);
                let finding = Diagnostic::new(&RULE, entry.span, message)
                    .here(format!("holds the {what} address"))
                    .label(lan.span, format!("{address} is its {what} address"))
                    .help("add: avoid_buggy_ips = true")
                    .on(format!("pools.{}", pool.name));
                found.push(finding);
            }
        }
    }
}
