//! A value for a chart has the type that its template expects.

use super::values::written;
use crate::check::Check;
use crate::decode::RawValue;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::upstream::seldon::{Found, Kind};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P6005",
    name: "seldon-value-refused",
    level: Level::Error,
    summary: "`seldon.values` has values of the types that the charts expect",
    explanation: "A template does not look at types. `clusterwide = \"false\"` is a text that is not empty, so the chart makes \
                  a ClusterRole while the operator stays in its namespace; a text where a number belongs gives an object \
                  that the API server refuses.",
    fails: tested!(
        "[seldon]\nversion = \"2.9.1\"\nvalues = { setup = { controller = { clusterwide = \"false\" } } }\n"
    ),
    passes: tested!(
        "[seldon]\nversion = \"2.9.1\"\nvalues = { setup = { controller = { clusterwide = true } } }\n"
    ),
    covers: &["P-07", "P-19"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for key in written(facts) {
        let Found::Live { kind, .. } = key.found else { continue };
        let expected = match (kind, &key.value.value) {
            (Kind::Any, _)
            | (Kind::Boolean, RawValue::Boolean(_))
            | (Kind::Integer | Kind::Number, RawValue::Integer(_))
            | (Kind::Text, RawValue::Text(_)) => continue,
            // What becomes a part of an environment variable or a quantity is read as either.
            (Kind::Text, RawValue::Integer(_)) | (Kind::Number, RawValue::Text(_)) => continue,
            (Kind::Boolean, _) => "`true` or `false`",
            (Kind::Integer, _) => "a whole number",
            (Kind::Number, _) => "a number",
            (Kind::Text, _) => "a text",
        };
        let finding = Diagnostic::new(&RULE, key.value.span, format!("`{}` is not {expected}", key.on))
            .here(format!("expected {expected}"))
            .help(format!("write {expected}"))
            .on(key.on.clone());
        found.push(finding);
    }
}
