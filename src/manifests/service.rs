//! A Service: a name for pods, and ports that differ from theirs.

use super::node::Node;
use super::object::{Judge, Object};
use crate::connectivity::{Protocol, Selector, WorkloadId, World};
use crate::source::Span;
use std::net::IpAddr;

/// A Service that selects pods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    pub namespace: String,
    pub name: String,
    pub selector: Selector,
    pub ports: Vec<ServicePort>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServicePort {
    pub name: Option<String>,
    pub protocol: Protocol,
    pub port: u16,
    pub target: Target,
}

/// The port of the pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Number(u16),
    Name(String),
}

impl Service {
    /// The pods behind it.
    pub fn pods(&self, world: &World) -> Vec<WorkloadId> {
        (world.workloads.iter().enumerate())
            .filter(|(_, workload)| workload.namespace == self.namespace)
            .filter(|(_, workload)| self.selector.matches(&workload.labels))
            .map(|(id, _)| WorkloadId(id))
            .collect()
    }

    /// The port on a pod that connections to a port of the Service reach; `None` where the pod has no port of the name.
    pub fn pod_port(&self, port: &ServicePort, world: &World, pod: WorkloadId) -> Option<u16> {
        match &port.target {
            Target::Number(number) => Some(*number),
            Target::Name(name) => {
                let ports = &world.workloads[pod.0].ports;
                let named = ports
                    .iter()
                    .find(|named| named.name.as_deref() == Some(name) && named.protocol == port.protocol);
                named.map(|named| named.number)
            }
        }
    }
}

/// Reads a Service; `None` when it selects nothing by itself: without labels somebody else writes what is behind it, and
/// an `ExternalName` is only a name, whatever its selector says.
pub fn read(object: &Object<'_>, judge: &mut Judge<'_>) -> Option<Service> {
    if object.node.text_at(&["spec", "type"]) == Some("ExternalName") {
        return None;
    }
    let labels = judge.labels(object.node.at(&["spec", "selector"])?).filter(|labels| !labels.is_empty())?;
    let ports = object.node.at(&["spec", "ports"]).map_or(&[][..], Node::items);
    Some(Service {
        namespace: object.namespace().to_owned(),
        name: object.name().to_owned(),
        selector: Selector::labels(labels),
        ports: ports.iter().filter_map(|port| service_port(port, judge)).collect(),
        span: object.span(),
    })
}

/// The addresses that a Service answers at, where they are written: those of the cluster, external ones, and those of its
/// load balancer. The `None` of a headless Service is no address.
pub fn addresses(node: &Node) -> impl Iterator<Item = IpAddr> {
    let one = |path: &[&str]| node.at(path).and_then(Node::text);
    let list = |path: &[&str]| node.at(path).map_or(&[][..], Node::items).iter();
    let texts = one(&["spec", "clusterIP"])
        .into_iter()
        .chain(list(&["spec", "clusterIPs"]).filter_map(Node::text))
        .chain(list(&["spec", "externalIPs"]).filter_map(Node::text))
        .chain(one(&["spec", "loadBalancerIP"]))
        .chain(list(&["status", "loadBalancer", "ingress"]).filter_map(|each| each.text_at(&["ip"])));
    texts.filter_map(|text| text.parse().ok())
}

fn service_port(node: &Node, judge: &mut Judge<'_>) -> Option<ServicePort> {
    let port = super::policy::number(node.at(&["port"])?, "`port`", judge)?;
    let target = match node.text_at(&["targetPort"]) {
        None => Target::Number(port),
        Some(text) => match text.parse::<u16>() {
            Ok(number @ 1..) => Target::Number(number),
            _ => Target::Name(text.to_owned()),
        },
    };
    let protocol = match node.text_at(&["protocol"]) {
        Some("UDP") => Protocol::Udp,
        Some("SCTP") => Protocol::Sctp,
        _ => Protocol::Tcp,
    };
    Some(ServicePort { name: node.text_at(&["name"]).map(str::to_owned), protocol, port, target })
}
