//! A cluster that takes the place of another says how.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3001",
    name: "replaces-without-strategy",
    level: Level::Error,
    summary: "a cluster says both which one it replaces and how, or neither",
    explanation: "`rebuild` tears the old cluster down and installs the new one on the same machines: \
        there is a gap, and the \
                  way back is another rebuild. `parallel` installs it on other machines: both are alive until the cutover, \
                  and need addresses and networks that do not meet. There is no third way for K3s, which cannot change the \
                  CNI of a running cluster (k3s#8303), so the plan has to say which.",
    fails: r#"[clusters.old]
distribution = "k3s"
version = "v1.32.5+k3s1"
servers = ["node-1"]
cni = "flannel"
pods = "10.42.0.0/16"
services = "10.43.0.0/16"

[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
replaces = "old"
"#,
    passes: r#"[clusters.old]
distribution = "k3s"
version = "v1.32.5+k3s1"
servers = ["node-1"]
cni = "flannel"
pods = "10.42.0.0/16"
services = "10.43.0.0/16"

[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
replaces = "old"
strategy = "rebuild"
"#,
    covers: &["CAL049"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for cluster in &facts.resolved.clusters {
        let finding = match (&cluster.written.replaces, &cluster.written.strategy) {
            (Some(replaces), None) => {
                let message =
                    format!("`{}` replaces `{}` and does not say how", cluster.name, replaces.value);
                Diagnostic::new(&RULE, replaces.span, message).here("without `strategy`").help(
                    "add: strategy = \"rebuild\" for the same machines, or strategy = \"parallel\" \
                        for others",
                )
            }
            (None, Some(strategy)) => {
                let message = format!("`{}` has a strategy and replaces no cluster", cluster.name);
                Diagnostic::new(&RULE, strategy.span, message)
                    .here("without `replaces`")
                    .help("add `replaces` with the name of the old cluster, or remove `strategy`")
            }
            _ => continue,
        };
        found.push(finding.on(format!("clusters.{}", cluster.name)));
    }
}
