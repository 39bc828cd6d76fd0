//! Which Services a pool gives addresses to, and in which order pools are asked.

use super::{Effect, Rule};
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use serde_json::Value;

pub static RULE: Rule =
    Rule { name: "pool-assignment", about: "a pool of MetalLB serves other Services than before", find };

fn find(_: &Context<'_>, change: &Change) -> Vec<Effect> {
    if !change.is("metallb.io", "IPAddressPool") || change.both().is_none() {
        return Vec::new();
    }
    let mut effects = Vec::new();
    if let Some((_, new)) = change.differs(&["spec", "autoAssign"]) {
        effects.push(match new.and_then(Value::as_bool).unwrap_or(true) {
            true => Effect::new(
                Danger::Note,
                "a Service that asks for nothing gets an address of it, and nobody knows which",
            ),
            false => Effect::new(
                Danger::Note,
                "only a Service that asks for an address of it gets one; those that have one keep it",
            ),
        });
    }
    if change.differs(&["spec", "serviceAllocation"]).is_some() {
        // metallb `internal/allocator` isPoolCompatibleWithService: asked again whenever the pool changes.
        effects.push(Effect::new(
            Danger::Disruptive,
            "other namespaces or Services than before may use it: a Service that may not any more loses its address at once",
        ));
    }
    if let Some((_, new)) = change.differs(&["spec", "avoidBuggyIPs"])
        && new.and_then(Value::as_bool) == Some(true)
    {
        effects.push(Effect::new(Danger::Note, "addresses that end in .0 and .255 are no longer given out"));
    }
    effects
}
