//! Advertisements of the same route agree on its preference, and each is judged against the others as they are.

use super::{Obstacle, Rule};
use crate::diff::change::Change;
use crate::diff::context::Context;
use serde_json::Value;

pub static RULE: Rule = Rule {
    name: "local-preferences",
    about: "several BGPAdvertisements of one pool get another local preference",
    find,
    way: None,
};

fn find(context: &Context<'_>, changes: &[Change]) -> Vec<Obstacle> {
    let changed: Vec<&Change> = changes
        .iter()
        .filter(|change| change.is("metallb.io", "BGPAdvertisement") && change.both().is_some())
        .filter(|change| change.differs(&["spec", "localPref"]).is_some())
        .collect();
    let controller = context.controller();
    let mut found = Vec::new();
    for (at, one) in changed.iter().enumerate() {
        for other in changed[at + 1..].iter().filter(|other| same_route(one, other)) {
            found.push(Obstacle {
                name: RULE.name,
                controller,
                sentence: format!(
                    "`{}` and `{}` announce the same routes and get another preference at once: MetalLB's webhook refuses \
                     each of them as long as the other one has the old preference",
                    one.id().name,
                    other.id().name
                ),
                advice: "take one of them away, change the other one, and bring it back: three commits".to_owned(),
                forever: true,
                objects: vec![one.id().clone(), other.id().clone()],
            });
        }
    }
    found
}

/// metallb `internal/config/config.go`: same pool, same length, common peers and nodes, and no selector of Services.
fn same_route(one: &Change, other: &Change) -> bool {
    let part = |change: &Change, key: &str| change.any().at(&["spec", key]).cloned();
    let list = |change: &Change, key: &str| match part(change, key) {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    };
    let meet = |key: &str| {
        let (mine, theirs) = (list(one, key), list(other, key));
        mine.is_empty() || theirs.is_empty() || mine.iter().any(|item| theirs.contains(item))
    };
    let lengths = ["aggregationLength", "aggregationLengthV6"];
    one.id().cluster == other.id().cluster
        && lengths.iter().all(|key| part(one, key) == part(other, key))
        && part(one, "serviceSelectors").is_none()
        && part(other, "serviceSelectors").is_none()
        && ["ipAddressPools", "peers", "nodeSelectors"].iter().all(|key| meet(key))
}
