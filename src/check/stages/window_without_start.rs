//! Hours of the day mean something once it is known when it begins.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8514",
    name: "window-without-start",
    level: Level::Error,
    summary: "a plan whose stages have a `window` says when the migration begins",
    explanation: "Whether a stage has to wait for its window depends on when the ones before it are over, and so on \
                  `[runbook] start`. Without it the timeline would count from midnight, and be wrong.",
    fails: r#"[[stages]]
name = "foundation"
apply = ["metallb"]
takes = "6h"
window = "22:00-06:00"
"#,
    passes: r#"[runbook]
start = "2026-07-04 20:00"

[[stages]]
name = "foundation"
apply = ["metallb"]
takes = "6h"
window = "22:00-06:00"
"#,
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    if facts.stages.start.is_some() {
        return;
    }
    let first = facts.resolved.stages.iter().find_map(|stage| Some((stage, stage.written.window.as_ref()?)));
    let Some((stage, window)) = first else { return };
    found.push(
        Diagnostic::new(
            &RULE,
            window.span,
            format!("`{}` of the stage `{}` counts from nothing", window.value, stage.name),
        )
        .here("nobody knows when the first stage begins")
        .help("add:\n[runbook]\nstart = \"2026-07-04 20:00\"")
        .on(format!("stages.{}.window", stage.name)),
    );
}
