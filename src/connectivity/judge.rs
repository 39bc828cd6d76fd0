//! A connection is allowed where the egress of its source and the ingress of its destination both allow it.

use std::borrow::Cow;

use super::address_set::AddressSet;
use super::network::{Class, CompiledPort, CompiledRule, NamedPort, Network, PeerItem, PortItem};
use super::policy::{Direction, Protocol};
use super::verdict::{Certainty, Doubt};
use super::world::{Endpoint, WorkloadId};

/// One end of a connection, as policies see it.
pub(super) enum End<'n> {
    /// A pod with an address of its own.
    Pod(&'n Class),
    /// Anything else: only an `ipBlock` or a rule for everybody can match it.
    Addresses(Outside<'n>),
}

/// Addresses that are not known to be one pod's.
pub(super) struct Outside<'n> {
    pub addresses: Cow<'n, AddressSet>,
    /// Why an `ipBlock` that covers all of the addresses is still not sure to match.
    pub doubt: Option<Doubt>,
    /// It may be, or is, the node that the pod at the other end runs on.
    pub shares_node: bool,
    /// It is that node.
    pub is_own_node: bool,
    /// Behind some of the addresses may be pods, with policies of their own.
    pub in_cluster: bool,
}

/// Whether an item of `from`/`to` matches an end.
pub(super) enum Match<'n> {
    Never,
    /// In some implementations, or for some of the addresses.
    Perhaps,
    Surely,
    /// For these addresses.
    Within(&'n AddressSet),
}

impl Network {
    /// What is sure about one new connection, without the reasons; `allowed` gives them. `port` is a port of the
    /// destination pod, not of a Service.
    pub fn certainty(&self, from: &Endpoint, to: &Endpoint, protocol: Protocol, port: u16) -> Certainty {
        self.connects(&self.end(from), &self.end(to), protocol, port)
    }

    pub(super) fn connects(&self, from: &End, to: &End, protocol: Protocol, port: u16) -> Certainty {
        match self.side(Direction::Egress, from, to, protocol, port) {
            Certainty::Denied => Certainty::Denied,
            egress => egress.min(self.side(Direction::Ingress, to, from, protocol, port)),
        }
    }

    /// What the policies of `subject` say in this direction about a connection with `other`.
    pub(super) fn side(
        &self,
        direction: Direction,
        subject: &End,
        other: &End,
        protocol: Protocol,
        port: u16,
    ) -> Certainty {
        let class = match subject {
            End::Addresses(outside) if outside.in_cluster => return Certainty::Depends,
            End::Addresses(_) => return Certainty::Allowed,
            End::Pod(class) => class,
        };
        if direction == Direction::Ingress && other.is_own_node() {
            return Certainty::Allowed;
        }
        let policies = self.applied(class, direction);
        if policies.is_empty() {
            return Certainty::Allowed;
        }
        let names = self.port_names(direction, subject, other);
        let mut coverage = Coverage::new(other);
        for &policy in policies {
            let namespace = self.policies[policy as usize].namespace;
            for rule in self.rules(policy, direction) {
                if !allows_port(rule, names, protocol, port) {
                    continue;
                }
                let Some(peers) = &rule.peers else { return Certainty::Allowed };
                for item in peers {
                    if coverage.add(self.matches(namespace, item, other)) {
                        return Certainty::Allowed;
                    }
                }
            }
        }
        coverage.certainty()
    }

    /// The policies that isolate the class in this direction.
    pub(super) fn applied(&self, class: &Class, direction: Direction) -> &[u32] {
        let list = match direction {
            Direction::Ingress => class.ingress,
            Direction::Egress => class.egress,
        };
        &self.policy_lists[list as usize]
    }

    pub(super) fn rules(&self, policy: u32, direction: Direction) -> &[CompiledRule] {
        let policy = &self.policies[policy as usize];
        let list = match direction {
            Direction::Ingress => policy.ingress,
            Direction::Egress => policy.egress,
        };
        list.map(|list| &*self.rule_lists[list as usize]).unwrap_or_default()
    }

    /// The ports by which names are resolved: always those of the destination, and only where it is a pod.
    pub(super) fn port_names(&self, direction: Direction, subject: &End, other: &End) -> &[NamedPort] {
        let destination = match direction {
            Direction::Ingress => subject,
            Direction::Egress => other,
        };
        match destination {
            End::Pod(class) => &self.port_lists[class.ports as usize],
            End::Addresses(_) => &[],
        }
    }

