//! A pool has blocks to spare.

use super::capacity::{Capacity, capacities};
use super::{path, with_calico};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3110",
    name: "blocks-scarce",
    level: Level::Warning,
    summary: "the pools have room for another node",
    explanation: "More than four fifths of the blocks are needed by the nodes that there are. A node \
        that is \
                  replaced or added claims new blocks before those of the old one are released \
                  (kube-controllers frees them minutes later), and the network of a pool cannot grow.",
    fails: r#"[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = "10.42.0.0/24"
services = "10.43.0.0/16"

[clusters.main.calico]
version = "v3.30.7"

[checks]
more-nodes-than-networks = "allow"
"#,
    passes: r#"[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = "10.42.0.0/22"
services = "10.43.0.0/16"

[clusters.main.calico]
version = "v3.30.7"
"#,
    covers: &["CAL013"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts) {
        for capacity in capacities(cluster, settings) {
            let Capacity { family, blocks, per_node, nodes, span, .. } = capacity;
            let needed = per_node * nodes;
            if needed > blocks || needed.saturating_mul(5) <= blocks.saturating_mul(4) {
                continue;
            }
            let message = format!(
                "the nodes of `{}` may need {needed} of its {blocks} {family} \
                    blocks",
                cluster.name
            );
            let finding = Diagnostic::new(&RULE, span, message)
                .here("no room for more nodes")
                .help("take a larger network for pods, such as \"10.42.0.0/16\"")
                .on(path(cluster));
            found.push(finding);
        }
    }
}
