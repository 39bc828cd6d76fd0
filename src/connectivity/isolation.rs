//! Two groups are isolated where no member of one can open a connection to a member of the other.

use std::collections::BTreeMap;

use super::bits::Bits;
use super::intern::narrow;
use super::judge::End;
use super::network::{Class, Network, PeerItem};
use super::policy::{Direction, Protocol};
use super::ports::PortSets;
use super::verdict::Verdict;
use super::world::WorkloadId;

/// Workloads that are asked about together, and what their policies roughly reach. Make it once, use it against many.
pub struct Group<'n> {
    members: Vec<(WorkloadId, &'n Class)>,
    /// The namespaces of its members.
    namespaces: Bits,
    /// Every namespace that some member may open a connection to, and perhaps more.
    reaches: Bits,
    /// Every namespace that may open a connection to some member, and perhaps more.
    admits: Bits,
    /// Whether a member shares the network of its host, which no policy holds back from the pods of its node.
    host_network: bool,
}

/// Groups that others shall not reach, by the namespaces that they admit: of a thousand tenants each has few neighbours,
/// and only those are looked at.
pub struct Shut<'g, 'n> {
    groups: &'g [Group<'n>],
    /// Their numbers, ascending.
    all: Vec<usize>,
    /// For each namespace the groups that admit it, ascending.
    admitting: Vec<Vec<usize>>,
    /// Those that admit everything, ascending.
    open: Vec<usize>,
}

/// A connection that breaks an isolation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    pub from: WorkloadId,
    pub to: WorkloadId,
    pub protocol: Protocol,
    /// The lowest port on which it is possible.
    pub port: u16,
    /// Allowed, or depends on the implementation.
    pub verdict: Verdict,
}

impl Network {
    /// Panics where a workload id is not of the world that was compiled.
    pub fn group(&self, workloads: &[WorkloadId]) -> Group<'_> {
        let members = self.members(workloads);
        let classes: Vec<&Class> = members.iter().map(|(_, class)| *class).collect();
        let mut namespaces = Bits::none(self.namespaces.len());
        classes.iter().for_each(|class| namespaces.insert(class.namespace as usize));
        Group {
            namespaces,
            reaches: self.roughly(&classes, Direction::Egress),
            admits: self.roughly(&classes, Direction::Ingress),
            host_network: classes.iter().any(|class| class.host_network),
            members,
        }
    }

    /// Prepares [`Network::breaches`] of the groups with these numbers, ascending.
    pub fn shut<'g, 'n>(&self, groups: &'g [Group<'n>], these: &[usize]) -> Shut<'g, 'n> {
        let admitting = vec![Vec::new(); self.namespaces.len()];
        let mut shut = Shut { groups, all: these.to_vec(), admitting, open: Vec::new() };
        let everything = Bits::all(self.namespaces.len());
        for &at in these {
            if groups[at].host_network || groups[at].admits == everything {
                shut.open.push(at);
            } else {
                groups[at].admits.iter().for_each(|namespace| shut.admitting[namespace].push(at));
            }
        }
        shut
    }

    /// The groups of `shut` to which a member of the group `from` can open a connection, ascending, `from` itself left
    /// aside; each with a connection as [`Network::isolated`] gives it. Of all others it is proved that there is none.
    pub fn breaches(&self, shut: &Shut, from: usize) -> Vec<(usize, Witness)> {
        let group = &shut.groups[from];
        let mut perhaps;
        if group.host_network {
            // A node may reach its pods whatever they admit.
            perhaps = shut.all.clone();
        } else {
            perhaps = shut.open.clone();
            perhaps.extend(group.namespaces.iter().flat_map(|namespace| &shut.admitting[namespace]));
            perhaps.sort_unstable();
            perhaps.dedup();
        }
        let others = perhaps.into_iter().filter(|to| *to != from);
        others.filter_map(|to| Some((to, self.isolated(group, &shut.groups[to])?))).collect()
    }

    /// A connection from a member of `from` to a member of `to` that is possible, at least in some implementation;
    /// `None` is a proof that there is none over TCP, UDP or SCTP. Only that one way is looked at. A workload in both
    /// groups counts as two of its replicas.
    pub fn isolated(&self, from: &Group, to: &Group) -> Option<Witness> {
        // The rough sets hold too much, never too little: where they miss, nothing is possible.
        let apart = !from.reaches.touches(&to.namespaces) || !to.admits.touches(&from.namespaces);
        if apart && !from.host_network && !to.host_network {
            return None;
        }
        self.refine(from, to)
    }

    /// Class by class, each distinct list of policies asked once.
    fn refine(&self, from: &Group, to: &Group) -> Option<Witness> {
        let mut egress: BTreeMap<(u32, u32), PortSets> = BTreeMap::new();
        let mut ingress: BTreeMap<(u32, u32, u32), PortSets> = BTreeMap::new();
        for (source, (from_id, from)) in from.members.iter().enumerate() {
            for (destination, (to_id, to)) in to.members.iter().enumerate() {
                let ends = (self.class_end(from), self.class_end(to));
                let (source, destination) = (narrow(source), narrow(destination));
                let out = ports(&mut egress, (list(&ends.0, from.egress), destination), || {
                    self.side_ports(Direction::Egress, &ends.0, &ends.1).possibly
                });
                if out.is_empty() {
                    continue;
                }
                let into = ports(&mut ingress, (list(&ends.1, to.ingress), to.ports, source), || {
                    self.side_ports(Direction::Ingress, &ends.1, &ends.0).possibly
                });
                let Some((protocol, port)) = out.intersection(into).first() else { continue };
                let verdict = self.explain(&ends.0, &ends.1, protocol, port);
                return Some(Witness { from: *from_id, to: *to_id, protocol, port, verdict });
            }
        }
        None
    }

    /// The namespaces of all peers of all rules that apply, ports left aside.
    pub(super) fn roughly(&self, classes: &[&Class], direction: Direction) -> Bits {
        let mut reached = Bits::none(self.namespaces.len());
        let mut lists: Vec<(u32, u32)> = Vec::new();
        for class in classes {
            let list = match direction {
                Direction::Ingress => class.ingress,
                Direction::Egress => class.egress,
            };
            if list == 0 || class.host_network {
                return Bits::all(self.namespaces.len());
            }
            lists.push((list, class.namespace));
        }
        lists.sort_unstable();
        lists.dedup();
        for (list, namespace) in lists {
            for &policy in &*self.policy_lists[list as usize] {
                for rule in self.rules(policy, direction) {
                    let Some(peers) = &rule.peers else { return Bits::all(self.namespaces.len()) };
                    for item in peers {
                        match item {
                            PeerItem::Own { .. } => reached.insert(namespace as usize),
                            PeerItem::Matching { namespaces, .. } => {
                                reached.add(&self.namespace_sets[*namespaces as usize].members);
                            }
                            PeerItem::Block(block) => {
                                // Calico lets a block match pods, and whose they are is not known from here.
                                if self.blocks[*block as usize].matched.touches(&self.pod_addresses) {
                                    return Bits::all(self.namespaces.len());
                                }
                            }
                        }
                    }
                }
            }
        }
        reached
    }
}

/// Ends without policies of their own are all alike.
fn list(end: &End, list: u32) -> u32 {
    if matches!(end, End::Pod(_)) { list } else { 0 }
}

fn ports<K: Ord>(known: &mut BTreeMap<K, PortSets>, key: K, compute: impl FnOnce() -> PortSets) -> &PortSets {
    known.entry(key).or_insert_with(compute)
}
