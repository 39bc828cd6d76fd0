//! The parts of a pod network can be counted.

use crate::addresses::Family;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3017",
    name: "pod-network-too-wide",
    level: Level::Error,
    summary: "an IPv6 pod network is at most 16 bits wider than the part of a node",
    explanation: "The node controller of Kubernetes keeps a bit for each part that it may cut out of `pods`, a /64 for each node, \
                  and refuses more than 2^16 of them: `New CIDR set failed; the node CIDR size is too big` \
                  (`pkg/controller/nodeipam/ipam/cidrset`). kubeadm refuses the network before it begins; K3s starts, and \
                  stops again.",
    fails: r#"[lan]
cidr = ["192.168.1.0/24", "2001:db8:1::/64"]
gateway = "192.168.1.1"

[hosts]
node-1 = { ip = ["192.168.1.11", "2001:db8:1::11"] }
node-2 = { ip = ["192.168.1.12", "2001:db8:1::12"] }

[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = ["10.42.0.0/16", "fd42::/40"]
services = ["10.43.0.0/16", "fd43::/112"]
"#,
    passes: r#"[lan]
cidr = ["192.168.1.0/24", "2001:db8:1::/64"]
gateway = "192.168.1.1"

[hosts]
node-1 = { ip = ["192.168.1.11", "2001:db8:1::11"] }
node-2 = { ip = ["192.168.1.12", "2001:db8:1::12"] }

[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = ["10.42.0.0/16", "fd42::/48"]
services = ["10.43.0.0/16", "fd43::/112"]
"#,
    covers: &[],
};

/// The part of a node, and how much wider than that a network may be.
const NODE: u8 = 64;
const MOST: u8 = 16;

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for cluster in facts.resolved.targets() {
        let arguments = cluster.written.server_args.iter().flat_map(|list| &list.value);
        if arguments.into_iter().any(|argument| argument.value.contains("node-cidr-mask-size")) {
            continue;
        }
        for network in cluster.written.pods.value.iter() {
            let prefix = network.value.prefix_length();
            if network.value.family() == Family::V4 || prefix >= NODE - MOST {
                continue;
            }
            let message = format!("the pod network {} of `{}` is too wide", network.value, cluster.name);
            let finding = Diagnostic::new(&RULE, network.span, message)
                .here(format!("has 2^{} parts of a /{NODE}, and 2^{MOST} can be counted", NODE - prefix))
                .help(format!("write: {}/{}", network.value.first(), NODE - MOST))
                .on(format!("clusters.{}", cluster.name));
            found.push(finding);
        }
    }
}
