//! Calico announces its load balancer addresses over BGP or not at all.

use super::{pool_path, with_calico};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::PoolUse;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3120",
    name: "load-balancer-ip-pool-unannounced",
    level: Level::Warning,
    summary: "a load balancer pool of Calico has a BGP peer",
    explanation: "Calico only assigns load balancer addresses; it has no ARP mode. Without BGP and a \
        peer that \
                  learns them, a Service shows an address and nobody on the LAN reaches it. MetalLB in L2 mode \
                  does what is wanted on a flat LAN.",
    fails: r#"[clusters.main.calico]
version = "v3.30.7"

[clusters.main.calico.pools.pods]
cidr = "10.42.0.0/16"

[clusters.main.calico.pools.edge]
cidr = "192.168.50.0/24"
uses = ["LoadBalancer"]
"#,
    passes: r#"[clusters.main.calico]
version = "v3.30.7"
bgp = true

[clusters.main.calico.pools.pods]
cidr = "10.42.0.0/16"

[clusters.main.calico.pools.edge]
cidr = "192.168.50.0/24"
uses = ["LoadBalancer"]

[clusters.main.calico.peers.tor]
address = "192.168.1.1"
asn = 65000
"#,
    covers: &["CAL026"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts) {
        let peers = settings.written.peers.as_ref().is_some_and(|peers| !peers.value.is_empty());
        if settings.bgp && peers {
            continue;
        }
        for pool in settings.pools.iter().filter(|pool| pool.uses.contains(&PoolUse::LoadBalancer)) {
            let message =
                format!("nobody announces the load balancer pool `{}` of `{}`", pool.name, cluster.name);
            let finding = Diagnostic::new(&RULE, pool.span, message)
                .here(if settings.bgp { "there is no BGP peer" } else { "BGP is off" })
                .help("write: bgp = true, and declare the router under `peers`; or use a pool of MetalLB")
                .on(pool_path(cluster, pool));
            found.push(finding);
        }
    }
}
