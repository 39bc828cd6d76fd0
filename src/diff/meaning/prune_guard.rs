//! A guard keeps a controller from deleting an object on its own.

use super::{Effect, Rule};
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use crate::diff::departure::{Departure, applier};

pub static RULE: Rule = Rule {
    name: "prune-guard",
    about: "an object loses, or gets, what keeps the controller from deleting it",
    find,
};

fn find(context: &Context<'_>, change: &Change) -> Vec<Effect> {
    let Some((old, new)) = change.both().filter(|_| !change.id().is_file()) else { return Vec::new() };
    let controller = context.controller();
    let (was, is) = (Departure::of(controller, old), Departure::of(controller, new));
    if was == is || old.path.starts_with("bootstrap/") != new.path.starts_with("bootstrap/") {
        return Vec::new();
    }
    let held = |document| !crate::diff::holder::addresses(document).is_empty();
    // The guard of a Service is there for its address, and comes and goes with it.
    if held(old) != held(new) || applier(context.new, new).is_none() {
        return Vec::new();
    }
    vec![match is {
        Departure::Pruned => Effect::new(
            Danger::Disruptive,
            format!(
                "its guard goes: from now on {} deletes it as soon as it leaves the tree",
                controller.word()
            ),
        ),
        _ => Effect::new(
            Danger::Note,
            format!("it is guarded from now on: when it leaves the tree, {}", is.words(controller)),
        ),
    }]
}
