//! One of Calico and MetalLB announces a pool over BGP: a router takes one session from a node and refuses the second.

use crate::model::{Advertise, Distribution};
use crate::resolve::{Cluster, Pool};
use crate::upstream::metallb::IGNORES_EXCLUSION_SINCE;

/// Whether Calico announces the pool. It does not when the plan says `advertise = "l2"` for that pool; when the plan says
/// nothing, `announce_pools` is what was said.
pub fn by_calico(cluster: &Cluster<'_>, pool: &Pool<'_>) -> bool {
    let says_only_l2 = pool.written.advertise.is_some() && pool.advertise == [Advertise::L2];
    calico_announces(cluster) && !says_only_l2
}

/// Whether MetalLB's speakers answer ARP and neighbour discovery for the pool.
pub fn by_l2(cluster: &Cluster<'_>, pool: &Pool<'_>) -> bool {
    let said = pool.written.advertise.is_some() || !calico_announces(cluster);
    said && pool.is_advertised_by(Advertise::L2)
}

/// Whether MetalLB's speakers announce the pool over BGP.
pub fn by_metallb_bgp(cluster: &Cluster<'_>, pool: &Pool<'_>) -> bool {
    !calico_announces(cluster) && pool.is_advertised_by(Advertise::Bgp)
}

fn calico_announces(cluster: &Cluster<'_>) -> bool {
    cluster.calico.as_ref().is_some_and(|calico| calico.bgp && calico.written.announce_pools())
}

/// Whether the speakers answer from nodes that are excluded from external load balancers.
///
/// kubeadm labels its control plane `node.kubernetes.io/exclude-from-external-load-balancers`, and a speaker is silent on
/// such a node: with no other nodes nobody would answer, so the chart is told to ignore the label
/// (`speaker.ignoreExcludeLB`, from v0.14). What the plan says in `values` is the last word.
pub fn from_excluded_nodes(cluster: &Cluster<'_>) -> bool {
    let Some(metallb) = cluster.metallb() else { return false };
    let values = metallb.values.as_ref().map(|values| values.value.to_json());
    let said = values.as_ref().and_then(|values| values.pointer("/speaker/ignoreExcludeLB")?.as_bool());
    said.unwrap_or(
        cluster.distribution == Distribution::Kubeadm
            && cluster.agents.is_empty()
            && metallb.version.value.at_least(IGNORES_EXCLUSION_SINCE),
    )
}
