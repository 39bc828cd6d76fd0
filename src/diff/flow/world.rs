//! A cluster as each side sees it, with the same pods on both.

use super::KINDS;
use crate::connectivity::{ContainerPort, Labels, Peer, Peers, Policy, Workload, World};
use crate::diff::side::{self, Side};
use crate::facts::world::ANY_POD;
use crate::facts::{ClusterWorld, Facts};
use crate::manifests::{Manifests, Target};
use crate::source::Source;
use ipnet::IpNet;
use std::collections::{BTreeMap, BTreeSet};

/// What one side says of a cluster.
pub(super) struct Seen {
    pub(super) world: World,
    /// Whether a plan says it, which knows pods that no object of the tree shows.
    pub(super) of_plan: bool,
}

/// Networks that are asked about, at most; a tree with more of them asks about the widest.
const MOST_NETWORKS: usize = 64;

/// The cluster as both sides see it; nothing where a side has no such cluster. What is the same in both trees is read
/// once.
pub(super) fn seen(old: &Side<'_>, new: &Side<'_>, cluster: Option<&str>) -> (Option<Seen>, Option<Seen>) {
    if let (Some(before), Some(after)) = (old.facts(), new.facts()) {
        return (of_plan(before, cluster), of_plan(after, cluster));
    }
    let of = |side: &Side<'_>| side.facts().map(|facts| of_plan(facts, cluster));
    let (before, after) = (of(old), of(new));
    let both_are_trees = before.is_none() && after.is_none();
    let is_same = |path: &str, bytes: &[u8]| {
        both_are_trees
            && [old, new].iter().all(|side| side.files.get(path).is_some_and(|other| **other == *bytes))
    };
    let common = match both_are_trees {
        true => manifests(new, cluster, |path, bytes| is_same(path, bytes)),
        false => Manifests::default(),
    };
    let of_tree = |side: &Side<'_>| {
        let own = manifests(side, cluster, |path, bytes| !is_same(path, bytes));
        Some(Seen { world: world([&common, &own]), of_plan: false })
    };
    (before.unwrap_or_else(|| of_tree(old)), after.unwrap_or_else(|| of_tree(new)))
}

fn of_plan(facts: &Facts<'_>, cluster: Option<&str>) -> Option<Seen> {
    let target = facts.resolved.targets().find(|target| Some(target.name) == cluster)?;
    Some(Seen { world: ClusterWorld::new(facts, target, false).world, of_plan: true })
}

/// The objects of a cluster that decide, of those files that are wanted.
fn manifests(side: &Side<'_>, cluster: Option<&str>, wanted: impl Fn(&str, &[u8]) -> bool) -> Manifests {
    let mut sources = Vec::new();
    for (path, bytes) in side.of_cluster(cluster) {
        if side::holds_kind(path, bytes, KINDS) && wanted(path, bytes) {
            sources.push(Source::new(path, String::from_utf8_lossy(bytes)));
        }
        // Spans count files in 16 bits; nothing here shows a span.
        if sources.len() == usize::from(u16::MAX) {
            break;
        }
    }
    Manifests::read(&sources)
}

/// The cluster that objects describe, with a pod behind each Service that no other object shows.
fn world(parts: [&Manifests; 2]) -> World {
    let mut world = World { blocks_match_nodes: true, ..World::default() };
    for part in parts {
        world.namespaces.extend(part.world.namespaces.iter().cloned());
        world.workloads.extend(part.world.workloads.iter().cloned());
        world.policies.extend(part.world.policies.iter().cloned());
    }
    let mut shown: BTreeMap<&str, Vec<Labels>> = BTreeMap::new();
    for workload in parts.into_iter().flat_map(|part| &part.world.workloads) {
        shown.entry(&workload.namespace).or_default().push(workload.labels.clone());
    }
    for service in parts.into_iter().flat_map(|part| &part.services) {
        let labels: Labels = labels_of(&service.selector);
        let ports = service.ports.iter().filter_map(|port| match port.target {
            Target::Number(number) => Some(ContainerPort { name: None, protocol: port.protocol, number }),
            Target::Name(_) => None,
        });
        let others = shown.get(service.namespace.as_str()).into_iter().flatten();
        let is_shown = others.into_iter().any(|labels| service.selector.matches(labels));
        if !labels.is_empty() && !is_shown {
            world.workloads.push(workload(&service.namespace, &service.name, labels, ports.collect()));
        }
    }
    let namespaces: Vec<String> = world.namespaces.iter().map(|namespace| namespace.name.clone()).collect();
    world.workloads.extend(namespaces.iter().map(|name| workload(name, ANY_POD, Labels::new(), Vec::new())));
    world
}

