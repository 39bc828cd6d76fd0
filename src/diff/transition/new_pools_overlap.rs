//! Two pools that are both new pass every trial, and the second one is refused when the first is there.

use super::{Obstacle, Rule, Way};
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::document::Document;
use crate::diff::holder::{pool, ranges};
use std::sync::Arc;

pub static RULE: Rule = Rule {
    name: "new-pools-overlap",
    about: "pools of MetalLB that overlap are made in one commit, so that no dry-run finds it",
    find,
    way: Way::ByHand("no state in between makes the last one right"),
};

fn find(context: &Context<'_>, changes: &[Change]) -> Vec<Obstacle> {
    let pools: Vec<&Arc<Document>> = changes
        .iter()
        .filter(|change| change.is("metallb.io", "IPAddressPool"))
        .filter_map(|change| change.new.as_ref())
        .filter(|new| context.old.find(&new.id).is_none())
        .collect();
    let mut found = Vec::new();
    for (at, one) in pools.iter().enumerate() {
        for other in pools[at + 1..].iter().filter(|other| other.id.cluster == one.id.cluster) {
            let both = pool(one).intersection(&pool(other));
            if both.is_empty() {
                continue;
            }
            let (first, second) = (&one.id.name, &other.id.name);
            found.push(Obstacle {
                name: RULE.name,
                controller: context.controller(),
                sentence: format!(
                    "pools `{first}` and `{second}` are both new and both hold {}: a dry-run passes, for neither is there \
                     yet, and MetalLB's webhook refuses the one that comes second",
                    ranges(&both)
                ),
                advice: format!("take {} out of one of them", ranges(&both)),
                forever: true,
                objects: vec![one.id.clone(), other.id.clone()],
            });
        }
    }
    found
}
