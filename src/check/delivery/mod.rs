//! Delivery: everything has one writer, one stage, and a cluster that still exists afterwards.

use super::Check;

mod applied_twice;
mod bootstrap_owns_more;
mod flux_interval_too_short;
mod gitops_path_leaves_repository;
mod in_no_stage;
mod in_replaced_cluster;
mod layer_of_nothing;
mod layer_without_writer;
mod policies_enforced_by_nobody;
mod stage_on_replaced_cluster;
mod two_writers;
mod unused_gitops_key;

pub const CHECKS: &[Check] = &[
    two_writers::CHECK,
    bootstrap_owns_more::CHECK,
    layer_of_nothing::CHECK,
    layer_without_writer::CHECK,
    gitops_path_leaves_repository::CHECK,
    flux_interval_too_short::CHECK,
    unused_gitops_key::CHECK,
    in_replaced_cluster::CHECK,
    stage_on_replaced_cluster::CHECK,
    in_no_stage::CHECK,
    applied_twice::CHECK,
    policies_enforced_by_nobody::CHECK,
];

use crate::facts::Facts;
use crate::model::{Cni, Distribution, Layer};

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
