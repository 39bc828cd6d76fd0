//! The migration fits into the time that it has.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::values::Duration;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8513",
    name: "migration-longer-than-window",
    level: Level::Warning,
    summary: "the stages take no longer than `[runbook] window`",
    explanation: "The time that the stages take on the critical path, with the hours that they wait for their windows, \
                  is more than was given. Either the platform is away for longer than was promised, or somebody \
                  hurries.",
    fails: r#"[runbook]
window = "4h"

[[stages]]
name = "foundation"
apply = ["metallb"]
takes = "6h"
"#,
    passes: r#"[runbook]
window = "8h"

[[stages]]
name = "foundation"
apply = ["metallb"]
takes = "6h"
"#,
    covers: &["STG-09"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    let Some(window) = resolved.runbook().and_then(|runbook| runbook.window.as_ref()) else { return };
    let schedule = &facts.stages.schedule;
    if schedule.length <= window.value.seconds {
        return;
    }
    let path: Vec<&str> = schedule.critical.iter().map(|at| resolved.stages[*at].name).collect();
    let message =
        format!("the stages take {}, and {} were given", Duration { seconds: schedule.length }, window.value);
    found.push(
        Diagnostic::new(&RULE, window.span, message)
            .here(format!("the critical path is {}", path.join(", ")))
            .help("let stages that do not need each other run side by side with `after`, or give more time")
            .on("runbook.window"),
    );
}
