//! The broker of Seldon is a service of the plan.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use serde_json::Value;
use std::collections::BTreeSet;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P6022",
    name: "broker-unknown",
    level: Level::Warning,
    summary: "Seldon's Kafka is named by `kafka`, not by a value of the chart alone",
    explanation: "From `kafka` follow the broker of the controller and of each runtime, whether the gateways and the dataflow \
                  engine run, and the policies that let them through to it. `kafka.bootstrap` among the values changes one of \
                  these: the others stay off, and in an isolated namespace no packet reaches the broker.",
    fails: tested!(
        "[seldon]\nversion = \"2.9.1\"\nvalues = { setup = { kafka = { bootstrap = \"kafka.kafka:9092\" } } }\n"
    ),
    passes: tested!(
        "[services.kafka]\nnamespace = \"kafka\"\nselector = { app = \"kafka\" }\nports = { plain = \"9092\" }\nclients = []\n\n[seldon]\nversion = \"2.9.1\"\nkafka = \"kafka\"\n"
    ),
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let mut seen = BTreeSet::new();
    for install in facts.resolved.installs.iter().filter(|install| install.kafka.is_none()) {
        let Some(values) = &install.settings.values else { continue };
        let Some(raw) = values.value.setup.as_ref().filter(|raw| seen.insert(raw.span)) else { continue };
        let value = raw.value.to_json();
        let Some(bootstrap) = value.pointer("/kafka/bootstrap").and_then(Value::as_str) else { continue };
        let span = raw.value.key_place("/kafka", "bootstrap").unwrap_or(raw.span);
        let (host, port) = bootstrap.rsplit_once(':').unwrap_or((bootstrap, "9092"));
        let mut labels = host.split('.');
        let (name, namespace) = (labels.next().unwrap_or_default(), labels.next().unwrap_or("kafka"));
        let message = format!("Seldon is given the broker `{bootstrap}`, and the plan does not know it");
        let finding = Diagnostic::new(&RULE, span, message)
            .here("no policy lets anybody through to it")
            .help(format!(
                "remove it, write in [seldon]: kafka = \"kafka\", and declare the broker:\n[services.kafka]\nname = \"{name}\"\n\
                 namespace = \"{namespace}\"\nowner = \"operator\"\nselector = {{ app = \"kafka\" }}\n\
                 ports = {{ plain = \"{port}\" }}\nclients = []"
            ))
            .on("seldon.values.setup");
        found.push(finding);
    }
}
