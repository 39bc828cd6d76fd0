//! Who may connect to whom on one side and not on the other, decided by the evaluator on the policies of both.
//!
//! Both sides are judged on the same pods: those that either plan knows, or that the Services of a tree select. What a
//! tree alone does not say (the pods of a chart) is taken from the plan of the other side. What only some network
//! plugins let through counts as open, as Calico has it.

use super::change::Change;
use super::danger::Danger;
use super::side::{self, Side};
use crate::connectivity::{
    Block, ContainerPort, Endpoint, Labels, Matrix, Network, Peer, Peers, Policy, PortSets, Workload,
    WorkloadId, World,
};
use crate::facts::world::ANY_POD;
use crate::facts::{ClusterWorld, Facts};
use crate::manifests::{Manifests, Target};
use crate::reach::words;
use crate::source::Source;
use ipnet::IpNet;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Some pods may open other connections than before.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FlowChange {
    pub cluster: Option<String>,
    /// Who connects: `services.NAME`, `tenants.NAME` for all its pods, `namespace/name`, `namespace/*`, `lan`, a network,
    /// `internet`; `*` is every pod.
    pub from: Vec<String>,
    /// To whom: the same.
    pub to: Vec<String>,
    /// Ports of the pods, such as `TCP 5000`, `everything but TCP 53`; empty where there are none.
    pub gained: String,
    pub lost: String,
    pub why: Why,
}

/// Why a flow is there now, or not any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The policies say so.
    Policy,
    /// One of its ends is new.
    New,
    /// One of its ends is gone.
    Gone,
}

impl Why {
    /// What JSON calls it.
    pub fn word(self) -> &'static str {
        match self {
            Why::Policy => "policy",
            Why::New => "new",
            Why::Gone => "gone",
        }
    }
}

impl FlowChange {
    /// What a policy cuts off stops; that what is gone has no connections is no news.
    pub fn danger(&self) -> Danger {
        match self.why {
            Why::Policy if !self.lost.is_empty() => Danger::Disruptive,
            _ => Danger::Note,
        }
    }
}

/// Kinds that decide who may connect to whom.
const KINDS: &[&str] = &[
    "CronJob",
    "DaemonSet",
    "Deployment",
    "Job",
    "Namespace",
    "NetworkPolicy",
    "Pod",
    "ReplicaSet",
    "Service",
    "StatefulSet",
];

/// Networks that are asked about, at most; a tree with more of them asks about the widest.
const MOST_NETWORKS: usize = 64;

/// Every change of flows, by cluster. Only clusters with a change that may matter are judged, and of those only
/// connections with an end in a namespace that the change is about: policies of other namespaces are the same as before,
/// and so is what they say.
pub fn flows(old: &Side<'_>, new: &Side<'_>, changes: &[Change]) -> Vec<FlowChange> {
    let has_plan = old.facts().is_some() || new.facts().is_some();
    let mut clusters: BTreeMap<Option<String>, Touched> = BTreeMap::new();
    for change in changes.iter().filter(|change| matters(change, has_plan)) {
        for document in [&change.old, &change.new].into_iter().flatten() {
            let touched = clusters.entry(document.id.cluster.clone()).or_default();
            let id = &document.id;
            match (id.is_file(), id.kind.as_str()) {
                // A chart's Service has pods that only the plan knows.
                (true, _) => touched.all = true,
                (_, "Namespace") => _ = touched.namespaces.insert(id.name.clone()),
                _ => {
                    let namespace = id.namespace.clone().unwrap_or_else(|| "default".to_owned());
                    touched.namespaces.insert(namespace);
                }
            }
        }
    }
    let names = names(old, new);
    let found: Vec<Vec<FlowChange>> = (clusters.into_par_iter())
        .map(|(cluster, touched)| of_cluster(old, new, cluster, &touched, &names))
        .collect();
    found.into_iter().flatten().collect()
}

/// The namespaces that changes are about.
#[derive(Default)]
struct Touched {
    all: bool,
    namespaces: BTreeSet<String>,
}

impl Touched {
    fn holds(&self, namespace: &str) -> bool {
        self.all || self.namespaces.contains(namespace)
    }
}

/// Whether a change may open or close a connection. A port of a Service does not: policies look at the ports of pods.
fn matters(change: &Change, has_plan: bool) -> bool {
    let id = change.id();
    let is_new = change.both().is_none() || change.what() != super::change::What::Changed;
    let touches = |paths: &[&[&str]]| {
        is_new || change.fields.iter().any(|field| paths.iter().any(|path| field.is_below(path)))
    };
    match id.kind.as_str() {
        "" => has_plan && id.name.starts_with("values/") && is_new,
        "NetworkPolicy" => touches(&[&["spec"]]),
        "Namespace" => touches(&[&["metadata", "labels"]]),
        "Service" => touches(&[&["spec", "selector"]]),
        kind if KINDS.contains(&kind) => touches(&[&["metadata"], &["spec"]]),
        _ => false,
    }
}

