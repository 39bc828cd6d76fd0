//! A label selector as the API server takes it.

use super::label::{is_label_key, is_label_value};
use super::node::Node;
use super::object::Judge;
use crate::connectivity::{Requirement, Selector};
use std::collections::BTreeSet;

/// Reads a selector; `None` when the API server refuses it (`ValidateLabelSelector`).
pub fn read(node: &Node, judge: &mut Judge<'_>) -> Option<Selector> {
    judge.map(node, "a selector", &["matchLabels", "matchExpressions"])?;
    let mut requirements = Vec::new();
    let mut good = true;
    if let Some(labels) = node.at(&["matchLabels"]) {
        match judge.labels(labels) {
            Some(labels) => {
                for (key, value) in labels {
                    requirements.push(Requirement::In { key, values: BTreeSet::from([value]) });
                }
            }
            None => good = false,
        }
    }
    if let Some(expressions) = node.at(&["matchExpressions"]) {
        for item in judge.list(expressions, "`matchExpressions`")? {
            match requirement(item, judge) {
                Some(requirement) => requirements.push(requirement),
                None => good = false,
            }
        }
    }
    good.then_some(Selector { requirements })
}

fn requirement(node: &Node, judge: &mut Judge<'_>) -> Option<Requirement> {
    judge.map(node, "an expression", &["key", "operator", "values"])?;
    let Some(key) = node.at(&["key"]) else {
        return judge.refuse(node.span, "an expression has no `key`");
    };
    let key_span = key.span;
    let key = judge.text(key)?;
    if !is_label_key(&key) {
        return judge.refuse(key_span, format!("`{key}` is not a label key"));
    }
    let mut values = BTreeSet::new();
    if let Some(list) = node.at(&["values"]) {
        for value in judge.list(list, "`values`")? {
            let text = judge.text(value)?;
            if !is_label_value(&text) {
                return judge.refuse(value.span, format!("`{text}` is not a label value"));
            }
            values.insert(text);
        }
    }
    let operator = node.text_at(&["operator"]).unwrap_or_default();
    let span = node.at(&["operator"]).map_or(node.span, |operator| operator.span);
    match (operator, values.is_empty()) {
        ("In", false) => Some(Requirement::In { key, values }),
        ("NotIn", false) => Some(Requirement::NotIn { key, values }),
        ("Exists", true) => Some(Requirement::Exists { key }),
        ("DoesNotExist", true) => Some(Requirement::DoesNotExist { key }),
        ("In" | "NotIn", true) => judge.refuse(span, format!("`{operator}` needs at least one of `values`")),
        ("Exists" | "DoesNotExist", false) => judge.refuse(span, format!("`{operator}` takes no `values`")),
        _ => {
            judge.refuse(span, format!("the operator `{operator}` is not In, NotIn, Exists or DoesNotExist"))
        }
    }
}