    /// `namespace` is that of the policy.
    pub(super) fn matches(&self, namespace: u32, item: &PeerItem, other: &End) -> Match<'_> {
        let sure = |matches: bool| if matches { Match::Surely } else { Match::Never };
        let perhaps = |matches: bool| if matches { Match::Perhaps } else { Match::Never };
        match (item, other) {
            (PeerItem::Own { pods }, End::Pod(class)) => {
                sure(class.namespace == namespace && self.selects(*pods, class.labels))
            }
            (PeerItem::Matching { namespaces, pods }, End::Pod(class)) => {
                let members = &self.namespace_sets[*namespaces as usize].members;
                sure(members.contains(class.namespace as usize) && self.selects(*pods, class.labels))
            }
            (PeerItem::Own { .. } | PeerItem::Matching { .. }, End::Addresses(outside)) => {
                perhaps(outside.in_cluster)
            }
            (PeerItem::Block(block), End::Pod(class)) => {
                let matched = &self.blocks[*block as usize].matched;
                perhaps(matched.touches(&self.addresses[class.addresses as usize]))
            }
            (PeerItem::Block(block), End::Addresses(outside)) => {
                let matched = &self.blocks[*block as usize].matched;
                if matched.touches(&outside.addresses) { Match::Within(matched) } else { Match::Never }
            }
        }
    }

    pub(super) fn selects(&self, selector: u32, labels: u32) -> bool {
        self.selectors[selector as usize].matches(&self.label_sets[labels as usize])
    }

    pub(super) fn class(&self, workload: WorkloadId) -> &Class {
        &self.classes[self.class_of[workload.0] as usize]
    }

    /// Panics where a workload id is not of the world that was compiled.
    pub(super) fn end(&self, endpoint: &Endpoint) -> End<'_> {
        let node_doubt = (!self.blocks_match_nodes).then_some(Doubt::NodeThroughBlock);
        let outside = match endpoint {
            Endpoint::Workload(workload) => return self.class_end(self.class(*workload)),
            Endpoint::Block(block) => return End::Addresses(self.outside(AddressSet::of([block]))),
            Endpoint::Internet => Outside {
                addresses: Cow::Borrowed(&self.internet),
                doubt: None,
                shares_node: false,
                is_own_node: false,
                in_cluster: false,
            },
            Endpoint::Node | Endpoint::OwnNode => Outside {
                addresses: Cow::Borrowed(&self.node_addresses),
                doubt: node_doubt,
                shares_node: *endpoint == Endpoint::OwnNode,
                is_own_node: *endpoint == Endpoint::OwnNode,
                in_cluster: false,
            },
        };
        End::Addresses(outside)
    }

    pub(super) fn class_end<'n>(&'n self, class: &'n Class) -> End<'n> {
        if !class.host_network {
            return End::Pod(class);
        }
        End::Addresses(Outside {
            addresses: Cow::Borrowed(&self.addresses[class.addresses as usize]),
            doubt: (!self.blocks_match_nodes).then_some(Doubt::NodeThroughBlock),
            shares_node: true,
            is_own_node: false,
            in_cluster: false,
        })
    }

    fn outside(&self, addresses: AddressSet) -> Outside<'_> {
        let pods = self.known_pod_addresses.touches(&addresses);
        let services = self.service_addresses.touches(&addresses);
        let nodes = !self.blocks_match_nodes && self.known_node_addresses.touches(&addresses);
        let doubt = match (services, pods, nodes) {
            (true, _, _) => Some(Doubt::ServiceAddress),
            (_, true, _) => Some(Doubt::PodThroughBlock),
            (_, _, true) => Some(Doubt::NodeThroughBlock),
            _ => None,
        };
        let addresses = Cow::Owned(addresses);
        Outside { addresses, doubt, shares_node: false, is_own_node: false, in_cluster: pods || services }
    }
}

impl End<'_> {
    pub fn is_own_node(&self) -> bool {
        matches!(self, End::Addresses(outside) if outside.is_own_node)
    }
}

/// Whether the rule speaks about this port of a destination with these named ports.
pub(super) fn allows_port(rule: &CompiledRule, names: &[NamedPort], protocol: Protocol, port: u16) -> bool {
    (rule.ports.as_ref()).is_none_or(|items| items.iter().any(|item| item.contains(names, protocol, port)))
}

impl PortItem {
    pub fn contains(&self, names: &[NamedPort], protocol: Protocol, port: u16) -> bool {
        self.protocol == protocol
            && match self.port {
                CompiledPort::Range(first, last) => first <= port && port <= last,
                CompiledPort::Named(name) => (names.iter())
                    .any(|named| named.name == name && named.protocol == protocol && named.number == port),
            }
    }
}

/// What several items together say about one end.
pub(super) struct Coverage<'e, 'n> {
    other: &'e End<'n>,
    perhaps: bool,
    /// Whether blocks match all of the addresses.
    all: bool,
    /// What blocks match that do not match all.
    parts: AddressSet,
}

impl<'e, 'n> Coverage<'e, 'n> {
    pub fn new(other: &'e End<'n>) -> Coverage<'e, 'n> {
        Coverage { other, perhaps: false, all: false, parts: AddressSet::default() }
    }

    /// Whether it is now sure.
    pub fn add(&mut self, found: Match) -> bool {
        match (found, self.other) {
            (Match::Never, _) => false,
            (Match::Surely, _) => true,
            (Match::Within(matched), End::Addresses(outside)) => {
                self.perhaps = true;
                self.all = self.all || matched.covers(&outside.addresses);
                if !self.all {
                    // Blocks add up: two halves of the internet are the internet.
                    self.parts = self.parts.union(matched);
                    self.all = self.parts.covers(&outside.addresses);
                }
                self.all && outside.doubt.is_none()
            }
            (Match::Perhaps | Match::Within(_), _) => {
                self.perhaps = true;
                false
            }
        }
    }

    /// What is known where `add` never said that it is sure.
    pub fn certainty(&self) -> Certainty {
        if self.doubt().is_some() { Certainty::Depends } else { Certainty::Denied }
    }

    /// Why it is not denied outright; `None` where it is.
    pub fn doubt(&self) -> Option<Doubt> {
        match self.other {
            End::Pod(_) => self.perhaps.then_some(Doubt::PodThroughBlock),
            End::Addresses(outside) if self.perhaps => {
                let whole = outside.doubt.filter(|_| self.all || outside.in_cluster);
                Some(whole.unwrap_or(Doubt::PartOfAddresses))
            }
            End::Addresses(outside) => outside.shares_node.then_some(Doubt::OwnNode),
        }
    }
}
