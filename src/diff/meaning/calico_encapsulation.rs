//! How packets between nodes are wrapped is one decision for both ends.

use super::{Effect, Rule};
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use crate::diff::field::Step;
use serde_json::Value;

pub static RULE: Rule =
    Rule { name: "calico-encapsulation", about: "packets between nodes are wrapped in another way", find };

const KEYS: [&str; 3] = ["encapsulation", "vxlanMode", "ipipMode"];

fn find(_: &Context<'_>, change: &Change) -> Vec<Effect> {
    let is_pool = change.is("operator.tigera.io", "Installation") || change.is("projectcalico.org", "IPPool");
    if !is_pool || change.both().is_none() {
        return Vec::new();
    }
    let mut effects = Vec::new();
    for field in &change.fields {
        let Some(Step::Key(key)) = field.path.last() else { continue };
        let pool = field.path.iter().find_map(|step| match step {
            Step::Item(keys) => keys.iter().map(|(_, value)| value.as_str()).next(),
            _ => None,
        });
        if !KEYS.contains(&key.as_str()) {
            continue;
        }
        let word = |value: &Option<Value>| {
            value.as_ref().and_then(Value::as_str).unwrap_or("its default").to_owned()
        };
        let (was, is) = (word(&field.old), word(&field.new));
        let name = pool.unwrap_or(&change.id().name);
        let mut advice =
            "do it in a window, with the workloads drained or tolerant of lost packets".to_owned();
        if is.starts_with("VXLAN") {
            advice.push_str("; UDP 4789 has to be open between the nodes");
        } else if is.starts_with("IPIP") {
            advice.push_str("; IP protocol 4 has to be open between the nodes");
        } else if is == "None" {
            advice.push_str("; the network between the nodes has to know the routes of the pods");
        }
        let sentence = format!(
            "pool `{name}` goes from `{was}` to `{is}`: each node changes when its own calico-node does, and pods of two \
             nodes that disagree do not reach each other"
        );
        effects.push(Effect::new(Danger::Disruptive, sentence).advice(advice));
    }
    effects
}
