//! A plan is written in a language that this compiler knows.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3015",
    name: "schema-unknown",
    level: Level::Error,
    summary: "`schema` is the version of the language that this compiler reads",
    explanation: "A later language may give a key another meaning. A compiler that reads it as its own would build a tree that \
                  nobody asked for.",
    fails: "schema = 2\nname = \"example\"\n\n[lan]\ncidr = \"192.168.1.0/24\"\n\n[hosts]\nnode-1 = { ip = \"192.168.1.11\" }\n\n[clusters.main]\ndistribution = \"k3s\"\nversion = \"v1.33.1+k3s1\"\nservers = [\"node-1\"]\npods = \"10.42.0.0/16\"\nservices = \"10.43.0.0/16\"\n\n[clusters.main.calico]\nversion = \"v3.30.7\"\n",
    passes: "schema = 1\nname = \"example\"\n\n[lan]\ncidr = \"192.168.1.0/24\"\n\n[hosts]\nnode-1 = { ip = \"192.168.1.11\" }\n\n[clusters.main]\ndistribution = \"k3s\"\nversion = \"v1.33.1+k3s1\"\nservers = [\"node-1\"]\npods = \"10.42.0.0/16\"\nservices = \"10.43.0.0/16\"\n\n[clusters.main.calico]\nversion = \"v3.30.7\"\n",
    covers: &[],
};

/// The version of the language.
const SCHEMA: u8 = 1;

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let schema = &facts.resolved.plan.schema;
    if schema.value != SCHEMA {
        let message =
            format!("this compiler reads schema {SCHEMA}, and the plan is of schema {}", schema.value);
        let finding = Diagnostic::new(&RULE, schema.span, message)
            .here("another language")
            .help(format!("take a newer `plan`, or write: schema = {SCHEMA}"))
            .on("schema");
        found.push(finding);
    }
}
