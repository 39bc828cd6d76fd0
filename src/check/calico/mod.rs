//! Calico: what its operator and its API server would refuse, and what they would take and get wrong.

use super::Check;
use crate::facts::Facts;
use crate::resolve::{CalicoPool, CalicoSettings, Cluster};
use crate::source::Span;

mod announced_beyond_pools;
mod bgp_peer_incomplete;
mod bgp_settings_without_bgp;
mod bgp_without_use;
mod block_larger_than_pool;
mod block_limit;
mod block_limit_without_affinity;
mod block_size_out_of_range;
mod blocks_exhausted;
mod blocks_scarce;
mod calico_kubernetes_untested;
mod calico_release_bad;
mod calico_release_unknown;
mod capacity;
mod ebpf_dataplane;
mod encapsulation_needs_bgp;
mod felix_node_ports;
mod first_found_with_shared_address;
mod flow_logs_unavailable;
mod forwarding_off;
mod ip_pool_link_local;
mod ip_pool_outside_pods;
mod ipip_over_ipv6;
mod load_balancer_ip_pool;
mod load_balancer_ip_pool_overlaps;
mod load_balancer_ip_pool_unannounced;
mod mtu_too_large;
mod mtu_too_small;
mod native_api_too_early;
mod nftables_dataplane;
mod nftables_preview;
mod no_control_plane_replicas;
mod no_tunnel_pool;
mod node_address_not_found;
mod node_without_ip_pool;
mod overlapping_ip_pools;
mod overlay_without_nat;
mod pods_without_ip_pool;
mod staged_policies_unavailable;
mod staged_policies_unseen;
mod tier_denies;
mod tier_out_of_place;
mod too_many_ip_pools;
mod unreadable_selector;

pub const CHECKS: &[Check] = &[
    calico_release_unknown::CHECK,
    calico_release_bad::CHECK,
    calico_kubernetes_untested::CHECK,
    encapsulation_needs_bgp::CHECK,
    ipip_over_ipv6::CHECK,
    bgp_without_use::CHECK,
    block_size_out_of_range::CHECK,
    block_larger_than_pool::CHECK,
    blocks_exhausted::CHECK,
    blocks_scarce::CHECK,
    block_limit::CHECK,
    block_limit_without_affinity::CHECK,
    overlapping_ip_pools::CHECK,
    ip_pool_outside_pods::CHECK,
    ip_pool_link_local::CHECK,
    too_many_ip_pools::CHECK,
    pods_without_ip_pool::CHECK,
    node_without_ip_pool::CHECK,
    unreadable_selector::CHECK,
    no_tunnel_pool::CHECK,
    load_balancer_ip_pool::CHECK,
    load_balancer_ip_pool_unannounced::CHECK,
    load_balancer_ip_pool_overlaps::CHECK,
    mtu_too_large::CHECK,
    mtu_too_small::CHECK,
    node_address_not_found::CHECK,
    nftables_dataplane::CHECK,
    nftables_preview::CHECK,
    ebpf_dataplane::CHECK,
    native_api_too_early::CHECK,
    tier_out_of_place::CHECK,
    tier_denies::CHECK,
    bgp_peer_incomplete::CHECK,
    bgp_settings_without_bgp::CHECK,
    flow_logs_unavailable::CHECK,
    staged_policies_unavailable::CHECK,
    overlay_without_nat::CHECK,
    no_control_plane_replicas::CHECK,
    staged_policies_unseen::CHECK,
    first_found_with_shared_address::CHECK,
    forwarding_off::CHECK,
    felix_node_ports::CHECK,
    announced_beyond_pools::CHECK,
];

/// The clusters that are generated with Calico.
fn with_calico<'f, 'p>(
    facts: &'f Facts<'p>,
) -> impl Iterator<Item = (&'f Cluster<'p>, &'f CalicoSettings<'p>)> {
    facts.resolved.targets().filter_map(|cluster| Some((cluster, cluster.calico.as_ref()?)))
}

/// The key path of a cluster's Calico.
/// The MTU of pods where somebody wrote it: an override of the Installation is the last word, or else `mtu`.
fn mtu(settings: &CalicoSettings<'_>) -> Option<(u16, Span)> {
    let raw = settings.written.installation.as_ref();
    let overridden = raw.and_then(|raw| {
        let value = raw.value.to_json().pointer("/calicoNetwork/mtu")?.as_u64()?;
        Some((u16::try_from(value).unwrap_or(u16::MAX), raw.value.key_place("/calicoNetwork", "mtu")?))
    });
    overridden.or_else(|| settings.written.mtu.as_ref().map(|mtu| (mtu.value, mtu.span)))
}

fn path(cluster: &Cluster<'_>) -> String {
    format!("clusters.{}.calico", cluster.name)
}

/// The key path of an IP pool; the one that `pods` makes has none of its own.
fn pool_path(cluster: &Cluster<'_>, pool: &CalicoPool<'_>) -> String {
    match pool.written {
        Some(_) => format!("{}.pools.{}", path(cluster), pool.name),
        None => path(cluster),
    }
}

/// Where the encapsulation of a pool was written, or the pool.
fn encapsulation_span(settings: &CalicoSettings<'_>, pool: &CalicoPool<'_>) -> Span {
    let own = pool.written.and_then(|written| written.encapsulation.as_ref());
    own.or(settings.written.encapsulation.as_ref()).map_or(pool.span, |written| written.span)
}

/// Where the size of a pool's blocks was written, or the pool.
fn block_size_span(settings: &CalicoSettings<'_>, pool: &CalicoPool<'_>) -> Span {
    let inherited = match pool.cidr.family() {
        crate::addresses::Family::V4 => &settings.written.block_size,
        crate::addresses::Family::V6 => &settings.written.block_size_v6,
    };
    let own = pool.written.and_then(|written| written.block_size.as_ref());
    own.or(inherited.as_ref()).map_or(pool.span, |written| written.span)
}