fn labels_of(selector: &crate::connectivity::Selector) -> Labels {
    use crate::connectivity::Requirement;
    let one = |requirement: &Requirement| match requirement {
        Requirement::In { key, values } => Some((key.clone(), values.first()?.clone())),
        _ => None,
    };
    selector.requirements.iter().filter_map(one).collect()
}

fn workload(namespace: &str, name: &str, labels: Labels, ports: Vec<ContainerPort>) -> Workload {
    Workload {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        labels,
        ports,
        host_network: false,
        addresses: Vec::new(),
    }
}

/// Both worlds with the same pods in the same order, and on which side each of them is there.
pub(super) fn aligned(mut before: Seen, mut after: Seen) -> (World, World, Vec<(bool, bool)>) {
    let key = |workload: &Workload| (workload.namespace.clone(), workload.name.clone());
    let own = |world: &World| -> BTreeMap<(String, String), Workload> {
        world.workloads.iter().map(|workload| (key(workload), workload.clone())).collect()
    };
    let (of_before, of_after) = (own(&before.world), own(&after.world));
    let keys: BTreeSet<&(String, String)> = of_before.keys().chain(of_after.keys()).collect();
    let (mut first, mut second, mut there) = (Vec::new(), Vec::new(), Vec::new());
    for key in keys {
        let (one, two) = (of_before.get(key), of_after.get(key));
        first.extend(one.or(two).cloned());
        second.extend(two.or(one).cloned());
        there.push((one.is_some(), two.is_some()));
    }
    before.world.workloads = first;
    after.world.workloads = second;
    (before.world, after.world, there)
}

/// The namespaces that have an object on a side.
pub(super) fn namespaces(side: &Side<'_>, cluster: &Option<String>) -> BTreeSet<String> {
    let objects = side.of_kind("Namespace");
    objects
        .iter()
        .filter(|object| object.id.cluster == *cluster)
        .map(|object| object.id.name.clone())
        .collect()
}

/// Gives a tree the pods that only a plan knows. `named` are the namespaces of the plan's own tree: some of them the plan
/// itself does not count, such as that of the operator.
pub(super) fn borrow(tree: &mut World, plan: &World, named: &BTreeSet<String>) {
    let known: BTreeSet<&str> = tree.namespaces.iter().map(|namespace| namespace.name.as_str()).collect();
    let counted: BTreeSet<&str> = plan.namespaces.iter().map(|namespace| namespace.name.as_str()).collect();
    let there = |workload: &&Workload| {
        known.contains(workload.namespace.as_str()) || workload.namespace == "kube-system"
    };
    let same = |one: &Workload, two: &Workload| one.namespace == two.namespace && one.labels == two.labels;
    let mut workloads: Vec<Workload> = plan.workloads.iter().filter(there).cloned().collect();
    let foreign =
        |own: &&Workload| counted.contains(own.namespace.as_str()) || !named.contains(&own.namespace);
    let more = tree.workloads.iter().filter(foreign);
    let more = more.filter(|own| !plan.workloads.iter().any(|other| same(own, other)));
    workloads.extend(more.cloned());
    tree.workloads = workloads;
    (tree.nodes, tree.pods, tree.services) = (plan.nodes.clone(), plan.pods.clone(), plan.services.clone());
}

/// Every network that a policy of either side names, but not the whole internet.
pub(super) fn blocks(before: &World, after: &World) -> BTreeSet<IpNet> {
    let of_peers = |peers: &Peers| -> Vec<IpNet> {
        let Peers::Listed(peers) = peers else { return Vec::new() };
        let cidr = |peer: &Peer| match peer {
            Peer::Block { cidr, .. } if cidr.prefix_len() > 0 => Some(cidr.trunc()),
            _ => None,
        };
        peers.iter().filter_map(cidr).collect()
    };
    let of_policy = |policy: &Policy| -> Vec<IpNet> {
        use crate::connectivity::Direction::{Egress, Ingress};
        let rules = [Ingress, Egress].into_iter().filter_map(|direction| policy.rules(direction)).flatten();
        rules.flat_map(|rule| of_peers(&rule.peers)).collect()
    };
    let mut all: Vec<IpNet> = before.policies.iter().chain(&after.policies).flat_map(of_policy).collect();
    all.sort_by_key(|network| (network.prefix_len(), *network));
    all.dedup();
    all.truncate(MOST_NETWORKS);
    all.into_iter().collect()
}
