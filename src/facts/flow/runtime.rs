//! What the parts of a Seldon runtime say to each other, by the flow table of its release.

use super::{Flow, FlowPort, Group, Kind, Side, baseline};
use crate::model::values::TargetPort;
use crate::resolve::{Cluster, Install, Party, Resolved, Runtime};
use crate::upstream::seldon::{self, Component, Need};

pub fn flows(resolved: &Resolved<'_>, cluster: &Cluster<'_>, flows: &mut Vec<Flow>) {
    let Some(install) = resolved.install_of(cluster.id) else { return };
    for runtime in resolved.runtimes_of(cluster.id) {
        for row in seldon::flows(&install.version) {
            if wanted(row, install) {
                row_flows(resolved, cluster, install, runtime, row, flows);
            }
        }
    }
}

/// Whether a row applies: pipelines need Kafka, and what only the plan can ask for is derived where it asks.
fn wanted(row: &seldon::Flow, install: &Install<'_>) -> bool {
    match row.need {
        Need::Always => true,
        Need::Pipelines => install.kafka.is_some(),
        Need::Configured => {
            let traces = row.to == Component::Telemetry && install.settings.telemetry.is_some();
            traces || row.to == Component::Envoy || row.from.contains(&Component::Prometheus)
        }
        Need::Never | Need::Node => false,
    }
}

fn row_flows(
    resolved: &Resolved<'_>,
    cluster: &Cluster<'_>,
    install: &Install<'_>,
    runtime: &Runtime<'_>,
    row: &seldon::Flow,
    flows: &mut Vec<Flow>,
) {
    let own = &resolved.namespace(runtime.namespace).name;
    let controllers = &resolved.namespace(install.namespace).name;
    let part = |component: Component| -> Option<Side> {
        let namespace = if component == Component::Controller { controllers } else { own };
        let (key, value) = component.label()?;
        let group = if component == Component::Controller { "seldon-controller" } else { value };
        Some(Side::pods(namespace, Group::Part(group), [(key, value)]))
    };
    let ports = |numbers: &[u16]| -> Vec<FlowPort> {
        let mut ports: Vec<FlowPort> = numbers.iter().map(|port| FlowPort::tcp(*port)).collect();
        ports.sort();
        ports
    };
    let (to, ports) = match row.to {
        Component::ApiServer => {
            (baseline::api_server(resolved, cluster), vec![FlowPort::tcp(cluster.api_port)])
        }
        // Every part resolves names by the namespace's own rule; a namespace that is not guarded needs none.
        Component::ClusterDns => return,
        Component::Kafka => {
            let Some(kafka) = install.kafka.map(|id| resolved.service(id)) else { return };
            let namespace = &resolved.namespace(kafka.namespace).name;
            let to = Side::pods(namespace, Group::Service(kafka.key.to_owned()), kafka.selector());
            let numbers = kafka.ports.iter().filter_map(|port| match port.target {
                TargetPort::Number(number) => Some(FlowPort::new(port.protocol, *number)),
                TargetPort::Name(_) => None,
            });
            (to, numbers.collect())
        }
        Component::Telemetry => {
            let Some((collector, port)) = resolved.collector_of(install) else { return };
            let Some(number) = port.pod_port() else { return };
            let namespace = &resolved.namespace(collector.namespace).name;
            let to = Side::pods(namespace, Group::Service(collector.key.to_owned()), collector.selector());
            (to, vec![FlowPort::new(port.protocol, number)])
        }
        // Clients and object stores are what `clients` and `needs` say.
        component => match part(component) {
            Some(to) => (to, ports(row.ports(install.encrypts(row.transport)))),
            None => return,
        },
    };
    let path = runtime.path(resolved);
    let flow = |from: Side, to: Side| Flow {
        cluster: cluster.id,
        kind: Kind::Seldon(row.id),
        from,
        to,
        ports: ports.clone(),
        unknown_ports: Vec::new(),
        from_table: path.clone(),
        span: runtime.span,
    };
    for component in row.from {
        match component {
            Component::Prometheus => {
                // The controller is scraped once, with the shared settings, and not once for each runtime.
                let of_controller = row.to == Component::Controller;
                if of_controller && runtime.tenant.is_some() {
                    continue;
                }
                let scrapers = match runtime.tenant {
                    Some(tenant) => &resolved.tenant(tenant).scrapers,
                    None => &install.scrapers,
                };
                for scraper in scrapers {
                    if let Party::Service(id) = scraper.party {
                        let service = resolved.service(id);
                        let namespace = &resolved.namespace(service.namespace).name;
                        let group = Group::Service(service.key.to_owned());
                        flows.push(flow(Side::pods(namespace, group, service.selector()), to.clone()));
                    }
                }
            }
            Component::Clients | Component::Kubelet => {}
            // The controller calls the API server once, wherever its namespace is.
            Component::Controller if row.to == Component::ApiServer && runtime.tenant.is_some() => {}
            component => flows.extend(part(*component).map(|from| flow(from, to.clone()))),
        }
    }
}
