//! A Service that goes takes its name in the cluster along.

use super::{Effect, Rule};
use crate::diff::change::{Change, What};
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use crate::diff::departure::Departure;
use crate::diff::holder::addresses;
use crate::diff::user::{few, users};

pub static RULE: Rule =
    Rule { name: "service-removed", about: "a Service goes, and its name in the cluster with it", find };

/// What becomes of an address is said there.
fn find(context: &Context<'_>, change: &Change) -> Vec<Effect> {
    let Some(old) =
        change.old.as_ref().filter(|old| old.id.is("", "Service") && change.what() == What::Removed)
    else {
        return Vec::new();
    };
    let departure = context.departure(old);
    let host = match &old.id.namespace {
        Some(namespace) => format!("{}.{namespace}", old.id.name),
        None => old.id.name.clone(),
    };
    let callers = users(context.old, old).map(|users| users.inside).unwrap_or_default();
    let by = if callers.is_empty() { String::new() } else { format!("; it is called by {}", few(&callers)) };
    if departure.is_none_or(|departure| departure == Departure::Pruned) {
        let sentence = format!("nobody answers at `{host}` in the cluster any more{by}");
        return vec![Effect::new(Danger::Disruptive, sentence)];
    }
    let Some(departure) = departure.filter(|_| addresses(old).is_empty()) else { return Vec::new() };
    let what = departure.words(context.controller()).replacen(" it ", " the object ", 1);
    let sentence = format!("{what}: until then `{host}` answers in the cluster{by}");
    vec![Effect::new(Danger::Note, sentence).advice(departure.advice(old))]
}
