//! A load balancer with source ranges lets in nobody else.

use super::{Effect, Rule};
use crate::addresses::{AddressSet, Cidr};
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use serde_json::Value;
use std::collections::BTreeSet;

pub static RULE: Rule =
    Rule { name: "source-ranges", about: "other networks than before may call a Service", find };

fn find(_: &Context<'_>, change: &Change) -> Vec<Effect> {
    if !change.is("", "Service") || change.both().is_none() {
        return Vec::new();
    }
    let Some((old, new)) = change.differs(&["spec", "loadBalancerSourceRanges"]) else { return Vec::new() };
    let (was, is) = (networks(old), networks(new));
    let shown =
        |set: &BTreeSet<String>| set.iter().map(|each| format!("`{each}`")).collect::<Vec<_>>().join(", ");
    let effect = match (was.is_empty(), is.is_empty()) {
        (true, _) => Effect::new(
            Danger::Disruptive,
            format!("only {} may call it from outside; all others are dropped", shown(&is)),
        ),
        (_, true) => Effect::new(Danger::Note, "every network may call it from outside"),
        _ => {
            let gone: BTreeSet<String> = was.difference(&is).cloned().collect();
            let come: BTreeSet<String> = is.difference(&was).cloned().collect();
            match (set(&was).difference(&set(&is)).is_empty(), come.is_empty()) {
                (true, true) => Effect::new(Danger::Note, "the same networks as before may call it"),
                (true, false) => Effect::new(Danger::Note, format!("{} may call it as well", shown(&come))),
                (false, true) => {
                    Effect::new(Danger::Disruptive, format!("{} may no longer call it", shown(&gone)))
                }
                (false, false) => Effect::new(
                    Danger::Disruptive,
                    format!(
                        "{} may call it in place of {}, and all others are dropped",
                        shown(&come),
                        shown(&gone)
                    ),
                ),
            }
        }
    };
    vec![effect]
}

/// Every address of some networks; what is no network has none.
fn set(networks: &BTreeSet<String>) -> AddressSet {
    let mut all = AddressSet::new();
    networks.iter().filter_map(|text| Cidr::parse(text).ok()).for_each(|cidr| all.insert(cidr));
    all
}

fn networks(value: Option<&Value>) -> BTreeSet<String> {
    let items = value.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
}
