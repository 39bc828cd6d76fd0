//! A pool that the Installation cannot hold is an object of its own.

use super::named;
use crate::emit::{GuardKind, guard, overlay};
use crate::model::{Allocation, Encapsulation, PoolUse};
use crate::objects::calico::{AllowedUse, AssignmentMode, IPPool, IPPoolSpec, Tunnel};
use crate::objects::{AnyObject, Metadata};
use crate::resolve::{CalicoPool, CalicoSettings, Resolved};
use crate::upstream::calico::{Feature, has};

/// Whether its addresses are for Services.
pub fn is_for_services(pool: &CalicoPool<'_>) -> bool {
    pool.uses.contains(&PoolUse::LoadBalancer)
}

/// The pool in Calico's own spelling. It is never deleted by a controller: that would release the blocks of running pods
/// at once.
pub fn standalone(resolved: &Resolved<'_>, pool: &CalicoPool<'_>, calico: &CalicoSettings<'_>) -> AnyObject {
    let (vxlan, ipip) = match pool.encapsulation {
        Encapsulation::Vxlan => (Tunnel::Always, Tunnel::Never),
        Encapsulation::VxlanCrossSubnet => (Tunnel::CrossSubnet, Tunnel::Never),
        Encapsulation::Ipip => (Tunnel::Never, Tunnel::Always),
        Encapsulation::IpipCrossSubnet => (Tunnel::Never, Tunnel::CrossSubnet),
        Encapsulation::Unencapsulated => (Tunnel::Never, Tunnel::Never),
    };
    // No pod has an address of a pool for Services, so the cluster's `nat_outgoing` says nothing about it.
    let nat = match pool.written.and_then(|written| written.nat_outgoing.as_ref()) {
        Some(written) => written.value,
        None => pool.nat_outgoing && !is_for_services(pool),
    };
    let spec = IPPoolSpec {
        cidr: pool.cidr.to_string(),
        block_size: Some(pool.block_size),
        vxlan_mode: Some(vxlan),
        ipip_mode: Some(ipip),
        nat_outgoing: Some(nat),
        node_selector: Some(pool.node_selector.clone()),
        namespace_selector: None,
        allowed_uses: pool.uses.iter().map(allowed_use).collect(),
        assignment_mode: has(calico.version, Feature::LoadBalancerPools).then_some(match pool.assignment {
            Allocation::Automatic => AssignmentMode::Automatic,
            Allocation::Manual => AssignmentMode::Manual,
        }),
        disable_bgp_export: Some(pool.disable_bgp_export),
        disabled: Some(pool.disable_new_allocations),
    };
    let object = AnyObject::new(&IPPool { metadata: guarded(resolved, &pool.name), spec });
    overlay::with_spec(object, pool.written.and_then(|written| written.raw.as_ref()))
}

/// Metadata of a pool: its blocks are released at once when it goes.
fn guarded(resolved: &Resolved<'_>, name: &str) -> Metadata {
    Metadata { annotations: guard(resolved, GuardKind::PodPool), ..named(resolved, name) }
}

fn allowed_use(used: &PoolUse) -> AllowedUse {
    match used {
        PoolUse::Workload => AllowedUse::Workload,
        PoolUse::Tunnel => AllowedUse::Tunnel,
        PoolUse::LoadBalancer => AllowedUse::LoadBalancer,
    }
}
