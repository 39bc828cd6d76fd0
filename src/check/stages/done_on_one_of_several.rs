//! What is saved or drained is saved or drained wherever it is.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::facts::stages::plain;
use crate::runbook::{self, Meaning};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8519",
    name: "done-on-one-of-several",
    level: Level::Error,
    summary: "a stage that saves, drains or puts back something of a cluster says which one",
    explanation: "A stage without `on` applies to every cluster that the plan generates, and a script talks to one. What is in several \
                  of them would be saved in the first alone, and whoever reads PASS believes that all of it was. What lies \
                  outside of the clusters is there once.",
    fails: r#"[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"

[clusters.second]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-3"]
cni = "flannel"
pods = "10.52.0.0/16"
services = "10.53.0.0/16"

[[stages]]
name = "foundation"
do = ["backup:manifests"]
apply = ["metallb"]
"#,
    passes: r#"[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"

[clusters.second]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-3"]
cni = "flannel"
pods = "10.52.0.0/16"
services = "10.53.0.0/16"

[[stages]]
name = "foundation"
on = "main"
do = ["backup:manifests"]
apply = ["metallb"]
"#,
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    for (at, stage) in resolved.stages.iter().enumerate() {
        for word in stage.written.r#do.iter().flat_map(|list| &list.value) {
            let Ok(Meaning::Action(_, name)) = runbook::of_do(facts, &word.value) else { continue };
            // It is there once; who writes to it may be anywhere.
            let outside = !word.value.starts_with("drain:")
                && resolved.externals.iter().any(|external| external.name == plain(&name));
            let homes = runbook::homes(facts, at, &word.value);
            let (Some(first), 2.., false) = (homes.first(), homes.len(), outside) else { continue };
            let names: Vec<String> =
                homes.iter().map(|id| format!("`{}`", resolved.cluster(*id).name)).collect();
            let message = format!(
                "`{}` of the stage `{}` is about one cluster, and may be any of {}",
                word.value,
                stage.name,
                names.join(", ")
            );
            found.push(
                Diagnostic::new(&RULE, word.span, message)
                    .here("of which one")
                    .help(format!(
                        "add to the stage `{}`, and make a stage of its own for the others:\non = \"{}\"",
                        stage.name,
                        resolved.cluster(*first).name
                    ))
                    .on(format!("stages.{}.do", stage.name)),
            );
        }
    }
}
