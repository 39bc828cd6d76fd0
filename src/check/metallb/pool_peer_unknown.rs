//! A pool is told to peers that exist.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Names, Rule, nearest, quoted};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4023",
    name: "pool-peer-unknown",
    level: Level::Error,
    summary: "`peers` of a pool are peers of its cluster's MetalLB",
    explanation: "MetalLB ignores a peer name in a BGPAdvertisement that means nothing: the addresses are announced to the \
                  others, or to nobody, and no object says so.",
    fails: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nasn = 64512\npeers = { tor = { address = \"192.168.1.1\", asn = 65000 } }\n\n[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\nadvertise = \"bgp\"\npeers = [\"tro\"]\n",
    passes: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nasn = 64512\npeers = { tor = { address = \"192.168.1.1\", asn = 65000 } }\n\n[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\nadvertise = \"bgp\"\npeers = [\"tor\"]\n",
    covers: &["AD008"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, metallb, pool) in super::pools(facts) {
        let known: Vec<&str> = super::peers(metallb).map(|peer| peer.name.value.as_str()).collect();
        for name in pool.written.peers.iter().flat_map(|peers| peers.value.iter()) {
            if known.contains(&name.value.as_str()) {
                continue;
            }
            let message = format!("MetalLB in `{}` has no peer `{}`", cluster.name, name.value);
            let finding = Diagnostic::new(&RULE, name.span, message)
                .here("MetalLB would skip it without a word")
                .on(format!("{}.peers", super::pool_path(pool)));
            found.push(match nearest(name.value.as_str(), known.iter().copied()) {
                Some(meant) => finding.help(format!("did you mean `{meant}`?")).spell(
                    name.span,
                    name.value.as_str(),
                    known.iter().copied(),
                    Names::Chosen,
                    quoted,
                ),
                None => finding.help(format!(
                    "add: [clusters.{}.metallb.peers.{}]\naddress = \"192.168.1.1\"\nasn = 65000",
                    cluster.name, name.value
                )),
            });
        }
    }
}
