//! The type of a Service decides from where it can be reached.

use super::{Effect, Rule};
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use serde_json::Value;

pub static RULE: Rule =
    Rule { name: "service-type", about: "a Service becomes reachable from elsewhere than before", find };

fn find(_: &Context<'_>, change: &Change) -> Vec<Effect> {
    if !change.is("", "Service") || change.both().is_none() {
        return Vec::new();
    }
    let Some((old, new)) = change.differs(&["spec", "type"]) else { return Vec::new() };
    let word = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or("ClusterIP").to_owned();
    let (was, is) = (word(old), word(new));
    let (danger, what) = match (was.as_str(), is.as_str()) {
        ("NodePort", "LoadBalancer") => {
            // kubernetes `pkg/registry/core/service`: node ports stay allocated when the type widens.
            (
                Danger::Note,
                "it keeps its cluster address and, until they are removed from the object, its node ports",
            )
        }
        ("ClusterIP", _) => (Danger::Note, "it keeps its cluster address"),
        (_, "ClusterIP") => (Danger::Disruptive, "it is reached from inside the cluster alone"),
        (_, "NodePort") => (Danger::Disruptive, "its address on the LAN is given back"),
        _ => (Danger::Disruptive, "it is reached in another way"),
    };
    vec![Effect::new(danger, format!("its type goes from `{was}` to `{is}`: {what}"))]
}
