//! A risk is about something of the plan, and is judged once.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule, nearest};
use crate::facts::Facts;
use crate::facts::stages::adjustable;
use std::collections::{BTreeMap, BTreeSet};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8515",
    name: "risk-of-nothing",
    level: Level::Error,
    summary: "`on` of every entry of `risks` is the key path of something that has a risk, named once",
    explanation: "A judgement about something that the plan does not have changes nothing in the risk matrix, and \
                  whoever reads the plan believes that it does. Two judgements of one thing contradict each other.",
    fails: r#"[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }

[[risks]]
on = "services.wbe"
level = "high"
reason = "the whole company reads it"
"#,
    passes: r#"[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }

[[risks]]
on = "services.web"
level = "high"
reason = "the whole company reads it"
"#,
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    let known: BTreeSet<String> = adjustable(resolved).collect();
    let mut seen = BTreeMap::new();
    for risk in resolved.plan.risks.iter().flat_map(|risks| &risks.value) {
        let on = &risk.value.on;
        if known.contains(&on.value) {
            if let Some(first) = seen.insert(on.value.as_str(), on.span) {
                found.push(
                    Diagnostic::new(&RULE, on.span, format!("the risk of `{}` is judged twice", on.value))
                        .here("the second time")
                        .label(first, "the first time")
                        .help("keep one of them")
                        .on("risks"),
                );
            }
            continue;
        }
        let finding = Diagnostic::new(&RULE, on.span, format!("nothing called `{}` is at risk", on.value))
            .here("not in the plan")
            .on("risks");
        found.push(match nearest(&on.value, known.iter().map(String::as_str)) {
            Some(meant) => finding.help(format!("did you mean `{meant}`?")),
            None => finding
                .help("name `services.NAME`, `tenants.NAME`, `clusters.NAME`, `stages.NAME` or `seldon`"),
        });
    }
}
