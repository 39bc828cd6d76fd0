//! A pool without an advertisement gives out addresses that nobody answers for.

use super::{Here, once, selectors};
use crate::addresses::Family;
use crate::emit::{GuardKind, guard};
use crate::objects::Metadata;
use crate::objects::metallb::{
    BGPAdvertisement, BGPAdvertisementSpec, IPAddressPool, IPAddressPoolSpec, L2Advertisement,
    L2AdvertisementSpec, ServiceAllocation,
};
use crate::resolve::Pool;

/// The addresses of a pool, ascending, whatever the order of the plan.
pub fn addresses(here: &Here<'_, '_>, pool: &Pool<'_>) -> IPAddressPool {
    let written = pool.written;
    let priority = written.priority.as_ref().map(|priority| priority.value);
    let mut namespaces: Vec<String> = (written.namespaces.iter())
        .flat_map(|namespaces| namespaces.value.iter())
        .map(|namespace| namespace.value.as_str().to_owned())
        .collect();
    namespaces.sort();
    namespaces.dedup();
    // An empty allocation would match every Service (metallb v0.15 `internal/config/config.go`).
    let allocates = priority.is_some() || !namespaces.is_empty();
    let allocation = ServiceAllocation { priority, namespaces, ..ServiceAllocation::default() };
    let spec = IPAddressPoolSpec {
        addresses: pool.ranges.iter().map(ToString::to_string).collect(),
        auto_assign: Some(written.auto_assign()),
        avoid_buggy_ips: Some(written.avoid_buggy_ips()),
        service_allocation: allocates.then_some(allocation),
    };
    let annotations = guard(here.resolved, GuardKind::Pool);
    IPAddressPool { metadata: Metadata { annotations, ..here.metadata(pool.name) }, spec }
}

/// One node answers for each address.
pub fn l2(here: &Here<'_, '_>, pool: &Pool<'_>) -> L2Advertisement {
    let written = pool.written;
    let interfaces = written.interfaces.iter().flat_map(|interfaces| interfaces.value.iter());
    let spec = L2AdvertisementSpec {
        ip_address_pools: vec![pool.name.to_owned()],
        node_selectors: selectors(written.nodes.as_ref()),
        interfaces: once(interfaces.map(|interface| interface.value.clone())),
        ..L2AdvertisementSpec::default()
    };
    L2Advertisement { metadata: here.metadata(pool.name), spec }
}

/// Every node tells its peers about each address.
pub fn bgp(here: &Here<'_, '_>, pool: &Pool<'_>) -> BGPAdvertisement {
    let written = pool.written;
    let communities = written.communities.iter().flat_map(|communities| communities.value.iter());
    let peers = written.peers.iter().flat_map(|peers| peers.value.iter());
    let spec = BGPAdvertisementSpec {
        ip_address_pools: vec![pool.name.to_owned()],
        aggregation_length: pool.has_family(Family::V4).then(|| written.aggregation_length()),
        aggregation_length_v6: pool.has_family(Family::V6).then(|| written.aggregation_length_v6()),
        local_pref: written.local_pref.as_ref().map(|preference| preference.value),
        communities: once(communities.map(|community| community.value.clone())),
        peers: once(peers.map(|peer| peer.value.as_str().to_owned())),
        node_selectors: selectors(written.nodes.as_ref()),
        ..BGPAdvertisementSpec::default()
    };
    BGPAdvertisement { metadata: here.metadata(pool.name), spec }
}
