//! Addresses of the LAN and addresses of pods and Services are different addresses.

use crate::addresses::AddressRange;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P2008",
    name: "pool-in-cluster-network",
    level: Level::Error,
    summary: "no pool overlaps the pod or Service network of a cluster",
    explanation: "A node routes pod addresses into the overlay and kube-proxy claims Service addresses, \
        both before the LAN is \
                  asked. A load balancer address out of these networks is answered by a pod, by another Service, or by \
                  nobody, depending on the node that a packet comes from.",
    fails: r#"[pools.lan]
cluster = "main"
addresses = ["10.43.255.0/24"]
advertise = "bgp"
peers = ["tor"]

[clusters.main.metallb]
version = "v0.15.3"
asn = 64512

[clusters.main.metallb.peers.tor]
address = "192.168.1.1"
asn = 65000
"#,
    passes: r#"[pools.lan]
cluster = "main"
addresses = ["10.44.255.0/24"]
advertise = "bgp"
peers = ["tor"]

[clusters.main.metallb]
version = "v0.15.3"
asn = 64512

[clusters.main.metallb.peers.tor]
address = "192.168.1.1"
asn = 65000
"#,
    covers: &["PL009", "CAL006"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for cluster in &facts.resolved.clusters {
        for network in super::networks(cluster) {
            // A network that holds the LAN holds its pools as well; `overlapping-networks` says so once.
            let lan = facts.resolved.lan.cidrs.iter().filter(|lan| lan.overlaps(&network.cidr));
            let lan: Vec<AddressRange> = lan.map(|lan| AddressRange::from(*lan)).collect();
            for pool in &facts.resolved.pools {
                for entry in &pool.written.addresses.value {
                    if lan.iter().any(|lan| lan.overlap(&entry.value.0).is_some()) {
                        continue;
                    }
                    let Some(both) = entry.value.0.overlap(&AddressRange::from(network.cidr)) else {
                        continue;
                    };
                    let both = super::shown(both);
                    let message = format!(
                        "the pool `{}` and the {} network of the cluster `{}` both hold {both}",
                        pool.name, network.of, cluster.name
                    );
                    let finding = Diagnostic::new(&RULE, entry.span, message)
                        .here("overlaps")
                        .label(network.span, format!("the {} network", network.of))
                        .help("take addresses of the LAN that no cluster uses inside")
                        .on(format!("pools.{}", pool.name));
                    found.push(finding);
                }
            }
        }
    }
}