/// What one side says of a cluster.
struct Seen {
    world: World,
    /// Whether a plan says it, which knows pods that no object of the tree shows.
    of_plan: bool,
}

fn of_cluster(
    old: &Side<'_>,
    new: &Side<'_>,
    cluster: Option<String>,
    touched: &Touched,
    names: &Names,
) -> Vec<FlowChange> {
    let (before, after) = seen(old, new, cluster.as_deref());
    let (Some(mut before), Some(mut after)) = (before, after) else { return Vec::new() };
    // A plan tells more pods than its tree. Where only one side has one, its pods are taken to be on both, as far as
    // their namespaces are.
    match (before.of_plan, after.of_plan) {
        (false, true) => borrow(&mut before.world, &after.world, &namespaces(new, &cluster)),
        (true, false) => borrow(&mut after.world, &before.world, &namespaces(old, &cluster)),
        _ => {}
    }
    let (before, after, there) = aligned(before, after);
    let mut blocks = blocks(&before, &after);
    blocks.extend([old, new].into_iter().filter_map(Side::facts).flat_map(|facts| {
        let lan = facts.resolved.lan.cidrs.iter();
        lan.filter_map(|cidr| IpNet::new(cidr.first(), cidr.prefix_length()).ok()).collect::<Vec<_>>()
    }));
    let comparison = Comparison::new(before, after, there, touched);
    let mut rows = comparison.between_pods();
    rows.extend(comparison.with_outside(&blocks));
    let name = |row: &Row| comparison.change(row, &cluster, names);
    let mut found: Vec<FlowChange> = folded(rows).iter().map(name).collect();
    // By whom it reaches: that is whose business it is.
    found.sort_by(|one, two| (&one.to, &one.from, one).cmp(&(&two.to, &two.from, two)));
    found
}

/// What people call networks, namespaces and pods.
#[derive(Default)]
struct Names {
    blocks: BTreeMap<IpNet, String>,
    /// Tenants by their namespaces.
    tenants: BTreeMap<String, String>,
    /// The namespaces and keys of services.
    services: BTreeSet<(String, String)>,
}

fn names(old: &Side<'_>, new: &Side<'_>) -> Names {
    let mut names = Names::default();
    for facts in [old, new].into_iter().filter_map(Side::facts) {
        let resolved = &facts.resolved;
        for host in &resolved.hosts {
            let name = format!("hosts.{}", host.name);
            names.blocks.extend(host.addresses.iter().map(|ip| (IpNet::from(*ip), name.clone())));
        }
        for external in &resolved.externals {
            let name = format!("external.{}", external.name);
            names.blocks.extend(external.addresses.iter().map(|ip| (IpNet::from(*ip), name.clone())));
        }
        for cidr in &resolved.lan.cidrs {
            let network = IpNet::new(cidr.first(), cidr.prefix_length());
            names.blocks.extend(network.ok().map(|network| (network, "lan".to_owned())));
        }
        for tenant in &resolved.tenants {
            names.tenants.insert(resolved.namespace(tenant.namespace).name.clone(), tenant.path());
        }
        for service in &resolved.services {
            let namespace = resolved.namespace(service.namespace).name.clone();
            names.services.insert((namespace, service.key.to_owned()));
        }
    }
    names
}

