//! A pool with another name is another pool, and cannot have the addresses of the old one while that is there.

use super::overlap::overlaps;
use super::{Obstacle, Rule, Step, Way, way};
use crate::diff::change::Change;
use crate::diff::context::{Context, Controller};
use crate::diff::departure::{Departure, delete};
use crate::diff::holder::ranges;

pub static RULE: Rule = Rule {
    name: "pool-renamed",
    about: "a pool of MetalLB goes, and another one gets its addresses in the same commit",
    find,
    way: Way::Staged(way_around),
};

fn find(context: &Context<'_>, changes: &[Change]) -> Vec<Obstacle> {
    let controller = context.controller();
    let all = overlaps(context, changes);
    let obstacle = |overlap: &super::overlap::Overlap| {
        let (from, to) = (&overlap.from, &overlap.to.id.name);
        let old = &from.id.name;
        let what = format!("pool `{old}` goes and `{to}` gets {}", ranges(&overlap.addresses));
        let departure = Departure::of(controller, from);
        let (sentence, forever) = match (controller, departure) {
            (Controller::Flux, _) => (
                format!(
                    "{what}: MetalLB's webhook refuses `{to}` as long as `{old}` is there, and Flux {}",
                    if departure == Departure::Kept {
                        "never deletes it"
                    } else {
                        "deletes it only after everything else was applied"
                    }
                ),
                true,
            ),
            (Controller::ArgoCd, Departure::Asked) => (
                format!(
                    "{what}: Argo CD makes `{to}` only when a person has confirmed that `{old}` goes; from then on its Services are without addresses until they get them back"
                ),
                false,
            ),
            (Controller::ArgoCd, Departure::Pruned) if !way::prunes_last(context, from) => return None,
            (Controller::ArgoCd, _) => (
                format!(
                    "{what}: MetalLB's webhook refuses `{to}` as long as `{old}` is there, and Argo CD deletes it last or never"
                ),
                true,
            ),
            (Controller::None, _) => (
                format!(
                    "{what}: MetalLB's webhook refuses `{to}` as long as `{old}` is there, and kubectl deletes nothing by itself"
                ),
                true,
            ),
        };
        Some(Obstacle {
            name: RULE.name,
            controller,
            sentence,
            advice: match (controller, departure) {
                (Controller::ArgoCd, Departure::Asked) => {
                    format!("keep the name `{old}`, which nobody sees but you; or confirm in a window")
                }
                _ => format!(
                    "keep the name `{old}`, which nobody sees but you; or two commits with `{}` between them",
                    delete(from)
                ),
            },
            forever,
            objects: vec![from.id.clone(), overlap.to.id.clone()],
        })
    };
    all.iter().filter(|overlap| overlap.from_after.is_none()).filter_map(obstacle).collect()
}

fn way_around(context: &Context<'_>, changes: &[Change]) -> Vec<Step> {
    let all = overlaps(context, changes);
    way::pools_let_go(context, all.iter().filter(|overlap| overlap.from_after.is_none()))
}
