//! Calico keeps its objects behind an API server of its own, or as native definitions, and never both.

use super::{Effect, Rule};
use crate::diff::change::{Change, What};
use crate::diff::context::Context;
use crate::diff::danger::Danger;

pub static RULE: Rule = Rule {
    name: "calico-parts",
    about: "a part of Calico comes or goes: its API server, Goldmane, Whisker, tiers",
    find,
};

fn find(context: &Context<'_>, change: &Change) -> Vec<Effect> {
    let id = change.id();
    let effect = match (id.group.as_str(), id.kind.as_str(), change.what()) {
        ("operator.tigera.io", "Installation", What::Removed) => Effect::new(
            Danger::Irreversible,
            "the network of the cluster leaves the tree: the operator takes Calico down on every node when the object is deleted",
        )
        .advice(crate::diff::departure::Departure::of(context.controller(), change.any()).words(context.controller())),
        ("operator.tigera.io", "APIServer", What::Removed) => Effect::new(
            Danger::Disruptive,
            "nobody serves `projectcalico.org/v3` any more: policies stay in force, and none can be changed",
        ),
        ("operator.tigera.io", "Goldmane", What::Removed) => {
            Effect::new(Danger::Note, "flows are no longer collected: nobody sees what staged policies would drop")
        }
        ("operator.tigera.io", "Goldmane" | "Whisker" | "APIServer", What::Changed)
            if change.differs(&["spec"]).is_some() =>
        {
            Effect::new(Danger::Restart, "its pods are replaced; the network goes on without them")
        }
        ("projectcalico.org", "Tier", What::Removed) => {
            Effect::new(Danger::Disruptive, "the tier goes, which is refused as long as a policy is in it")
        }
        ("projectcalico.org", "Tier", What::Changed) if change.differs(&["spec"]).is_some() => {
            Effect::new(Danger::Disruptive, "policies of the tier are asked earlier or later than before, or what none decides about is treated otherwise")
        }
        _ => return Vec::new(),
    };
    vec![effect]
}
