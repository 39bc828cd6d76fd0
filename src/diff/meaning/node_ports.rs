//! Clients that use the address of a node and a node port do not see the load balancer at all.

use super::{Effect, Rule};
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use crate::diff::field::{Field, Step};
use serde_json::Value;

pub static RULE: Rule = Rule { name: "node-ports", about: "node ports of a Service come or go", find };

fn find(_: &Context<'_>, change: &Change) -> Vec<Effect> {
    if !change.is("", "Service") || change.both().is_none() {
        return Vec::new();
    }
    let mut effects = Vec::new();
    if change.differs(&["spec", "type"]).is_none()
        && let Some((old, new)) = change.differs(&["spec", "allocateLoadBalancerNodePorts"])
    {
        let allocated = |value: Option<&Value>| value.and_then(Value::as_bool).unwrap_or(true);
        match (allocated(old), allocated(new)) {
            // kubernetes docs, services-networking/service: what is allocated is not released by the field.
            (true, false) => effects.push(Effect::new(
                Danger::Note,
                "no new node ports are allocated; those that it has stay until they are removed from the object",
            )),
            (false, true) => effects.push(Effect::new(
                Danger::Note,
                "every node opens a node port for each of its ports, past the load balancer",
            )
            .advice("a firewall on the nodes has to deny them if nobody shall come that way")),
            _ => {}
        }
    }
    let number = |value: &Option<Value>| match value {
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::Object(port)) => port.get("nodePort").and_then(Value::as_u64),
        _ => None,
    };
    let is_port = |field: &&Field| {
        field.is_below(&["spec", "ports"])
            && matches!(field.path.last(), Some(Step::Key(key)) if key == "nodePort")
            || matches!(field.path.last(), Some(Step::Item(_)))
    };
    for field in change.fields.iter().filter(is_port) {
        if let Some(port) = number(&field.old).filter(|_| number(&field.new).is_none()) {
            let sentence = format!("node port {port} is closed: whoever calls a node on it is refused");
            effects.push(
                Effect::new(Danger::Disruptive, sentence)
                    .advice("tell its clients the address of the load balancer first"),
            );
        } else if let (Some(was), Some(is)) = (number(&field.old), number(&field.new))
            && was != is
        {
            let sentence =
                format!("node port {was} becomes {is}: whoever calls a node on the old one is refused");
            effects.push(Effect::new(Danger::Disruptive, sentence));
        }
    }
    effects
}
