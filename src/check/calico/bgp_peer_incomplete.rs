//! A BGP peer is named by its address or by a selector.

use super::with_calico;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3131",
    name: "bgp-peer-incomplete",
    level: Level::Error,
    summary: "a BGP peer has an address and an autonomous system, or a selector",
    explanation: "Calico's BGPPeer takes `peerIP` with `asNumber`, or `peerSelector`, whose peers bring \
        both \
                  with them (CEL of projectcalico.org/v3 BGPPeer). A password is read from a key of a Secret \
                  in `calico-system`.",
    fails: r#"[clusters.main.calico]
version = "v3.30.7"
bgp = true

[clusters.main.calico.peers.tor]
address = "192.168.1.1"
"#,
    passes: r#"[clusters.main.calico]
version = "v3.30.7"
bgp = true

[clusters.main.calico.peers.tor]
address = "192.168.1.1"
asn = 65000
"#,
    covers: &["CAL098"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts) {
        for entry in settings.written.peers.iter().flat_map(|peers| peers.value.iter()) {
            let (name, peer) = (&entry.name.value, &entry.value);
            let problem = match (&peer.address, &peer.asn, &peer.peer_selector) {
                (Some(_), Some(_), None) | (None, None, Some(_)) => None,
                (_, Some(asn), Some(_)) => Some((
                    asn.span,
                    "has both `peer_selector` and `asn`",
                    "remove `asn`: each selected peer has its own",
                )),
                (Some(address), None, Some(_)) => {
                    Some((address.span, "has both `address` and `peer_selector`", "keep one of them"))
                }
                (Some(_), None, None) => Some((entry.name.span, "has no `asn`", "add: asn = 65000")),
                (None, _, None) => Some((
                    entry.name.span,
                    "has neither `address` nor `peer_selector`",
                    "add: address = \"192.168.1.1\"",
                )),
            };
            let secret = peer.password_secret.as_ref().filter(|secret| {
                let parts: Vec<&str> = secret.value.split('/').collect();
                parts.len() != 2 || parts.iter().any(|part| part.is_empty())
            });
            let of_secret = secret.map(|secret| {
                (
                    secret.span,
                    "has a `password_secret` that is not `name/key`",
                    "write: password_secret = \"bgp/password\"",
                )
            });
            for (span, problem, help) in problem.into_iter().chain(of_secret) {
                let finding = Diagnostic::new(
                    &RULE,
                    span,
                    format!("the BGP peer `{name}` of `{}` {problem}", cluster.name),
                )
                .here("Calico refuses this")
                .help(help)
                .on(format!("clusters.{}.calico.peers.{name}", cluster.name));
                found.push(finding);
            }
        }
    }
}
