//! Every port on which one end may reach another, as sets.

use super::address_set::AddressSet;
use super::judge::{End, Match};
use super::network::{CompiledPort, CompiledRule, NamedPort, Network};
use super::policy::{Direction, Protocol};
use super::ports::{PortSet, PortSets};
use super::world::Endpoint;

/// The ports of new connections in one direction; the default is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Connection {
    /// Allowed by every implementation: what a needed flow may rely on.
    pub surely: PortSets,
    /// Allowed by some implementation, or for some of the addresses: what an isolation must not have. Never less than
    /// `surely`.
    pub possibly: PortSets,
}

impl Network {
    /// Every port of `to` that `from` may open a connection to. Panics where a workload id is not of the world that was
    /// compiled.
    pub fn connection(&self, from: &Endpoint, to: &Endpoint) -> Connection {
        self.connection_between(&self.end(from), &self.end(to))
    }

    /// What the egress of `from` allows, and what the ingress of `to` allows; a connection needs both.
    pub fn halves(&self, from: &Endpoint, to: &Endpoint) -> (Connection, Connection) {
        let (from, to) = (self.end(from), self.end(to));
        let egress = self.side_ports(Direction::Egress, &from, &to);
        (egress, self.side_ports(Direction::Ingress, &to, &from))
    }

    pub(super) fn connection_between(&self, from: &End, to: &End) -> Connection {
        let egress = self.side_ports(Direction::Egress, from, to);
        let ingress = self.side_ports(Direction::Ingress, to, from);
        egress.intersection(&ingress)
    }

    /// The ports that the policies of `subject` allow in this direction.
    pub(super) fn side_ports(&self, direction: Direction, subject: &End, other: &End) -> Connection {
        let class = match subject {
            End::Addresses(outside) if outside.in_cluster => return Connection::uncertain(),
            End::Addresses(_) => return Connection::everything(),
            End::Pod(class) => class,
        };
        if direction == Direction::Ingress && other.is_own_node() {
            return Connection::everything();
        }
        let policies = self.applied(class, direction);
        if policies.is_empty() {
            return Connection::everything();
        }
        let names = self.port_names(direction, subject, other);
        let (mut surely, mut possibly) = (Collected::default(), Collected::default());
        let mut within = Vec::new();
        if let End::Addresses(outside) = other
            && outside.shares_node
        {
            possibly.add_all();
        }
        for &policy in policies {
            let namespace = self.policies[policy as usize].namespace;
            for rule in self.rules(policy, direction) {
                let Some(peers) = &rule.peers else {
                    surely.add(rule, names);
                    continue;
                };
                let (mut sure, mut perhaps) = (false, false);
                for item in peers {
                    match self.matches(namespace, item, other) {
                        Match::Never => {}
                        Match::Surely => sure = true,
                        Match::Perhaps => perhaps = true,
                        Match::Within(matched) => {
                            perhaps = true;
                            within.push((rule, matched));
                        }
                    }
                }
                if sure {
                    surely.add(rule, names);
                } else if perhaps {
                    possibly.add(rule, names);
                }
            }
        }
        if let End::Addresses(outside) = other
            && outside.doubt.is_none()
        {
            covered(&within, &outside.addresses, names, &mut surely);
        }
        let surely = surely.into_sets();
        Connection { possibly: possibly.into_sets().union(&surely), surely }
    }
}

/// Adds the ports for which the blocks of the rules together cover all of the addresses.
fn covered(
    within: &[(&CompiledRule, &AddressSet)],
    addresses: &AddressSet,
    names: &[NamedPort],
    into: &mut Collected,
) {
    for protocol in Protocol::ALL {
        let parts: Vec<(PortSet, &AddressSet)> =
            within.iter().map(|(rule, matched)| (rule_ports(rule, names, protocol), *matched)).collect();
        // Between two neighbouring starts every port is treated alike, so one of them speaks for all.
        let mut starts = vec![0_u16];
        for (first, last) in parts.iter().flat_map(|(ports, _)| ports.as_slice()) {
            starts.extend([Some(*first), last.checked_add(1)].into_iter().flatten());
        }
        starts.sort_unstable();
        starts.dedup();
        for (index, &start) in starts.iter().enumerate() {
            let together = (parts.iter())
                .filter(|(ports, _)| ports.contains(start))
                .fold(AddressSet::default(), |together, (_, matched)| together.union(matched));
            if !together.is_empty() && together.covers(addresses) {
                let last = starts.get(index + 1).map_or(u16::MAX, |next| next - 1);
                into.ranges[protocol as usize].push((start, last));
            }
        }
    }
}

fn rule_ports(rule: &CompiledRule, names: &[NamedPort], protocol: Protocol) -> PortSet {
    let mut collected = Collected::default();
    collected.add(rule, names);
    PortSet::collect(collected.ranges[protocol as usize].iter().copied())
}

/// Ranges of each protocol before they are put in order.
#[derive(Default)]
struct Collected {
    ranges: [Vec<(u16, u16)>; 3],
}

impl Collected {
    fn add(&mut self, rule: &CompiledRule, names: &[NamedPort]) {
        let Some(items) = &rule.ports else { return self.add_all() };
        for item in items {
            let ranges = &mut self.ranges[item.protocol as usize];
            match item.port {
                CompiledPort::Range(first, last) => ranges.push((first, last)),
                CompiledPort::Named(name) => ranges.extend(
                    (names.iter())
                        .filter(|named| named.name == name && named.protocol == item.protocol)
                        .map(|named| (named.number, named.number)),
                ),
            }
        }
    }

    fn add_all(&mut self) {
        self.ranges.iter_mut().for_each(|ranges| ranges.push((0, u16::MAX)));
    }

    fn into_sets(self) -> PortSets {
        let [tcp, udp, sctp] = self.ranges.map(PortSet::collect);
        PortSets { tcp, udp, sctp }
    }
}

impl Connection {
    fn everything() -> Connection {
        Connection { surely: PortSets::all(), possibly: PortSets::all() }
    }

    fn uncertain() -> Connection {
        Connection { surely: PortSets::default(), possibly: PortSets::all() }
    }

    fn intersection(&self, other: &Connection) -> Connection {
        Connection {
            surely: self.surely.intersection(&other.surely),
            possibly: self.possibly.intersection(&other.possibly),
        }
    }
}
