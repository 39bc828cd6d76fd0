//! Whoever still uses an address that was given to somebody else talks to the wrong one.

use super::{Effect, Rule};
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use crate::diff::document::Document;
use crate::diff::holder::{addresses, called, is_of_one_table};
use std::sync::Arc;

pub static RULE: Rule = Rule {
    name: "address-handed-over",
    about: "an address that one Service had is given to another one",
    find,
};

fn find(context: &Context<'_>, change: &Change) -> Vec<Effect> {
    let Some(new) = &change.new else { return Vec::new() };
    let before = change.old.as_ref().map(|old| addresses(old)).unwrap_or_default();
    let taken = addresses(new).into_iter().filter(|address| !before.contains(address));
    let mut effects = Vec::new();
    for address in taken {
        let key = (new.id.cluster.clone(), address);
        let now = context.new.holders().get(&key).map(Vec::as_slice).unwrap_or_default();
        // The chart's Service and plan's own are one service to everybody but Kubernetes.
        let still = |old: &&Arc<Document>| {
            !now.iter().any(|holder| is_same(holder, old)) && !is_of_one_table(old, new)
        };
        let is_own = |old: &&Arc<Document>| change.old.as_ref().is_some_and(|own| own.id == old.id);
        let Some(old) =
            context.old.holders().get(&key).into_iter().flatten().find(|old| still(old) && !is_own(old))
        else {
            continue;
        };
        let sentence = format!(
            "`{address}` was {}'s and is now {}'s: a client that still has the old answer talks to the wrong one, \
             and one that checks no certificate does not notice",
            called(old),
            called(new)
        );
        let advice = format!(
            "give {} another address, or hand `{address}` over in a later commit, when no cache and no \
             `/etc/hosts` has it any more",
            called(new)
        );
        effects.push(Effect::new(Danger::Disruptive, sentence).advice(advice));
    }
    effects
}

fn is_same(one: &Document, other: &Document) -> bool {
    one.id == other.id
}
