//! Addresses: nothing is handed out twice, and everything lies where it must.

use super::Check;
use crate::addresses::{Address, AddressRange, AddressSet, Cidr, Family};
use crate::resolve::{Cluster, Pool, Resolved};
use crate::source::Span;

mod address_conflict;
mod address_in_other_pool;
mod address_kept_back;
mod address_outside_pool;
mod cluster_families_differ;
mod duplicate_host_address;
mod empty_pool;
mod family_not_in_cluster;
mod host_in_dhcp;
mod host_outside_lan;
mod l2_pool_outside_lan;
mod lan_part_outside_lan;
mod lonely_share;
mod no_pool;
mod overlapping_clusters;
mod overlapping_networks;
mod overlapping_pools;
mod pool_exhausted;
mod pool_holds_machine;
mod pool_holds_network_address;
mod pool_in_cluster_network;
mod pool_lacks_family;
mod pool_nearly_full;
mod pool_of_other_cluster;
mod pool_overlaps_dhcp;
mod pool_overlaps_reserve;
mod reserve_outside_pool;
mod service_network_size;
mod shared_pins_differ;
mod sharing_refused;
mod two_default_pools;
mod two_of_one_family;
mod wanting;

pub const CHECKS: &[Check] = &[
    overlapping_pools::CHECK,
    pool_holds_machine::CHECK,
    pool_overlaps_dhcp::CHECK,
    address_outside_pool::CHECK,
    pool_overlaps_reserve::CHECK,
    pool_holds_network_address::CHECK,
    l2_pool_outside_lan::CHECK,
    pool_in_cluster_network::CHECK,
    overlapping_networks::CHECK,
    overlapping_clusters::CHECK,
    host_outside_lan::CHECK,
    host_in_dhcp::CHECK,
    duplicate_host_address::CHECK,
    two_of_one_family::CHECK,
    cluster_families_differ::CHECK,
    service_network_size::CHECK,
    lan_part_outside_lan::CHECK,
    address_in_other_pool::CHECK,
    address_kept_back::CHECK,
    address_conflict::CHECK,
    shared_pins_differ::CHECK,
    pool_exhausted::CHECK,
    pool_lacks_family::CHECK,
    no_pool::CHECK,
    pool_of_other_cluster::CHECK,
    sharing_refused::CHECK,
    lonely_share::CHECK,
    family_not_in_cluster::CHECK,
    reserve_outside_pool::CHECK,
    two_default_pools::CHECK,
    pool_nearly_full::CHECK,
    empty_pool::CHECK,
];

/// A network inside a cluster.
struct Network {
    /// `pod` or `Service`.
    of: &'static str,
    /// `pods` or `Services`.
    many: &'static str,
    cidr: Cidr,
    span: Span,
}

/// The pod networks of a cluster, then its Service networks.
fn networks(cluster: &Cluster<'_>) -> impl Iterator<Item = Network> {
    let pods = cluster.written.pods.value.iter();
    let pods = pods.map(|cidr| Network { of: "pod", many: "pods", cidr: cidr.value, span: cidr.span });
    let services = cluster.written.services.value.iter();
    pods.chain(services.map(|cidr| Network {
        of: "Service",
        many: "Services",
        cidr: cidr.value,
        span: cidr.span,
    }))
}

/// A range as a person writes it: one address without a prefix length.
fn shown(range: AddressRange) -> String {
    if range.first() == range.last() { range.first().to_string() } else { range.to_string() }
}

/// Names for a message: all of a few, and how many more there are.
fn listed<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let count = names.len();
    let shown: Vec<String> = names.take(5).map(|name| format!("`{name}`")).collect();
    let list = shown.join(", ");
    if count > shown.len() { format!("{list} and {} more", count - shown.len()) } else { list }
}

/// The lowest address of a pool that nobody has and nothing keeps back.
fn lowest_free(resolved: &Resolved<'_>, pool: &Pool<'_>, family: Family) -> Option<Address> {
    let mut taken: AddressSet = pool.excluded.clone();
    let lan = &resolved.lan;
    lan.dhcp.iter().chain(&lan.reserved).for_each(|range| taken.insert(*range));
    let machines = resolved.hosts.iter().flat_map(|host| &host.addresses).chain(&lan.gateways);
    let given = resolved.addresses.iter().map(|assigned| &assigned.address);
    machines.chain(given).for_each(|address| taken.insert(AddressRange::single(*address)));
    pool.addresses.lowest_outside(family, &taken)
}
