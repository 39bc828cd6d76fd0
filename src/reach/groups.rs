//! What may pass between groups of workloads: all of it, or what a change of policies cuts and opens.

use crate::connectivity::{Connection, Network, WorkloadId};
use std::collections::{BTreeMap, HashMap};

/// Groups of workloads that policies treat alike, and what passes between them.
#[derive(Default)]
pub struct Groups {
    /// The workloads of each, sorted, never empty.
    pub members: Vec<Vec<WorkloadId>>,
    pub to_internet: Vec<Connection>,
    pub from_internet: Vec<Connection>,
    pub pairs: Vec<Pair>,
}

/// What every member of one group may open to every member of another; both are indices of groups.
pub struct Pair {
    pub from: usize,
    pub to: usize,
    pub connection: Connection,
    /// No policy holds either back: not the egress of the one, not the ingress of the other.
    pub open: bool,
}

/// What a change of policies does to connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    Cut,
    Opened,
}

impl Change {
    /// The word of reports.
    pub fn word(self) -> &'static str {
        match self {
            Change::Cut => "cut",
            Change::Opened => "opened",
        }
    }
}

impl Groups {
    /// Everything that may pass.
    pub fn of(network: &Network) -> Groups {
        let matrix = network.matrix();
        let open = Open::of(network);
        let mut groups = Groups::default();
        for group in matrix.groups {
            groups.members.push(group.members);
            groups.to_internet.push(group.to_internet);
            groups.from_internet.push(group.from_internet);
        }
        for cell in matrix.cells {
            let open = open.both(groups.members[cell.from][0], groups.members[cell.to][0]);
            groups.pairs.push(Pair { from: cell.from, to: cell.to, connection: cell.connection, open });
        }
        groups
    }

    /// What passes before and no more after, and what passes after and not before. Both networks are of the same
    /// workloads. Linear in the pairs of groups that are alike in both.
    pub fn difference(before: &Network, after: &Network) -> [(Change, Groups); 2] {
        let (one, two) = (before.matrix(), after.matrix());
        let group_of = |matrix: &crate::connectivity::Matrix| -> BTreeMap<WorkloadId, usize> {
            let groups = matrix.groups.iter().enumerate();
            groups.flat_map(|(at, group)| group.members.iter().map(move |id| (*id, at))).collect()
        };
        let (first, second) = (group_of(&one), group_of(&two));
        let mut known: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        let mut both = Groups::default();
        for (id, group) in &first {
            let key = (*group, second[id]);
            let next = known.len();
            let at = *known.entry(key).or_insert(next);
            if at == both.members.len() {
                both.members.push(Vec::new());
            }
            both.members[at].push(*id);
        }
        let mut parts: [Vec<Vec<(usize, usize)>>; 2] =
            [vec![Vec::new(); one.groups.len()], vec![Vec::new(); two.groups.len()]];
        for ((a, b), at) in &known {
            parts[0][*a].push((*at, *b));
            parts[1][*b].push((*at, *a));
        }
        let open = [Open::of(before), Open::of(after)];
        let mut keys: Vec<(usize, usize)> = vec![(0, 0); known.len()];
        known.iter().for_each(|(key, at)| keys[*at] = *key);
        let sides = [(Change::Cut, &one, &two), (Change::Opened, &two, &one)];
        [0, 1].map(|side| {
            let (change, from, to) = sides[side];
            let cells: HashMap<(usize, usize), &Connection> =
                to.cells.iter().map(|cell| ((cell.from, cell.to), &cell.connection)).collect();
            let mut pairs = Vec::new();
            for cell in &from.cells {
                for (a, other_a) in &parts[side][cell.from] {
                    for (b, other_b) in &parts[side][cell.to] {
                        let left = cells.get(&(*other_a, *other_b)).copied();
                        let connection = less(&cell.connection, left);
                        if !connection.possibly.is_empty() {
                            let open = open[side].both(both.members[*a][0], both.members[*b][0]);
                            pairs.push(Pair { from: *a, to: *b, connection, open });
                        }
                    }
                }
            }
            let internet = |pick: fn(&crate::connectivity::Alike) -> &Connection| {
                let of = |(a, b): &(usize, usize)| {
                    let (mine, other) = if side == 0 { (*a, *b) } else { (*b, *a) };
                    less(pick(&from.groups[mine]), Some(pick(&to.groups[other])))
                };
                keys.iter().map(of).collect()
            };
            let groups = Groups {
                members: both.members.clone(),
                to_internet: internet(|group| &group.to_internet),
                from_internet: internet(|group| &group.from_internet),
                pairs,
            };
            (change, groups)
        })
    }
}

/// What is left of a connection without another one. What was sure and is now only perhaps is gone.
pub fn less(one: &Connection, other: Option<&Connection>) -> Connection {
    let Some(other) = other else { return one.clone() };
    let surely = one.surely.difference(&other.surely);
    let possibly = one.possibly.difference(&other.possibly).union(&surely);
    Connection { surely, possibly }
}

/// Which workloads no policy holds back.
struct Open {
    egress: Vec<WorkloadId>,
    ingress: Vec<WorkloadId>,
}

impl Open {
    fn of(network: &Network) -> Open {
        let unprotected = network.unprotected();
        let those = |pick: fn(&crate::connectivity::Unprotected) -> bool| {
            unprotected.iter().filter(|found| pick(found)).map(|found| found.workload).collect()
        };
        Open { egress: those(|found| found.egress), ingress: those(|found| found.ingress) }
    }

    fn both(&self, from: WorkloadId, to: WorkloadId) -> bool {
        self.egress.binary_search(&from).is_ok() && self.ingress.binary_search(&to).is_ok()
    }
}
