//! A Service sends its traffic to the pods that its selector chooses, whoever they are.

use super::{Effect, Rule};
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use serde_json::Value;

pub static RULE: Rule =
    Rule { name: "service-selector", about: "a Service sends its traffic to other pods", find };

fn find(_: &Context<'_>, change: &Change) -> Vec<Effect> {
    if !change.is("", "Service") || change.both().is_none() {
        return Vec::new();
    }
    let Some((old, new)) = change.differs(&["spec", "selector"]) else { return Vec::new() };
    let sentence = format!(
        "its traffic goes to pods with {} and no longer to those with {}; if none has the new labels, every \
         connection is refused",
        labels(new),
        labels(old)
    );
    vec![
        Effect::new(Danger::Disruptive, sentence)
            .advice("check the labels of the pods before the change is applied"),
    ]
}

fn labels(value: Option<&Value>) -> String {
    let labels = value.and_then(Value::as_object).into_iter().flatten();
    let all: Vec<String> =
        labels.map(|(key, value)| format!("`{key}={}`", value.as_str().unwrap_or_default())).collect();
    if all.is_empty() { "no labels".to_owned() } else { all.join(", ") }
}
