//! Everything that may connect, in as few rows as say it.
//!
//! The evaluator groups workloads that policies treat alike. Rows fold these groups further: sources with the same
//! destinations and ports are one row, and what a thousand namespaces each do within themselves is one row as well.

use super::endpoint::Filter;
use super::pair::{self, Pods};
use super::subject::Subject;
use crate::connectivity::{Connection, Network, WorkloadId};
use std::collections::{BTreeMap, BTreeSet};

/// Every row, and what they are about.
pub struct Matrix {
    pub rows: Vec<Row>,
    /// How many workloads and namespaces there are.
    pub workloads: usize,
    pub namespaces: usize,
    pub policies: usize,
    /// Workloads that nothing holds back, one way at least.
    pub unprotected: usize,
}

/// Every one of `from` may connect to every one of `to`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    pub from: End,
    pub to: End,
    pub connection: Connection,
}

/// One side of a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    Pods(Pods),
    /// The pods of these names in the namespace of the source, for each namespace of the source.
    Within(Vec<String>),
    Internet,
}

/// Groups, and the groups that they are paired with on the same ports.
type Paired = BTreeMap<(BTreeSet<usize>, Connection), BTreeSet<usize>>;

/// What names do to names in their own namespace, and in which namespaces.
type Within<'w> = BTreeMap<(Vec<String>, Vec<String>, Connection), BTreeSet<&'w str>>;

impl Matrix {
    /// The rows between what the filters let through.
    pub fn new(subject: &Subject<'_>, network: &Network, from: &Filter, to: &Filter) -> Matrix {
        let world = &subject.world;
        let matrix = network.matrix();
        let sources: Vec<Vec<WorkloadId>> =
            matrix.groups.iter().map(|group| from.of(&group.members)).collect();
        let destinations: Vec<Vec<WorkloadId>> =
            matrix.groups.iter().map(|group| to.of(&group.members)).collect();
        let namespaces = |members: &[WorkloadId]| -> BTreeSet<&str> {
            members.iter().map(|id| &*world.workloads[id.0].namespace).collect()
        };
        let index = pair::Index::new(world);
        let mut rows = Vec::new();
        let mut within: Within<'_> = BTreeMap::new();
        let mut by_destination: BTreeMap<(usize, Connection), BTreeSet<usize>> = BTreeMap::new();
        for cell in &matrix.cells {
            let (source, destination) = (&sources[cell.from], &destinations[cell.to]);
            if source.is_empty() || destination.is_empty() {
                continue;
            }
            let (here, there) = (namespaces(source), namespaces(destination));
            if here.len() == 1 && here == there {
                let key = (index.names(source), index.names(destination), cell.connection.clone());
                within.entry(key).or_default().extend(here);
            } else {
                by_destination.entry((cell.to, cell.connection.clone())).or_default().insert(cell.from);
            }
        }
        let mut paired = Paired::new();
        for ((to, connection), from) in by_destination {
            paired.entry((from, connection)).or_default().insert(to);
        }
        let union = |groups: &BTreeSet<usize>, members: &[Vec<WorkloadId>]| {
            let all: Vec<WorkloadId> = groups.iter().flat_map(|group| &members[*group]).copied().collect();
            End::Pods(index.pods(&all))
        };
        for ((from, connection), to) in paired {
            rows.push(Row { from: union(&from, &sources), to: union(&to, &destinations), connection });
        }
        for ((from, to, connection), namespaces) in within {
            let from = End::Pods(index.named(&namespaces, &from));
            rows.push(Row { from, to: End::Within(to), connection });
        }
        let mut to_internet: BTreeMap<Connection, BTreeSet<usize>> = BTreeMap::new();
        let mut from_internet: BTreeMap<Connection, BTreeSet<usize>> = BTreeMap::new();
        for (at, group) in matrix.groups.iter().enumerate() {
            if to.internet() && !sources[at].is_empty() && !group.to_internet.possibly.is_empty() {
                to_internet.entry(group.to_internet.clone()).or_default().insert(at);
            }
            if from.internet() && !destinations[at].is_empty() && !group.from_internet.possibly.is_empty() {
                from_internet.entry(group.from_internet.clone()).or_default().insert(at);
            }
        }
        for (connection, groups) in to_internet {
            rows.push(Row { from: union(&groups, &sources), to: End::Internet, connection });
        }
        for (connection, groups) in from_internet {
            rows.push(Row { from: End::Internet, to: union(&groups, &destinations), connection });
        }
        rows.sort();
        Matrix {
            rows,
            workloads: world.workloads.len(),
            namespaces: index.namespaces(),
            policies: world.policies.len(),
            unprotected: network.unprotected().iter().filter(|found| !found.host_network).count(),
        }
    }
}
