//! A chart that writes no Service is not said to write one.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::Owner;
use crate::upstream::charts::made_by_operator;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4514",
    name: "chart-without-service",
    level: Level::Error,
    summary: "the chart of a service writes that Service itself",
    explanation: "The charts of operators install the operator only; the Service comes later, from an object that the operator \
                  watches. Values about it are read by no template and have no effect.",
    fails: "[services.kafka]\nnamespace = \"kafka\"\nowner = \"chart\"\nrelease = { chart = \"strimzi/strimzi-kafka-operator\", values = \"service\" }\nselector = { \"strimzi.io/kind\" = \"Kafka\" }\nports = { plain = \"9092\" }\nclients = []\n",
    passes: "[services.kafka]\nnamespace = \"kafka\"\nowner = \"operator\"\nselector = { \"strimzi.io/kind\" = \"Kafka\" }\nports = { plain = \"9092\" }\nclients = []\n",
    covers: &["SEL-01"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for service in super::once(facts).filter(|service| service.owner == Owner::Chart) {
        let Some(release) = &service.written.release else { continue };
        let chart = &release.value.chart;
        let Some(why) = made_by_operator(&chart.value) else { continue };
        let path = format!("{}.release", service.path());
        let finding =
            Diagnostic::new(&RULE, chart.span, format!("the chart `{}` makes no such Service", chart.value))
                .here(why)
                .help("write: owner = \"operator\", and remove `release`")
                .on(path);
        found.push(finding);
    }
}
