//! Every service in one table: where it answers, where it answered before, who applies it.

use crate::emit::endpoints;
use crate::facts::Facts;
use serde::Serialize;

/// A row of the table.
#[derive(Serialize)]
pub struct Row {
    pub cluster: String,
    pub service: String,
    pub object: String,
    pub kind: &'static str,
    pub addresses: Vec<String>,
    pub hosts: Vec<String>,
    /// `http 80/TCP`.
    pub ports: Vec<String>,
    /// Where it answered before.
    pub before: Vec<String>,
}

/// Those with an address first, by address.
pub fn rows(facts: &Facts<'_>) -> Vec<Row> {
    let row = |endpoint: crate::emit::Endpoint| Row {
        ports: (endpoint.ports.iter())
            .map(|port| format!("{} {}/{}", port.name, port.port, port.protocol))
            .collect(),
        before: endpoint.ports.iter().filter_map(|port| port.before.clone()).collect(),
        addresses: endpoint.addresses.iter().map(ToString::to_string).collect(),
        object: format!("{}/{}", endpoint.namespace, endpoint.name),
        cluster: endpoint.cluster,
        service: endpoint.service,
        kind: endpoint.kind,
        hosts: endpoint.hosts,
    };
    endpoints(facts).into_iter().map(row).collect()
}
