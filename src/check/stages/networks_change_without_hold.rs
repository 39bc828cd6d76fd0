//! The way back from other networks is a second rebuild, and a person should know.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::facts::stages::{Loss, is_guarded};
use std::collections::BTreeSet;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8516",
    name: "networks-change-without-hold",
    level: Level::Warning,
    summary: "a rebuild with other pod or Service networks waits for a person, where a way back crosses it",
    explanation: "The networks of a live cluster cannot change: nothing of the old cluster can be brought back into the new one, \
                  and going back is a second rebuild that takes as long as the first. `hold = \"manual\"`, on the stage that \
                  rebuilds or on one between it and the `rollback`, makes a person decide that.",
    fails: r#"[clusters.old]
distribution = "k3s"
version = "v1.32.5+k3s1"
servers = ["node-1"]
agents = ["node-2"]
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
strategy = "rebuild"

[[stages]]
name = "foundation"
on = "main"
apply = ["bootstrap.calico", "metallb"]
check = ["nodes-ready"]
rollback = "old"
"#,
    passes: r#"[clusters.old]
distribution = "k3s"
version = "v1.32.5+k3s1"
servers = ["node-1"]
agents = ["node-2"]
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
strategy = "rebuild"

[[stages]]
name = "foundation"
on = "main"
apply = ["bootstrap.calico", "metallb"]
check = ["nodes-ready"]
rollback = "old"
hold = "manual"
"#,
    covers: &["STG-08"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    let mut said = BTreeSet::new();
    for (at, stage) in resolved.stages.iter().enumerate() {
        let Some(back) = &stage.written.rollback else { continue };
        for &crossed in &facts.stages.stages[at].rollback.crosses {
            let losses = &facts.stages.stages[crossed].rollback.losses;
            let networks = losses.iter().find_map(|loss| match loss {
                Loss::Networks { cluster, old } => Some((resolved.cluster(*cluster), resolved.cluster(*old))),
                _ => None,
            });
            let Some((cluster, old)) = networks else { continue };
            if is_guarded(resolved, crossed, at) || !said.insert(crossed) {
                continue;
            }
            let other = &resolved.stages[crossed];
            let changed = match cluster.pods == old.pods {
                true => &cluster.written.services,
                false => &cluster.written.pods,
            };
            let message = format!(
                "`{}` gives `{}` other networks than `{}` has, and no person is asked before there is no way back but a rebuild",
                other.name, cluster.name, old.name
            );
            found.push(
                Diagnostic::new(&RULE, other.written.name.span, message)
                    .here("rebuilds with other networks")
                    .label(changed.span, "another network")
                    .label(back.span, "promises a way back")
                    .help(format!("add to the stage `{}`:\nhold = \"manual\"", other.name))
                    .on(format!("stages.{}", other.name)),
            );
        }
    }
}
