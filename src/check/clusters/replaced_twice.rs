//! A cluster has one successor, and it is another cluster.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use std::collections::BTreeMap;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3002",
    name: "replaced-twice",
    level: Level::Error,
    summary: "a cluster is replaced by at most one other cluster",
    explanation: "The runbook leads from the old cluster to the new one and back. With two successors, \
        or with a cluster that \
                  replaces itself, it would not know where to go; split such a migration into two plans, one after the \
                  other.",
    fails: r#"[clusters.old]
distribution = "k3s"
version = "v1.32.5+k3s1"
servers = ["node-3"]
cni = "flannel"
pods = "10.52.0.0/16"
services = "10.53.0.0/16"

[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
replaces = "old"
strategy = "parallel"

[clusters.second]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-2"]
cni = "flannel"
pods = "10.62.0.0/16"
services = "10.63.0.0/16"
replaces = "old"
strategy = "parallel"
"#,
    passes: r#"[clusters.old]
distribution = "k3s"
version = "v1.32.5+k3s1"
servers = ["node-3"]
cni = "flannel"
pods = "10.52.0.0/16"
services = "10.53.0.0/16"

[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
replaces = "old"
strategy = "parallel"
"#,
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let mut successors = BTreeMap::new();
    for cluster in &facts.resolved.clusters {
        let Some(replaces) = &cluster.written.replaces else { continue };
        let finding = if replaces.value.as_str() == cluster.name {
            let message = format!("`{}` replaces itself", cluster.name);
            Diagnostic::new(&RULE, replaces.span, message)
                .here("the same cluster")
                .help("describe the cluster of today under a name of its own, such as `before`")
        } else if let Some((first, span)) = successors.get(replaces.value.as_str()) {
            let message = format!("`{first}` and `{}` both replace `{}`", cluster.name, replaces.value);
            Diagnostic::new(&RULE, replaces.span, message)
                .here("a second successor")
                .label(*span, "the first one")
                .help("keep one of them; another cluster beside it replaces nothing")
        } else {
            successors.insert(replaces.value.as_str(), (cluster.name, replaces.span));
            continue;
        };
        found.push(finding.on(format!("clusters.{}", cluster.name)));
    }
}
