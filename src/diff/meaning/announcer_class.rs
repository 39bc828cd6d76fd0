//! A load balancer controller serves the Services of its class and no others.

use super::{Effect, Rule};
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::danger::Danger;

pub static RULE: Rule =
    Rule { name: "announcer-class", about: "MetalLB serves Services of another class than before", find };

fn find(_: &Context<'_>, change: &Change) -> Vec<Effect> {
    let id = change.id();
    if !id.is_file()
        || !id.name.starts_with("values/")
        || !id.name.ends_with("/metallb.yaml")
        || change.both().is_none()
    {
        return Vec::new();
    }
    let Some((old, new)) = change.differs(&["loadBalancerClass"]) else { return Vec::new() };
    let word = |value: Option<&serde_json::Value>| match value.and_then(|value| value.as_str()) {
        Some(class) => format!("of the class `{class}`"),
        None => "without a class".to_owned(),
    };
    // metallb `internal/k8s`: --lb-class filters what the controller and the speakers see.
    let sentence = format!(
        "MetalLB serves Services {} and no longer those {}: all of those lose their addresses when it restarts",
        word(new),
        word(old)
    );
    vec![Effect::new(Danger::Disruptive, sentence).advice(
        "the class of a Service cannot change while it is a LoadBalancer; plan an outage of every address",
    )]
}
