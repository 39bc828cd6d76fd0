//! An address is on one node, and so is a BGP session that comes from it.

use super::nodes::may_match;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4038",
    name: "peer-source-of-one-node",
    level: Level::Warning,
    summary: "a BGP peer with a `source_address` is a peer of one node",
    explanation: "Every node that has the peer opens its session from `sourceAddress`. Only one of them has this address; on all \
                  others the socket cannot be bound, the session stays in `Active`, and they announce nothing. Write a peer \
                  for each node, with `nodes`, or leave the address out: each node takes its own.",
    fails: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nasn = 64512\npeers = { tor = { address = \"192.168.1.1\", asn = 65000, source_address = \"192.168.1.11\" } }\n",
    passes: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nasn = 64512\npeers = { tor = { address = \"192.168.1.1\", asn = 65000, source_address = \"192.168.1.11\", nodes = { \"kubernetes.io/hostname\" = \"node-1\" } } }\n",
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, metallb) in super::installed(facts) {
        for peer in super::peers(metallb) {
            let Some(source) = &peer.value.source_address else { continue };
            let labels = peer.value.nodes.as_ref();
            let has_peer =
                |node: &_| labels.is_none_or(|labels| may_match(facts, cluster, *node, &labels.value));
            let nodes = cluster.nodes().filter(has_peer);
            let names: Vec<&str> = nodes.map(|node| facts.resolved.host(node).name).collect();
            let [first, second, ..] = names[..] else { continue };
            let path = super::peer_path(cluster, peer);
            let message =
                format!("`{path}` comes from {} on {} nodes, and one can have it", source.value, names.len());
            let mut finding = Diagnostic::new(&RULE, source.span, message)
                .here(format!("on `{first}`, `{second}`{}", if names.len() > 2 { " and others" } else { "" }))
                .help(format!(
                    "remove it, or write a peer for each node: nodes = {{ \"kubernetes.io/hostname\" = \"{first}\" }}"
                ))
                .on(path);
            if let Some(labels) = labels {
                finding = finding.label(labels.span, "selects them");
            }
            found.push(finding);
        }
    }
}
