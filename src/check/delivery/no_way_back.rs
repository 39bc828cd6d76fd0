//! A migration says how far back it can go.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8015",
    name: "no-way-back",
    level: Level::Warning,
    summary: "of the stages that replace a cluster, one says what to go back to",
    explanation: "A check of a stage fails, and the people on duty have to know what the state before was and whether it can \
                  still be reached. `rollback = \"OLD\"` on a stage puts that into the runbook. Without it nobody has \
                  decided.",
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
agents = ["node-2"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
replaces = "old"
strategy = "parallel"

[[stages]]
name = "foundation"
on = "main"
apply = ["metallb"]
check = ["pool-synced"]
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
agents = ["node-2"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
replaces = "old"
strategy = "parallel"

[[stages]]
name = "foundation"
on = "main"
apply = ["metallb"]
check = ["pool-synced"]
rollback = "old"
"#,
    covers: &["STG-08"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    for cluster in resolved.targets() {
        let Some(old) = cluster.replaces.map(|old| resolved.cluster(old)) else { continue };
        let own = || resolved.stages.iter().filter(|stage| stage.on == Some(cluster.id));
        if own().any(|stage| stage.rollback.is_some()) {
            continue;
        }
        let Some(last) = own().next_back() else { continue };
        let message = format!("no stage says how to go back from `{}` to `{}`", cluster.name, old.name);
        let finding = Diagnostic::new(&RULE, last.written.name.span, message)
            .here("the last stage, and no `rollback` in any")
            .help(format!(
                "add to the last stage from which there is a way back: rollback = \"{}\"",
                old.name
            ))
            .on(format!("clusters.{}", cluster.name));
        found.push(finding);
    }
}
