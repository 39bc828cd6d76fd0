//! A pod does not start without the ConfigMap or the Secret that it names.

use super::{Effect, Rule};
use crate::diff::change::{Change, What};
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use crate::diff::document::Document;
use crate::diff::user::few;
use serde_json::Value;

pub static RULE: Rule = Rule {
    name: "configuration-removed",
    about: "a ConfigMap or a Secret goes, and pods that name it no longer start",
    find,
};

/// What makes pods.
const WORKLOADS: [&str; 6] = ["CronJob", "DaemonSet", "Deployment", "Job", "Pod", "StatefulSet"];

/// core/v1 types.go: the keys under which a pod names one of these.
const REFERENCES: [(&str, &[&str]); 2] = [
    ("ConfigMap", &["configMap", "configMapRef", "configMapKeyRef"]),
    ("Secret", &["secret", "secretRef", "secretKeyRef", "imagePullSecrets"]),
];

fn find(context: &Context<'_>, change: &Change) -> Vec<Effect> {
    let Some(old) = change.old.as_ref().filter(|_| matches!(change.what(), What::Removed | What::Renamed))
    else {
        return Vec::new();
    };
    let Some((_, keys)) = REFERENCES.iter().find(|(kind, _)| old.id.is("", kind)) else { return Vec::new() };
    let workloads = WORKLOADS.iter().flat_map(|kind| context.new.of_kind(kind).to_vec());
    let is_near = |document: &Document| {
        document.id.namespace == old.id.namespace && document.id.cluster == old.id.cluster
    };
    let users = workloads.filter(|document| is_near(document) && names(&document.value, keys, &old.id.name));
    let users: Vec<String> = users.map(|document| format!("`{}`", document.id)).collect();
    if users.is_empty() {
        return Vec::new();
    }
    let sentence = format!("it goes, and {} still names it: its pods do not start any more", few(&users));
    vec![Effect::new(Danger::Disruptive, sentence).advice("let the pods name another one, or keep it")]
}

/// Whether a value says this name under one of these keys, and nobody may do without it.
fn names(value: &Value, keys: &[&str], name: &str) -> bool {
    let is_it = |value: &Value| {
        let says = |key: &str| value.get(key).and_then(Value::as_str) == Some(name);
        let can_do_without = value.get("optional").and_then(Value::as_bool) == Some(true);
        (says("name") || says("secretName")) && !can_do_without
    };
    match value {
        Value::Object(map) => map.iter().any(|(key, value)| {
            let refers = keys.contains(&key.as_str());
            let list = value.as_array().into_iter().flatten();
            refers && (is_it(value) || list.into_iter().any(is_it)) || names(value, keys, name)
        }),
        Value::Array(items) => items.iter().any(|item| names(item, keys, name)),
        _ => false,
    }
}
