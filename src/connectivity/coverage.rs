//! What the policies speak about, and what no policy speaks about.

use super::network::{Network, PeerItem};
use super::policy::Direction;
use super::world::WorkloadId;

/// A workload that policies do not hold back, at least one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unprotected {
    pub workload: WorkloadId,
    /// Whether everybody may open connections to it.
    pub ingress: bool,
    /// Whether it may open connections to everybody.
    pub egress: bool,
    /// On the network of the host, so that no policy can protect it.
    pub host_network: bool,
}

/// An item of `from` or `to` that selects none of the workloads, by indices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct IdlePeer {
    pub policy: usize,
    pub direction: Direction,
    pub rule: usize,
    pub peer: usize,
}

impl Network {
    /// Workloads that are not isolated in both directions, in order.
    pub fn unprotected(&self) -> Vec<Unprotected> {
        (self.class_of.iter().enumerate())
            .map(|(workload, class)| (workload, &self.classes[*class as usize]))
            .filter(|(_, class)| class.ingress == 0 || class.egress == 0)
            .map(|(workload, class)| Unprotected {
                workload: WorkloadId(workload),
                ingress: class.ingress == 0,
                egress: class.egress == 0,
                host_network: class.host_network,
            })
            .collect()
    }

    /// The workloads that the `podSelector` of a policy names, those on the network of their host included: the policy
    /// has no effect on them, and whoever wrote it believes otherwise.
    pub fn subjects(&self, policy: usize) -> Vec<WorkloadId> {
        let policy = &self.policies[policy];
        let row = &self.namespaces[policy.namespace as usize];
        let selected = row.index.select(&self.selectors[policy.pods as usize]);
        (self.class_of.iter().enumerate())
            .filter(|(_, class)| row.classes.contains(&(**class as usize)))
            .filter(|(_, class)| selected.contains(**class as usize - row.classes.start))
            .map(|(workload, _)| WorkloadId(workload))
            .collect()
    }

    /// Items with selectors that no workload matches: most often a label that does not exist. Items with an `ipBlock`
    /// are not looked at.
    pub fn idle_peers(&self) -> Vec<IdlePeer> {
        let mut idle = Vec::new();
        for (number, policy) in self.policies.iter().enumerate() {
            for direction in [Direction::Ingress, Direction::Egress] {
                for (rule, compiled) in
                    self.rules(super::intern::narrow(number), direction).iter().enumerate()
                {
                    for (peer, item) in compiled.peers.iter().flatten().enumerate() {
                        if !self.selects_somebody(policy.namespace, item) {
                            idle.push(IdlePeer { policy: number, direction, rule, peer });
                        }
                    }
                }
            }
        }
        idle
    }

    fn selects_somebody(&self, namespace: u32, item: &PeerItem) -> bool {
        let within = |namespace: usize, pods: u32| {
            let classes = &self.classes[self.namespaces[namespace].classes.clone()];
            classes.iter().any(|class| !class.host_network && self.selects(pods, class.labels))
        };
        match item {
            PeerItem::Own { pods } => within(namespace as usize, *pods),
            PeerItem::Matching { namespaces, pods } => {
                let members = &self.namespace_sets[*namespaces as usize].members;
                members.iter().any(|namespace| within(namespace, *pods))
            }
            PeerItem::Block(_) => true,
        }
    }
}
