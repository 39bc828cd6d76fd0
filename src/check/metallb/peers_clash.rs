//! The BGP peers of one node agree about what FRR can say only once.

use super::Peer;
use super::nodes::may_match;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::resolve::Cluster;
use crate::source::Span;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4018",
    name: "peers-clash",
    level: Level::Error,
    summary: "the BGP peers of a node have one router id, one own number for each VRF, and an address each",
    explanation: "FRR runs one router for each VRF of a node. MetalLB refuses the whole configuration when two peers that \
                  share a node differ in `routerID`, have the same address in the same VRF, or differ in `myASN` within a \
                  VRF (internal/config validation.go). The native backend allows it.",
    fails: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nasn = 64512\n\n[clusters.main.metallb.peers]\nleft = { address = \"192.168.1.1\", asn = 65000 }\nright = { address = \"192.168.1.1\", asn = 65001 }\n",
    passes: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nasn = 64512\n\n[clusters.main.metallb.peers]\nleft = { address = \"192.168.1.1\", asn = 65000 }\nright = { address = \"192.168.1.2\", asn = 65001 }\n",
    covers: &["PE009"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, metallb) in super::installed(facts).filter(|(_, metallb)| !super::is_native(metallb)) {
        let peers: Vec<&Peer> = super::peers(metallb).collect();
        // Routers are few: every pair is looked at.
        for (at, second) in peers.iter().enumerate() {
            for first in &peers[..at] {
                if !share_a_node(facts, cluster, first, second) {
                    continue;
                }
                let (one, other) = (&first.value, &second.value);
                let text = |value: Option<String>| value.unwrap_or_else(|| "none".to_owned());
                let same_vrf =
                    one.vrf.as_ref().map(|vrf| &vrf.value) == other.vrf.as_ref().map(|vrf| &vrf.value);
                let mut report = |what: String, place: (Span, Span), help: String| {
                    let message = format!(
                        "the peers `{}` and `{}` share a node and {what}",
                        first.name.value, second.name.value
                    );
                    let finding = Diagnostic::new(&RULE, place.1, message)
                        .here("FRR can say this once only")
                        .label(place.0, "the other peer")
                        .help(help)
                        .on(super::peer_path(cluster, second));
                    found.push(finding);
                };
                let whole = (first.name.span, second.name.span);
                if let (Some(left), Some(right)) = (&one.address, &other.address)
                    && same_vrf
                    && left.value == right.value
                {
                    let help = "give each peer an address, or a VRF, of its own".to_owned();
                    report(format!("have one address, {}", right.value), (left.span, right.span), help);
                }
                let (left, right) = (one.router_id.as_ref(), other.router_id.as_ref());
                if left.map(|id| id.value) != right.map(|id| id.value) {
                    let what = format!(
                        "have the router ids {} and {}",
                        text(left.map(|id| id.value.to_string())),
                        text(right.map(|id| id.value.to_string()))
                    );
                    let place = (
                        left.map_or(whole.0, |router_id| router_id.span),
                        right.map_or(whole.1, |router_id| router_id.span),
                    );
                    report(what, place, "write the same `router_id` in both, or in neither".to_owned());
                }
                let (left, right) = (super::own_asn(metallb, one), super::own_asn(metallb, other));
                if let (Some(left), Some(right)) = (left, right)
                    && same_vrf
                    && left != right
                {
                    let help = format!("write: my_asn = {left}, or put one of them into a `vrf`");
                    let place = (
                        one.my_asn.as_ref().map_or(whole.0, |asn| asn.span),
                        other.my_asn.as_ref().map_or(whole.1, |asn| asn.span),
                    );
                    report(format!("have the own numbers {left} and {right}"), place, help);
                }
            }
        }
    }
}

fn share_a_node(facts: &Facts<'_>, cluster: &Cluster<'_>, first: &Peer, second: &Peer) -> bool {
    let has = |peer: &Peer, node| {
        peer.value.nodes.as_ref().is_none_or(|labels| may_match(facts, cluster, node, &labels.value))
    };
    cluster.nodes().any(|node| has(first, node) && has(second, node))
}
