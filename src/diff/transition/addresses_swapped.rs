//! Two Services that exchange their addresses are both without one for a while.

use super::{Obstacle, Rule};
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::holder::{addresses, called};

pub static RULE: Rule = Rule {
    name: "addresses-swapped",
    about: "two Services exchange their addresses in one commit",
    find,
    way: None,
};

fn find(context: &Context<'_>, changes: &[Change]) -> Vec<Obstacle> {
    let moved: Vec<_> = changes
        .iter()
        .filter_map(|change| change.both())
        .map(|(old, new)| (new, addresses(old), addresses(new)))
        .filter(|(_, was, is)| !was.is_empty() && was != is)
        .collect();
    let mut found = Vec::new();
    for (at, (one, was, is)) in moved.iter().enumerate() {
        for (other, had, has) in &moved[at + 1..] {
            let swapped = one.id.cluster == other.id.cluster
                && was.intersection(has).next().is_some()
                && had.intersection(is).next().is_some();
            if !swapped {
                continue;
            }
            found.push(Obstacle {
                name: RULE.name,
                controller: context.controller(),
                // metallb `controller/service.go` convergeBalancer: the old address is dropped before the new one is
                // asked for, and a Service that found none is tried again when one is freed.
                sentence: format!(
                    "{} and {} exchange their addresses: MetalLB drops the old address of the first before it finds the \
                     new one taken, so that both are silent until it tries again",
                    called(one),
                    called(other)
                ),
                advice: "give one of them a free address first, and each the other's in the commits after".to_owned(),
                forever: false,
                objects: vec![one.id.clone(), other.id.clone()],
            });
        }
    }
    found
}
