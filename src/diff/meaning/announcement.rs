//! An address that nobody announces is one that nobody reaches, whatever the status of its Service says.

use super::{Effect, Rule};
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use crate::diff::document::Document;
use crate::diff::side::Side;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

pub static RULE: Rule = Rule {
    name: "announcement",
    about: "addresses of a pool are announced by others than before, or by nobody",
    find,
};

const KINDS: [&str; 2] = ["L2Advertisement", "BGPAdvertisement"];

fn find(context: &Context<'_>, change: &Change) -> Vec<Effect> {
    let Some(old) = change.old.as_ref().filter(|old| is_advertisement(old)) else { return Vec::new() };
    let mut effects = Vec::new();
    for pool in pools(context.old, old) {
        if change.new.as_ref().is_some_and(|new| pools(context.new, new).contains(&pool)) {
            continue;
        }
        if !exists(context.new, &old.id.cluster, &pool) {
            continue;
        }
        let others = KINDS.iter().flat_map(|kind| context.new.of_kind(kind).to_vec());
        let left: Vec<Arc<Document>> = others
            .filter(|other| other.id.cluster == old.id.cluster && pools(context.new, other).contains(&pool))
            .collect();
        let names: Vec<String> = left.iter().map(|other| format!("`{}`", other.id)).collect();
        let in_the_same_way = left.iter().any(|other| other.id.kind == old.id.kind);
        effects.push(match left.is_empty() {
            false if !in_the_same_way && old.id.kind == "BGPAdvertisement" => Effect::new(
                Danger::Disruptive,
                format!("routers forget the routes to the pool `{pool}`: only who is on the same LAN reaches it, by {}", names.join(", ")),
            ),
            false if !in_the_same_way => Effect::new(
                Danger::Disruptive,
                format!("no node answers its neighbours for the pool `{pool}` any more: it is reached by routers alone, by {}", names.join(", ")),
            ),
            true => Effect::new(
                Danger::Disruptive,
                format!("nobody announces the pool `{pool}` any more: its Services keep their addresses in their status, and nothing answers there"),
            )
            .advice("keep one advertisement, unless something else announces the addresses, as Calico can"),
            false => Effect::new(Danger::Note, format!("the pool `{pool}` is announced by {} alone", names.join(", "))),
        });
    }
    if let Some((before, after)) = change.both() {
        let narrowed = [("nodeSelectors", "nodes"), ("interfaces", "interfaces"), ("peers", "peers")];
        for (key, what) in narrowed {
            if change.differs(&["spec", key]).is_some() {
                let words = |document: &Document| match document.at(&["spec", key]) {
                    Some(Value::Array(items)) if !items.is_empty() => {
                        items.iter().map(shown).collect::<Vec<_>>().join(", ")
                    }
                    _ => format!("all {what}"),
                };
                let sentence = format!(
                    "its addresses are announced by {} in place of {}: each that moves to another node is unreachable until its neighbours learn it",
                    words(after),
                    words(before)
                );
                effects.push(Effect::new(Danger::Disruptive, sentence));
            }
        }
        if change.differs(&["spec", "aggregationLength"]).is_some()
            || change.differs(&["spec", "localPref"]).is_some()
            || change.differs(&["spec", "communities"]).is_some()
        {
            effects.push(Effect::new(Danger::Note, "its peers get other routes for the same addresses"));
        }
    }
    effects
}

fn is_advertisement(document: &Document) -> bool {
    document.id.group == "metallb.io" && KINDS.contains(&document.id.kind.as_str())
}

/// The pools that an advertisement names; without names and selectors all of its cluster.
fn pools(side: &Side<'_>, document: &Document) -> BTreeSet<String> {
    let list = |key: &str| document.at(&["spec", key]).and_then(Value::as_array).cloned().unwrap_or_default();
    let named: BTreeSet<String> =
        list("ipAddressPools").iter().filter_map(|name| name.as_str().map(str::to_owned)).collect();
    if !named.is_empty() || !list("ipAddressPoolSelectors").is_empty() {
        return named;
    }
    let all = side.of_kind("IPAddressPool");
    all.iter()
        .filter(|pool| pool.id.cluster == document.id.cluster)
        .map(|pool| pool.id.name.clone())
        .collect()
}

fn exists(side: &Side<'_>, cluster: &Option<String>, name: &str) -> bool {
    side.of_kind("IPAddressPool").iter().any(|pool| pool.id.cluster == *cluster && pool.id.name == name)
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("`{text}`"),
        other => match other.get("matchLabels").and_then(Value::as_object) {
            Some(labels) => labels
                .iter()
                .map(|(key, value)| format!("`{key}={}`", value.as_str().unwrap_or_default()))
                .collect::<Vec<_>>()
                .join("+"),
            None => format!("`{other}`"),
        },
    }
}
