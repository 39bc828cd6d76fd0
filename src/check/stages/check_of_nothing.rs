//! A check that asks about nothing always passes.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::runbook;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8503",
    name: "check-of-nothing",
    level: Level::Warning,
    summary: "every check of a stage has something of the plan to ask about",
    explanation: "A check is about what its stage applies, or, where that is no service, about everything before it. \
                  `buckets-present` without a service that has `buckets` passes whatever happens, and whoever reads \
                  PASS at night believes that something was looked at.",
    fails: r#"[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }

[[stages]]
name = "workloads"
apply = ["web"]
check = ["ips-match", "buckets-present"]
"#,
    passes: r#"[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }

[[stages]]
name = "workloads"
apply = ["web"]
check = ["ips-match"]
"#,
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (at, stage) in facts.resolved.stages.iter().enumerate() {
        for word in stage.written.check.iter().flat_map(|list| &list.value) {
            let Ok(meaning) = runbook::of_check(facts, &word.value) else { continue };
            let Some(why) = runbook::is_about_nothing(facts, at, &meaning) else { continue };
            let message = format!("`{}` of the stage `{}` asks about nothing: {why}", word.value, stage.name);
            found.push(
                Diagnostic::new(&RULE, word.span, message)
                    .here("passes whatever happens")
                    .help("take it out, or move it to the stage that brings what it is about")
                    .on(format!("stages.{}.check", stage.name)),
            );
        }
    }
}
