//! The answer about one connection, with the rules that decided it.

/// What is sure about a connection (or about one side of it).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// No implementation lets it through.
    Denied,
    /// Implementations differ, or it holds for a part of the addresses: no proof that a needed flow works, and a
    /// breach of an isolation.
    Depends,
    /// Every implementation lets it through.
    Allowed,
}

/// Whether a connection can be opened: the egress of its source *and* the ingress of its destination must allow it.
/// Replies to an allowed connection are implied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub egress: Side,
    pub ingress: Side,
}

/// One side's part of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Side {
    /// No policy speaks here.
    Open(Unpoliced),
    /// These rules allow it. Any one of them does, except that a block of addresses may need several together.
    Allowed(Vec<Grant>),
    /// Only some implementations, or some addresses, let it through, by these rules.
    Depends { grants: Vec<Grant>, doubt: Doubt },
    /// Every policy that applies, and how near it came.
    Denied(Vec<Miss>),
}

/// Why no policy decides a side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unpoliced {
    /// No policy isolates the pod in this direction.
    NotIsolated,
    /// The end is a node, a pod on the network of its host, or outside.
    NotAPod,
    /// Traffic from the node of the pod is always let in (`k8s.io/api/networking/v1`).
    OwnNode,
}

/// Why a side is not certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// Only an `ipBlock` covers the pod: Calico matches it, Cilium does not.
    PodThroughBlock,
    /// Only an `ipBlock` covers the node, and `World::blocks_match_nodes` is not set.
    NodeThroughBlock,
    /// The address belongs to a Service and is rewritten before policy looks at it.
    ServiceAddress,
    /// Behind the addresses may be pods, with labels and policies that the question does not tell.
    ClusterAddress,
    /// Allowed for some of the addresses that were asked about.
    PartOfAddresses,
    /// The two may share a node: upstream documents that as always allowed, Calico decides it by
    /// `defaultEndpointToHostAction` after the policy.
    OwnNode,
}

/// A rule that allows, by indices: the policy in `World::policies`, then its rule, then the items in that rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grant {
    pub policy: usize,
    pub rule: usize,
    /// `None`: the rule names no peers.
    pub peer: Option<usize>,
    /// `None`: the rule names no ports.
    pub port: Option<usize>,
}

/// The nearest that a policy came to allowing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Miss {
    pub policy: usize,
    pub nearest: Nearest,
}

/// How near.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Nearest {
    /// The policy has no rule in this direction: it only denies.
    NoRules,
    /// This combination failed the fewest conjuncts; the first of those that failed as few.
    Rule { rule: usize, peer: Option<usize>, port: Option<usize>, failed: Vec<Conjunct> },
}

/// A condition that did not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conjunct {
    /// The peer is in another namespace than the policy, and the item has no `namespaceSelector`.
    OwnNamespace,
    /// This requirement of `namespaceSelector` does not hold for the labels of the peer's namespace.
    NamespaceLabel {
        requirement: usize,
    },
    /// This requirement of the item's `podSelector` does not hold for the labels of the peer.
    PodLabel {
        requirement: usize,
    },
    /// A selector, and the peer is not a pod with an address of its own.
    NotAPod,
    /// The address is outside `cidr`.
    OutsideBlock,
    /// The address is in an `except`.
    Excepted,
    Protocol,
    Port,
    /// The destination has no port of this name and protocol.
    NoSuchPortName,
}

impl Verdict {
    /// The less certain of the two sides.
    pub fn certainty(&self) -> Certainty {
        self.egress.certainty().min(self.ingress.certainty())
    }
}

impl Side {
    pub fn certainty(&self) -> Certainty {
        match self {
            Side::Open(_) | Side::Allowed(_) => Certainty::Allowed,
            Side::Depends { .. } => Certainty::Depends,
            Side::Denied(_) => Certainty::Denied,
        }
    }
}
