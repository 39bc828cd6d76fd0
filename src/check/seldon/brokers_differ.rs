//! All parts of Seldon speak to one Kafka.

use super::values::{broker, short};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use serde_json::Value;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P6020",
    name: "brokers-differ",
    level: Level::Error,
    summary: "a runtime has the broker of the controller",
    explanation: "The dataflow engine takes its broker from the environment that the setup chart writes \
                  (`SELDON_KAFKA_BOOTSTRAP_SERVERS`), the gateways from `config.kafkaConfig.bootstrap` of their runtime. With two \
                  brokers a pipeline writes into one and waits at the other, and every request hangs. `plan` writes the \
                  broker of `kafka` into both.",
    fails: tested!(
        "[services.kafka]\nnamespace = \"kafka\"\nselector = { app = \"kafka\" }\nports = { plain = \"9092\" }\nclients = []\n\n[seldon]\nversion = \"2.9.1\"\nkafka = \"kafka\"\nvalues = { runtime = { config = { kafkaConfig = { bootstrap = \"kafka.old:9092\" } } } }\n"
    ),
    passes: tested!(
        "[services.kafka]\nnamespace = \"kafka\"\nselector = { app = \"kafka\" }\nports = { plain = \"9092\" }\nclients = []\n\n[seldon]\nversion = \"2.9.1\"\nkafka = \"kafka\"\nvalues = { runtime = { config = { kafkaConfig = { topicPrefix = \"lab\" } } } }\n"
    ),
    covers: &["P-15"],
};

/// The setting of the dataflow engine (setup chart, `seldon-v2-components.yaml`).
const VARIABLE: &str = "SELDON_KAFKA_BOOTSTRAP_SERVERS";

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for install in &facts.resolved.installs {
        let Some(values) = &install.settings.values else { continue };
        let Some(raw) = &values.value.runtime else { continue };
        // Without one nothing of a runtime speaks to a broker unless it is switched on, which is another rule's business.
        let Some(ours) = broker(&facts.resolved, install) else { continue };
        let value = raw.value.to_json();
        let bootstrap = "/config/kafkaConfig/bootstrap";
        let mut differing: Vec<(String, &str)> = Vec::new();
        if let Some(theirs) =
            value.pointer(bootstrap).and_then(Value::as_str).filter(|theirs| short(theirs) != short(&ours))
        {
            differing.push((bootstrap.to_owned(), theirs));
        }
        let containers = value.pointer("/dataflow/podSpec/containers").and_then(Value::as_array);
        for (at, container) in containers.into_iter().flatten().enumerate() {
            let variables = container.get("env").and_then(Value::as_array);
            for (number, variable) in variables.into_iter().flatten().enumerate() {
                let theirs = variable
                    .get("value")
                    .and_then(Value::as_str)
                    .filter(|theirs| short(theirs) != short(&ours));
                if let Some(theirs) = theirs.filter(|_| variable["name"] == VARIABLE) {
                    let pointer = format!("/dataflow/podSpec/containers/{at}/env/{number}/value");
                    differing.push((pointer, theirs));
                }
            }
        }
        for (pointer, theirs) in differing {
            let (above, field) = pointer.rsplit_once('/').unwrap_or(("", &pointer));
            let span = raw.value.key_place(above, field).unwrap_or(raw.span);
            let message =
                format!("a runtime speaks to the broker `{theirs}`, and the controller names `{ours}`");
            let mut finding = Diagnostic::new(&RULE, span, message)
                .here("pipelines hang between the two")
                .help("remove it: `kafka` says the broker of both")
                .on("seldon.values.runtime");
            if let Some(kafka) = &install.settings.kafka {
                finding = finding.label(kafka.span, "the broker");
            }
            found.push(finding);
        }
    }
}
