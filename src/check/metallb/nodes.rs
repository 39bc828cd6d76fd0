//! Which nodes a set of labels selects, as far as the plan knows its nodes.

use crate::decode::Entries;
use crate::facts::{Facts, announced};
use crate::model::Distribution;
use crate::model::values::{LabelKey, LabelValue};
use crate::resolve::{Cluster, HostId};
use crate::upstream::selector::Label;

/// A node with this label announces nothing (`node.kubernetes.io/exclude-from-external-load-balancers`; the speaker
/// heeds it unless the chart has `speaker.ignoreExcludeLB`).
const EXCLUDED: &str = "node.kubernetes.io/exclude-from-external-load-balancers";

/// Keys that the kubelet sets to something that the plan does not know.
const SET_BY_THE_KUBELET: &[&str] = &[
    "kubernetes.io/arch",
    "node.kubernetes.io/instance-type",
    "beta.kubernetes.io/arch",
    "beta.kubernetes.io/os",
];

/// Whether a node has every one of the labels, or may have: labels of the host, of the cluster's arguments, and those
/// that Kubernetes itself sets.
pub fn may_match(
    facts: &Facts<'_>,
    cluster: &Cluster<'_>,
    node: HostId,
    wanted: &Entries<LabelKey, LabelValue>,
) -> bool {
    wanted.iter().all(|label| {
        let key = label.name.value.as_str();
        SET_BY_THE_KUBELET.contains(&key)
            || labels(facts, cluster, node).any(|(name, value)| name == key && value == label.value.as_str())
    })
}

/// Whether MetalLB announces anything from a node.
pub fn announces(facts: &Facts<'_>, cluster: &Cluster<'_>, node: HostId) -> bool {
    // kubeadm labels its servers so (cmd/kubeadm/app/phases/markcontrolplane).
    let excluded = cluster.distribution == Distribution::Kubeadm && cluster.servers.contains(&node)
        || labels(facts, cluster, node).any(|(name, _)| name == EXCLUDED);
    !excluded || announced::from_excluded_nodes(cluster)
}

/// What the plan knows about one label of a node.
pub fn label<'a>(facts: &'a Facts<'_>, cluster: &'a Cluster<'_>, node: HostId, wanted: &str) -> Label<'a> {
    let own = labels(facts, cluster, node).find(|(name, _)| *name == wanted);
    match own {
        Some((_, value)) => Label::Is(value),
        None if SET_BY_THE_KUBELET.contains(&wanted) => Label::Unknown,
        None => Label::Missing,
    }
}

fn labels<'a>(
    facts: &'a Facts<'_>,
    cluster: &'a Cluster<'_>,
    node: HostId,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    let host = facts.resolved.host(node);
    let is_server = cluster.servers.contains(&node);
    // K3s says `true` where kubeadm says nothing.
    let role = if cluster.distribution == Distribution::K3s { "true" } else { "" };
    let own = [
        Some(("kubernetes.io/hostname", host.name)),
        Some(("kubernetes.io/os", "linux")),
        is_server.then_some(("node-role.kubernetes.io/control-plane", role)),
        is_server.then_some(("node-role.kubernetes.io/master", role)),
    ];
    let arguments = if is_server { &cluster.written.server_args } else { &cluster.written.agent_args };
    let of_arguments = arguments.iter().flat_map(|list| list.value.iter()).filter_map(|argument| {
        let (_, label) = argument.value.split_once("node-label")?;
        label.trim_start_matches(['=', ' ']).split_once('=')
    });
    own.into_iter().flatten().chain(host.labels()).chain(of_arguments)
}
