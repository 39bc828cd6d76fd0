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

/// A unit under the name of its Application or Kustomization.
pub(super) struct Called {
    pub cluster: ClusterId,
    pub key: String,
    pub name: String,
    /// Whether a person releases it.
    pub held: bool,
}

use super::{Files, Made, PlanEmitter};
use crate::facts::Facts;
use crate::model::Tool;
use crate::resolve::ClusterId;

pub const EMITTER: PlanEmitter = PlanEmitter { name: "gitops", emit };

fn emit(facts: &Facts<'_>, made: &[Made], files: &mut Files) {
    let Some(target) = &facts.resolved.delivery.gitops else { return };
    let index = index::Index::new(made);
    match target.tool {
        Tool::ArgoCd => argocd::emit(facts, target, &index, files),
        Tool::Flux => flux::emit(facts, target, &index, files),
    }
}

/// Every unit by the name that people call it by, cluster by cluster, in order.
pub(super) fn called(facts: &Facts<'_>, made: &[Made]) -> Vec<Called> {
    let resolved = &facts.resolved;
    let Some(target) = &resolved.delivery.gitops else { return Vec::new() };
    let index = index::Index::new(made);
    let clusters: Vec<_> = resolved.targets().collect();
    let mut all = Vec::new();
    let mut names = name::Names::default();
    if target.tool == Tool::ArgoCd {
        names.give(&[resolved.name]);
    }
    for cluster in &clusters {
        match target.tool {
            Tool::ArgoCd if clusters.len() > 1 => drop(names.give(&[resolved.name, cluster.name])),
            Tool::ArgoCd => {}
            Tool::Flux => {
                names = name::Names::default();
                names.give(&[resolved.name, cluster.name]);
            }
        }
        for unit in order::units(facts, cluster, &index) {
            let name = names.give(&[cluster.name, &unit.key]);
            all.push(Called { cluster: cluster.id, key: unit.key, name, held: unit.held });
        }
    }
    all
}

/// A path of the tree as a path of the repository that it is committed to.
fn in_repository(target: &crate::resolve::GitopsTarget<'_>, path: &str) -> String {
    match target.path.as_str() {
        "" | "." => path.to_owned(),
        root => format!("{root}/{path}"),
    }
}
