//! A NetworkPolicy as plain values, after the API server has filled in its defaults.

use ipnet::IpNet;

use super::selector::Selector;

/// One NetworkPolicy. It speaks only about pods of its own namespace.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Policy {
    pub namespace: String,
    pub name: String,
    /// `spec.podSelector`: the pods it applies to.
    pub pods: Selector,
    /// `None`: it does not isolate ingress. `Some(vec![])`: it isolates and allows nothing.
    pub ingress: Option<Vec<Rule>>,
    /// As `ingress`, for connections that the pods open.
    pub egress: Option<Vec<Rule>>,
}

/// One rule: everything in the product of its peers and its ports is allowed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rule {
    pub peers: Peers,
    pub ports: Ports,
}

/// The other side of the connection.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Peers {
    /// `from`/`to` missing *or empty*: pods of every namespace, nodes and everything outside.
    Any,
    /// One of these; never empty (`Peers::listed` sees to it).
    Listed(Vec<Peer>),
}

/// One item of `from`/`to`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Peer {
    /// Pods that match `pods`, in namespaces that match `namespaces`. Never a pod on the network of its host.
    Pods { namespaces: NamespaceScope, pods: Selector },
    /// Addresses in `cidr`, without those in `except`. Another item may allow an excepted address again.
    Block { cidr: IpNet, except: Vec<IpNet> },
}

/// Where the pods of a peer are looked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NamespaceScope {
    /// `namespaceSelector` missing: the namespace of the policy.
    Own,
    /// `namespaceSelector` there; the empty selector means every namespace.
    Matching(Selector),
}

/// The ports on the destination pod, after any Service has rewritten them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ports {
    /// `ports` missing *or empty*: every port of every protocol.
    All,
    /// One of these; never empty (`Ports::listed` sees to it).
    Listed(Vec<PortMatch>),
}

/// One item of `ports`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortMatch {
    /// TCP where the item does not say.
    pub protocol: Protocol,
    pub port: PortSpec,
}

/// Which ports of the protocol.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PortSpec {
    /// `port` missing.
    Any,
    /// `port` to `endPort`, both included; one port has both the same.
    Range(u16, u16),
    /// The container port of this name *and protocol*, looked up on each destination pod. Where a pod has none the
    /// item allows nothing for it.
    Named(String),
}

/// The protocols that NetworkPolicy speaks about. What happens to others (ICMP) is not defined upstream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    Tcp,
    Udp,
    Sctp,
}

/// Which way a connection is opened, seen from the pod that a policy applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    Ingress,
    Egress,
}

/// The directions that a policy isolates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Directions {
    pub ingress: bool,
    pub egress: bool,
}

/// The directions after defaulting (`kubernetes pkg/apis/networking/v1/defaults.go`, `SetDefaults_NetworkPolicy`):
/// missing or empty `policyTypes` means ingress, and egress where there is at least one egress rule. `egress: []` alone
/// isolates no egress.
pub fn directions(policy_types: Option<&[Direction]>, egress_rules: usize) -> Directions {
    match policy_types {
        None | Some([]) => Directions { ingress: true, egress: egress_rules > 0 },
        Some(types) => Directions {
            ingress: types.contains(&Direction::Ingress),
            egress: types.contains(&Direction::Egress),
        },
    }
}

impl Policy {
    /// A policy from the fields of its `spec`; rules for a direction that `policyTypes` leaves out are dropped, as
    /// upstream ignores them.
    pub fn from_spec(
        namespace: impl Into<String>,
        name: impl Into<String>,
        pods: Selector,
        policy_types: Option<&[Direction]>,
        ingress: Vec<Rule>,
        egress: Vec<Rule>,
    ) -> Policy {
        let isolated = directions(policy_types, egress.len());
        Policy {
            namespace: namespace.into(),
            name: name.into(),
            pods,
            ingress: isolated.ingress.then_some(ingress),
            egress: isolated.egress.then_some(egress),
        }
    }

    /// The rules for a direction; `None` where the policy does not isolate it.
    pub fn rules(&self, direction: Direction) -> Option<&[Rule]> {
        match direction {
            Direction::Ingress => self.ingress.as_deref(),
            Direction::Egress => self.egress.as_deref(),
        }
    }
}

impl Peers {
    /// What a `from`/`to` with these items means; empty is everybody.
    pub fn listed(items: Vec<Peer>) -> Peers {
        if items.is_empty() { Peers::Any } else { Peers::Listed(items) }
    }
}

impl Ports {
    /// What a `ports` with these items means; empty is every port.
    pub fn listed(items: Vec<PortMatch>) -> Ports {
        if items.is_empty() { Ports::All } else { Ports::Listed(items) }
    }
}

impl PortMatch {
    /// One port of a protocol.
    pub fn one(protocol: Protocol, port: u16) -> PortMatch {
        PortMatch { protocol, port: PortSpec::Range(port, port) }
    }
}

impl Protocol {
    /// All of them, in the order of reports.
    pub const ALL: [Protocol; 3] = [Protocol::Tcp, Protocol::Udp, Protocol::Sctp];

    /// The upstream word.
    pub fn name(self) -> &'static str {
        match self {
            Protocol::Tcp => "TCP",
            Protocol::Udp => "UDP",
            Protocol::Sctp => "SCTP",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_policy_types_isolate_egress_only_where_there_is_a_rule() {
        let both = Directions { ingress: true, egress: true };
        let ingress = Directions { ingress: true, egress: false };
        let egress = Directions { ingress: false, egress: true };
        assert_eq!(directions(None, 0), ingress);
        assert_eq!(directions(Some(&[]), 0), ingress);
        assert_eq!(directions(None, 1), both);
        assert_eq!(directions(Some(&[]), 1), both);
        assert_eq!(directions(Some(&[Direction::Ingress]), 1), ingress);
        assert_eq!(directions(Some(&[Direction::Egress]), 0), egress);
    }
}
