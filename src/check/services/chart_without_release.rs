//! A Service that a chart writes says which chart.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::Owner;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4513",
    name: "chart-without-release",
    level: Level::Error,
    summary: "a service with `owner = \"chart\"` has a `release`",
    explanation: "`plan` writes no Service for it, but values for its chart; without the chart and the path in its values \
                  there is nothing to write, and the Service keeps the chart's defaults: no pinned address.",
    fails: "[services.web]\nnamespace = \"web\"\nowner = \"chart\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\n",
    passes: "[services.web]\nnamespace = \"web\"\nowner = \"chart\"\nrelease = { chart = \"example/web\", values = \"service\" }\nselector = { app = \"web\" }\nports = { http = \"80\" }\n",
    covers: &["OWN-01"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for service in super::once(facts) {
        if service.owner != Owner::Chart || service.written.release.is_some() {
            continue;
        }
        let span = service.shared.owner.as_ref().map_or(service.span, |owner| owner.span);
        let path = service.path();
        let finding =
            Diagnostic::new(&RULE, service.span, format!("`{path}` does not say which chart writes it"))
                .here("has no `release`")
                .label(span, "a chart is said to write it")
                .help("add: release = { chart = \"repository/chart\", values = \"service\" }")
                .on(path);
        found.push(finding);
    }
}
