//! A BGP peer is reached in one way.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4012",
    name: "peer-without-address",
    level: Level::Error,
    summary: "a BGP peer has exactly one of `address` and `interface`, and a port up to 16384",
    explanation: "MetalLB's webhook refuses a BGPPeer with neither or both of `peerAddress` and `interface` (internal/config \
                  peersFromCR), and the CRD takes ports from 1 to 16384 only.",
    fails: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nasn = 64512\npeers = { tor = { asn = 65000 } }\n",
    passes: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nasn = 64512\npeers = { tor = { interface = \"eno1\", asn = 65000 } }\n",
    covers: &["PE002"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, metallb) in super::installed(facts) {
        for peer in super::peers(metallb) {
            let path = super::peer_path(cluster, peer);
            let written = &peer.value;
            let way = match (&written.address, &written.interface) {
                (Some(address), Some(interface)) => Some(
                    Diagnostic::new(
                        &RULE,
                        interface.span,
                        format!("`{path}` has both `address` and `interface`"),
                    )
                    .here("an unnumbered session finds its peer itself")
                    .label(address.span, "a numbered session")
                    .help("remove one of them"),
                ),
                (None, None) => Some(
                    Diagnostic::new(
                        &RULE,
                        peer.name.span,
                        format!("`{path}` does not say where the peer is"),
                    )
                    .here("has neither `address` nor `interface`")
                    .help("add: address = \"192.168.1.1\""),
                ),
                _ => None,
            };
            let port = written.port.as_ref().filter(|port| !(1..=16384).contains(&port.value)).map(|port| {
                Diagnostic::new(&RULE, port.span, format!("`{path}.port` is {}", port.value))
                    .here("MetalLB takes 1 to 16384")
                    .help("write: port = 179")
            });
            found.extend(way.into_iter().chain(port).map(|finding| finding.on(path.clone())));
        }
    }
}
