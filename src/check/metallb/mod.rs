//! MetalLB: what its webhooks refuse, what its release ignores, and what it would announce to nobody.
//!
//! Most of this is seen by no controller: a webhook looks at one object, and a name in an advertisement that means
//! nothing is skipped without a word (metallb `internal/config`).

use super::Check;
use crate::decode::Entry;
use crate::facts::Facts;
use crate::model::values::DnsSubdomain;
use crate::model::{Advertise, Backend, Metallb, MetallbPeer};
use crate::resolve::{Cluster, Pool};

pub(super) mod nodes;

mod aggregation_too_wide;
mod auto_assign_with_pins;
mod bfd_echo_with_ipv6;
mod bfd_profile_refused;
mod bgp_pool_without_peers;
mod community_unknown;
mod controller_switched_off;
mod ibgp_multi_hop;
mod l2_without_failover;
mod local_pref_to_external_peers;
mod metallb_field_too_new;
mod metallb_missing;
mod metallb_release_too_old;
mod metallb_release_unknown;
mod metallb_unused;
mod metallb_value_unread;
mod native_backend_limits;
mod nodes_select_nothing;
mod peer_disables_mp;
mod peer_family_differs;
mod peer_source_of_one_node;
mod peer_timers_refused;
mod peer_without_address;
mod peer_without_asn;
mod peers_clash;
mod pool_announced_by_nobody;
mod pool_namespace_unknown;
mod pool_override_refused;
mod pool_peer_unknown;
mod pool_priority_without_namespaces;
mod pools_tie;
mod two_speakers_to_one_router;
mod unused_pool_key;

pub const CHECKS: &[Check] = &[
    metallb_release_too_old::CHECK,
    metallb_release_unknown::CHECK,
    metallb_missing::CHECK,
    metallb_unused::CHECK,
    metallb_field_too_new::CHECK,
    metallb_value_unread::CHECK,
    controller_switched_off::CHECK,
    peer_without_asn::CHECK,
    peer_without_address::CHECK,
    ibgp_multi_hop::CHECK,
    peer_timers_refused::CHECK,
    bfd_profile_refused::CHECK,
    bfd_echo_with_ipv6::CHECK,
    native_backend_limits::CHECK,
    peer_family_differs::CHECK,
    peer_source_of_one_node::CHECK,
    peers_clash::CHECK,
    peer_disables_mp::CHECK,
    two_speakers_to_one_router::CHECK,
    aggregation_too_wide::CHECK,
    local_pref_to_external_peers::CHECK,
    pool_peer_unknown::CHECK,
    community_unknown::CHECK,
    pool_announced_by_nobody::CHECK,
    bgp_pool_without_peers::CHECK,
    nodes_select_nothing::CHECK,
    l2_without_failover::CHECK,
    unused_pool_key::CHECK,
    pool_priority_without_namespaces::CHECK,
    pool_namespace_unknown::CHECK,
    auto_assign_with_pins::CHECK,
    pools_tie::CHECK,
    pool_override_refused::CHECK,
];

/// The generated clusters that have MetalLB.
fn installed<'a, 'p>(facts: &'a Facts<'p>) -> impl Iterator<Item = (&'a Cluster<'p>, &'p Metallb)> {
    facts.resolved.targets().filter_map(|cluster| Some((cluster, cluster.metallb()?)))
}

/// The pools of generated clusters that have MetalLB.
fn pools<'a, 'p>(facts: &'a Facts<'p>) -> impl Iterator<Item = (&'a Cluster<'p>, &'p Metallb, &'a Pool<'p>)> {
    installed(facts).flat_map(|(cluster, metallb)| {
        facts.resolved.pools_of(cluster.id).map(move |pool| (cluster, metallb, pool))
    })
}

type Peer = Entry<DnsSubdomain, MetallbPeer>;

fn peers(metallb: &Metallb) -> impl Iterator<Item = &Peer> {
    metallb.peers.iter().flat_map(|peers| peers.value.iter())
}

/// The key path of a peer.
fn peer_path(cluster: &Cluster<'_>, peer: &Peer) -> String {
    format!("clusters.{}.metallb.peers.{}", cluster.name, peer.name.value)
}

fn pool_path(pool: &Pool<'_>) -> String {
    format!("pools.{}", pool.name)
}

/// Whether a pool's addresses are told to a peer.
fn hears(pool: &Pool<'_>, peer: &Peer) -> bool {
    pool.is_advertised_by(Advertise::Bgp)
        && (pool.written.peers.as_ref()).is_none_or(|names| {
            names.value.iter().any(|name| name.value.as_str() == peer.name.value.as_str())
        })
}

/// Our autonomous system towards a peer.
fn own_asn(metallb: &Metallb, peer: &MetallbPeer) -> Option<u32> {
    peer.my_asn.as_ref().or(metallb.asn.as_ref()).map(|asn| asn.value)
}

/// Whether a peer is in our autonomous system, when the plan says it.
fn is_internal(metallb: &Metallb, peer: &MetallbPeer) -> Option<bool> {
    match (&peer.dynamic_asn, &peer.asn) {
        (Some(kind), _) => Some(kind.value == crate::model::DynamicAsn::Internal),
        (None, Some(asn)) => Some(own_asn(metallb, peer)? == asn.value),
        (None, None) => None,
    }
}

/// What speaks BGP: FRR, unless the plan asks for MetalLB's own code.
fn is_native(metallb: &Metallb) -> bool {
    metallb.backend.as_ref().is_some_and(|backend| backend.value == Backend::Native)
}
