//! Everything that wants an address, by the key under which the lock knows it, and where the plan says so.

use crate::addresses::{Address, Family, address};
use crate::model::values::LoadBalancerClass;
use crate::model::{Owner, ServiceType};
use crate::resolve::{ClusterId, PoolId, Resolved};
use crate::source::{Located, Span};
use std::collections::BTreeMap;

/// One that wants an address.
pub struct Wanting {
    /// `CLUSTER/PATH`.
    pub key: String,
    /// The key path, such as `services.mlflow` or `tenants.fraud.mesh`.
    pub path: String,
    pub cluster: ClusterId,
    pub pool: Option<PoolId>,
    pub pins: Vec<Located<Address>>,
    /// The families of the Service: what it has is what its pins must have.
    pub families: Vec<Family>,
    /// Where its name or its wish was written.
    pub span: Span,
}

impl Wanting {
    /// Where `address` was pinned, or where the one that wants it was declared.
    pub fn place_of(&self, address: Address) -> Span {
        self.pins.iter().find(|pin| pin.value == address).map_or(self.span, |pin| pin.span)
    }
}

/// Services of type LoadBalancer that MetalLB serves, then the wishes of Seldon's runtimes.
pub fn wanting(resolved: &Resolved<'_>) -> Vec<Wanting> {
    let mut all = Vec::new();
    for service in &resolved.services {
        if service.exposure != ServiceType::LoadBalancer || service.owner == Owner::Operator {
            continue;
        }
        let cluster = resolved.cluster(service.cluster);
        // `in-replaced-cluster` speaks of those that are in one.
        if !cluster.is_target() {
            continue;
        }
        // Another class is another controller, with addresses of its own.
        let of_metallb = cluster.metallb().and_then(|metallb| metallb.load_balancer_class.as_ref());
        let foreign =
            |class: &Located<LoadBalancerClass>| of_metallb.is_none_or(|own| own.value != class.value);
        if service.pool.is_none() && service.shared.class.as_ref().is_some_and(foreign) {
            continue;
        }
        // `pool-of-other-cluster` speaks of those that name a pool which is not theirs.
        let copies = service.shared.cluster.as_ref().map_or(1, |clusters| clusters.value.0.len());
        if service.pool.is_none() && service.written.shared.pool.is_some() && copies == 1 {
            continue;
        }
        let path = service.path();
        all.push(Wanting {
            key: format!("{}/{path}", cluster.name),
            path,
            cluster: service.cluster,
            pool: service.pool,
            pins: service.written.ip.iter().flat_map(|ip| ip.value.iter().cloned()).collect(),
            families: service.families.clone(),
            span: service.span,
        });
    }
    for runtime in &resolved.runtimes {
        let cluster = resolved.cluster(runtime.cluster);
        for (name, wish) in [("mesh", &runtime.mesh_wish), ("scheduler", &runtime.scheduler_wish)] {
            let Some(wish) = wish.as_ref().filter(|wish| wish.value.is_wanted()) else { continue };
            let path = format!("{}.{name}", runtime.path(resolved));
            let pins = match &wish.value {
                crate::model::SeldonAddress::Pinned(pins) => pins.clone(),
                crate::model::SeldonAddress::Wanted(_) => Vec::new(),
            };
            // A Service of our own holds the address: it has the families of its pins, or the first of the cluster.
            let pinned = |family: &Family| pins.iter().any(|pin| address::family(pin.value) == *family);
            let families: Vec<Family> = match pins.is_empty() {
                true => cluster.families().take(1).collect(),
                false => [Family::V4, Family::V6].into_iter().filter(pinned).collect(),
            };
            all.push(Wanting {
                key: format!("{}/{path}", cluster.name),
                path,
                cluster: runtime.cluster,
                pool: runtime.pool,
                pins,
                families,
                span: wish.span,
            });
        }
    }
    all
}

/// The same by key.
pub fn by_key(resolved: &Resolved<'_>) -> BTreeMap<String, Wanting> {
    wanting(resolved).into_iter().map(|wanting| (wanting.key.clone(), wanting)).collect()
}
