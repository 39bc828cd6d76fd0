//! A needed flow is proved where every source reaches every destination, whatever the implementation.

use std::collections::{BTreeMap, BTreeSet};

use super::judge::End;
use super::network::{Class, Network};
use super::policy::{Direction, Protocol};
use super::verdict::{Certainty, Verdict};
use super::world::{Endpoint, WorkloadId};

/// Connections that must be possible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    pub from: Party,
    pub to: Party,
    pub protocol: Protocol,
    /// The port on the destination pod, not of a Service.
    pub port: u16,
}

/// Who opens, or takes, the connections of a flow. A party without members has nothing to prove.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Party {
    One(Endpoint),
    /// All of these.
    Workloads(Vec<WorkloadId>),
}

/// A flow that is not proved, by one of its pairs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The index of the flow.
    pub flow: usize,
    pub from: Endpoint,
    pub to: Endpoint,
    pub verdict: Verdict,
}

/// A party as ends, each with the endpoint that speaks for it.
type Ends<'n> = Vec<(Endpoint, End<'n>)>;

impl Network {
    /// The flows that are not proved, in order, each with one pair that fails. A pair that only some implementations
    /// let through fails too. Panics where a workload id is not of the world that was compiled.
    pub fn prove(&self, flows: &[Flow]) -> Vec<Failure> {
        flows.iter().enumerate().filter_map(|(index, flow)| self.failure(index, flow)).collect()
    }

    fn failure(&self, index: usize, flow: &Flow) -> Option<Failure> {
        let (from, to) = match (&flow.from, &flow.to) {
            (Party::One(from), Party::One(to)) => {
                let (source, destination) = (self.end(from), self.end(to));
                if self.connects(&source, &destination, flow.protocol, flow.port) == Certainty::Allowed {
                    return None;
                }
                (from.clone(), to.clone())
            }
            (from, to) => self.failing_pair(&self.ends(from), &self.ends(to), flow)?,
        };
        let verdict = self.allowed(&from, &to, flow.protocol, flow.port);
        Some(Failure { flow: index, from, to, verdict })
    }

    /// All pairs must hold, so each side is asked on its own: sources with the same policies once for every
    /// destination, and the other way round. Never source by destination.
    fn failing_pair(&self, from: &Ends, to: &Ends, flow: &Flow) -> Option<(Endpoint, Endpoint)> {
        let fails = |direction, subject: &End, other: &End| {
            self.side(direction, subject, other, flow.protocol, flow.port) != Certainty::Allowed
        };
        for (source, subject) in distinct(from, |class| (class.egress, 0)) {
            for (destination, other) in to {
                if fails(Direction::Egress, subject, other) {
                    return Some((source.clone(), destination.clone()));
                }
            }
        }
        for (destination, subject) in distinct(to, |class| (class.ingress, class.ports)) {
            for (source, other) in from {
                if fails(Direction::Ingress, subject, other) {
                    return Some((source.clone(), destination.clone()));
                }
            }
        }
        None
    }

    fn ends(&self, party: &Party) -> Ends<'_> {
        match party {
            Party::One(endpoint) => vec![(endpoint.clone(), self.end(endpoint))],
            Party::Workloads(workloads) => (self.members(workloads).into_iter())
                .map(|(workload, class)| (Endpoint::Workload(workload), self.class_end(class)))
                .collect(),
        }
    }

    /// Of workloads that no policy can tell apart only one, the first that is listed; in the order of classes.
    pub(super) fn members(&self, workloads: &[WorkloadId]) -> Vec<(WorkloadId, &Class)> {
        let mut first = BTreeMap::new();
        for workload in workloads {
            first.entry(self.class_of[workload.0]).or_insert(*workload);
        }
        first.into_iter().map(|(class, workload)| (workload, &self.classes[class as usize])).collect()
    }
}

/// Ends whose own policies differ; ends without any are left out, but for those of which it is not known.
fn distinct<'e, 'n>(ends: &'e Ends<'n>, key: fn(&Class) -> (u32, u32)) -> Vec<&'e (Endpoint, End<'n>)> {
    let mut seen = BTreeSet::new();
    (ends.iter())
        .filter(|(_, end)| match end {
            End::Pod(class) => seen.insert(key(class)),
            End::Addresses(outside) => outside.in_cluster,
        })
        .collect()
}
