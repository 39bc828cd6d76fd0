//! A pool that is announced by BGP has somebody who listens.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::Advertise;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4027",
    name: "bgp-pool-without-peers",
    level: Level::Error,
    summary: "MetalLB has a peer where a pool is announced by BGP",
    explanation: "A BGPAdvertisement without a BGPPeer is admitted and tells nobody: the Services get their addresses, and \
                  no router ever learns of them.",
    fails: "[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\nadvertise = \"bgp\"\n",
    passes: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nasn = 64512\npeers = { tor = { address = \"192.168.1.1\", asn = 65000 } }\n\n[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\nadvertise = \"bgp\"\n",
    covers: &["PL013"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, metallb, pool) in super::pools(facts) {
        if !pool.is_advertised_by(Advertise::Bgp)
            || super::peers(metallb).next().is_some()
            || super::calico_announces(cluster)
        {
            continue;
        }
        let span = pool.written.advertise.as_ref().map_or(pool.span, |advertise| advertise.span);
        let message = format!(
            "the pool `{}` is announced by BGP, and MetalLB in `{}` has no peer",
            pool.name, cluster.name
        );
        let finding = Diagnostic::new(&RULE, span, message)
            .here("nobody hears of it")
            .help(format!(
                "add: [clusters.{}.metallb.peers.router]\naddress = \"192.168.1.1\"\nasn = 65000",
                cluster.name
            ))
            .on(format!("{}.advertise", super::pool_path(pool)));
        found.push(finding);
    }
}
