//! The MTU of Calico is that of every pod that starts from then on.

use super::{Effect, Rule};
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use serde_json::Value;

pub static RULE: Rule = Rule { name: "calico-mtu", about: "pods get another MTU", find };

fn find(_: &Context<'_>, change: &Change) -> Vec<Effect> {
    if !change.is("operator.tigera.io", "Installation") || change.both().is_none() {
        return Vec::new();
    }
    let Some((old, new)) = change.differs(&["spec", "calicoNetwork", "mtu"]) else { return Vec::new() };
    let number = |value: Option<&Value>| value.and_then(Value::as_u64);
    let words = |value: Option<u64>| value.map_or("what each node finds".to_owned(), |mtu| mtu.to_string());
    let (was, is) = (number(old), number(new));
    // calico felix: the device of a running pod keeps what it got; the tunnel changes at once.
    let mut sentence = format!(
        "the MTU goes from {} to {}: calico-node restarts on every node and changes the tunnels, and a pod gets the new \
         value only when it starts again",
        words(was),
        words(is)
    );
    let mut danger = Danger::Restart;
    if let (Some(was), Some(is)) = (was, is)
        && is < was
    {
        danger = Danger::Disruptive;
        sentence.push_str("; until then the packets of old pods are too large for the tunnels, and connections that ignore path MTU discovery hang");
    }
    vec![Effect::new(danger, sentence).advice("restart the workloads of each node after calico-node is back: `kubectl -n NAMESPACE rollout restart`")]
}
