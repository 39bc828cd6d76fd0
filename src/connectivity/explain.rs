//! The reasons behind an answer: every rule that allows, or how near each policy came.

use super::judge::{Coverage, End, Match};
use super::network::{CompiledPort, CompiledRule, NamedPort, Network, PeerItem, PortItem};
use super::policy::{Direction, Protocol};
use super::verdict::{Certainty, Conjunct, Doubt, Grant, Miss, Nearest, Side, Unpoliced, Verdict};
use super::world::Endpoint;

impl Network {
    /// Whether `from` may open a connection to this port of `to`, and by which rules. `port` is a port of the
    /// destination pod, after any Service has rewritten it. A workload and itself are two of its replicas.
    ///
    /// Panics where a workload id is not of the world that was compiled.
    pub fn allowed(&self, from: &Endpoint, to: &Endpoint, protocol: Protocol, port: u16) -> Verdict {
        self.explain(&self.end(from), &self.end(to), protocol, port)
    }

    pub(super) fn explain(&self, from: &End, to: &End, protocol: Protocol, port: u16) -> Verdict {
        Verdict {
            egress: self.explain_side(Direction::Egress, from, to, protocol, port),
            ingress: self.explain_side(Direction::Ingress, to, from, protocol, port),
        }
    }

    fn explain_side(
        &self,
        direction: Direction,
        subject: &End,
        other: &End,
        protocol: Protocol,
        port: u16,
    ) -> Side {
        let class = match subject {
            End::Addresses(outside) if outside.in_cluster => {
                return Side::Depends { grants: Vec::new(), doubt: Doubt::ClusterAddress };
            }
            End::Addresses(_) => return Side::Open(Unpoliced::NotAPod),
            End::Pod(class) => class,
        };
        if direction == Direction::Ingress && other.is_own_node() {
            return Side::Open(Unpoliced::OwnNode);
        }
        let policies = self.applied(class, direction);
        if policies.is_empty() {
            return Side::Open(Unpoliced::NotIsolated);
        }
        let names = self.port_names(direction, subject, other);
        let mut coverage = Coverage::new(other);
        let (mut certain, mut sure, mut grants) = (false, Vec::new(), Vec::new());
        for &policy in policies {
            let namespace = self.policies[policy as usize].namespace;
            for (number, rule) in self.rules(policy, direction).iter().enumerate() {
                let port = match &rule.ports {
                    None => None,
                    Some(items) => match items.iter().position(|item| item.contains(names, protocol, port)) {
                        None => continue,
                        some => some,
                    },
                };
                let grant = |peer| Grant { policy: policy as usize, rule: number, peer, port };
                let Some(peers) = &rule.peers else {
                    certain = true;
                    sure.push(grant(None));
                    continue;
                };
                for (index, item) in peers.iter().enumerate() {
                    let found = self.matches(namespace, item, other);
                    match found {
                        Match::Never => continue,
                        Match::Surely => sure.push(grant(Some(index))),
                        Match::Perhaps | Match::Within(_) => grants.push(grant(Some(index))),
                    }
                    certain |= coverage.add(found);
                }
            }
        }
        match coverage.doubt() {
            // A rule that is sure by itself is the better answer than several that are sure together.
            _ if certain => Side::Allowed(if sure.is_empty() { grants } else { sure }),
            Some(doubt) => Side::Depends { grants, doubt },
            None => {
                let miss = |policy: &u32| self.miss(*policy, direction, names, other, protocol, port);
                Side::Denied(policies.iter().map(miss).collect())
            }
        }
    }

    /// How near the policy came to allowing; it does not allow.
    fn miss(
        &self,
        policy: u32,
        direction: Direction,
        names: &[NamedPort],
        other: &End,
        protocol: Protocol,
        port: u16,
    ) -> Miss {
        let namespace = self.policies[policy as usize].namespace;
        let mut best: Option<(usize, Nearest)> = None;
        for (number, rule) in self.rules(policy, direction).iter().enumerate() {
            // The two parts of a rule fail on their own, so its nearest combination is the nearest of each.
            let (peer, mut failed) = self.nearest_peer(rule, namespace, other);
            let (item, more) = nearest_port(rule, names, protocol, port);
            failed.extend(more);
            let distance = distance(&failed);
            if best.as_ref().is_none_or(|best| distance < best.0) {
                best = Some((distance, Nearest::Rule { rule: number, peer, port: item, failed }));
            }
        }
        Miss { policy: policy as usize, nearest: best.map_or(Nearest::NoRules, |best| best.1) }
    }

