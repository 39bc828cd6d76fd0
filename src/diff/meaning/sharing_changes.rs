//! Services share an address only as long as all of them say the same word.

use super::{Effect, Rule};
use crate::addresses::Address;
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use crate::diff::document::Document;
use crate::diff::holder::{SHARES, addresses, called, listed};
use crate::diff::side::Side;
use std::sync::Arc;

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
    let sharing = |side: &Side<'_>| -> Vec<Arc<Document>> {
        let key = |address: &Address| (old.id.cluster.clone(), *address);
        let held = held.iter().filter_map(|address| side.holders().get(&key(address))).flatten();
        held.filter(|other| other.id != old.id).cloned().collect()
    };
    let (before, after) = (sharing(context.old), sharing(context.new));
    let others: Vec<String> = before.iter().map(|other| called(other)).collect();
    let stay = before.iter().any(|other| after.iter().any(|now| now.id == other.id));
    let place = listed(held.iter().copied());
    let effect = match (was, others.is_empty()) {
        // metallb `internal/allocator` checkSharing: the keys of both have to be one, at every moment.
        (Some(word), false) if is.is_some() && stay => Effect::new(
            Danger::Disruptive,
            format!(
                "it shares {place} with {} under `{}` in place of `{word}`: until all of them say the new word, MetalLB \
                 takes the address from the first one that does",
                others.join(", "),
                is.unwrap_or_default()
            ),
        )
        .advice(format!("keep the word `{word}`, which nobody sees but you; or look afterwards whether each has its address")),
        (Some(_), false) if !stay => Effect::new(
            Danger::Restart,
            format!(
                "it no longer shares {place} with {}: if it changes first, nothing answers there until the other one has \
                 let go",
                others.join(", ")
            ),
        ),
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
