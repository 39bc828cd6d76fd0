//! Which node answers for an address in L2 mode can be told beforehand: the node list and the address decide.

use super::{Effect, Rule};
use crate::addresses::Address;
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use crate::diff::side::Side;
use crate::diff::user::few;
use crate::model::Advertise;
use crate::resolve::{Cluster, Pool, Resolved};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

pub static RULE: Rule =
    Rule { name: "leader-moves", about: "another node than before answers for addresses in L2 mode", find };

/// Asked once for a cluster: of its inventory, or of the advertisement that chooses other nodes.
fn find(context: &Context<'_>, change: &Change) -> Vec<Effect> {
    let is_inventory = change.id().is_file() && change.id().name.ends_with("/inventory.yaml");
    if !is_inventory && !change.is("metallb.io", "L2Advertisement") {
        return Vec::new();
    }
    let Some(cluster) = change.id().cluster.as_deref() else { return Vec::new() };
    let only = change.old.as_ref().filter(|_| !is_inventory).map(|old| old.id.name.clone());
    let (was, is) =
        (leaders(context.old, cluster, only.as_deref()), leaders(context.new, cluster, only.as_deref()));
    let moved: Vec<String> = was
        .iter()
        .filter_map(|(address, node)| {
            let now = is.get(address).filter(|now| *now != node)?;
            Some(format!("`{address}` goes from `{node}` to `{now}`"))
        })
        .collect();
    if moved.is_empty() {
        return Vec::new();
    }
    let sentence = format!(
        "{}: open connections break, and neighbours go on asking the old node until they take the announcement of the \
         new one",
        few(&moved)
    );
    vec![Effect::new(Danger::Restart, sentence)]
}

/// The node that answers for each address, as long as every node is well.
fn leaders(side: &Side<'_>, cluster: &str, pool: Option<&str>) -> BTreeMap<Address, String> {
    let Some(facts) = side.facts() else { return BTreeMap::new() };
    let resolved = &facts.resolved;
    let Some(cluster) = resolved.clusters.iter().find(|other| other.name == cluster) else {
        return BTreeMap::new();
    };
    let mut found = BTreeMap::new();
    for assigned in resolved.addresses.iter().filter(|assigned| assigned.cluster == cluster.id) {
        let Some(of) = assigned.pool.map(|id| resolved.pool(id)) else { continue };
        if pool.is_some_and(|name| name != of.name) || !of.is_advertised_by(Advertise::L2) {
            continue;
        }
        if let Some(node) = leader(resolved, cluster, of, assigned.address) {
            found.insert(assigned.address, node);
        }
    }
    found
}

/// metallb `speaker/layer2_controller.go` sortL2Candidates: the least SHA-256 of `NODE#ADDRESS` wins.
fn leader(
    resolved: &Resolved<'_>,
    cluster: &Cluster<'_>,
    pool: &Pool<'_>,
    address: Address,
) -> Option<String> {
    let nodes = cluster.nodes().map(|id| resolved.host(id)).filter(|host| {
        let mut wanted = pool.written.nodes.iter().flat_map(|labels| labels.value.iter());
        wanted.all(|label| {
            let mut own = host.written.labels.iter().flat_map(|labels| labels.value.iter());
            own.any(|other| {
                other.name.value == label.name.value && other.value.as_str() == label.value.as_str()
            })
        })
    });
    let hash = |name: &str| Sha256::digest(format!("{name}#{address}")).to_vec();
    nodes.map(|host| host.name.to_owned()).min_by_key(|name| hash(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Upstream's own expectations: `internal` tests of metallb order these nodes so.
    #[test]
    fn the_least_hash_wins() {
        let least = |address: &str| {
            ["node-a", "node-b", "node-c"]
                .into_iter()
                .min_by_key(|name| Sha256::digest(format!("{name}#{address}")).to_vec())
                .unwrap()
        };
        assert_eq!(
            [least("192.168.1.200"), least("10.0.0.1"), least("fc00::1")],
            ["node-a", "node-b", "node-b"]
        );
    }
}
