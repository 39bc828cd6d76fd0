//! A stage waits for stages that stand before it.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8504",
    name: "stage-waits-for-later",
    level: Level::Error,
    summary: "`after` of a stage names stages that stand before it in the list, and not itself",
    explanation: "The list is the order of the runbook and of the folders that a GitOps controller applies, so what \
                  comes first stands first. Two stages that wait for each other would never begin.",
    fails: r#"[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }

[[stages]]
name = "workloads"
after = ["names"]
apply = ["web"]

[[stages]]
name = "names"
after = ["workloads"]
apply = ["dns"]
"#,
    passes: r#"[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }

[[stages]]
name = "workloads"
apply = ["web"]

[[stages]]
name = "names"
after = ["workloads"]
apply = ["dns"]
"#,
    covers: &["STG-01"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let stages = &facts.resolved.stages;
    let cycle = facts.stages.graph.cycle.as_deref().unwrap_or_default();
    for (at, stage) in stages.iter().enumerate() {
        for before in stage.after.iter().filter(|before| before.value >= at) {
            let other = &stages[before.value];
            let message = if before.value == at {
                format!("the stage `{}` waits for itself", stage.name)
            } else if cycle.contains(&at) && cycle.contains(&before.value) {
                let names: Vec<&str> = cycle.iter().map(|at| stages[*at].name).collect();
                format!("the stages `{}` wait for each other", names.join("`, `"))
            } else {
                format!("the stage `{}` waits for `{}`, which comes later", stage.name, other.name)
            };
            let mut finding =
                Diagnostic::new(&RULE, before.span, message).here("is not over before it starts");
            if before.value != at {
                finding = finding.label(other.written.name.span, "comes later in the list");
            }
            found.push(
                finding
                    .help("name only stages above this one, or move it below those that it waits for")
                    .on(format!("stages.{}.after", stage.name)),
            );
        }
    }
}
