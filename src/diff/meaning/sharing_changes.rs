//! Services share an address only as long as all of them say the same word.

use super::{Effect, Rule};
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use crate::diff::holder::{SHARES, addresses, called, listed};

pub static RULE: Rule = Rule {
    name: "sharing-changes",
    about: "a Service begins or ends to share its address with others, or shares it with others than before",
    find,
};

fn find(context: &Context<'_>, change: &Change) -> Vec<Effect> {
    let Some((old, new)) = change.both() else { return Vec::new() };
    let (was, is) = (old.annotation(&SHARES), new.annotation(&SHARES));
    let held: Vec<_> = addresses(old).intersection(&addresses(new)).copied().collect();
    if was == is || held.is_empty() {
        return Vec::new();
    }
    let others: Vec<String> = held
        .iter()
        .filter_map(|address| context.old.holders().get(&(old.id.cluster.clone(), *address)))
        .flatten()
        .filter(|other| other.id != old.id)
        .map(|other| called(other))
        .collect();
    let place = listed(held.iter().copied());
    let effect = match (was, others.is_empty()) {
        // metallb `internal/allocator`: a Service that leaves a key frees the address only for itself.
        (Some(word), false) => Effect::new(
            Danger::Disruptive,
            format!(
                "it no longer shares {place} under `{word}` with {}, so that one of them loses it",
                others.join(", ")
            ),
        )
        .advice("give one of them an address of its own in the same commit"),
        (None, _) => Effect::new(Danger::Note, format!("others may share {place} with it from now on")),
        (Some(word), true) => Effect::new(
            Danger::Note,
            format!("the word `{word}` under which it shared {place} changes; nobody else used it"),
        ),
    };
    vec![effect]
}
