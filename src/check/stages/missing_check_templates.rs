//! `runbook.templates` names a folder that holds templates.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::runbook::ENDING;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8511",
    name: "missing-check-templates",
    level: Level::Error,
    summary: "the folder of `[runbook] templates` holds at least one `NAME.sh.j2`",
    explanation: "The folder lies beside the plan. Without a template in it the words that it should define mean \
                  nothing, and nothing would say why.",
    fails: r#"[runbook]
templates = "runbook"
"#,
    passes: r#"[runbook]
window = "8h"
"#,
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let Some(folder) = facts.resolved.runbook().and_then(|runbook| runbook.templates.as_ref()) else {
        return;
    };
    if facts.runbook.iter().any(|(file, _)| file.ends_with(ENDING)) {
        return;
    }
    found.push(
        Diagnostic::new(&RULE, folder.span, format!("there is no template in `{}`", folder.value))
            .here(format!("no file here ends in `{ENDING}`"))
            .help("the folder is relative to the plan; `NAME.sh.j2` in it is what `NAME` in `check` or `do` runs")
            .on("runbook.templates"),
    );
}
