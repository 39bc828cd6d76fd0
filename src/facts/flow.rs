//! Every connection that the plan declares, or that something it declares cannot live without.
//!
//! Policies are derived from these, and the proof asks for each of them again, on the policies that are printed.

mod baseline;
mod declared;
mod runtime;

pub use baseline::PARTS;
pub use declared::{called, caller};

use crate::addresses::Cidr;
use crate::connectivity::{Protocol, Selector};
use crate::model::values::Protocol as Written;
use crate::resolve::{ClusterId, Resolved};
use crate::source::Span;
use rayon::prelude::*;

/// One declared connection, on pod ports.
#[derive(Clone, Debug)]
pub struct Flow {
    pub cluster: ClusterId,
    pub kind: Kind,
    pub from: Side,
    pub to: Side,
    /// Pod ports; empty means every port.
    pub ports: Vec<FlowPort>,
    /// Ports of the service whose pod port is a name, so that no policy can say it.
    pub unknown_ports: Vec<String>,
    /// The tables that ask for it, as key paths.
    pub from_table: String,
    pub span: Span,
}

/// Why a flow exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Dns,
    ApiServer,
    SameNamespace,
    /// `needs`, `clients` and `allow`.
    Call,
    Internet,
    Telemetry,
    Scrape,
    Webhook,
    /// Between the parts of a Seldon runtime; the row of the flow table.
    Seldon(&'static str),
}

/// A port, or a range of ports, of pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FlowPort {
    pub protocol: Protocol,
    pub first: u16,
    pub last: u16,
}

/// One end of a flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Side {
    Pods(Pods),
    /// Addresses outside of the pod network.
    Blocks(Vec<Block>),
    /// Clients whose address is lost on the way (`externalTrafficPolicy: Cluster`), and API servers whose address is
    /// that of a tunnel: nothing tells them from anybody else. `really` is who they are.
    Unrecognisable {
        really: Vec<Block>,
    },
}

/// Pods of one namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pods {
    pub namespace: String,
    pub group: Group,
    pub selector: Selector,
}

/// Which pods of the namespace, for the names of policies.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// All of them.
    All,
    /// All but the parts of a Seldon runtime, whose ports are listed one by one.
    OwnPods,
    /// Those of a service, by its name in the plan.
    Service(String),
    /// Those of a part of Seldon, by what its policy is called.
    Part(&'static str),
}

/// A network without some parts of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Block {
    pub cidr: Cidr,
    pub except: Vec<Cidr>,
}

impl FlowPort {
    pub fn tcp(port: u16) -> FlowPort {
        FlowPort { protocol: Protocol::Tcp, first: port, last: port }
    }

    pub fn udp(port: u16) -> FlowPort {
        FlowPort { protocol: Protocol::Udp, first: port, last: port }
    }

    pub fn new(protocol: Written, port: u16) -> FlowPort {
        let protocol = match protocol {
            Written::Tcp => Protocol::Tcp,
            Written::Udp => Protocol::Udp,
            Written::Sctp => Protocol::Sctp,
        };
        FlowPort { protocol, first: port, last: port }
    }
}

impl Block {
    pub fn whole(cidr: Cidr) -> Block {
        Block { cidr, except: Vec::new() }
    }
}

impl Side {
    /// All pods of a namespace.
    pub fn namespace(name: &str) -> Side {
        Side::Pods(Pods { namespace: name.to_owned(), group: Group::All, selector: Selector::everything() })
    }

    /// The pods with these labels, called `group`.
    pub fn pods<'a>(
        namespace: &str,
        group: Group,
        labels: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Side {
        Side::Pods(Pods { namespace: namespace.to_owned(), group, selector: Selector::labels(labels) })
    }
}

/// Every flow of the plan, by cluster.
pub fn flows(resolved: &Resolved<'_>) -> Vec<Flow> {
    let clusters: Vec<_> = resolved.targets().collect();
    let of_clusters: Vec<Vec<Flow>> = (clusters.into_par_iter())
        .map(|cluster| {
            let mut flows = Vec::new();
            baseline::flows(resolved, cluster, &mut flows);
            declared::flows(resolved, cluster, &mut flows);
            runtime::flows(resolved, cluster, &mut flows);
            flows
        })
        .collect();
    of_clusters.into_iter().flatten().collect()
}
