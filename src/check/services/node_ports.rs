//! Every node port of the plan: what a service has today, and what an override asks for.

use crate::decode::RawValue;
use crate::model::values::Protocol;
use crate::resolve::{Cluster, Resolved, Service};
use crate::source::Span;
use crate::upstream::kubernetes::NODE_PORTS;
use std::ops::RangeInclusive;

/// A node port and where it is written.
pub struct NodePort {
    pub number: u16,
    pub protocol: Protocol,
    pub span: Span,
    /// Whether it is the port of today, in the cluster that is replaced.
    pub of_today: bool,
}

pub fn node_ports(service: &Service<'_>) -> Vec<NodePort> {
    let mut ports = Vec::new();
    for was in service.written.was.iter().flat_map(|was| was.value.iter()) {
        let port = service.ports.iter().find(|port| port.name == was.name.value.as_str());
        let protocol = port.map_or(Protocol::Tcp, |port| port.protocol);
        ports.push(NodePort { number: was.value.0, protocol, span: was.span, of_today: true });
    }
    let raw = service.written.service.iter().flat_map(|raw| raw.value.0.iter());
    for (key, value) in raw {
        let RawValue::List(items) = &value.value else { continue };
        for item in items.iter().filter(|_| key.value == "ports") {
            let RawValue::Table(port) = &item.value else { continue };
            let find = |name: &str| port.0.iter().find(|(key, _)| key.value == name).map(|(_, value)| value);
            let protocol = match find("protocol").map(|value| &value.value) {
                Some(RawValue::Text(word)) => Protocol::from_word(word).unwrap_or(Protocol::Tcp),
                _ => Protocol::Tcp,
            };
            if let Some(value) = find("nodePort")
                && let RawValue::Integer(number) = value.value
                && let Ok(number) = u16::try_from(number)
            {
                ports.push(NodePort { number, protocol, span: value.span, of_today: false });
            }
        }
    }
    ports
}

/// The range of a cluster; `None` when its text is not `first-last`, without blanks: the API server takes none inside.
pub fn range(cluster: &Cluster<'_>) -> Option<RangeInclusive<u16>> {
    let Some(written) = &cluster.written.node_port_range else { return Some(NODE_PORTS) };
    let (first, last) = written.value.split_once('-')?;
    let (first, last) = (first.parse::<u16>().ok()?, last.parse::<u16>().ok()?);
    (first > 0 && first <= last).then_some(first..=last)
}

/// The cluster that a node port is in: the replaced one for a port of today.
pub fn cluster_of<'a, 'p>(
    resolved: &'a Resolved<'p>,
    service: &Service<'_>,
    port: &NodePort,
) -> &'a Cluster<'p> {
    let own = resolved.cluster(service.cluster);
    own.replaces.filter(|_| port.of_today).map_or(own, |old| resolved.cluster(old))
}
