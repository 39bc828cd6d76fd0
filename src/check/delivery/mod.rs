//! Delivery: everything has one writer, one stage, and a cluster that still exists afterwards.

use super::Check;

mod applied_twice;
mod bootstrap_owns_more;
mod destination_is_an_address;
mod flux_interval_too_short;
mod flux_repository_scheme;
mod gitops_path_leaves_repository;
mod guard_annotation_taken;
mod in_no_stage;
mod in_replaced_cluster;
mod layer_of_nothing;
mod layer_without_writer;
mod no_way_back;
mod policies_enforced_by_nobody;
pub(super) mod saved_thing_unknown;
mod sealing_key_without_backup;
mod secret_without_writer;
mod stage_on_replaced_cluster;
mod stateful_without_backup;
mod storage_written_twice;
mod two_writers;
mod unused_gitops_key;

pub const CHECKS: &[Check] = &[
    two_writers::CHECK,
    bootstrap_owns_more::CHECK,
    layer_of_nothing::CHECK,
    layer_without_writer::CHECK,
    gitops_path_leaves_repository::CHECK,
    flux_interval_too_short::CHECK,
    flux_repository_scheme::CHECK,
    unused_gitops_key::CHECK,
    in_replaced_cluster::CHECK,
    stage_on_replaced_cluster::CHECK,
    in_no_stage::CHECK,
    applied_twice::CHECK,
    policies_enforced_by_nobody::CHECK,
    stateful_without_backup::CHECK,
    sealing_key_without_backup::CHECK,
    no_way_back::CHECK,
    secret_without_writer::CHECK,
    saved_thing_unknown::CHECK,
    storage_written_twice::CHECK,
    destination_is_an_address::CHECK,
    guard_annotation_taken::CHECK,
];

use crate::facts::Facts;
use crate::model::{Cni, Distribution, Layer};
use crate::resolve::Cluster;
use crate::source::Span;
use std::collections::BTreeSet;

/// Whether a plan has something of a layer that its tables declare; the other layers are always there, or not for a
/// plan to say.
fn has(facts: &Facts<'_>, layer: Layer) -> bool {
    let resolved = &facts.resolved;
    match layer {
        Layer::Calico => resolved.targets().any(|cluster| cluster.cni == Cni::Calico),
        Layer::Metallb => resolved.targets().any(|cluster| cluster.metallb().is_some()),
        Layer::Seldon => !resolved.installs.is_empty(),
        Layer::Services => !resolved.services.is_empty() || !resolved.runtimes.is_empty(),
        Layer::Namespaces => !resolved.namespaces.is_empty(),
        Layer::Policies => !facts.guards.is_empty(),
        Layer::K3s => resolved.targets().any(|cluster| cluster.distribution == Distribution::K3s),
        Layer::Kubeadm => resolved.targets().any(|cluster| cluster.distribution == Distribution::Kubeadm),
        Layer::Hosts | Layer::Nfs | Layer::SealedSecrets | Layer::Secrets => true,
    }
}

/// What is saved before a cluster is worked on.
struct Saved<'a> {
    /// The words after `backup:`.
    names: BTreeSet<&'a str>,
    /// The last list with a backup.
    list: Option<Span>,
}

/// What stages save before the first that works on a cluster; nothing when none does.
fn saved_before<'a>(facts: &'a Facts<'_>, cluster: &Cluster<'_>) -> Option<Saved<'a>> {
    let stages = &facts.resolved.stages;
    let first = stages.iter().position(|stage| stage.on == Some(cluster.id))?;
    let mut saved = Saved { names: BTreeSet::new(), list: None };
    // The first one may itself begin with a backup: what it does comes before what it applies.
    for list in stages[..=first].iter().filter_map(|stage| stage.written.r#do.as_ref()) {
        for name in list.value.iter().filter_map(|word| word.value.strip_prefix("backup:")) {
            saved.names.insert(name);
            saved.list = Some(list.span);
        }
    }
    Some(saved)
}
