//! A Service that a Helm chart writes is reached through the values that its template reads, and through no others.
//!
//! A fragment of values for each such Service, to be given to Helm after the platform's own: it sets the type, the
//! address and the traffic policy, and nothing else.

use super::ClusterEmitter;
use super::files::Files;
use super::services::{annotations_of, class, sources};
use crate::facts::Facts;
use crate::model::{Owner, Pin, Release, ServiceType};
use crate::objects::merge;
use crate::resolve::{Cluster, Service};
use crate::upstream::charts::service_keys;
use serde_json::{Map, Value, json};

pub const EMITTER: ClusterEmitter = ClusterEmitter { name: "charts", emit };

fn emit(facts: &Facts<'_>, cluster: &Cluster<'_>, files: &mut Files) {
    for service in facts.resolved.services_of(cluster.id) {
        let (Owner::Chart, Some(release)) = (service.owner, &service.written.release) else { continue };
        let path = format!("values/{}/{}.yaml", cluster.name, service.key);
        files.values(path, &values(cluster, service, &release.value), &sources(facts, service));
    }
}

fn values(cluster: &Cluster<'_>, service: &Service<'_>, release: &Release) -> Value {
    let version = release.version.as_ref().map(|version| &version.value);
    let keys = service_keys(&release.chart.value, &release.values.value, version);
    let mut values = Value::Object(Map::new());
    let mut set = |key: &Option<String>, value: Value| {
        if let Some(key) = key {
            insert(&mut values, key, value);
        }
    };
    let exposed = service.exposure == ServiceType::LoadBalancer;
    let kind = if exposed { keys.load_balancer } else { keys.cluster_ip };
    set(&Some(keys.kind), Value::from(kind));
    if exposed {
        if let Some(class) = class(cluster, service) {
            set(&keys.load_balancer_class, Value::from(class));
        }
        set(&keys.allocate_node_ports, Value::from(service.shared.node_ports()));
        set(&keys.external_traffic_policy, Value::from(service.shared.traffic().word()));
    }
    // MetalLB refuses a Service that asks in both ways (`controller/service.go`).
    let by_field = release.pin() == Pin::LoadBalancerIp || keys.annotations.is_none();
    if by_field && let Some(address) = service.addresses.first() {
        set(&keys.load_balancer_ip, Value::from(address.to_string()));
    }
    let annotations = annotations_of(cluster, service, if by_field { &[] } else { &service.addresses });
    if !annotations.is_empty() {
        let annotations = annotations.into_iter().map(|(key, text)| (key, Value::from(text)));
        set(&keys.annotations, annotations.collect());
    }
    if let Some(raw) = &release.raw {
        merge(&mut values, &raw.value.to_json());
    }
    values
}

/// Puts a value at a dotted path and makes the maps on the way to it.
fn insert(values: &mut Value, path: &str, value: Value) {
    let nested = path.rsplit('.').fold(value, |inner, key| json!({ key: inner }));
    merge(values, &nested);
}
