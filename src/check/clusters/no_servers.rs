//! A cluster has at least one server.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3004",
    name: "no-servers",
    level: Level::Error,
    summary: "a cluster has a host that runs its control plane",
    explanation: "Agents join a server; without one there is no API, no etcd and nothing to join. K3s \
        servers run pods as \
                  well, so a single machine is a cluster.",
    fails: r#"[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = []
agents = ["node-1"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
"#,
    passes: r#"[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
"#,
    covers: &["K3S-05"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for cluster in facts.resolved.clusters.iter().filter(|cluster| cluster.servers.is_empty()) {
        let first = cluster.agents.first().map_or("node-1", |host| facts.resolved.host(*host).name);
        let message = format!("the cluster `{}` has no server", cluster.name);
        let finding = Diagnostic::new(&RULE, cluster.written.servers.span, message)
            .here("nobody runs the control plane")
            .help(format!("write: servers = [\"{first}\"]"))
            .on(format!("clusters.{}", cluster.name));
        found.push(finding);
    }
}
