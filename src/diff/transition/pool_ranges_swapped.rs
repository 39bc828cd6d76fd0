//! Two pools that want each other's addresses wait for each other for ever.

use super::overlap::{is_swap, overlaps};
use super::{Obstacle, Rule, Step, Way, way};
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::holder::ranges;

pub static RULE: Rule = Rule {
    name: "pool-ranges-swapped",
    about: "two pools of MetalLB exchange addresses in one commit",
    find,
    way: Way::Staged(way_around),
};

fn find(context: &Context<'_>, changes: &[Change]) -> Vec<Obstacle> {
    let controller = context.controller();
    let all = overlaps(context, changes);
    let once = |overlap: &&super::overlap::Overlap| is_swap(overlap, &all) && overlap.from.id < overlap.to.id;
    let obstacle = |overlap: &super::overlap::Overlap| {
        let (one, other) = (&overlap.from.id.name, &overlap.to.id.name);
        Obstacle {
            name: RULE.name,
            controller,
            sentence: format!(
                "pools `{one}` and `{other}` exchange addresses ({} among them): MetalLB's webhook refuses each of them as \
                 long as the other one is as it was, and no retry of {} changes that",
                ranges(&overlap.addresses),
                controller.word()
            ),
            advice: "three states: both let go first, then each gets what is free".to_owned(),
            forever: true,
            objects: vec![overlap.from.id.clone(), overlap.to.id.clone()],
        }
    };
    all.iter().filter(once).map(obstacle).collect()
}

fn way_around(context: &Context<'_>, changes: &[Change]) -> Vec<Step> {
    let all = overlaps(context, changes);
    way::pools_let_go(context, all.iter().filter(|overlap| is_swap(overlap, &all)))
}
