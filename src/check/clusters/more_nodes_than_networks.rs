//! Every node gets a part of the pod network.

use crate::addresses::Family;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3014",
    name: "more-nodes-than-networks",
    level: Level::Warning,
    summary: "the pod network holds a /24 for each node",
    explanation: "The node controller of Kubernetes cuts a /24 (IPv6: /64) out of `pods` for every node, whoever gives pods \
                  their addresses. For the node after the last one it logs `CIDRNotAvailable` for ever, and what looks at \
                  `podCIDR` has nothing to look at. Calico's own blocks are another matter, see `blocks-exhausted`.",
    fails: r#"[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = "10.42.0.0/24"
services = "10.43.0.0/16"
max_pods = 50
"#,
    passes: r#"[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = "10.42.0.0/23"
services = "10.43.0.0/16"
max_pods = 50
"#,
    covers: &["CAL060"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for cluster in facts.resolved.targets() {
        let arguments = cluster.written.server_args.iter().flat_map(|list| &list.value);
        if arguments.into_iter().any(|argument| argument.value.contains("node-cidr-mask-size")) {
            continue;
        }
        let nodes = cluster.nodes().count() as u128;
        for network in cluster.written.pods.value.iter() {
            let each = if network.value.family() == Family::V4 { 24 } else { 64 };
            let parts = each.max(network.value.prefix_length()) - network.value.prefix_length();
            if nodes <= 1u128 << parts.min(64) {
                continue;
            }
            let count = 1u128 << parts;
            let message = format!(
                "`{}` has {nodes} nodes, and {} holds {count} networks for nodes",
                cluster.name, network.value
            );
            let finding = Diagnostic::new(&RULE, network.span, message)
                .here(format!("a /{each} for each node"))
                .help("take a larger network, or a smaller part for each node: server_args = [\"--kube-controller-manager-arg=node-cidr-mask-size=26\"]")
                .on(format!("clusters.{}", cluster.name));
            found.push(finding);
        }
    }
}
