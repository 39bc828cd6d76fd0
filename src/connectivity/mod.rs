//! Who may open a connection to whom, decided from NetworkPolicies exactly as `networking.k8s.io/v1` says.

mod address_set;
mod bits;
pub mod block;
mod compile;
pub mod connection;
pub mod coverage;
mod explain;
mod intern;
mod internet;
pub mod isolation;
mod judge;
pub mod matrix;
pub mod network;
pub mod policy;
pub mod ports;
pub mod prove;
pub mod ranges;
pub mod selector;
pub mod verdict;
pub mod world;

pub use block::{Block, Family};
pub use connection::Connection;
pub use coverage::{IdlePeer, Unprotected};
pub use isolation::{Group, Witness};
pub use matrix::{Alike, Cell, Matrix};
pub use network::Network;
pub use policy::{
    Direction, Directions, NamespaceScope, Peer, Peers, Policy, PortMatch, PortSpec, Ports, Protocol, Rule,
    directions,
};
pub use ports::{PortSet, PortSets};
pub use prove::{Failure, Flow, Party};
pub use selector::{Labels, Requirement, Selector};
pub use verdict::{Certainty, Conjunct, Doubt, Grant, Miss, Nearest, Side, Unpoliced, Verdict};
pub use world::{ContainerPort, Endpoint, Namespace, Workload, WorkloadId, World};
