//! A node hands on what it learns from other nodes only once it has the id of a route reflector.
//!
//! Calico reads it from an annotation of the Node (docs.tigera.io, "Configure BGP peering"). Without it the nodes that
//! peer with this one alone never learn where the pods of the others are.

use crate::resolve::{CalicoSettings, Cluster, HostId, Resolved};
use crate::upstream::selector::{Label, Selector};
use std::collections::BTreeSet;

/// The nodes that others peer with in place of a mesh, by name.
pub fn reflectors(
    resolved: &Resolved<'_>,
    cluster: &Cluster<'_>,
    calico: &CalicoSettings<'_>,
) -> Vec<String> {
    let mut names = BTreeSet::new();
    if !calico.bgp || calico.written.node_mesh() {
        return Vec::new();
    }
    let selects = |selector: &Selector, node: HostId| {
        let host = resolved.host(node);
        let label = |wanted: &str| {
            let mut labels = host.labels();
            match labels.find(|(name, _)| *name == wanted) {
                Some((_, value)) => Label::Is(value),
                None if wanted == "kubernetes.io/hostname" => Label::Is(host.name),
                None => Label::Missing,
            }
        };
        selector.matches(&label) == Some(true)
    };
    for peer in calico.written.peers.iter().flat_map(|peers| peers.value.iter()) {
        let Some(Ok(peers)) = peer.value.peer_selector.as_ref().map(|text| Selector::parse(&text.value))
        else {
            continue;
        };
        let of = peer.value.node_selector.as_ref().map_or("", |text| text.value.as_str());
        let Ok(nodes) = Selector::parse(of) else { continue };
        // Where all that peer with each other are chosen alike, they are a mesh of their own.
        let (chosen, others): (Vec<HostId>, Vec<HostId>) =
            cluster.nodes().partition(|node| selects(&peers, *node));
        if others.into_iter().any(|node| selects(&nodes, node)) {
            names.extend(chosen.into_iter().map(|node| resolved.host(node).name));
        }
    }
    names.into_iter().map(str::to_owned).collect()
}