    fn nearest_peer(
        &self,
        rule: &CompiledRule,
        namespace: u32,
        other: &End,
    ) -> (Option<usize>, Vec<Conjunct>) {
        let Some(items) = &rule.peers else { return (None, Vec::new()) };
        nearest(items.iter().map(|item| self.peer_failures(namespace, item, other)))
    }

    fn peer_failures(&self, namespace: u32, item: &PeerItem, other: &End) -> Vec<Conjunct> {
        let mut failed = Vec::new();
        match (item, other) {
            (PeerItem::Own { .. } | PeerItem::Matching { .. }, End::Addresses(_)) => {
                failed.push(Conjunct::NotAPod);
            }
            (PeerItem::Own { pods }, End::Pod(class)) => {
                if class.namespace != namespace {
                    failed.push(Conjunct::OwnNamespace);
                }
                failed.extend(self.pod_label_failure(*pods, class.labels));
            }
            (PeerItem::Matching { namespaces, pods }, End::Pod(class)) => {
                let selector = self.namespace_sets[*namespaces as usize].selector;
                let labels = self.namespaces[class.namespace as usize].labels;
                let failing = self.first_failing(selector, labels);
                failed.extend(failing.map(|requirement| Conjunct::NamespaceLabel { requirement }));
                failed.extend(self.pod_label_failure(*pods, class.labels));
            }
            (PeerItem::Block(block), other) => {
                let addresses = match other {
                    End::Pod(class) => &self.addresses[class.addresses as usize],
                    End::Addresses(outside) => &*outside.addresses,
                };
                let block = &self.blocks[*block as usize];
                if !block.matched.touches(addresses) {
                    let excepted = block.cidr.touches(addresses);
                    failed.push(if excepted { Conjunct::Excepted } else { Conjunct::OutsideBlock });
                }
            }
        }
        failed
    }

    fn pod_label_failure(&self, selector: u32, labels: u32) -> Option<Conjunct> {
        let requirement = self.first_failing(selector, labels)?;
        Some(Conjunct::PodLabel { requirement })
    }

    fn first_failing(&self, selector: u32, labels: u32) -> Option<usize> {
        self.selectors[selector as usize].first_failing(&self.label_sets[labels as usize])
    }
}

fn nearest_port(
    rule: &CompiledRule,
    names: &[NamedPort],
    protocol: Protocol,
    port: u16,
) -> (Option<usize>, Vec<Conjunct>) {
    let Some(items) = &rule.ports else { return (None, Vec::new()) };
    let failures = |item: &PortItem| {
        if item.contains(names, protocol, port) {
            return Vec::new();
        }
        let anywhere = match item.port {
            CompiledPort::Range(first, last) => first <= port && port <= last,
            CompiledPort::Named(name) => {
                if !names.iter().any(|named| named.name == name && named.protocol == item.protocol) {
                    return vec![Conjunct::NoSuchPortName];
                }
                names.iter().any(|named| named.name == name && named.number == port)
            }
        };
        let protocol = (item.protocol != protocol).then_some(Conjunct::Protocol);
        protocol.into_iter().chain((!anywhere).then_some(Conjunct::Port)).collect()
    };
    nearest(items.iter().map(failures))
}

/// The first of those that fail least.
fn nearest(failures: impl Iterator<Item = Vec<Conjunct>>) -> (Option<usize>, Vec<Conjunct>) {
    match failures.enumerate().min_by_key(|(_, failed)| distance(failed)) {
        Some((index, failed)) => (Some(index), failed),
        None => (None, Vec::new()),
    }
}

/// How far off a combination is; a selector that can never match is further off than a block that is too small.
fn distance(failed: &[Conjunct]) -> usize {
    failed.iter().map(|conjunct| if *conjunct == Conjunct::NotAPod { 2 } else { 1 }).sum()
}

impl Verdict {
    /// Whether nothing stands in the way, in any implementation.
    pub fn is_allowed(&self) -> bool {
        self.certainty() == Certainty::Allowed
    }
}
