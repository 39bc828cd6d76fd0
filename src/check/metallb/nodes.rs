//! Which nodes a set of labels selects, as far as the plan knows its nodes.

use crate::decode::Entries;
use crate::facts::Facts;
use crate::model::Distribution;
use crate::model::values::{LabelKey, LabelValue};
use crate::resolve::{Cluster, HostId};

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
    let by_kubeadm = cluster.distribution == Distribution::Kubeadm && cluster.servers.contains(&node);
    let excluded = by_kubeadm || labels(facts, cluster, node).any(|(name, _)| name == EXCLUDED);
    !excluded || ignores_exclusion(cluster)
}

fn ignores_exclusion(cluster: &Cluster<'_>) -> bool {
    // `plan` gives the chart the value itself where there are only servers; the key is from v0.14.0.
    let of_plan = cluster.distribution == Distribution::Kubeadm
        && cluster.agents.is_empty()
        && cluster.metallb().is_some_and(|metallb| metallb.version.value.at_least((0, 14, 0)));
    of_plan || is_said(cluster)
}

fn is_said(cluster: &Cluster<'_>) -> bool {
    let values = cluster.metallb().and_then(|metallb| metallb.values.as_ref());
    values.is_some_and(|values| {
        values.value.to_json().pointer("/speaker/ignoreExcludeLB") == Some(&serde_json::Value::Bool(true))
    })
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
