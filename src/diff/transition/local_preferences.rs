//! Advertisements of the same route agree on its preference, and each is judged against the others as they are.

use super::{Edit, Obstacle, Rule, Step, Way};
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::side::Side;
use serde_json::Value;

pub static RULE: Rule = Rule {
    name: "local-preferences",
    about: "several BGPAdvertisements of one pool get another local preference",
    find,
    way: Way::Staged(way_around),
};

/// Advertisements that block each other.
fn blocked(changes: &[Change]) -> Vec<(&Change, &Change)> {
    let changed: Vec<&Change> = changes
        .iter()
        .filter(|change| change.is("metallb.io", "BGPAdvertisement") && change.both().is_some())
        .filter(|change| change.differs(&["spec", "localPref"]).is_some())
        .collect();
    let mut found = Vec::new();
    for (at, one) in changed.iter().enumerate() {
        let others = changed[at + 1..].iter().filter(|other| same_route(one, other));
        found.extend(others.map(|other| (*one, *other)));
    }
    found
}

fn find(context: &Context<'_>, changes: &[Change]) -> Vec<Obstacle> {
    let obstacle = |(one, other): (&Change, &Change)| {
        Obstacle {
        name: RULE.name,
        controller: context.controller(),
        sentence: format!(
            "`{}` and `{}` announce the same routes and get another preference at once: MetalLB's webhook refuses each of \
             them as long as the other one has the old preference",
            one.id().name,
            other.id().name
        ),
        advice: "let each announce its own routes alone, then give both the new preference, then let them announce the \
                 same ones again: three commits"
            .to_owned(),
        forever: true,
        objects: vec![one.id().clone(), other.id().clone()],
    }
    };
    blocked(changes).into_iter().map(obstacle).collect()
}

/// A plan makes one advertisement a pool, for that pool alone unless an override names others.
fn way_around(context: &Context<'_>, changes: &[Change]) -> Vec<Step> {
    let mut edits: Vec<Edit> = Vec::new();
    for (one, other) in blocked(changes) {
        for change in [one, other] {
            let path = ["pools", &change.id().name, "bgp_advertisement", "ipAddressPools"];
            let says =
                |side: &Side<'_>| side.plan.as_ref().is_some_and(|plan| plan.keys.has(&path.join(".")));
            let edit = Edit::remove(&path);
            if (says(context.old) || says(context.new)) && !edits.contains(&edit) {
                edits.push(edit);
            }
        }
    }
    let steps = [
        Step::new("each advertisement is of its own pool alone", edits.clone()).map(Step::of_old),
        Step::new("the preferences are the new ones", edits),
    ];
    steps.into_iter().flatten().collect()
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
