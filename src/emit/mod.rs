//! From facts to files. An output kind is one file here and one line in a list; it cannot fail.
//!
//! Emitters of a cluster run first, each for every cluster; emitters of the plan see what they made.

mod annotations;
mod ansible;
mod answers;
mod bootstrap;
mod calico;
mod charts;
mod endpoints;
mod files;
mod folder;
mod gitops;
mod guard;
mod metallb;
mod namespaces;
mod overlay;
mod policies;
mod readme;
mod runbook;
mod seldon;
mod services;

pub use answers::ANSWERS;
pub use bootstrap::ANSWERS as ANSWERS_OF_BOOTSTRAP;
pub use calico::ANSWERS as ANSWERS_OF_CALICO;
pub use endpoints::{Endpoint, EndpointPort, endpoints};
pub use gitops::ANSWERS as ANSWERS_OF_GITOPS;
pub use metallb::ANSWERS as ANSWERS_OF_METALLB;
pub use seldon::ANSWERS as ANSWERS_OF_SELDON;

pub use files::{Files, Made};
pub use guard::{GuardKind, guard};

use crate::facts::Facts;
use crate::resolve::Cluster;
use rayon::prelude::*;

/// What makes files for one cluster.
pub struct ClusterEmitter {
    pub name: &'static str,
    pub emit: fn(&Facts<'_>, &Cluster<'_>, &mut Files),
}

/// What makes files for the whole plan.
pub struct PlanEmitter {
    pub name: &'static str,
    pub emit: fn(&Facts<'_>, &[Made], &mut Files),
}

/// Every output of a cluster, in the order in which the cluster gets it.
pub const OF_CLUSTER: &[ClusterEmitter] = &[
    ansible::CLUSTER,
    bootstrap::EMITTER,
    namespaces::EMITTER,
    calico::EMITTER,
    metallb::EMITTER,
    policies::EMITTER,
    services::EMITTER,
    charts::EMITTER,
    seldon::EMITTER,
];

/// Every output of the plan, after those of its clusters.
pub const OF_PLAN: &[PlanEmitter] =
    &[ansible::README, gitops::EMITTER, endpoints::EMITTER, runbook::EMITTER, readme::EMITTER];

/// Makes every file of the tree.
pub fn emit(facts: &Facts<'_>) -> Files {
    let clusters: Vec<&Cluster<'_>> = facts.resolved.targets().collect();
    let parts: Vec<Files> = clusters
        .par_iter()
        .map(|cluster| {
            let mut files = Files::default();
            OF_CLUSTER.iter().for_each(|emitter| (emitter.emit)(facts, cluster, &mut files));
            files.add_kustomizations();
            files
        })
        .collect();
    let mut files = Files::default();
    parts.into_iter().for_each(|part| files.append(part));
    let of_plan: Vec<Files> = OF_PLAN
        .par_iter()
        .map(|emitter| {
            let mut made = Files::default();
            (emitter.emit)(facts, files.made(), &mut made);
            made.add_kustomizations();
            made
        })
        .collect();
    of_plan.into_iter().for_each(|part| files.append(part));
    files
}
