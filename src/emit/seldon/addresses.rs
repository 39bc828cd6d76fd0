//! The address of an inference endpoint is held by a Service of our own, beside the operator's.

use super::super::files::{Files, labels};
use super::super::{GuardKind, folder, guard, services};
use crate::addresses::Address;
use crate::facts::Facts;
use crate::model::values::Protocol;
use crate::objects::{self, AnyObject, IntOrString, Metadata, ServicePort, ServiceSpec};
use crate::resolve::{Cluster, Runtime};
use crate::upstream::seldon::{Component, SERVICES};
use std::collections::BTreeMap;

/// Writes the Services of a runtime that have an address.
pub fn emit(
    facts: &Facts<'_>,
    cluster: &Cluster<'_>,
    runtime: &Runtime<'_>,
    tls: bool,
    from: &[String],
    files: &mut Files,
) {
    if !services::are_ours(facts) {
        return;
    }
    let resolved = &facts.resolved;
    let folder = folder::of(facts, cluster, facts.order.of_runtime(resolved, runtime.id));
    let pool = runtime.pool.map(|pool| format!("pools.{}", resolved.pool(pool).name));
    let from: Vec<String> = from.iter().cloned().chain(pool).collect();
    let both = [
        ("seldon-mesh-lb", "inference", "seldon-envoy", &runtime.mesh, mesh_ports()),
        ("seldon-scheduler-lb", "scheduler", "seldon-scheduler", &runtime.scheduler, scheduler_ports(tls)),
    ];
    for (name, component, pods, addresses, ports) in both {
        if addresses.is_empty() {
            continue;
        }
        let metadata = Metadata {
            labels: labels(name, component, resolved.name),
            annotations: services::pin(cluster, addresses)
                .into_iter()
                .chain(guard(resolved, GuardKind::Address))
                .collect(),
            ..Metadata::namespaced(resolved.namespace(runtime.namespace).name.clone(), name)
        };
        let spec = spec(cluster, runtime, pods, addresses, ports);
        let object = objects::Service { metadata: metadata.into(), spec: Some(spec), status: None };
        files.object_by_namespace(&folder, AnyObject::new(&object), &from);
    }
}

fn spec(
    cluster: &Cluster<'_>,
    runtime: &Runtime<'_>,
    pods: &str,
    addresses: &[Address],
    ports: Vec<ServicePort>,
) -> ServiceSpec {
    let (families, policy) = services::families_of(addresses);
    let spec = ServiceSpec {
        internal_traffic_policy: Some("Cluster".to_owned()),
        ip_family_policy: Some(policy.word().to_owned()),
        ip_families: Some(families),
        selector: Some(BTreeMap::from([("app.kubernetes.io/name".to_owned(), pods.to_owned())])),
        ports: Some(ports),
        ..ServiceSpec::default()
    };
    services::load_balancer(spec, services::class_of_metallb(cluster), false, runtime.traffic)
}

/// The ports of the operator's Service for a component: name, port and port of the pod.
fn ports_of(component: Component) -> &'static [(&'static str, u16, u16)] {
    let service = SERVICES.iter().find(|service| service.component == component);
    service.expect("broken promise: the operator has a Service for envoy and for the scheduler").ports
}

/// Inference alone: the statistics are for Prometheus, which calls the pods.
fn mesh_ports() -> Vec<ServicePort> {
    let data = ports_of(Component::Envoy).iter().filter(|(name, ..)| *name == "data");
    data.map(|(_, port, target)| port_of("http", *port, *target)).collect()
}

/// The scheduler listens in the clear or with TLS, never both; xDS and dataflow have one port for either.
fn scheduler_ports(tls: bool) -> Vec<ServicePort> {
    let off = if tls { ["scheduler", "agent"] } else { ["scheduler-mtls", "agent-mtls"] };
    let ports = ports_of(Component::Scheduler).iter().filter(|(name, ..)| !off.contains(name));
    ports.map(|(name, port, target)| port_of(name, *port, *target)).collect()
}

fn port_of(name: &str, port: u16, target: u16) -> ServicePort {
    services::service_port(name, Protocol::Tcp, port, IntOrString::Int(i32::from(target)))
}
