//! Every stage has a name of its own.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use std::collections::BTreeMap;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8505",
    name: "duplicate-stage",
    level: Level::Error,
    summary: "no two stages have the same name",
    explanation: "The name of a stage is its folder in the runbook, its unit in the GitOps controller, and what \
                  `after` and `plan verify --stage` call it by.",
    fails: r#"[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }

[[stages]]
name = "main"
apply = ["web"]

[[stages]]
name = "main"
apply = ["dns"]
"#,
    passes: r#"[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }

[[stages]]
name = "main"
apply = ["web"]

[[stages]]
name = "names"
apply = ["dns"]
"#,
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let mut seen = BTreeMap::new();
    for stage in &facts.resolved.stages {
        let span = stage.written.name.span;
        let Some(first) = seen.insert(stage.name, span) else { continue };
        found.push(
            Diagnostic::new(&RULE, span, format!("two stages are called `{}`", stage.name))
                .here("the second one")
                .label(first, "the first one")
                .help("give one of them another name")
                .on(format!("stages.{}.name", stage.name)),
        );
    }
}
