//! Everything that may connect, told by groups of workloads that policies treat alike, never pod by pod.

use std::collections::{BTreeMap, BTreeSet};

use super::bits::Bits;
use super::connection::Connection;
use super::intern::narrow;
use super::judge::End;
use super::network::{Class, CompiledPort, NamedPort, Network, PeerItem};
use super::policy::Direction;
use super::world::{Endpoint, WorkloadId};

/// Who may connect to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix {
    /// Every workload is in one; in the order of their first members.
    pub groups: Vec<Alike>,
    /// The pairs between which some connection is possible, sorted. A group may be paired with itself.
    pub cells: Vec<Cell>,
}

/// Workloads that policies treat alike, as source and as destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alike {
    /// Sorted, never empty.
    pub members: Vec<WorkloadId>,
    pub to_internet: Connection,
    pub from_internet: Connection,
}

/// Every member of `from` may reach every member of `to` like this. Both are indices of groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    pub from: usize,
    pub to: usize,
    pub connection: Connection,
}

/// All that decides how a class is treated. Two classes with the same one cannot be told apart by any question.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Signature {
    ingress: Content,
    egress: Content,
    /// The selector items that match it, numbered.
    peers: Vec<u32>,
    /// The `ipBlock` items that touch it.
    blocks: Vec<u32>,
    /// The named ports that some rule asks for.
    names: Vec<NamedPort>,
    /// The addresses, where it is on the network of its host.
    host: Option<u32>,
}

/// The rules that apply, and the namespace where they mean their own. Empty is not isolated.
type Content = BTreeSet<(u32, Option<u32>)>;

impl Network {
    /// Groups the workloads and pairs the groups. The cost grows with the pairs of groups that some rule might connect,
    /// not with pairs of workloads.
    pub fn matrix(&self) -> Matrix {
        let mut signatures: BTreeMap<Signature, usize> = BTreeMap::new();
        let mut representatives: Vec<&Class> = Vec::new();
        let mut namespaces: Vec<Bits> = Vec::new();
        let mut members: Vec<Vec<WorkloadId>> = Vec::new();
        let mut known: BTreeMap<u32, usize> = BTreeMap::new();
        let mut signed = self.signatures();
        for (workload, class) in self.class_of.iter().enumerate() {
            let group = *known.entry(*class).or_insert_with(|| {
                let class = *class as usize;
                let signature = signed[class].take().expect("broken promise: a class is grouped once");
                let next = signatures.len();
                *signatures.entry(signature).or_insert(next)
            });
            let class = &self.classes[*class as usize];
            if group == members.len() {
                members.push(Vec::new());
                representatives.push(class);
                namespaces.push(Bits::none(self.namespaces.len()));
            }
            members[group].push(WorkloadId(workload));
            namespaces[group].insert(class.namespace as usize);
        }
        let groups = (members.into_iter().zip(&representatives))
            .map(|(members, class)| {
                let (end, internet) = (self.class_end(class), self.end(&Endpoint::Internet));
                Alike {
                    members,
                    to_internet: self.connection_between(&end, &internet),
                    from_internet: self.connection_between(&internet, &end),
                }
            })
            .collect();
        Matrix { groups, cells: self.cells(&representatives, &namespaces) }
    }

    /// Only pairs whose rough sets meet are looked at.
    fn cells(&self, groups: &[&Class], namespaces: &[Bits]) -> Vec<Cell> {
        let mut within: Vec<Vec<usize>> = vec![Vec::new(); self.namespaces.len()];
        for (group, namespaces) in namespaces.iter().enumerate() {
            namespaces.iter().for_each(|namespace| within[namespace].push(group));
        }
        let hosts: Vec<usize> = (0..groups.len()).filter(|group| groups[*group].host_network).collect();
        let mut cells = Vec::new();
        let ends: Vec<End> = groups.iter().map(|class| self.class_end(class)).collect();
        let admitted: Vec<Bits> =
            groups.iter().map(|class| self.roughly(&[class], Direction::Ingress)).collect();
        for (from, class) in groups.iter().enumerate() {
            let reached = self.roughly(&[class], Direction::Egress);
            let mut candidates: BTreeSet<usize> = hosts.iter().copied().collect();
            candidates.extend(reached.iter().flat_map(|namespace| &within[namespace]));
            for to in candidates {
                let host = class.host_network || groups[to].host_network;
                if !host && !admitted[to].touches(&namespaces[from]) {
                    continue;
                }
                let connection = self.connection_between(&ends[from], &ends[to]);
                if !connection.possibly.is_empty() {
                    cells.push(Cell { from, to, connection });
                }
            }
        }
        cells
    }

