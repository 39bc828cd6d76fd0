//! Calico and MetalLB do not both open a BGP session to one router.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4020",
    name: "two-speakers-to-one-router",
    level: Level::Error,
    summary: "a router hears BGP from one speaker of each node",
    explanation: "A router keeps one session for each address. MetalLB's speaker and Calico's BIRD both speak from the \
                  node's address, so each session tears the other down, and routes flap (metallb.io, \
                  \"Issues with Calico\"). Let Calico announce the pools (`announce_pools = true`), or let only MetalLB have \
                  that peer.",
    fails: "[clusters.main.calico]\nversion = \"v3.30.7\"\nencapsulation = \"None\"\nbgp = true\npeers = { tor = { address = \"192.168.1.1\", asn = 65000 } }\n\n[clusters.main.metallb]\nversion = \"v0.15.3\"\nasn = 64512\npeers = { tor = { address = \"192.168.1.1\", asn = 65000 } }\n\n[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\nadvertise = \"bgp\"\n",
    passes: "[clusters.main.calico]\nversion = \"v3.30.7\"\nencapsulation = \"None\"\nbgp = true\npeers = { tor = { address = \"192.168.1.1\", asn = 65000 } }\nannounce_pools = true\n\n[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\nadvertise = \"bgp\"\n",
    covers: &["PE011", "CAL-06", "CAL067"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, metallb) in super::installed(facts) {
        let Some(calico) = cluster.calico.as_ref().filter(|calico| calico.bgp) else { continue };
        let routers = calico.written.peers.iter().flat_map(|peers| peers.value.iter());
        for router in routers {
            for peer in super::peers(metallb) {
                let (Some(theirs), Some(ours)) = (&router.value.address, &peer.value.address) else {
                    continue;
                };
                if theirs.value != ours.value {
                    continue;
                }
                let message = format!(
                    "both Calico and MetalLB open a BGP session to {} in `{}`",
                    ours.value, cluster.name
                );
                let finding = Diagnostic::new(&RULE, ours.span, message)
                    .here("MetalLB's session")
                    .label(theirs.span, "Calico's session, from the same node address")
                    .help("let Calico announce: announce_pools = true in its table, and no `peers` here")
                    .on(super::peer_path(cluster, peer));
                found.push(finding);
            }
        }
    }
}
