//! How many blocks the pools of a cluster have, and how many its nodes may claim.

use crate::addresses::{Cidr, Family};
use crate::model::{Allocation, PoolUse};
use crate::resolve::{CalicoPool, CalicoSettings, Cluster};
use crate::source::Span;

/// The blocks of one family of a cluster, counted as `libcalico-go/lib/ipam` does.
pub struct Capacity {
    pub family: Family,
    /// Blocks in all pools that give addresses to pods without being asked.
    pub blocks: u128,
    /// Addresses in the largest kind of block.
    pub block: u128,
    /// Blocks that a node with `max_pods` pods and a tunnel address claims at least.
    pub per_node: u128,
    pub nodes: u128,
    /// Where the first of the pools was written.
    pub span: Span,
}

/// Whether a pod without annotations may get an address of this pool.
pub fn gives_to_pods(pool: &CalicoPool<'_>) -> bool {
    pool.uses.contains(&PoolUse::Workload)
        && pool.assignment == Allocation::Automatic
        && !pool.disable_new_allocations
}

/// One for each family whose pools have sound block sizes. Which nodes a selector chooses is not judged: a sum over all
/// nodes is what the pools need at least, whoever uses which.
pub fn capacities(cluster: &Cluster<'_>, settings: &CalicoSettings<'_>) -> Vec<Capacity> {
    let mut all = Vec::new();
    for family in cluster.pods.iter().map(Cidr::family) {
        let pools = settings.pools.iter().filter(|pool| pool.cidr.family() == family && gives_to_pods(pool));
        // Of sizes that Calico refuses nothing can be computed; `block-size-out-of-range` reports them.
        let smallest = if family == Family::V4 { 20 } else { 116 };
        let sound = pools.filter(|pool| {
            (pool.cidr.prefix_length().max(smallest)..=family.bits()).contains(&pool.block_size)
        });
        let (mut blocks, mut block, mut span) = (0u128, 0u128, None);
        for pool in sound {
            blocks = blocks.saturating_add(power(pool.block_size - pool.cidr.prefix_length()));
            block = block.max(power(family.bits() - pool.block_size));
            span = span.or(Some(pool.span));
        }
        let Some(span) = span else { continue };
        let pods = u128::from(cluster.written.max_pods()) + 1;
        let nodes = cluster.nodes().count() as u128;
        all.push(Capacity { family, blocks, block, per_node: pods.div_ceil(block), nodes, span });
    }
    all
}

fn power(exponent: u8) -> u128 {
    1u128.checked_shl(exponent.into()).unwrap_or(u128::MAX)
}
