//! Seldon's traces go to a service of the plan.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use std::collections::BTreeSet;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P6015",
    name: "collector-unknown",
    level: Level::Warning,
    summary: "`seldon.telemetry` is `NAME.NAMESPACE:PORT` of a declared service",
    explanation: "Every part of Seldon opens a connection to the collector and logs an error for each span that it cannot \
                  send. `plan` cannot say whether something answers at a name that it does not know, nor open a way to it: in \
                  an isolated namespace every trace is then dropped.",
    fails: tested!("[seldon]\nversion = \"2.9.1\"\ntelemetry = \"otel-collector.monitoring:4317\"\n"),
    passes: tested!(
        "[seldon]\nversion = \"2.9.1\"\ntelemetry = \"otel-collector.monitoring:4317\"\n\n[services.otel-collector]\nnamespace = \"monitoring\"\nselector = { app = \"otel-collector\" }\nports = { otlp = \"4317\" }\nclients = []\n"
    ),
    covers: &["N-14", "SEL-07"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let mut seen = BTreeSet::new();
    for install in &facts.resolved.installs {
        let Some(telemetry) = install.settings.telemetry.as_ref().filter(|text| seen.insert(text.span))
        else {
            continue;
        };
        let (host, port) = telemetry.value.rsplit_once(':').unwrap_or((&telemetry.value, ""));
        let mut labels = host.split('.');
        let (name, namespace) = (labels.next().unwrap_or_default(), labels.next().unwrap_or_default());
        if facts.resolved.collector_of(install).is_some() {
            continue;
        }
        let message = format!("no service of the plan answers at `{}`", telemetry.value);
        let finding = Diagnostic::new(&RULE, telemetry.span, message)
            .here("traces may go nowhere")
            .help(format!(
                "declare the collector:\n[services.{name}]\nnamespace = \"{namespace}\"\nselector = {{ app = \"{name}\" }}\n\
                 ports = {{ otlp = \"{port}\" }}\nclients = []"
            ))
            .on("seldon.telemetry");
        found.push(finding);
    }
}
