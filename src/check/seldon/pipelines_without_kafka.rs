//! Pipelines need a Kafka.

use super::values::broker;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P6021",
    name: "pipelines-without-kafka",
    level: Level::Error,
    summary: "where the gateways and the dataflow engine run, there is a Kafka",
    explanation: "Without a `kafka` the plan switches `dataflow`, `modelgateway` and `pipelinegateway` off: they would dial the \
                  broker of the chart's example, `seldon-kafka-bootstrap.seldon-mesh:9092`, exit when nobody answers and be \
                  started again for ever. Values that switch one on need a broker: name the service with `kafka`, so that policies \
                  let it through as well.",
    fails: tested!(
        "[seldon]\nversion = \"2.9.1\"\nvalues = { runtime = { dataflow = { disable = false } } }\n"
    ),
    passes: tested!(
        "[services.kafka]\nnamespace = \"kafka\"\nselector = { app = \"kafka\" }\nports = { plain = \"9092\" }\nclients = []\n\n[seldon]\nversion = \"2.9.1\"\nkafka = \"kafka\"\nvalues = { runtime = { dataflow = { replicas = 1 } } }\n"
    ),
    covers: &["P-16"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for install in &facts.resolved.installs {
        let Some(values) = &install.settings.values else { continue };
        let Some(raw) = &values.value.runtime else { continue };
        if broker(&facts.resolved, install).is_some() {
            continue;
        }
        let value = raw.value.to_json();
        for component in ["dataflow", "modelgateway", "pipelinegateway"] {
            if value.pointer(&format!("/{component}/disable")) != Some(&serde_json::Value::Bool(false)) {
                continue;
            }
            let span = raw.value.key_place(&format!("/{component}"), "disable").unwrap_or(raw.span);
            let message = format!("`{component}` of a runtime is switched on, and Seldon has no Kafka");
            let finding = Diagnostic::new(&RULE, span, message)
                .here("crashes in a loop without a broker")
                .help("remove it, or name the service that is the broker: kafka = \"NAME\"")
                .on("seldon.values.runtime");
            found.push(finding);
        }
    }
}
