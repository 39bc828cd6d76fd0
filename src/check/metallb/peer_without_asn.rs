//! A BGP session has a number on both ends.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4011",
    name: "peer-without-asn",
    level: Level::Error,
    summary: "a BGP peer has exactly one of `asn` and `dynamic_asn`, and we have an `asn`",
    explanation: "MetalLB's webhook refuses a BGPPeer without `myASN`, without a peer number, and with both `peerASN` and \
                  `dynamicASN` (internal/config peersFromCR); 0 counts as none. A refused peer keeps the whole \
                  configuration from loading.",
    fails: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nasn = 64512\npeers = { tor = { address = \"192.168.1.1\" } }\n",
    passes: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nasn = 64512\npeers = { tor = { address = \"192.168.1.1\", asn = 65000 } }\n",
    covers: &["PE001"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, metallb) in super::installed(facts) {
        for peer in super::peers(metallb) {
            let path = super::peer_path(cluster, peer);
            let written = &peer.value;
            let asn = written.asn.as_ref().filter(|asn| asn.value != 0);
            let their_end = match (asn, &written.dynamic_asn) {
                (Some(asn), Some(dynamic)) => Some(
                    Diagnostic::new(
                        &RULE,
                        dynamic.span,
                        format!("`{path}` has both `asn` and `dynamic_asn`"),
                    )
                    .here("accepts any system of this kind")
                    .label(asn.span, "accepts only this one")
                    .help("remove one of them"),
                ),
                (None, None) => {
                    let span = written.asn.as_ref().map_or(peer.name.span, |zero| zero.span);
                    let message = format!("`{path}` does not say the peer's autonomous system");
                    Some(
                        Diagnostic::new(&RULE, span, message)
                            .here("no session comes up without a number")
                            .help("add: asn = 65000 (or dynamic_asn = \"external\" from MetalLB v0.14.9)"),
                    )
                }
                _ => None,
            };
            let our_end = (super::own_asn(metallb, written).unwrap_or(0) == 0).then(|| {
                Diagnostic::new(&RULE, peer.name.span, format!("`{path}` has no autonomous system of ours"))
                    .here("neither `my_asn` here nor `asn` of MetalLB")
                    .help(format!("add to the table [clusters.{}.metallb]:\nasn = 64512", cluster.name))
            });
            found.extend(their_end.into_iter().chain(our_end).map(|finding| finding.on(path.clone())));
        }
    }
}
