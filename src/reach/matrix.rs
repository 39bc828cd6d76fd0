//! Everything that may connect, in as few rows as say it.
//!
//! The evaluator groups workloads that policies treat alike. Rows fold these groups further: sources with the same
//! destinations and ports are one row, and what a thousand namespaces each do within themselves is one row as well.

use super::address::{AddressRange, Outside};
use super::endpoint::Filter;
use super::groups::{Change, Groups, less};
use super::pair::{self, Pods};
use super::subject::Subject;
use crate::connectivity::{Connection, Direction, Network, WorkloadId};
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

/// Every one of `from` may connect to every one of `to`, or no longer may.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// Of a comparison: what becomes of it.
    pub change: Option<Change>,
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
    /// Every public address.
    Internet,
    /// Addresses outside of the cluster that may do more than the internet.
    Networks(Vec<AddressRange>),
}

/// Groups, and the groups that they are paired with on the same ports.
type Paired = BTreeMap<(BTreeSet<usize>, Connection), BTreeSet<usize>>;

/// What names do to names in their own namespace, and in which namespaces.
type Within<'w> = BTreeMap<(Vec<String>, Vec<String>, Connection), BTreeSet<&'w str>>;

impl Matrix {
    /// The rows between what the filters let through.
    pub fn new(
        subject: &Subject<'_>,
        network: &Network,
        parts: &[(Option<Change>, Groups)],
        outside: &Outside,
        from: &Filter,
        to: &Filter,
    ) -> Matrix {
        let world = &subject.world;
        let index = pair::Index::new(world);
        let mut rows = Vec::new();
        for (change, groups) in parts {
            rows.extend(self::rows(&index, groups, *change, from, to));
            rows.extend(networks(&index, groups, *change, outside, from, to));
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

fn rows(
    index: &pair::Index<'_>,
    groups: &Groups,
    change: Option<Change>,
    from: &Filter,
    to: &Filter,
) -> Vec<Row> {
    let sources: Vec<Vec<WorkloadId>> = groups.members.iter().map(|members| from.of(members)).collect();
    let destinations: Vec<Vec<WorkloadId>> = groups.members.iter().map(|members| to.of(members)).collect();
    let mut rows = Vec::new();
    let mut within: BTreeMap<(&str, BTreeSet<usize>, Connection), BTreeSet<usize>> = BTreeMap::new();
    let mut own: BTreeMap<(&str, usize, Connection), BTreeSet<usize>> = BTreeMap::new();
    let mut by_destination: BTreeMap<(usize, Connection), BTreeSet<usize>> = BTreeMap::new();
    for pair in &groups.pairs {
        let (source, destination) = (&sources[pair.from], &destinations[pair.to]);
        if source.is_empty() || destination.is_empty() {
            continue;
        }
        let here = index.namespace(source);
        // What is open to all is not said once more for each namespace.
        match here.filter(|_| !pair.open && here == index.namespace(destination)) {
            Some(namespace) => {
                own.entry((namespace, pair.to, pair.connection.clone())).or_default().insert(pair.from);
            }
            None => {
                by_destination.entry((pair.to, pair.connection.clone())).or_default().insert(pair.from);
            }
        }
    }
    let mut paired = Paired::new();
    for ((to, connection), from) in by_destination {
        paired.entry((from, connection)).or_default().insert(to);
    }
    let union = |groups: &BTreeSet<usize>, members: &[Vec<WorkloadId>]| -> Vec<WorkloadId> {
        groups.iter().flat_map(|group| &members[*group]).copied().collect()
    };
    let is_itself = |from: &[WorkloadId], to: &[WorkloadId]| from.len() == 1 && from == to;
    for ((from, connection), to) in paired {
        let (from, to) = (union(&from, &sources), union(&to, &destinations));
        if !is_itself(&from, &to) {
            let (from, to) = (End::Pods(index.pods(&from)), End::Pods(index.pods(&to)));
            rows.push(Row { change, from, to, connection });
        }
    }
    for ((namespace, to, connection), from) in own {
        within.entry((namespace, from, connection)).or_default().insert(to);
    }
    let mut alike = Within::new();
    for ((namespace, from, connection), to) in within {
        let (from, to) = (union(&from, &sources), union(&to, &destinations));
        if !is_itself(&from, &to) {
            let key = (index.names(&from), index.names(&to), connection);
            alike.entry(key).or_default().insert(namespace);
        }
    }
    for ((from, to, connection), namespaces) in alike {
        let from = End::Pods(index.named(&namespaces, &from));
        rows.push(Row { change, from, to: End::Within(to), connection });
    }
    let mut to_internet: BTreeMap<&Connection, BTreeSet<usize>> = BTreeMap::new();
    let mut from_internet: BTreeMap<&Connection, BTreeSet<usize>> = BTreeMap::new();
    for at in 0..groups.members.len() {
        let (there, back) = (&groups.to_internet[at], &groups.from_internet[at]);
        if to.internet() && !sources[at].is_empty() && !there.possibly.is_empty() {
            to_internet.entry(there).or_default().insert(at);
        }
        if from.internet() && !destinations[at].is_empty() && !back.possibly.is_empty() {
            from_internet.entry(back).or_default().insert(at);
        }
    }
    for (connection, groups) in to_internet {
        let from = End::Pods(index.pods(&union(&groups, &sources)));
        rows.push(Row { change, from, to: End::Internet, connection: connection.clone() });
    }
    for (connection, groups) in from_internet {
        let to = End::Pods(index.pods(&union(&groups, &destinations)));
        rows.push(Row { change, from: End::Internet, to, connection: connection.clone() });
    }
    rows
}

/// What networks outside may do beyond the internet, or may have done to them.
fn networks(
    index: &pair::Index<'_>,
    groups: &Groups,
    change: Option<Change>,
    outside: &Outside,
    from: &Filter,
    to: &Filter,
) -> Vec<Row> {
    let mut alike: BTreeMap<(bool, Vec<AddressRange>, Connection), Vec<WorkloadId>> = BTreeMap::new();
    for (at, members) in groups.members.iter().enumerate() {
        for (direction, inside, beyond, internet) in [
            (Direction::Egress, from, to, &groups.to_internet[at]),
            (Direction::Ingress, to, from, &groups.from_internet[at]),
        ] {
            let inside = inside.of(members);
            if inside.is_empty() || !beyond.is_outside() {
                continue;
            }
            let mut more: BTreeMap<Connection, Vec<AddressRange>> = BTreeMap::new();
            for (range, connection) in outside.connections(members[0], direction, change) {
                let connection = less(&connection, Some(internet));
                if beyond.touches(range) && !connection.possibly.is_empty() {
                    more.entry(connection).or_default().push(range);
                }
            }
            for (connection, ranges) in more {
                let egress = direction == Direction::Egress;
                alike.entry((egress, ranges, connection)).or_default().extend(&inside);
            }
        }
    }
    let row = |((egress, ranges, connection), members): ((bool, Vec<AddressRange>, Connection), Vec<_>)| {
        let (pods, networks) = (End::Pods(index.pods(&members)), End::Networks(ranges));
        let (from, to) = if egress { (pods, networks) } else { (networks, pods) };
        Row { change, from, to, connection }
    };
    alike.into_iter().map(row).collect()
}
