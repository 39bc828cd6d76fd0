//! Who may connect to whom on one side and not on the other, decided by the evaluator on the policies of both.
//!
//! Both sides are judged on the same pods: those that either plan knows, or that the Services of a tree select. What a
//! tree alone does not say (the pods of a chart) is taken from the plan of the other side. What only some network
//! plugins let through counts as open, as Calico has it.

use super::change::Change;
use super::danger::Danger;
use super::document::cluster as cluster_of;
use super::side::Side;
use crate::connectivity::{
    Block, ContainerPort, Endpoint, Labels, Network, Peer, Peers, Policy, PortSets, Workload, WorkloadId,
    World,
};
use crate::facts::ClusterWorld;
use crate::facts::world::ANY_POD;
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

/// Every change of flows, by cluster. Only clusters with a change that may matter are judged.
pub fn flows(old: &Side<'_>, new: &Side<'_>, changes: &[Change]) -> Vec<FlowChange> {
    let matters = |change: &&Change| {
        let id = change.id();
        KINDS.contains(&id.kind.as_str()) || id.name.starts_with("values/")
    };
    let sides = |change: &Change| [change.old.clone(), change.new.clone()].into_iter().flatten();
    let clusters: BTreeSet<Option<String>> =
        changes.iter().filter(matters).flat_map(sides).map(|document| document.id.cluster.clone()).collect();
    let found: Vec<Vec<FlowChange>> =
        clusters.into_par_iter().map(|cluster| of_cluster(old, new, cluster)).collect();
    found.into_iter().flatten().collect()
}

/// What one side says of a cluster.
struct Seen {
    world: World,
    /// Whether a plan says it, which knows pods that no object of the tree shows.
    of_plan: bool,
}

fn of_cluster(old: &Side<'_>, new: &Side<'_>, cluster: Option<String>) -> Vec<FlowChange> {
    let (before, after) = (seen(old, cluster.as_deref()), seen(new, cluster.as_deref()));
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
    let comparison = Comparison { before, after, there };
    let mut rows = comparison.between_pods();
    rows.extend(comparison.with_outside(&blocks));
    let names = names(old, new);
    let name = |row: &Row| comparison.change(row, &cluster, &names);
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

/// The cluster as a side sees it; nothing where the side has no such cluster.
fn seen(side: &Side<'_>, cluster: Option<&str>) -> Option<Seen> {
    if let Some(facts) = side.facts() {
        let target = facts.resolved.targets().find(|target| Some(target.name) == cluster)?;
        return Some(Seen { world: ClusterWorld::new(facts, target, false).world, of_plan: true });
    }
    let paths: BTreeSet<String> =
        KINDS.iter().chain(&["List"]).flat_map(|kind| side.paths_of_kind(kind)).cloned().collect();
    let mut sources = Vec::new();
    for path in paths.iter().filter(|path| cluster_of(path).as_deref() == cluster) {
        sources.push(Source::new(path.clone(), String::from_utf8_lossy(&side.files[path])));
        // Spans count files in 16 bits; nothing here shows a span.
        if sources.len() == usize::from(u16::MAX) {
            break;
        }
    }
    let manifests = Manifests::read(&sources);
    let mut world = manifests.world;
    for service in &manifests.services {
        let labels: Labels = labels_of(&service.selector);
        let ports = service.ports.iter().filter_map(|port| match port.target {
            Target::Number(number) => Some(ContainerPort { name: None, protocol: port.protocol, number }),
            Target::Name(_) => None,
        });
        let of_service = |workload: &Workload| {
            workload.namespace == service.namespace && service.selector.matches(&workload.labels)
        };
        if !labels.is_empty() && !world.workloads.iter().any(of_service) {
            world.workloads.push(workload(&service.namespace, &service.name, labels, ports.collect()));
        }
    }
    let namespaces: Vec<String> = world.namespaces.iter().map(|namespace| namespace.name.clone()).collect();
    world.workloads.extend(namespaces.iter().map(|name| workload(name, ANY_POD, Labels::new(), Vec::new())));
    Some(Seen { world, of_plan: false })
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
    before: World,
    after: World,
    /// For each workload whether it is there before and after.
    there: Vec<(bool, bool)>,
}

/// Workloads that are alike on both sides.
struct Class {
    groups: (usize, usize),
    there: (bool, bool),
    members: BTreeSet<WorkloadId>,
}

impl Comparison {
    fn between_pods(&self) -> Vec<Row> {
        let (before, after) = (Network::new(&self.before).matrix(), Network::new(&self.after).matrix());
        let classes = self.classes(&before, &after);
        let none = PortSets::default();
        let cells = |matrix: &crate::connectivity::Matrix| -> BTreeMap<(usize, usize), PortSets> {
            let cells = matrix.cells.iter();
            cells.map(|cell| ((cell.from, cell.to), cell.connection.possibly.clone())).collect()
        };
        let (of_before, of_after) = (cells(&before), cells(&after));
        let mut rows = Vec::new();
        for from in &classes {
            for to in &classes {
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
        let (before, after) = (Network::new(&self.before), Network::new(&self.after));
        let classes = self.classes(&before.matrix(), &after.matrix());
        let block = |cidr: &IpNet| {
            (Endpoint::Block(Block::new(*cidr)), Ends { blocks: BTreeSet::from([*cidr]), ..Ends::default() })
        };
        let mut outside: Vec<(Endpoint, Ends)> = blocks.iter().map(block).collect();
        outside.push((Endpoint::Internet, Ends { internet: true, ..Ends::default() }));
        let none = PortSets::default();
        let mut rows = Vec::new();
        for class in &classes {
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
                    let (was, is) = (of(&before, class.there.0), of(&after, class.there.1));
                    rows.extend(row(ends, &was, &is, why(class.there, (true, true))));
                }
            }
        }
        rows
    }

    fn classes(
        &self,
        before: &crate::connectivity::Matrix,
        after: &crate::connectivity::Matrix,
    ) -> Vec<Class> {
        let of = |matrix: &crate::connectivity::Matrix| {
            let mut groups = vec![0; self.there.len()];
            for (number, group) in matrix.groups.iter().enumerate() {
                group.members.iter().for_each(|id| groups[id.0] = number);
            }
            groups
        };
        let (before, after) = (of(before), of(after));
        let mut classes: BTreeMap<_, BTreeSet<WorkloadId>> = BTreeMap::new();
        for (at, there) in self.there.iter().enumerate() {
            classes.entry(((before[at], after[at]), *there)).or_default().insert(WorkloadId(at));
        }
        let class = |((groups, there), members)| Class { groups, there, members };
        classes.into_iter().map(class).collect()
    }

    fn change(&self, row: &Row, cluster: &Option<String>, names: &Names) -> FlowChange {
        let end = |ends: &Ends| {
            let mut found: Vec<String> = ends.internet.then(|| "internet".to_owned()).into_iter().collect();
            let block = |cidr: &IpNet| names.blocks.get(cidr).cloned().unwrap_or_else(|| cidr.to_string());
            found.extend(ends.blocks.iter().map(block));
            found.extend(self.called(&ends.pods, names));
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
    (differs && !unlimited).then(|| Row { from: ends.0, to: ends.1, gained, lost, why })
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
