//! A stage fits into its hours.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::values::Duration;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8512",
    name: "stage-longer-than-window",
    level: Level::Error,
    summary: "a stage takes no longer than its `window` is open",
    explanation: "A stage is not begun unless it can end while its window is open. One that takes longer never can.",
    fails: r#"[runbook]
start = "2026-07-04 22:00"

[[stages]]
name = "foundation"
apply = ["metallb"]
takes = "10h"
window = "22:00-06:00"
"#,
    passes: r#"[runbook]
start = "2026-07-04 22:00"

[[stages]]
name = "foundation"
apply = ["metallb"]
takes = "6h"
window = "22:00-06:00"
"#,
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for stage in &facts.resolved.stages {
        let (Some(takes), Some(window)) = (&stage.written.takes, &stage.written.window) else { continue };
        if takes.value.seconds <= window.value.length() {
            continue;
        }
        let open = Duration { seconds: window.value.length() };
        let message =
            format!("the stage `{}` takes {}, and its window is open for {open}", stage.name, takes.value);
        found.push(
            Diagnostic::new(&RULE, takes.span, message)
                .here("does not fit")
                .label(window.span, format!("open for {open}"))
                .help("make the window longer, or two stages of it")
                .on(format!("stages.{}", stage.name)),
        );
    }
}
