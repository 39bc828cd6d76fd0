//! A Service of the plan says everything that matters to it: a default that the API server fills in is a diff that
//! nobody wrote.

use super::files::{Files, labels};
use super::{ClusterEmitter, GuardKind, annotations, folder, guard};
use crate::addresses::{Address, Family, address};
use crate::facts::{Facts, ansible};
use crate::model::values::{Protocol, TargetPort};
use crate::model::{self, Affinity, Owner, ServiceType, TrafficPolicy};
use crate::objects::{self, AnyObject, IntOrString, Metadata, ServicePort, ServiceSpec};
use crate::resolve::{Cluster, Port, Service};
use crate::upstream::metallb;
use k8s_openapi::api::core::v1::{ClientIPConfig, SessionAffinityConfig};
use serde_json::json;
use std::collections::BTreeMap;

pub const EMITTER: ClusterEmitter = ClusterEmitter { name: "services", emit };

fn emit(facts: &Facts<'_>, cluster: &Cluster<'_>, files: &mut Files) {
    if !are_ours(facts) {
        return;
    }
    for service in facts.resolved.services_of(cluster.id) {
        if service.owner != Owner::Plan {
            continue;
        }
        let folder = folder::of(facts, cluster, facts.order.of_service(service.id));
        files.object_by_namespace(&folder, object(facts, cluster, service), &sources(facts, service));
    }
}

/// Whether Services are written as manifests at all: some roles of Ansible make them.
pub(super) fn are_ours(facts: &Facts<'_>) -> bool {
    !ansible::by_roles(facts, model::Layer::Services)
}

/// The tables that a Service comes from.
pub(super) fn sources(facts: &Facts<'_>, service: &Service<'_>) -> Vec<String> {
    let pool = service.pool.map(|pool| format!("pools.{}", facts.resolved.pool(pool).name));
    [service.path()].into_iter().chain(pool).collect()
}

fn object(facts: &Facts<'_>, cluster: &Cluster<'_>, service: &Service<'_>) -> AnyObject {
    let resolved = &facts.resolved;
    let written = service.written;
    let mut all_labels = labels(service.name, "service", resolved.name);
    let more = written.labels.iter().flat_map(|labels| labels.value.iter());
    all_labels.extend(more.map(|label| (label.name.value.to_string(), label.value.to_string())));
    let mut annotations = annotations_of(cluster, service, &service.addresses);
    if !service.addresses.is_empty() {
        annotations.extend(guard(resolved, GuardKind::Address));
    }
    let metadata = Metadata {
        labels: all_labels,
        annotations,
        ..Metadata::namespaced(resolved.namespace(service.namespace).name.clone(), service.name)
    };
    let object =
        objects::Service { metadata: metadata.into(), spec: Some(spec(cluster, service)), status: None };
    let object = AnyObject::new(&object);
    match &written.service {
        Some(raw) => object
            .merged(&json!({ "spec": raw.value.to_json() }))
            .expect("broken promise: a raw override has no floats"),
        None => object,
    }
}

fn spec(cluster: &Cluster<'_>, service: &Service<'_>) -> ServiceSpec {
    let shared = &service.shared;
    let affinity = shared.session_affinity() == Affinity::ClientIp;
    let timeout = shared.session_timeout.as_ref().filter(|_| affinity);
    let common = ServiceSpec {
        ip_family_policy: Some(service.family_policy.word().to_owned()),
        ip_families: Some(service.families.iter().map(Family::to_string).collect()),
        session_affinity: affinity.then(|| Affinity::ClientIp.word().to_owned()),
        session_affinity_config: timeout.map(|timeout| SessionAffinityConfig {
            client_ip: Some(ClientIPConfig {
                timeout_seconds: Some(i32::try_from(timeout.value.seconds).unwrap_or(i32::MAX)),
            }),
        }),
        selector: Some(service.selector().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()),
        ports: Some(service.ports.iter().map(port).collect()),
        ..ServiceSpec::default()
    };
    let internal = Some(shared.internal_traffic().word().to_owned());
    match service.exposure {
        ServiceType::LoadBalancer => ServiceSpec {
            internal_traffic_policy: internal,
            load_balancer_source_ranges: shared.source_ranges.as_ref().map(|ranges| {
                let mut ranges: Vec<_> = ranges.value.iter().map(|range| range.value).collect();
                ranges.sort_unstable();
                ranges.iter().map(ToString::to_string).collect()
            }),
            ..load_balancer(common, class(cluster, service), shared.node_ports(), shared.traffic())
        },
        ServiceType::ClusterIp => ServiceSpec {
            type_: Some(ServiceType::ClusterIp.word().to_owned()),
            internal_traffic_policy: internal,
            ..common
        },
        // No virtual address, so no traffic policy either.
        ServiceType::Headless => ServiceSpec {
            type_: Some(ServiceType::ClusterIp.word().to_owned()),
            cluster_ip: Some("None".to_owned()),
            ..common
        },
    }
}

