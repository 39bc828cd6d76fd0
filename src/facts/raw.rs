//! Policies that a person wrote under `[policies]` take part like those that are derived.

use crate::connectivity::Policy;
use crate::decode::{Raw, RawValue};
use crate::diagnostics::Diagnostic;
use crate::manifests::{Content, Entry, Node, Places, Resolved as Means, Scalar, read_policy};
use crate::resolve::{ClusterId, Resolved};
use crate::source::{Located, Span};

/// A policy of `[policies]` in a cluster that has its namespace.
#[derive(Clone, Debug)]
pub struct RawPolicy {
    pub cluster: ClusterId,
    /// Its key path.
    pub path: String,
    pub policy: Policy,
    pub places: Places,
    /// The whole table.
    pub span: Span,
}

/// Every raw policy that the API server takes, by cluster. What is wrong with the others is for a check to say.
pub fn policies(resolved: &Resolved<'_>) -> Vec<RawPolicy> {
    let mut policies = Vec::new();
    for cluster in resolved.targets() {
        for (path, span, read, _) in judged(resolved) {
            let Some(read) = read else { continue };
            if resolved.find_namespace(cluster.id, &read.policy.namespace).is_some() {
                let (policy, places) = (read.policy, read.places);
                policies.push(RawPolicy { cluster: cluster.id, path, policy, places, span });
            }
        }
    }
    policies
}

/// A raw policy with its key path, its place, what it comes to, and what the API server says to it.
pub type Judged = (String, Span, Option<crate::manifests::ReadPolicy>, Vec<Diagnostic>);

/// Every raw policy, as it is written.
pub fn judged(resolved: &Resolved<'_>) -> impl Iterator<Item = Judged> {
    let written = resolved.plan.policies.iter().flat_map(|policies| policies.value.iter());
    written.map(|entry| {
        let mut found = Vec::new();
        let object = object(entry.name.value.as_ref(), &entry.value, entry.span);
        let read = is_network_policy(&entry.value).then(|| read_policy(&object, &mut found)).flatten();
        (format!("policies.{}", entry.name.value), entry.span, read, found)
    })
}

/// Whether a raw policy is of the one kind that `[policies]` takes; it may leave out what kind it is.
pub fn is_network_policy(raw: &Raw) -> bool {
    let says = |key: &str, wanted: &str| {
        let value = raw.0.iter().find(|(name, _)| name.value == key).map(|(_, value)| &value.value);
        value.is_none_or(|value| matches!(value, RawValue::Text(text) if text == wanted))
    };
    says("apiVersion", "networking.k8s.io/v1") && says("kind", "NetworkPolicy")
}

/// The object as it is emitted: called like its key unless it says a name.
fn object(key: &str, raw: &Raw, span: Span) -> Node {
    let mut object = map(raw, span);
    if object.at(&["metadata", "name"]).is_none()
        && let Content::Map(entries) = &mut object.content
        && let Some(metadata) = entries.iter_mut().find(|entry| entry.key.text == "metadata")
        && let Content::Map(entries) = &mut metadata.value.content
    {
        let value = Node { content: Content::Scalar(Scalar::text(key)), span };
        entries.push(Entry { key: Scalar::text("name"), span, value });
    }
    object
}

fn map(raw: &Raw, span: Span) -> Node {
    let entry = |(key, value): &(Located<String>, Located<RawValue>)| Entry {
        key: Scalar::text(key.value.as_str()),
        span: key.span,
        value: node(value),
    };
    Node { content: Content::Map(raw.0.iter().map(entry).collect()), span }
}

fn node(value: &Located<RawValue>) -> Node {
    let scalar = |text: String, means: Means| Content::Scalar(Scalar { text, means });
    let content = match &value.value {
        RawValue::Text(text) => scalar(text.clone(), Means::Text),
        RawValue::Integer(number) => scalar(number.to_string(), Means::Integer(*number)),
        RawValue::Boolean(truth) => scalar(truth.to_string(), Means::Boolean(*truth)),
        RawValue::List(items) => Content::List(items.iter().map(node).collect()),
        RawValue::Table(table) => return map(table, value.span),
    };
    Node { content, span: value.span }
}
