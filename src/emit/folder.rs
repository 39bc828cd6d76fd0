//! Where a layer of a cluster lies in the tree.

use crate::facts::{Facts, Layer};
use crate::resolve::Cluster;

/// The folder of a layer, such as `clusters/after/30-policies`.
pub(super) fn of(facts: &Facts<'_>, cluster: &Cluster<'_>, layer: Layer) -> String {
    format!("clusters/{}/{}", cluster.name, facts.order.name(cluster.id, layer))
}
