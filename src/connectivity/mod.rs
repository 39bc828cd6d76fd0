//! Who may open a connection to whom, decided from NetworkPolicies exactly as `networking.k8s.io/v1` says.
//!
//! Plain values in, plain values out: a [`World`] is compiled once into a [`Network`], which answers
//!
//! - one question with its reasons: [`Network::allowed`], [`Network::connection`];
//! - what must work: [`Network::prove`], and what must not: [`Network::isolated`];
//! - the whole: [`Network::matrix`], [`Network::unprotected`], [`Network::idle_peers`].
//!
//! What is taken to be true, beside the API text:
//!
//! - A question is about the address and port of the destination *pod*. Services, and addresses that they rewrite on the
//!   way (an external client behind `externalTrafficPolicy: Cluster` comes from a node), are for the caller to resolve.
//! - An `ipBlock` that covers a pod is neither a proof nor an isolation ([`Certainty::Depends`]): Calico matches it,
//!   Cilium does not, and upstream leaves it open.
//! - A pod on the network of its host is a node. A pod is always reachable from its own node; which node that is is not
//!   known, so that such a workload is never isolated from a pod.
//! - Only TCP, UDP and SCTP, only new connections, only policies that have already taken effect.

mod address_set;
mod bits;
mod block;
mod compile;
mod connection;
mod coverage;
mod explain;
mod intern;
mod internet;
mod isolation;
mod judge;
mod matrix;
mod network;
mod policy;
mod ports;
mod prove;
mod ranges;
mod selector;
mod verdict;
mod world;

pub use block::{Block, Family};
pub use connection::Connection;
pub use coverage::{IdlePeer, Unprotected};
pub use isolation::{Group, Shut, Witness};
pub use matrix::{Alike, Cell, Matrix};
pub use network::Network;
pub use policy::{
    Direction, Directions, NamespaceScope, Peer, Peers, Policy, PortMatch, PortSpec, Ports, Protocol, Rule,
    directions,
};
pub use ports::{PortSet, PortSets};
pub use prove::{Failure, Flow, Party};
pub use ranges::{Number, Ranges};
pub use selector::{Labels, NAMESPACE_NAME, Requirement, Selector};
pub use verdict::{Certainty, Conjunct, Doubt, Grant, Miss, Nearest, Side, Unpoliced, Verdict};
pub use world::{ContainerPort, Endpoint, Namespace, Workload, WorkloadId, World};
