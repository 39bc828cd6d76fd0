//! A template of the plan makes a script.

use crate::TEMPLATES;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::runbook;
use crate::source::Span;
use std::collections::BTreeSet;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8510",
    name: "unreadable-check",
    level: Level::Error,
    summary: "every template of `[runbook] templates` that a stage uses makes a script",
    explanation: "The template of a check is rendered for each stage that names it. It stops at a tag that is not \
                  closed and at a name that `templates/checks/README.md` does not list: a script with a hole in it \
                  would pass, or ask the wrong thing.",
    fails: r#"[runbook]
templates = "runbook"

[[stages]]
name = "foundation"
apply = ["metallb"]
check = ["gpu-there"]

# runbook/gpu-there.sh.j2
ask nodes get nodes -l {{ label }} && pass nodes
"#,
    passes: r#"[runbook]
templates = "runbook"

[[stages]]
name = "foundation"
apply = ["metallb"]
check = ["gpu-there"]

# runbook/gpu-there.sh.j2
ask nodes get nodes -l gpu={{ cluster.name }} && pass nodes
"#,
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let mut said = BTreeSet::new();
    for at in 0..facts.resolved.stages.len() {
        if facts.runbook.is_empty() {
            return;
        }
        let failures = runbook::scripts(facts, at).1;
        for failure in failures {
            let Some(index) = facts.runbook.iter().position(|(file, _)| *file == failure.template) else {
                continue;
            };
            if !said.insert(index) {
                continue;
            }
            let (file, source) = &facts.runbook[index];
            let range = failure.range.clone().unwrap_or(0..source.text.len().min(1));
            let span = Span::new(TEMPLATES + (facts.templates.len() + index) as u16, range);
            found.push(
                Diagnostic::new(&RULE, span, format!("the template `{file}` fails: {}", failure.message))
                    .here(failure.message.clone())
                    .help("templates/checks/README.md lists every name that a template may use")
                    .on("runbook.templates"),
            );
        }
    }
}
