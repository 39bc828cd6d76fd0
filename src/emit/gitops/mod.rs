//! The objects that make Argo CD or Flux apply the rest of the tree, folder by folder and chart by chart.
//!
//! [`order`] says what there is to apply and when, whoever applies it; [`argocd`] and [`flux`] say it in their words.
//! A cluster of a plan without `[gitops]` gets nothing.

mod answers;
mod argocd;
pub(super) mod chart;
mod flux;
pub(super) mod index;
mod name;
pub(super) mod order;
#[cfg(test)]
mod tests;
pub(super) mod unit;

pub use answers::ANSWERS;

use super::{Files, Made, PlanEmitter};
use crate::facts::Facts;
use crate::model::Tool;

pub const EMITTER: PlanEmitter = PlanEmitter { name: "gitops", emit };

fn emit(facts: &Facts<'_>, made: &[Made], files: &mut Files) {
    let Some(target) = &facts.resolved.delivery.gitops else { return };
    let index = index::Index::new(made);
    match target.tool {
        Tool::ArgoCd => argocd::emit(facts, target, &index, files),
        Tool::Flux => flux::emit(facts, target, &index, files),
    }
}

/// A path of the tree as a path of the repository that it is committed to.
fn in_repository(target: &crate::resolve::GitopsTarget<'_>, path: &str) -> String {
    match target.path.as_str() {
        "" | "." => path.to_owned(),
        root => format!("{root}/{path}"),
    }
}
