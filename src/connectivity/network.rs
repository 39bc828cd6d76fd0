//! A world compiled for questions: words are numbers, replicas are classes, each class knows the policies that apply.

use std::ops::Range;

use super::address_set::AddressSet;
use super::bits::Bits;
use super::intern::{CompiledSelector, Index, LabelSet};
use super::policy::Protocol;

/// A compiled [`World`](super::World), made by `Network::new`. It keeps nothing of the world but numbers; ids and indices in questions and answers are those
/// of the world that it was made from.
pub struct Network {
    pub(super) namespaces: Vec<NamespaceRow>,
    pub(super) classes: Vec<Class>,
    /// The class of each workload.
    pub(super) class_of: Vec<u32>,
    pub(super) label_sets: Vec<LabelSet>,
    pub(super) selectors: Vec<CompiledSelector>,
    /// The namespaces that a `namespaceSelector` selects.
    pub(super) namespace_sets: Vec<NamespaceSet>,
    pub(super) policies: Vec<CompiledPolicy>,
    /// Each distinct list of rules once: the same baseline in a thousand namespaces is one entry.
    pub(super) rule_lists: Vec<Box<[CompiledRule]>>,
    /// Each distinct list of policies that applies to some class; list 0 is empty, that is not isolated.
    pub(super) policy_lists: Vec<Box<[u32]>>,
    pub(super) port_lists: Vec<Box<[NamedPort]>>,
    pub(super) blocks: Vec<CompiledBlock>,
    pub(super) addresses: Vec<AddressSet>,
    /// Every address that a pod may have; everything where the world does not say.
    pub(super) pod_addresses: AddressSet,
    /// Every address that the world says is a pod's.
    pub(super) known_pod_addresses: AddressSet,
    pub(super) service_addresses: AddressSet,
    pub(super) known_node_addresses: AddressSet,
    pub(super) node_addresses: AddressSet,
    pub(super) internet: AddressSet,
    pub(super) blocks_match_nodes: bool,
}

pub(super) struct NamespaceRow {
    pub labels: u32,
    /// Its classes.
    pub classes: Range<usize>,
    pub index: Index,
}

/// Workloads that no policy can tell apart.
#[derive(Debug)]
pub(super) struct Class {
    pub namespace: u32,
    pub labels: u32,
    pub ports: u32,
    pub addresses: u32,
    pub host_network: bool,
    /// Indices into `policy_lists`.
    pub ingress: u32,
    pub egress: u32,
}

pub(super) struct NamespaceSet {
    pub selector: u32,
    pub members: Bits,
}

pub(super) struct CompiledPolicy {
    pub namespace: u32,
    pub pods: u32,
    /// Indices into `rule_lists`.
    pub ingress: Option<u32>,
    pub egress: Option<u32>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct CompiledRule {
    /// `None`: everybody.
    pub peers: Option<Box<[PeerItem]>>,
    /// `None`: every port.
    pub ports: Option<Box<[PortItem]>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum PeerItem {
    Own { pods: u32 },
    Matching { namespaces: u32, pods: u32 },
    Block(u32),
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct PortItem {
    pub protocol: Protocol,
    pub port: CompiledPort,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum CompiledPort {
    Range(u16, u16),
    Named(u32),
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct NamedPort {
    pub name: u32,
    pub protocol: Protocol,
    pub number: u16,
}

#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct CompiledBlock {
    /// The CIDR alone.
    pub cidr: AddressSet,
    /// The CIDR without its exceptions.
    pub matched: AddressSet,
}
