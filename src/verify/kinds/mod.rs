//! How one kind is compared, what of it is foreign, and how kubectl calls it: one file a project, one line a kind.

mod argocd;
mod calico;
mod flux;
mod metallb;
mod namespace;
mod node;
mod other;
mod policy;
mod seldon;
mod service;

pub use service::assigned;

use super::asked::Asked;
use super::difference::{Difference, Extra, differences};
use super::identity::Identity;
use super::planned::Planned;
use serde_json::Value;

/// A kind that is compared.
#[derive(Debug)]
pub struct Kind {
    pub group: &'static str,
    pub kind: &'static str,
    /// As `kubectl get` calls it.
    pub resource: &'static str,
    /// Whether every cluster has some, so that a dump without any did not ask.
    pub everywhere: bool,
    compare: fn(&mut Comparison<'_>),
    /// Why an object that nobody planned is none of the plan's business: nothing. Otherwise what it means.
    foreign: fn(&Asked, &Identity, &Value) -> Option<String>,
}

/// Every kind that has rules of its own; any other is compared by the fields that are planned.
pub const KINDS: &[&Kind] = &[
    &node::NODE,
    &namespace::NAMESPACE,
    &service::SERVICE,
    &policy::NETWORK_POLICY,
    &policy::STAGED,
    &policy::CALICO,
    &policy::STAGED_CALICO,
    &policy::GLOBAL,
    &calico::INSTALLATION,
    &calico::STATUS,
    &calico::API_SERVER,
    &calico::GOLDMANE,
    &calico::WHISKER,
    &calico::POOL,
    &calico::PEER,
    &calico::TIER,
    &calico::BGP,
    &calico::FELIX,
    &calico::IPAM,
    &calico::CONTROLLERS,
    &metallb::POOL,
    &metallb::L2,
    &metallb::BGP,
    &metallb::PEER,
    &metallb::BFD,
    &metallb::COMMUNITY,
    &argocd::APPLICATION,
    &argocd::PROJECT,
    &flux::KUSTOMIZATION,
    &flux::RELEASE,
    &flux::GIT,
    &flux::HELM,
    &seldon::RUNTIME,
    &seldon::SERVER,
    &other::CONFIG_MAP,
];

/// The rules of a kind.
pub fn find(group: &str, kind: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|known| known.kind == kind && known.group == group).copied()
}

/// Whether a person may call a kind so: `Service`, `service`, `services`.
pub fn is_called(kind: &str, name: &str) -> bool {
    let (kind, name) = (kind.to_lowercase(), name.to_lowercase());
    let plural = KINDS.iter().any(|known| known.kind.to_lowercase() == kind && resource(known) == name);
    name == kind || plural
}

fn resource(kind: &Kind) -> &'static str {
    kind.resource.split_once('.').map_or(kind.resource, |(resource, _)| resource)
}

/// What an unplanned object means; nothing when the plan has no say in it.
pub fn foreign(asked: &Asked, identity: &Identity, object: &Value) -> Option<String> {
    let label = |key: &str| object.pointer(&format!("/metadata/labels/app.kubernetes.io~1{key}"))?.as_str();
    if asked.replaced {
        return find(&identity.group, &identity.kind)
            .filter(|kind| kind.kind == "Node")
            .and_then(|kind| (kind.foreign)(asked, identity, object));
    }
    // What an older state of the plan applied, whatever it is. A copy by a controller of another object has an owner.
    let owned = object.pointer("/metadata/ownerReferences/0").is_some();
    if label("managed-by") == Some("plan") && label("part-of") == Some(asked.platform.as_str()) && !owned {
        return Some("applied by an older state of the plan, which no longer wants it".to_owned());
    }
    let kind = find(&identity.group, &identity.kind)?;
    (kind.foreign)(asked, identity, object)
}

/// One planned object beside the live one.
pub struct Comparison<'a> {
    pub asked: &'a Asked,
    pub planned: &'a Planned,
    pub live: &'a Value,
    found: Vec<Difference>,
}

