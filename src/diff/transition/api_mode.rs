//! Calico's objects live behind its API server or in native definitions, and nothing carries them over by itself.

use super::{Obstacle, Rule, Way};
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::side::Side;
use crate::model::ApiMode;
use std::collections::BTreeMap;

pub static RULE: Rule = Rule {
    name: "calico-api-mode",
    about: "`projectcalico.org/v3` is served in another way than before",
    find,
    way: Way::ByHand("Calico's `DatastoreMigration` runs in the cluster"),
};

fn find(context: &Context<'_>, _: &[Change]) -> Vec<Obstacle> {
    let (Some(was), Some(is)) = (modes(context.old), modes(context.new)) else { return Vec::new() };
    let changed = was.iter().filter(|(name, mode)| is.get(*name).is_some_and(|now| now != *mode));
    let obstacle = |(name, _): (&String, &ApiMode)| Obstacle {
        name: RULE.name,
        controller: context.controller(),
        // calico docs, operations/native-v3-crds: one of both bundles is installed, never both.
        sentence: format!(
            "Calico of `{name}` goes from one way to serve `projectcalico.org/v3` to the other: both bundles of definitions \
             must never be there together, and what is stored in one is not seen in the other"
        ),
        advice: "pause the controller, run Calico's `DatastoreMigration` to its end, and merge then"
            .to_owned(),
        forever: true,
        objects: Vec::new(),
    };
    changed.map(obstacle).collect()
}

fn modes(side: &Side<'_>) -> Option<BTreeMap<String, ApiMode>> {
    let clusters = side.facts()?.resolved.targets();
    let mode = |cluster: &crate::resolve::Cluster<'_>| {
        Some((cluster.name.to_owned(), cluster.calico.as_ref()?.written.api()))
    };
    Some(clusters.filter_map(mode).collect())
}
