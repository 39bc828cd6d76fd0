//! Pools: whose they are, what they hold, what of it is given out.

use super::cluster::Cluster;
use super::id::{ClusterId, PoolId};
use super::names;
use crate::addresses::{AddressRange, AddressSet, Family};
use crate::diagnostics::Diagnostic;
use crate::model::{self, Advertise, Plan};
use crate::source::Span;

/// An address pool.
#[derive(Debug)]
pub struct Pool<'p> {
    pub id: PoolId,
    pub name: &'p str,
    pub cluster: ClusterId,
    /// As they were written, in ascending order.
    pub ranges: Vec<AddressRange>,
    pub addresses: AddressSet,
    /// What `plan` never gives out: `reserve`, and .0 and .255 with `avoid_buggy_ips`.
    pub excluded: AddressSet,
    pub advertise: Vec<Advertise>,
    pub written: &'p model::Pool,
    /// Where its name was written.
    pub span: Span,
}

impl Pool<'_> {
    pub fn has_family(&self, family: Family) -> bool {
        self.ranges.iter().any(|range| range.family() == family)
    }

    /// The namespaces whose Services may use it and where that is written; nothing when all may, or when labels decide. An
    /// override is the last word.
    pub fn allowed_namespaces(&self) -> Option<Vec<(String, Span)>> {
        let said = self.written.namespaces.iter().flat_map(|list| list.value.iter());
        let said: Vec<(String, Span)> = said.map(|name| (name.value.to_string(), name.span)).collect();
        let Some(raw) = &self.written.ip_address_pool else { return (!said.is_empty()).then_some(said) };
        let value = raw.value.to_json();
        let allocation = value.pointer("/serviceAllocation");
        let list = |key: &str| allocation.and_then(|it| it.get(key)?.as_array());
        if list("namespaceSelectors").is_some_and(|list| !list.is_empty()) {
            return None;
        }
        let Some(list) = list("namespaces") else { return (!said.is_empty()).then_some(said) };
        let place = |at: usize| raw.value.place(&format!("/serviceAllocation/namespaces/{at}"), raw.span);
        let named =
            list.iter().enumerate().filter_map(|(at, name)| Some((name.as_str()?.to_owned(), place(at))));
        Some(named.collect()).filter(|named: &Vec<_>| !named.is_empty())
    }

    pub fn is_advertised_by(&self, how: Advertise) -> bool {
        self.advertise.contains(&how)
    }
}

pub fn pools<'p>(
    plan: &'p Plan,
    clusters: &[Cluster<'p>],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Pool<'p>> {
    let mut resolved = Vec::new();
    for entry in plan.pools.iter().flat_map(|pools| pools.value.iter()) {
        let written = &entry.value;
        let on = format!("pools.{}.cluster", entry.name.value);
        let known = clusters.iter().map(|cluster| cluster.name);
        let Some(cluster) = names::look_up("cluster", &written.cluster, &on, known, diagnostics) else {
            continue;
        };
        let mut ranges: Vec<AddressRange> =
            written.addresses.value.iter().map(|entry| entry.value.0).collect();
        ranges.sort();
        let mut addresses = AddressSet::new();
        ranges.iter().for_each(|range| addresses.insert(*range));
        let mut excluded = AddressSet::new();
        for taken in written.reserve.iter().flat_map(|list| list.value.iter()) {
            excluded.insert(taken.value.0);
        }
        if written.avoid_buggy_ips() {
            excluded = excluded.union(&addresses.ending_in_0_or_255());
        }
        resolved.push(Pool {
            id: PoolId::new(resolved.len()),
            name: entry.name.value.as_str(),
            cluster: ClusterId::new(cluster),
            ranges,
            addresses,
            excluded,
            advertise: written.advertise().iter().map(|how| how.value).collect(),
            written,
            span: entry.name.span,
        });
    }
    resolved
}
