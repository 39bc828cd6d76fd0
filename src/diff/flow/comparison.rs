//! Which connections are open on one side alone, row by row, and rows that are alike as one.

use super::names::Names;
use super::{FlowChange, Touched, Why};
use crate::connectivity::{Block, Endpoint, Matrix, Network, PortSets, WorkloadId, World};
use crate::reach::words;
use ipnet::IpNet;
use std::collections::{BTreeMap, BTreeSet};

pub(super) struct Comparison {
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
    pub(super) fn new(
        before: World,
        after: World,
        there: Vec<(bool, bool)>,
        touched: &Touched,
    ) -> Comparison {
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

    pub(super) fn between_pods(&self) -> Vec<Row> {
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

    pub(super) fn with_outside(&self, blocks: &BTreeSet<IpNet>) -> Vec<Row> {
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

    pub(super) fn change(&self, row: &Row, cluster: &Option<String>, names: &Names) -> FlowChange {
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

/// One end of a row: all of these.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ends {
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
pub(super) struct Row {
    from: Ends,
    to: Ends,
    gained: PortSets,
    lost: PortSets,
    why: Why,
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
pub(super) fn folded(rows: Vec<Row>) -> Vec<Row> {
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
