//! A Service that goes back to one IP family gives up its addresses of the other.

use super::{Effect, Rule};
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use crate::diff::document::Document;
use serde_json::Value;

pub static RULE: Rule =
    Rule { name: "service-families", about: "a Service gets a second IP family, or gives one up", find };

fn find(_: &Context<'_>, change: &Change) -> Vec<Effect> {
    let Some((old, new)) = change.both().filter(|_| change.is("", "Service")) else { return Vec::new() };
    let (was, is) = (families(old), families(new));
    let gone: Vec<&String> = was.iter().filter(|family| !is.contains(family)).collect();
    let come: Vec<&String> = is.iter().filter(|family| !was.contains(family)).collect();
    // The first family is the primary one, which cannot change at all.
    if was.first() != is.first() {
        return Vec::new();
    }
    match (gone.first(), come.first()) {
        // kubernetes docs, concepts/services-networking/dual-stack: the secondary cluster address is released.
        (Some(family), _) => vec![Effect::new(
            Danger::Disruptive,
            format!(
                "it gives up {family}: its cluster address and its address on the LAN of that family are released"
            ),
        )],
        (_, Some(family)) => {
            vec![Effect::new(
                Danger::Note,
                format!("it gets {family} beside what it has; its cluster address stays"),
            )]
        }
        _ => Vec::new(),
    }
}

fn families(service: &Document) -> Vec<String> {
    let list = service.at(&["spec", "ipFamilies"]).and_then(Value::as_array).into_iter().flatten();
    list.filter_map(|family| family.as_str().map(str::to_owned)).collect()
}
