//! Calico and MetalLB never give out the same address.

use super::{pool_path, with_calico};
use crate::addresses::AddressRange;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::PoolUse;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3121",
    name: "load-balancer-ip-pool-overlaps",
    level: Level::Error,
    summary: "a load balancer pool of Calico overlaps no pool of MetalLB",
    explanation: "Both controllers give addresses to Services and neither knows what the other has \
        given: two \
                  Services have one address, one announced by BGP and one by ARP.",
    fails: r#"[clusters.main.calico]
version = "v3.30.7"
bgp = true

[clusters.main.calico.pools.pods]
cidr = "10.42.0.0/16"

[clusters.main.calico.pools.edge]
cidr = "192.168.1.224/28"
uses = ["LoadBalancer"]
block_size = 29

[clusters.main.calico.peers.tor]
address = "192.168.1.1"
asn = 65000
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
    covers: &["CAL-09", "CAL006"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts) {
        for pool in settings.pools.iter().filter(|pool| pool.uses.contains(&PoolUse::LoadBalancer)) {
            let whole = AddressRange::from(pool.cidr);
            for other in &facts.resolved.pools {
                let mut entries = other.written.addresses.value.iter();
                let Some(entry) = entries.find(|entry| entry.value.0.overlap(&whole).is_some()) else {
                    continue;
                };
                let message = format!(
                    "the load balancer pool `{}` ({}) overlaps MetalLB's pool `{}`",
                    pool.name, pool.cidr, other.name
                );
                let span = pool.written.map_or(pool.span, |written| written.cidr.span);
                let finding = Diagnostic::new(&RULE, span, message)
                    .here("overlaps")
                    .label(entry.span, format!("`pools.{}`", other.name))
                    .help("let one of the two give out these addresses")
                    .on(pool_path(cluster, pool));
                found.push(finding);
            }
        }
    }
}
