//! `externalTrafficPolicy` decides who sees the client's address and which nodes answer.

use super::{Effect, Rule};
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use serde_json::Value;

pub static RULE: Rule = Rule {
    name: "traffic-policy",
    about: "traffic from outside takes another way to the pods, with or without the client's address",
    find,
};

fn find(_: &Context<'_>, change: &Change) -> Vec<Effect> {
    // A Service of another type says so, and its policy comes or goes with the address.
    if change.both().is_none() || change.differs(&["spec", "type"]).is_some() {
        return Vec::new();
    }
    let mut effects = Vec::new();
    for field in &change.fields {
        let Some(crate::diff::field::Step::Key(key)) = field.path.last() else { continue };
        let word = |value: &Option<Value>| value.as_ref().and_then(Value::as_str).map(str::to_owned);
        let default = || "Cluster".to_owned();
        let (was, is) = (word(&field.old).unwrap_or_else(default), word(&field.new).unwrap_or_else(default));
        if was == is {
            continue;
        }
        match key.as_str() {
            // metallb `speaker/layer2_controller.go`: with Local only nodes with a ready endpoint take part.
            "externalTrafficPolicy" if is == "Local" => effects.push(Effect::new(
                Danger::Disruptive,
                "pods see the client's own address, and only a node with a ready pod answers: without one, nobody does; \
                 open connections break when another node takes the address",
            )
            .advice("policies that allow the nodes must allow the clients; a Service of the policy `Cluster` can no longer share the address")),
            "externalTrafficPolicy" => effects.push(Effect::new(
                Danger::Disruptive,
                "pods see the address of a node in place of the client's, so that policies and logs no longer tell clients \
                 apart; open connections break when another node takes the address",
            )
            .advice("a policy that allows clients by their address denies all of them from now on")),
            "internalTrafficPolicy" if is == "Local" => effects.push(Effect::new(
                Danger::Disruptive,
                "pods reach it on their own node alone: on a node without one of its pods they are refused",
            )),
            _ => {}
        }
    }
    effects
}
