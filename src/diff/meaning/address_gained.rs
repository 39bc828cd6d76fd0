//! A Service that gets its first address can be reached from outside.

use super::{Effect, Rule};
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use crate::diff::holder::{addresses, called, listed};

pub static RULE: Rule =
    Rule { name: "address-gained", about: "a Service gets an address that it did not have", find };

fn find(_: &Context<'_>, change: &Change) -> Vec<Effect> {
    let Some(new) = &change.new else { return Vec::new() };
    let was = change.old.as_ref().map(|old| addresses(old)).unwrap_or_default();
    let is = addresses(new);
    let gained: Vec<_> = is.difference(&was).copied().collect();
    if gained.is_empty() || !was.is_subset(&is) {
        return Vec::new();
    }
    let sentence = format!("{} answers at {} from now on", called(new), listed(gained));
    vec![Effect::new(Danger::Note, sentence)]
}
