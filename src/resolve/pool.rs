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
