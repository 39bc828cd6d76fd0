//! A machine that joins or leaves a cluster takes pods, addresses and perhaps the control plane along.

use super::{Effect, Rule};
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use crate::diff::side::Side;
use crate::diff::user::few;
use std::collections::BTreeMap;

pub static RULE: Rule = Rule {
    name: "nodes",
    about: "machines join or leave a cluster, change their address or their part in it",
    find,
};

/// Asked once for a cluster: of its inventory.
fn find(context: &Context<'_>, change: &Change) -> Vec<Effect> {
    let id = change.id();
    if !id.is_file() || !id.name.ends_with("/inventory.yaml") {
        return Vec::new();
    }
    let Some(cluster) = id.cluster.as_deref() else { return Vec::new() };
    let (Some(was), Some(is)) = (nodes(context.old, cluster), nodes(context.new, cluster)) else {
        return Vec::new();
    };
    let named =
        |list: Vec<&String>| few(&list.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>());
    let mut gone: Vec<&String> = was.keys().filter(|name| !is.contains_key(*name)).collect();
    let mut come: Vec<&String> = is.keys().filter(|name| !was.contains_key(*name)).collect();
    let mut effects = Vec::new();
    gone.retain(|old| {
        let same = |new: &&String| is[*new].address == was[*old].address;
        let Some(at) = come.iter().position(same) else { return true };
        let new = come.remove(at);
        // kubernetes docs, concepts/architecture/nodes: a node is known by its name alone.
        effects.push(Effect::new(Danger::Disruptive, format!("`{old}` is called `{new}` from now on: for Kubernetes that is another node, and the old one leaves with its pods and what knew it by its name, volumes on local disks too"))
            .advice(format!("`kubectl drain {old}`, change the name, let it join again, and `kubectl delete node {old}`")));
        false
    });
    if !gone.is_empty() {
        let servers = gone.iter().filter(|name| was[**name].is_server).count();
        let mut sentence = format!(
            "the cluster `{cluster}` loses {}: the pods there start elsewhere, and volumes on local disks do not follow",
            named(gone)
        );
        if servers > 0 {
            sentence.push_str("; the control plane loses a member");
        }
        effects.push(Effect::new(Danger::Disruptive, sentence)
            .advice("`kubectl drain` the node, take it out with `kubectl delete node`, and switch it off then: the inventory alone removes nothing"));
    }
    if !come.is_empty() {
        effects.push(Effect::new(
            Danger::Note,
            format!("when the playbook runs, the cluster `{cluster}` gets {}", named(come)),
        ));
    }
    for (name, now) in &is {
        let Some(before) = was.get(name) else { continue };
        if before.address != now.address {
            effects.push(Effect::new(Danger::Disruptive, format!("`{name}` moves from `{}` to `{}`: its tunnels, its kubelet and every firewall know the old address", before.address, now.address))
                .advice("drain it, change it, and let it join again"));
        }
        if before.is_server != now.is_server {
            let part = if now.is_server { "becomes a server" } else { "is no longer a server" };
            effects.push(
                Effect::new(
                    Danger::Disruptive,
                    format!("`{name}` {part}: K3s and kubeadm want it installed anew for that"),
                )
                .advice("drain it, reset it, and let it join again"),
            );
        }
    }
    effects
}

struct Node {
    address: String,
    is_server: bool,
}

fn nodes(side: &Side<'_>, cluster: &str) -> Option<BTreeMap<String, Node>> {
    let resolved = &side.facts()?.resolved;
    let cluster = resolved.clusters.iter().find(|other| other.name == cluster)?;
    let node = |id| {
        let host = resolved.host(id);
        let addresses: Vec<String> = host.addresses.iter().map(ToString::to_string).collect();
        (
            host.name.to_owned(),
            Node { address: addresses.join(", "), is_server: cluster.servers.contains(&id) },
        )
    };
    Some(cluster.nodes().map(node).collect())
}