    /// One for each class.
    fn signatures(&self) -> Vec<Option<Signature>> {
        let peers = self.matching_peers();
        let names = self.names_asked_for();
        let mut touching: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        (self.classes.iter().zip(peers))
            .map(|(class, peers)| {
                let blocks =
                    touching.entry(class.addresses).or_insert_with(|| self.touching(class.addresses));
                let ports = &self.port_lists[class.ports as usize];
                Some(Signature {
                    ingress: self.content(class, Direction::Ingress),
                    egress: self.content(class, Direction::Egress),
                    peers,
                    blocks: blocks.clone(),
                    names: ports.iter().filter(|port| names.contains(&port.name)).copied().collect(),
                    host: class.host_network.then_some(class.addresses),
                })
            })
            .collect()
    }

    fn content(&self, class: &Class, direction: Direction) -> Content {
        let entry = |policy: &u32| {
            let policy = &self.policies[*policy as usize];
            let list = match direction {
                Direction::Ingress => policy.ingress,
                Direction::Egress => policy.egress,
            };
            let list = list.expect("broken promise: a policy in the list isolates this direction");
            let own = (self.rule_lists[list as usize].iter())
                .flat_map(|rule| rule.peers.iter().flatten())
                .any(|item| matches!(item, PeerItem::Own { .. }));
            (list, own.then_some(policy.namespace))
        };
        self.applied(class, direction).iter().map(entry).collect()
    }

    /// For each class the distinct selector items that match it.
    fn matching_peers(&self) -> Vec<Vec<u32>> {
        let mut items: BTreeSet<(Option<u32>, PeerItem)> = BTreeSet::new();
        for policy in &self.policies {
            for list in [policy.ingress, policy.egress].into_iter().flatten() {
                for item in self.rule_lists[list as usize].iter().flat_map(|rule| rule.peers.iter().flatten())
                {
                    match item {
                        PeerItem::Own { .. } => items.insert((Some(policy.namespace), *item)),
                        PeerItem::Matching { .. } => items.insert((None, *item)),
                        PeerItem::Block(_) => continue,
                    };
                }
            }
        }
        let mut matching = vec![Vec::new(); self.classes.len()];
        for (number, (own, item)) in items.into_iter().enumerate() {
            let mut add = |namespace: usize, pods: u32| {
                let row = &self.namespaces[namespace];
                for member in row.index.select(&self.selectors[pods as usize]).iter() {
                    matching[row.classes.start + member].push(narrow(number));
                }
            };
            match (item, own) {
                (PeerItem::Own { pods }, Some(namespace)) => add(namespace as usize, pods),
                (PeerItem::Matching { namespaces, pods }, _) => {
                    let members = &self.namespace_sets[namespaces as usize].members;
                    members.iter().for_each(|namespace| add(namespace, pods));
                }
                _ => {}
            }
        }
        // No selector matches a pod on the network of its host.
        for (class, peers) in self.classes.iter().zip(&mut matching) {
            if class.host_network {
                peers.clear();
            }
        }
        matching
    }

    fn touching(&self, addresses: u32) -> Vec<u32> {
        let addresses = &self.addresses[addresses as usize];
        (self.blocks.iter().enumerate())
            .filter(|(_, block)| block.matched.touches(addresses))
            .map(|(number, _)| narrow(number))
            .collect()
    }

    fn names_asked_for(&self) -> BTreeSet<u32> {
        let rules = self.rule_lists.iter().flat_map(|rules| rules.iter());
        let ports = rules.flat_map(|rule| rule.ports.iter().flatten()).map(|item| item.port);
        ports
            .filter_map(|port| match port {
                CompiledPort::Named(name) => Some(name),
                CompiledPort::Range(..) => None,
            })
            .collect()
    }
}
