//! A pool has blocks for every pod that its nodes may run.

use super::capacity::{Capacity, capacities};
use super::{path, with_calico};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3109",
    name: "blocks-exhausted",
    level: Level::Error,
    summary: "the pools have blocks for every node at its largest",
    explanation: "A node that runs `max_pods` pods claims as many blocks as these and its tunnel address \
        fill. \
                  When no block is left, a node borrows single addresses of other nodes' blocks, each with a \
                  route of its own on every node; with `strict_affinity` its pods wait for an address for \
                  ever. A pool cannot grow: Calico refuses to change its network.",
    fails: r#"[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = "10.42.0.0/25"
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
    covers: &["CAL011", "CAL015", "NET-04"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts) {
        for capacity in capacities(cluster, settings) {
            let Capacity { family, blocks, block, per_node, nodes, span } = capacity;
            let needed = per_node * nodes;
            if blocks == 0 || needed <= blocks {
                continue;
            }
            let message = format!(
                "the {family} pools of `{}` have {blocks} blocks of {block} addresses, and {nodes} nodes \
                    with {} pods need {needed}",
                cluster.name,
                cluster.written.max_pods()
            );
            let finding = Diagnostic::new(&RULE, span, message)
                .here(format!("{blocks} blocks"))
                .help("take a larger network for pods, such as \"10.42.0.0/16\", or a smaller `max_pods`")
                .on(path(cluster));
            found.push(finding);
        }
    }
}
