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
    let mut found = Vec::new();
    for (old, one) in changes.iter().filter_map(|change| change.both()) {
        let (was, is) = (addresses(old), addresses(one));
        for address in is.difference(&was) {
            let had = context.old.holders().get(&(one.id.cluster.clone(), *address)).into_iter().flatten();
            for before in had.filter(|before| before.id > old.id) {
                let Some(other) = context.new.find(&before.id).or(context.new.file(&before.path)) else {
                    continue;
                };
                if addresses(&other).contains(address)
                    || addresses(&other).intersection(&was).next().is_none()
                {
                    continue;
                }
                found.push(Obstacle {
                    name: RULE.name,
                    controller: context.controller(),
                    // metallb `controller/service.go` convergeBalancer: the old address is dropped before the new one
                    // is asked for, and a Service that found none is tried again when one is freed.
                    sentence: format!(
                        "{} and {} exchange their addresses: MetalLB drops the old address of the first before it finds \
                         the new one taken, so that both are silent until it tries again",
                        called(one),
                        called(&other)
                    ),
                    advice: "give one of them a free address first, and each the other's in the commits after".to_owned(),
                    forever: false,
                    objects: vec![one.id.clone(), other.id.clone()],
                });
            }
        }
    }
    found
}
