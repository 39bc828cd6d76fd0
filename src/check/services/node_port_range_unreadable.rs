//! A range of node ports is two numbers.

use super::node_ports::range;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4503",
    name: "node-port-range-unreadable",
    level: Level::Error,
    summary: "`node_port_range` is `first-last` with ports from 1 to 65535",
    explanation: "The API server gets the range as `--service-node-port-range` and does not start with one that it cannot \
                  read; K3s then restarts for ever.",
    fails: "[clusters.main]\ndistribution = \"k3s\"\nversion = \"v1.33.1+k3s1\"\nservers = [\"node-1\"]\nagents = [\"node-2\"]\npods = \"10.42.0.0/16\"\nservices = \"10.43.0.0/16\"\nnode_port_range = \"32767-30000\"\n",
    passes: "[clusters.main]\ndistribution = \"k3s\"\nversion = \"v1.33.1+k3s1\"\nservers = [\"node-1\"]\nagents = [\"node-2\"]\npods = \"10.42.0.0/16\"\nservices = \"10.43.0.0/16\"\nnode_port_range = \"30000-32767\"\n",
    covers: &["SVC-02"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for cluster in &facts.resolved.clusters {
        let Some(written) = cluster.written.node_port_range.as_ref().filter(|_| range(cluster).is_none())
        else {
            continue;
        };
        let path = format!("clusters.{}.node_port_range", cluster.name);
        let message = format!(
            "`node_port_range` of `{}` is \"{}\", which is no range of ports",
            cluster.name, written.value
        );
        let finding = Diagnostic::new(&RULE, written.span, message)
            .here("expected `first-last`, the lower port first")
            .help("write: node_port_range = \"30000-32767\"")
            .on(path);
        found.push(finding);
    }
}
