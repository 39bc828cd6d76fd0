//! A range cannot go from one pool to another in one commit.

use super::overlap::{is_swap, overlaps};
use super::{Obstacle, Rule, Step, Way, way};
use crate::diff::change::Change;
use crate::diff::context::{Context, Controller};
use crate::diff::holder::ranges;

pub static RULE: Rule = Rule {
    name: "pool-range-moved",
    about: "addresses leave a pool of MetalLB and enter another one in the same commit",
    find,
    way: Way::Staged(way_around),
};

fn find(context: &Context<'_>, changes: &[Change]) -> Vec<Obstacle> {
    let controller = context.controller();
    let all = overlaps(context, changes);
    let moved = all.iter().filter(|overlap| overlap.from_after.is_some() && !is_swap(overlap, &all));
    let obstacle = |overlap: &super::overlap::Overlap| {
        let (from, to) = (&overlap.from.id.name, &overlap.to.id.name);
        let what = format!("{} go from pool `{from}` to `{to}`", ranges(&overlap.addresses));
        let (sentence, forever) = match controller {
            // fluxcd/pkg `ssa/manager_apply.go` ApplyAll: the dry-run of all objects comes before any is applied.
            Controller::Flux => (
                format!(
                    "{what}: Flux tries all objects against the cluster before it applies one, there `{from}` still has \
                     the addresses, and MetalLB's webhook refuses `{to}` each time; nothing of the folder is applied"
                ),
                true,
            ),
            // argo-cd gitops-engine `sync_context.go` runTasks: objects of one kind at the same time; a retry follows.
            Controller::ArgoCd => (
                format!(
                    "{what}: Argo CD applies both at the same time, MetalLB's webhook refuses `{to}` while `{from}` \
                     still has the addresses, and a retry gets through; until then the sync is failed"
                ),
                false,
            ),
            Controller::None => (
                format!(
                    "{what}: MetalLB's webhook refuses `{to}` until `{from}` has let go; apply a second time"
                ),
                false,
            ),
        };
        Obstacle {
            name: RULE.name,
            controller,
            sentence,
            advice: format!(
                "two commits: `{from}` lets go of the addresses first, then `{to}` gets them; Services that have one are \
                 without it in between"
            ),
            forever,
            objects: vec![overlap.from.id.clone(), overlap.to.id.clone()],
        }
    };
    moved.map(obstacle).collect()
}

fn way_around(context: &Context<'_>, changes: &[Change]) -> Vec<Step> {
    let all = overlaps(context, changes);
    let moved = all.iter().filter(|overlap| overlap.from_after.is_some() && !is_swap(overlap, &all));
    way::pools_let_go(context, moved)
}
