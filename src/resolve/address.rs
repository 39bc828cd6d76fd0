//! Addresses: pin, then lock, then the lowest free one.

use super::Resolved;
use super::id::{ClusterId, PoolId, RuntimeId, ServiceId};
use super::lock::LockFile;
use crate::addresses::{Address, Held, PoolSpace, Request, allocate};
use crate::model::{Owner, ServiceType};

/// An address that the plan gives.
#[derive(Clone, Debug)]
pub struct Assigned {
    /// The key in the lock: `CLUSTER/services.NAME`.
    pub key: String,
    pub cluster: ClusterId,
    pub pool: Option<PoolId>,
    pub holder: Holder,
    pub address: Address,
    pub source: AddressSource,
}

/// What an address belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holder {
    Service(ServiceId),
    Mesh(RuntimeId),
    Scheduler(RuntimeId),
}

/// Why it is this address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AddressSource {
    /// The plan says so.
    Pinned,
    /// The lock did, before this run.
    Locked,
    /// It was the lowest free one.
    New,
}

impl AddressSource {
    pub fn word(self) -> &'static str {
        match self {
            AddressSource::Pinned => "pinned",
            AddressSource::Locked => "locked",
            AddressSource::New => "new",
        }
    }
}

struct Wish {
    key: String,
    cluster: ClusterId,
    pool: PoolId,
    holder: Holder,
    pins: Vec<Address>,
}

pub fn assign(resolved: &mut Resolved<'_>, lock: &LockFile) {
    let (wishes, requests) = wishes(resolved);
    let pools: Vec<PoolSpace> = resolved
        .pools
        .iter()
        .map(|pool| {
            let mut excluded = pool.excluded.clone();
            // A gateway, a host or a DHCP lease inside a pool is a finding; it must not become an address as well.
            let lan = &resolved.lan;
            lan.dhcp.iter().chain(&lan.reserved).for_each(|range| excluded.insert(*range));
            let machines = resolved.hosts.iter().flat_map(|host| &host.addresses);
            lan.gateways
                .iter()
                .chain(machines)
                .for_each(|ip| excluded.insert(crate::addresses::AddressRange::single(*ip)));
            PoolSpace { name: pool.name.to_owned(), addresses: pool.addresses.clone(), excluded }
        })
        .collect();
    let allocation = allocate(&pools, &requests, &lock.lock);
    for wish in &wishes {
        let held: Vec<Address> = allocation.addresses(&wish.key).iter().collect();
        let before = lock.lock.held.get(&wish.key).copied().unwrap_or_default();
        let was_held = |address: Address| Held::iter(&before).any(|held| held == address);
        for address in &held {
            let source = match () {
                () if wish.pins.contains(address) => AddressSource::Pinned,
                () if was_held(*address) => AddressSource::Locked,
                () => AddressSource::New,
            };
            resolved.addresses.push(Assigned {
                key: wish.key.clone(),
                cluster: wish.cluster,
                pool: Some(wish.pool),
                holder: wish.holder,
                address: *address,
                source,
            });
        }
        match wish.holder {
            Holder::Service(id) => resolved.services[id.index()].addresses = held,
            Holder::Mesh(id) => resolved.runtimes[id.index()].mesh = held,
            Holder::Scheduler(id) => resolved.runtimes[id.index()].scheduler = held,
        }
    }
    resolved.addresses.sort_by_key(|assigned| (assigned.cluster, assigned.address, assigned.holder));
    resolved.address_problems = allocation.problems;
    resolved.lock = LockFile { lock: allocation.lock };
}

fn wishes(resolved: &Resolved<'_>) -> (Vec<Wish>, Vec<Request>) {
    let mut wishes = Vec::new();
    let mut requests = Vec::new();
    for service in &resolved.services {
        let (ServiceType::LoadBalancer, Some(pool)) = (service.exposure, service.pool) else { continue };
        if service.owner == Owner::Operator {
            continue;
        }
        let cluster = resolved.cluster(service.cluster).name;
        let key = format!("{cluster}/services.{}", service.key);
        let pins: Vec<Address> =
            service.written.ip.iter().flat_map(|ip| ip.value.iter()).map(|ip| ip.value).collect();
        let mut request = Request::new(key.clone(), resolved.pool(pool).name);
        request = pins.iter().fold(request, |request, pin| request.pinned(*pin));
        request = service.families.iter().fold(request, |request, family| request.wanting(*family));
        if let Some(share) = &service.written.share {
            request = request.sharing(share.value.as_str());
        }
        requests.push(request);
        let holder = Holder::Service(service.id);
        wishes.push(Wish { key, cluster: service.cluster, pool, holder, pins });
    }
    for runtime in &resolved.runtimes {
        let Some(pool) = runtime.pool else { continue };
        let cluster = resolved.cluster(runtime.cluster);
        let primary = cluster.families().next().unwrap_or(crate::addresses::Family::V4);
        let path = runtime.path(resolved);
        let both = [
            ("mesh", &runtime.mesh_wish, Holder::Mesh(runtime.id)),
            ("scheduler", &runtime.scheduler_wish, Holder::Scheduler(runtime.id)),
        ];
        for (name, wish, holder) in both {
            let Some(wish) = wish.as_ref().filter(|wish| wish.value.is_wanted()) else { continue };
            let key = format!("{}/{path}.{name}", cluster.name);
            let pins = wish.value.pins();
            let request = Request::new(key.clone(), resolved.pool(pool).name);
            let request = pins.iter().fold(request, |request, pin| request.pinned(*pin));
            requests.push(if pins.is_empty() { request.wanting(primary) } else { request });
            wishes.push(Wish { key, cluster: runtime.cluster, pool, holder, pins });
        }
    }
    (wishes, requests)
}