/// The cluster as both sides see it; nothing where a side has no such cluster. What is the same in both trees is read
/// once.
fn seen(old: &Side<'_>, new: &Side<'_>, cluster: Option<&str>) -> (Option<Seen>, Option<Seen>) {
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
fn aligned(mut before: Seen, mut after: Seen) -> (World, World, Vec<(bool, bool)>) {
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
fn namespaces(side: &Side<'_>, cluster: &Option<String>) -> BTreeSet<String> {
    let objects = side.of_kind("Namespace");
    objects
        .iter()
        .filter(|object| object.id.cluster == *cluster)
        .map(|object| object.id.name.clone())
        .collect()
}

/// Gives a tree the pods that only a plan knows. `named` are the namespaces of the plan's own tree: some of them the plan
/// itself does not count, such as that of the operator.
fn borrow(tree: &mut World, plan: &World, named: &BTreeSet<String>) {
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
fn blocks(before: &World, after: &World) -> BTreeSet<IpNet> {
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

/// One end of a row: all of these.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Ends {
    pods: BTreeSet<WorkloadId>,
    blocks: BTreeSet<IpNet>,
    internet: bool,
}

impl Ends {
    fn pods(members: &BTreeSet<WorkloadId>) -> Ends {
        Ends { pods: members.clone(), ..Ends::default() }
    }

    fn add(&mut self, more: Ends) {
        self.pods.extend(more.pods);
        self.blocks.extend(more.blocks);
        self.internet |= more.internet;
    }
}

/// From one end to the other: what was gained, what was lost, and why.
#[derive(Clone, Debug)]
struct Row {
    from: Ends,
    to: Ends,
    gained: PortSets,
    lost: PortSets,
    why: Why,
}

struct Comparison {
    after: World,
    networks: (Network, Network),
    matrices: (Matrix, Matrix),
    classes: Vec<Class>,
}

/// Workloads that are alike on both sides.
struct Class {
    groups: (usize, usize),
    /// Whether they are there before and after.
    there: (bool, bool),
    /// Whether a change is about their namespace.
    touched: bool,
    members: BTreeSet<WorkloadId>,
}

impl Comparison {
    fn new(before: World, after: World, there: Vec<(bool, bool)>, touched: &Touched) -> Comparison {
        let networks = (Network::new(&before), Network::new(&after));
        let matrices = (networks.0.matrix(), networks.1.matrix());
        let groups = |matrix: &Matrix| {
            let mut groups = vec![0; there.len()];
            for (number, group) in matrix.groups.iter().enumerate() {
                group.members.iter().for_each(|id| groups[id.0] = number);
            }
            groups
        };
        let (of_before, of_after) = (groups(&matrices.0), groups(&matrices.1));
        let mut classes: BTreeMap<_, BTreeSet<WorkloadId>> = BTreeMap::new();
        for (at, there) in there.iter().enumerate() {
            let touched = touched.holds(&after.workloads[at].namespace);
            let key = ((of_before[at], of_after[at]), *there, touched);
            classes.entry(key).or_default().insert(WorkloadId(at));
        }
        let class = |((groups, there, touched), members)| Class { groups, there, touched, members };
        let classes = classes.into_iter().map(class).collect();
        Comparison { after, networks, matrices, classes }
    }

    fn between_pods(&self) -> Vec<Row> {
        let none = PortSets::default();
        let cells = |matrix: &Matrix| -> BTreeMap<(usize, usize), PortSets> {
            let cells = matrix.cells.iter();
            cells.map(|cell| ((cell.from, cell.to), cell.connection.possibly.clone())).collect()
        };
        let (of_before, of_after) = (cells(&self.matrices.0), cells(&self.matrices.1));
        let mut rows = Vec::new();
        for from in &self.classes {
            for to in self.classes.iter().filter(|to| from.touched || to.touched) {
                let was = of_before.get(&(from.groups.0, to.groups.0)).filter(|_| from.there.0 && to.there.0);
                let is = of_after.get(&(from.groups.1, to.groups.1)).filter(|_| from.there.1 && to.there.1);
                let why = why(from.there, to.there);
                let ends = (Ends::pods(&from.members), Ends::pods(&to.members));
                rows.extend(row(ends, was.unwrap_or(&none), is.unwrap_or(&none), why));
            }
        }
        rows
    }

    fn with_outside(&self, blocks: &BTreeSet<IpNet>) -> Vec<Row> {
        let block = |cidr: &IpNet| {
            (Endpoint::Block(Block::new(*cidr)), Ends { blocks: BTreeSet::from([*cidr]), ..Ends::default() })
        };
        let mut outside: Vec<(Endpoint, Ends)> = blocks.iter().map(block).collect();
        outside.push((Endpoint::Internet, Ends { internet: true, ..Ends::default() }));
        let none = PortSets::default();
        let mut rows = Vec::new();
        for class in self.classes.iter().filter(|class| class.touched) {
            let Some(pod) = class.members.first().map(|id| Endpoint::Workload(*id)) else { continue };
            for (endpoint, end) in &outside {
                let pods = || Ends::pods(&class.members);
                let ways =
                    [((&pod, endpoint), (pods(), end.clone())), ((endpoint, &pod), (end.clone(), pods()))];
                for ((from, to), ends) in ways {
                    let of = |network: &Network, there: bool| match there {
                        true => network.connection(from, to).possibly,
                        false => none.clone(),
                    };
                    let (was, is) =
                        (of(&self.networks.0, class.there.0), of(&self.networks.1, class.there.1));
                    rows.extend(row(ends, &was, &is, why(class.there, (true, true))));
                }
            }
        }
        rows
    }

    fn change(&self, row: &Row, cluster: &Option<String>, names: &Names) -> FlowChange {
        let end = |ends: &Ends| {
            let mut found: Vec<String> = ends.internet.then(|| "internet".to_owned()).into_iter().collect();
            let block = |cidr: &IpNet| names.blocks.get(cidr).cloned().unwrap_or_else(|| cidr.to_string());
            found.extend(ends.blocks.iter().map(block));
            found.extend(self.called(&ends.pods, names));
            // A host or a LAN has a network of each family.
            let mut seen = BTreeSet::new();
            found.retain(|name| seen.insert(name.clone()));
            found
        };
        FlowChange {
            cluster: cluster.clone(),
            from: end(&row.from),
            to: end(&row.to),
            gained: ports(&row.gained),
            lost: ports(&row.lost),
            why: row.why,
        }
    }

    /// Whole namespaces are called `namespace/*`, or by their tenant; all of them `*`.
    fn called(&self, pods: &BTreeSet<WorkloadId>, names: &Names) -> Vec<String> {
        let workloads = &self.after.workloads;
        if pods.len() == workloads.len() && !pods.is_empty() {
            return vec!["*".to_owned()];
        }
        let mut all: BTreeMap<&str, usize> = BTreeMap::new();
        workloads.iter().for_each(|workload| *all.entry(&workload.namespace).or_default() += 1);
        let mut found: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for id in pods {
            let workload = &workloads[id.0];
            found.entry(&workload.namespace).or_default().insert(&workload.name);
        }
        let named = |(namespace, of_namespace): (&str, BTreeSet<&str>)| match all.get(namespace) {
            Some(many) if *many == of_namespace.len() => {
                let tenant = names.tenants.get(namespace).cloned();
                vec![tenant.unwrap_or_else(|| format!("{namespace}/*"))]
            }
            _ => {
                let key = |name: &str| (namespace.to_owned(), name.to_owned());
                let called = |name: &str| match names.services.contains(&key(name)) {
                    true => format!("services.{name}"),
                    false => format!("{namespace}/{name}"),
                };
                of_namespace.into_iter().map(called).collect()
            }
        };
        found.into_iter().flat_map(named).collect()
    }
}

/// A set of ports in words: what is in it, or what is not, whichever is shorter.
fn ports(sets: &PortSets) -> String {
    if sets.is_empty() {
        return String::new();
    }
    if sets.is_all() {
        return "everything".to_owned();
    }
    let (is, is_not) = (words::ports(sets), words::ports(&PortSets::all().difference(sets)));
    if is_not.len() < is.len() { format!("everything but {is_not}") } else { is }
}

fn why(one: (bool, bool), two: (bool, bool)) -> Why {
    match (one.0 && two.0, one.1 && two.1) {
        (true, true) => Why::Policy,
        (false, _) => Why::New,
        (true, false) => Why::Gone,
    }
}

fn row(ends: (Ends, Ends), was: &PortSets, is: &PortSets, why: Why) -> Option<Row> {
    let (gained, lost) = (is.difference(was), was.difference(is));
    let differs = !gained.is_empty() || !lost.is_empty();
    // What no policy limits reaches everything; that something comes or goes there is told by its own change.
    let unlimited = why != Why::Policy && (gained.is_all() || lost.is_all());
    (differs && !unlimited).then_some(Row { from: ends.0, to: ends.1, gained, lost, why })
}

/// Rows that differ in one end only become one row.
fn folded(rows: Vec<Row>) -> Vec<Row> {
    let to_folded = fold(rows, |row| (&row.from, &mut row.to));
    fold(to_folded, |row| (&row.to, &mut row.from))
}

/// Rows with the same one end, ports and reason have their other ends joined.
fn fold(rows: Vec<Row>, ends: for<'r> fn(&'r mut Row) -> (&'r Ends, &'r mut Ends)) -> Vec<Row> {
    let mut kept: Vec<Row> = Vec::new();
    let mut known: BTreeMap<(Ends, PortSets, PortSets, Why), usize> = BTreeMap::new();
    for mut row in rows {
        let (gained, lost, why) = (row.gained.clone(), row.lost.clone(), row.why);
        let (same, other) = ends(&mut row);
        let (key, more) = ((same.clone(), gained, lost, why), other.clone());
        match known.get(&key) {
            Some(at) => ends(&mut kept[*at]).1.add(more),
            None => {
                known.insert(key, kept.len());
                kept.push(row);
            }
        }
    }
    kept
}
