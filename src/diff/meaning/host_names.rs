//! A name that DNS no longer has is as good as an address that is gone.

use super::{Effect, Rule};
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use crate::diff::document::Document;
use crate::diff::user::few;
use std::collections::BTreeSet;

pub static RULE: Rule =
    Rule { name: "host-names", about: "an address that stays is known by fewer, or by more, names", find };

/// Asked once for a plan: of its list for `/etc/hosts` and DNS.
fn find(_: &Context<'_>, change: &Change) -> Vec<Effect> {
    let Some((old, new)) =
        change.both().filter(|_| change.id().is_file() && change.id().name == "endpoints/hosts")
    else {
        return Vec::new();
    };
    let (was, is) = (lines(old), lines(new));
    // What goes or comes with its address is said there.
    let names = |these: &BTreeSet<(&str, &str)>, those: &BTreeSet<(&str, &str)>| -> Vec<String> {
        let known: BTreeSet<&str> = those.iter().map(|(_, name)| *name).collect();
        let places: BTreeSet<&str> = those.iter().map(|(address, _)| *address).collect();
        let alone = these.iter().filter(|(address, name)| places.contains(address) && !known.contains(name));
        alone.map(|(address, name)| format!("`{name}` ({address})")).collect()
    };
    let (gone, come) = (names(&was, &is), names(&is, &was));
    let mut effects = Vec::new();
    if !gone.is_empty() {
        let sentence =
            format!("{} no longer in the list of names: whoever uses the name finds nobody", few(&gone));
        effects.push(
            Effect::new(Danger::Disruptive, sentence)
                .advice("leave the name in DNS until nobody asks for it any more"),
        );
    }
    if !come.is_empty() {
        let sentence = format!("{} new in the list of names", few(&come));
        effects
            .push(Effect::new(Danger::Note, sentence).advice("give DNS the name before anybody is told it"));
    }
    effects
}

/// Address and name, of every line.
fn lines(document: &Document) -> BTreeSet<(&str, &str)> {
    let lines = document.text.as_deref().unwrap_or_default().lines().filter(|line| !line.starts_with('#'));
    let pairs = lines.filter_map(|line| {
        let (address, names) = line.split_once(char::is_whitespace)?;
        Some(names.split_whitespace().map(move |name| (address, name)))
    });
    pairs.flatten().collect()
}