impl<'a> Comparison<'a> {
    /// Every field of a live object that is not as planned, by path.
    pub fn of(asked: &'a Asked, planned: &'a Planned, live: &'a Value) -> Vec<Difference> {
        let mut comparison = Comparison { asked, planned, live, found: Vec::new() };
        if let Some(when) = comparison.live_text("/metadata/deletionTimestamp") {
            let live = Some(format!("being deleted since {when}"));
            comparison.differs("metadata.deletionTimestamp", None, live);
        }
        comparison.fields("metadata.labels", &|_, _| false);
        comparison.fields("metadata.annotations", &|_, _| false);
        match find(&planned.identity.group, &planned.identity.kind) {
            Some(kind) => (kind.compare)(&mut comparison),
            None => other::compare(&mut comparison),
        }
        comparison.found.sort();
        comparison.found.dedup();
        comparison.found
    }

    /// Compares what is planned at a dotted path.
    pub fn fields(&mut self, path: &str, extra: Extra<'_>) {
        let pointer = format!("/{}", path.replace('.', "/"));
        let nothing = Value::Object(serde_json::Map::new());
        let planned = self.planned.value.pointer(&pointer).unwrap_or(&nothing);
        let live = self.live.pointer(&pointer).unwrap_or(&nothing);
        let found = differences(path, planned, live, extra);
        self.found.extend(found);
    }

    /// Compares two values that were made alike before.
    pub fn values(&mut self, path: &str, planned: &Value, live: &Value, extra: Extra<'_>) {
        let found = differences(path, planned, live, extra);
        self.found.extend(found);
    }

    pub fn differs(&mut self, path: &str, planned: Option<String>, live: Option<String>) {
        self.found.push(Difference { path: path.to_owned(), planned, live });
    }

    pub fn live_text(&self, pointer: &str) -> Option<&'a str> {
        self.live.pointer(pointer)?.as_str()
    }

    /// Requires a condition of the status to have a value.
    pub fn condition(&mut self, name: &str, wanted: &str) {
        let condition = conditions(self.live).find(|condition| condition["type"] == name);
        let status = condition.and_then(|condition| condition["status"].as_str());
        if status != Some(wanted) {
            let live = condition.map(described);
            self.differs(&format!("status.conditions[{name}]"), Some(wanted.to_owned()), live);
        }
    }

    /// Requires a condition not to have a value, should it be there.
    pub fn condition_is_not(&mut self, name: &str, refused: &str) {
        let has = |condition: &&Value| condition["type"] == name && condition["status"] == refused;
        if let Some(condition) = conditions(self.live).find(has) {
            let live = Some(described(condition));
            self.differs(&format!("status.conditions[{name}]"), Some(format!("not {refused}")), live);
        }
    }
}

/// The conditions of an object's status.
pub fn conditions(object: &Value) -> impl Iterator<Item = &Value> {
    object.pointer("/status/conditions").and_then(Value::as_array).into_iter().flatten()
}

/// `False: Reason: message`, the message in one line.
fn described(condition: &Value) -> String {
    let text = |key: &str| condition[key].as_str().map(str::trim).filter(|text| !text.is_empty());
    let parts = [text("status"), text("reason"), text("message")].into_iter().flatten();
    parts.collect::<Vec<_>>().join(": ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Nothing of this kind is foreign unless the plan's own labels are on it.
fn nothing_foreign(_: &Asked, _: &Identity, _: &Value) -> Option<String> {
    None
}

/// Compares the planned part of `spec` and nothing else.
fn spec_only(comparison: &mut Comparison<'_>) {
    comparison.fields("spec", &|_, _| false);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_kind_has_one_line() {
        let all: BTreeSet<(&str, &str)> = KINDS.iter().map(|kind| (kind.group, kind.kind)).collect();
        assert_eq!(all.len(), KINDS.len());
    }

    #[test]
    fn a_kind_is_called_as_kubectl_calls_it() {
        assert!(is_called("Service", "services") && is_called("Service", "SERVICE"));
        assert!(is_called("NetworkPolicy", "networkpolicies"));
        assert!(!is_called("Service", "svc"));
    }
}
