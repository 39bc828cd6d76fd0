//! Every node gets a part of the pod network.

use crate::addresses::Family;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::Distribution;

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
        let dual = cluster.written.pods.value.iter().count() > 1;
        for network in cluster.written.pods.value.iter() {
            let each = if network.value.family() == Family::V4 { 24 } else { 64 };
            let parts = each.max(network.value.prefix_length()) - network.value.prefix_length();
            if nodes <= 1u128 << parts.min(64) {
                continue;
            }
            let message = match 1u128 << parts {
                1 => format!("`{}` has {nodes} nodes, and {} is enough for one", cluster.name, network.value),
                count => {
                    format!(
                        "`{}` has {nodes} nodes, and {} is enough for {count}",
                        cluster.name, network.value
                    )
                }
            };
            // The bits that number the nodes.
            let bits = nodes.next_power_of_two().trailing_zeros() as u8;
            let larger = format!("take a network of a /{} or larger", each.saturating_sub(bits));
            let size = match (dual, network.value.family()) {
                (false, _) => "node-cidr-mask-size",
                (true, Family::V4) => "node-cidr-mask-size-ipv4",
                (true, Family::V6) => "node-cidr-mask-size-ipv6",
            };
            let smaller = network.value.prefix_length() + bits;
            let help = match cluster.distribution {
                Distribution::K3s => format!(
                    "{larger}, or a smaller part for each node: server_args = [\"--kube-controller-manager-arg={size}={smaller}\"]"
                ),
                Distribution::Kubeadm => larger,
            };
            let finding = Diagnostic::new(&RULE, network.span, message)
                .here(format!("a /{each} for each node"))
                .help(help)
                .on(format!("clusters.{}", cluster.name));
            found.push(finding);
        }
    }
}