/// The same Service as a LoadBalancer. Node ports are denied in as many words: MetalLB needs none (metallb/metallb#328),
/// and the API server allocates one for each port unless told not to.
pub(super) fn load_balancer(
    spec: ServiceSpec,
    class: Option<&str>,
    node_ports: bool,
    traffic: TrafficPolicy,
) -> ServiceSpec {
    ServiceSpec {
        type_: Some(ServiceType::LoadBalancer.word().to_owned()),
        load_balancer_class: class.map(str::to_owned),
        allocate_load_balancer_node_ports: Some(node_ports),
        external_traffic_policy: Some(traffic.word().to_owned()),
        ..spec
    }
}

/// The class of a LoadBalancer. MetalLB with a class serves that one alone, without one only Services that have none.
pub(super) fn class<'a>(cluster: &Cluster<'a>, service: &'a Service<'_>) -> Option<&'a str> {
    let own = service.shared.class.as_ref().map(|class| class.value.as_str());
    own.or_else(|| class_of_metallb(cluster))
}

/// The class that MetalLB serves in a cluster.
pub(super) fn class_of_metallb<'a>(cluster: &Cluster<'a>) -> Option<&'a str> {
    cluster.metallb()?.load_balancer_class.as_ref().map(|class| class.value.as_str())
}

/// The annotations of a Service: what was written, and over it the pin and the key of a shared address. `pinned` is
/// empty where the address is asked for in another way.
pub(super) fn annotations_of(
    cluster: &Cluster<'_>,
    service: &Service<'_>,
    pinned: &[Address],
) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    if let Some(written) = &service.written.annotations {
        all.extend(annotations::texts(&written.value));
    }
    all.extend(pin(cluster, pinned));
    let share = service.written.share.as_ref().filter(|_| !service.addresses.is_empty());
    if let (Some(share), Some(metallb)) = (share, cluster.metallb()) {
        let key = metallb::annotation(&metallb.version.value, "allow-shared-ip");
        all.insert(key, share.value.to_string());
    }
    all
}

/// MetalLB's annotation that asks for these addresses, IPv4 first. The pool is not named: it follows from the address,
/// and one that disagrees is an error (metallb `controller/service.go`).
pub(super) fn pin(cluster: &Cluster<'_>, addresses: &[Address]) -> Option<(String, String)> {
    let metallb = cluster.metallb()?;
    let list: Vec<String> = addresses.iter().map(Address::to_string).collect();
    let key = metallb::annotation(&metallb.version.value, "loadBalancerIPs");
    (!list.is_empty()).then(|| (key, list.join(",")))
}

/// The families of some addresses and the policy that asks for exactly them.
pub(super) fn families_of(addresses: &[Address]) -> (Vec<String>, model::FamilyPolicy) {
    let families: Vec<String> = addresses.iter().map(|ip| address::family(*ip).to_string()).collect();
    let both = families.len() > 1;
    let policy = if both { model::FamilyPolicy::RequireDualStack } else { model::FamilyPolicy::SingleStack };
    (families, policy)
}

fn port(port: &Port<'_>) -> ServicePort {
    let target = match port.target {
        TargetPort::Number(number) => IntOrString::Int(i32::from(*number)),
        TargetPort::Name(name) => IntOrString::String(name.clone()),
    };
    service_port(port.name, port.protocol, port.port, target)
}

pub(super) fn service_port(name: &str, protocol: Protocol, port: u16, target: IntOrString) -> ServicePort {
    ServicePort {
        name: Some(name.to_owned()),
        protocol: Some(protocol.word().to_owned()),
        port: i32::from(port),
        target_port: Some(target),
        ..ServicePort::default()
    }
}
