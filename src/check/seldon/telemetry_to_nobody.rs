//! Telemetry goes to a collector that the plan knows.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use std::collections::BTreeSet;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P6014",
    name: "telemetry-to-nobody",
    level: Level::Error,
    summary: "a tenant with `telemetry` says in `scraped_by` who collects it",
    explanation: "`telemetry` opens these ports towards the namespaces of the services in `scraped_by`. Without one there is \
                  no namespace to open them to: no policy is written, and every trace is dropped at the tenant's border.",
    fails: "[tenants.fraud]\ntelemetry = [4317]\n",
    passes: "[services.prometheus]\nnamespace = \"monitoring\"\nselector = { app = \"prometheus\" }\nports = { http = \"9090\" }\nclients = []\n\n[tenants.fraud]\ntelemetry = [4317]\nscraped_by = [\"prometheus\"]\n",
    covers: &["N-14"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let mut seen = BTreeSet::new();
    for tenant in facts.resolved.tenants.iter().filter(|tenant| tenant.scrapers.is_empty()) {
        let Some(telemetry) = tenant.shared.telemetry.as_ref().filter(|ports| !ports.value.is_empty()) else {
            continue;
        };
        // A default for all tenants is told once.
        if !seen.insert(telemetry.span) {
            continue;
        }
        let path = tenant.path();
        let finding = Diagnostic::new(
            &RULE,
            telemetry.span,
            format!("`{path}` sends telemetry, and no collector is said"),
        )
        .here("opens these ports towards no namespace")
        .help("name a service in the namespace of the collectors: scraped_by = [\"prometheus\"]")
        .on(format!("{path}.telemetry"));
        found.push(finding);
    }
}
