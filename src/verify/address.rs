//! Which address is where: planned, and in truth.

use super::asked::Asked;
use super::kinds;
use super::live::Live;
use crate::addresses::Address;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// An address and who has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressRow {
    pub address: Address,
    /// The key path of who shall have it; nothing when the plan gives it to nobody.
    pub holder: Option<String>,
    /// The Service that shall have it, as `NAMESPACE/NAME`.
    pub service: Option<String>,
    pub pool: Option<String>,
    /// The Services that have it.
    pub live: Vec<String>,
    /// The nodes that announce it, where MetalLB's status was dumped.
    pub nodes: Vec<String>,
    pub state: Whereabouts,
}

/// What is to be said about an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whereabouts {
    /// Where it shall be.
    There,
    /// Nobody has it yet, and nobody need have it at this stage.
    Later,
    /// Its Service is there and has not got it.
    Pending,
    /// Its Service is not there.
    NoService,
    /// Another Service has it.
    Elsewhere,
    /// The plan gives it to nobody.
    Unplanned,
}

impl Whereabouts {
    pub fn word(self) -> &'static str {
        match self {
            Whereabouts::There => "there",
            Whereabouts::Later => "later",
            Whereabouts::Pending => "pending",
            Whereabouts::NoService => "no service",
            Whereabouts::Elsewhere => "elsewhere",
            Whereabouts::Unplanned => "unplanned",
        }
    }
}

/// Every planned address, and every other one that a Service has from a pool of the plan; by address.
pub fn rows(asked: &Asked, live: &Live) -> Vec<AddressRow> {
    if !live.has_kind("Service") {
        return Vec::new();
    }
    let mut holders: BTreeMap<Address, BTreeSet<String>> = BTreeMap::new();
    let mut services = BTreeSet::new();
    for (identity, service) in live.of_kind("Service") {
        services.insert(identity.place());
        for address in kinds::assigned(service) {
            holders.entry(address).or_default().insert(identity.place());
        }
    }
    let nodes = announced(live);
    let row = |address: Address| {
        let all: Vec<String> = holders.get(&address).into_iter().flatten().cloned().collect();
        let nodes = all.iter().filter_map(|service| nodes.get(service)).flatten().cloned().collect();
        (all, nodes)
    };
    let mut rows: Vec<AddressRow> = Vec::new();
    for planned in &asked.addresses {
        let service = format!("{}/{}", planned.namespace, planned.service);
        let (live, nodes): (Vec<String>, Vec<String>) = row(planned.address);
        let state = match () {
            () if live.contains(&service) => Whereabouts::There,
            () if !live.is_empty() => Whereabouts::Elsewhere,
            () if !asked.is_due(planned.due) => Whereabouts::Later,
            () if services.contains(&service) => Whereabouts::Pending,
            () => Whereabouts::NoService,
        };
        rows.push(AddressRow {
            address: planned.address,
            holder: Some(planned.holder.clone()),
            service: Some(service),
            pool: planned.pool.clone(),
            live,
            nodes,
            state,
        });
    }
    let known: BTreeSet<Address> = asked.addresses.iter().map(|planned| planned.address).collect();
    for address in holders.keys().filter(|address| !known.contains(address)) {
        let Some(pool) = asked.pool_of(*address) else { continue };
        let (live, nodes) = row(*address);
        let (holder, service, state) = (None, None, Whereabouts::Unplanned);
        rows.push(AddressRow {
            address: *address,
            holder,
            service,
            pool: Some(pool.to_owned()),
            live,
            nodes,
            state,
        });
    }
    rows.sort_by(|a, b| (a.address, &a.holder).cmp(&(b.address, &b.holder)));
    rows
}

/// The nodes that announce a Service, by its place (metallb `ServiceL2Status` and `ServiceBGPStatus`).
fn announced(live: &Live) -> BTreeMap<String, BTreeSet<String>> {
    let mut nodes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (_, status) in live.of_kind("ServiceL2Status").chain(live.of_kind("ServiceBGPStatus")) {
        let text = |key: &str| status.pointer(&format!("/status/{key}")).and_then(Value::as_str);
        if let (Some(node), Some(namespace), Some(name)) =
            (text("node"), text("serviceNamespace"), text("serviceName"))
        {
            nodes.entry(format!("{namespace}/{name}")).or_default().insert(node.to_owned());
        }
    }
    nodes
}
