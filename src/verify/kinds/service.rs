//! A Service has its type, its ports, what MetalLB reads of it, and the address that the plan gives it.

use super::{Comparison, Kind};
use crate::addresses::{Address, address};
use crate::upstream::metallb::{ANNOTATIONS, NEW_PREFIX, OLD_PREFIX};
use crate::verify::asked::Asked;
use crate::verify::identity::Identity;
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub const SERVICE: Kind =
    Kind { group: "", kind: "Service", resource: "services", everywhere: true, compare, foreign };

/// Fields that change where traffic goes, with the value that the API server gives them by itself.
const SETTINGS: &[(&str, Option<&str>)] = &[
    ("spec.externalIPs", None),
    ("spec.externalName", None),
    ("spec.externalTrafficPolicy", Some("Cluster")),
    ("spec.internalTrafficPolicy", Some("Cluster")),
    ("spec.loadBalancerClass", None),
    ("spec.loadBalancerSourceRanges", None),
    ("spec.publishNotReadyAddresses", Some("false")),
    ("spec.sessionAffinity", Some("None")),
];

/// What makes a Service of another one what it is; a chart may well set more.
fn compare(comparison: &mut Comparison<'_>) {
    let mut live = comparison.live["spec"].clone();
    let mut planned = comparison.planned.value["spec"].clone();
    [&mut planned, &mut live].into_iter().for_each(fill_in);
    if comparison.planned.file.is_some() {
        let no_node_ports = planned.get("allocateLoadBalancerNodePorts") == Some(&Value::Bool(false));
        comparison.values("spec", &planned, &live, &|path, value| {
            let default = SETTINGS.iter().find(|(known, _)| *known == path).map(|(_, default)| default);
            let is_default =
                |default: &str| value.as_str().map_or(value.to_string(), str::to_owned) == default;
            match default {
                Some(default) => !default.is_some_and(is_default),
                None if path.starts_with("spec.selector") => true,
                None => no_node_ports && path.ends_with("].nodePort") && *value != json!(0),
            }
        });
        annotations(comparison);
    } else {
        written_by_others(comparison, &planned, &live);
    }
    addresses(comparison);
}

/// The defaults of ports, on both sides (kubernetes `pkg/apis/core/v1/defaults.go`).
fn fill_in(spec: &mut Value) {
    for port in spec.get_mut("ports").and_then(Value::as_array_mut).into_iter().flatten() {
        let Value::Object(port) = port else { continue };
        port.entry("protocol").or_insert_with(|| Value::from("TCP"));
        let number = port.get("port").cloned().unwrap_or_default();
        let target = port.entry("targetPort").or_insert_with(|| number.clone());
        // In a headless Service a port that is 0 was left out.
        if target == &json!(0) {
            *target = number;
        }
    }
}

/// A chart names its ports, and may open more than the plan speaks of.
fn written_by_others(comparison: &mut Comparison<'_>, planned: &Value, live: &Value) {
    if let Some(kind) = planned.get("type") {
        comparison.values("spec.type", kind, &live["type"], &|_, _| false);
    }
    let ports = |spec: &Value| -> BTreeSet<(u64, String)> {
        let ports = spec["ports"].as_array().into_iter().flatten();
        ports
            .filter_map(|port| Some((port["port"].as_u64()?, port["protocol"].as_str()?.to_owned())))
            .collect()
    };
    let there = ports(live);
    for (number, protocol) in ports(planned).difference(&there) {
        let planned = Some(format!("{number}/{protocol}"));
        comparison.differs(&format!("spec.ports[{number}/{protocol}]"), planned, None);
    }
}

/// Annotations that MetalLB reads and nobody planned, under either prefix.
fn annotations(comparison: &mut Comparison<'_>) {
    let live = comparison.live.pointer("/metadata/annotations").and_then(Value::as_object);
    let read = |key: &str| {
        let below = key.strip_prefix(NEW_PREFIX).or_else(|| key.strip_prefix(OLD_PREFIX));
        below.is_some_and(|below| ANNOTATIONS.iter().any(|known| known.key == below && !known.output))
    };
    let planned = comparison.planned.value.pointer("/metadata/annotations");
    for (key, value) in live.into_iter().flatten() {
        if read(key) && planned.and_then(|planned| planned.get(key)).is_none() {
            let live = value.as_str().map(str::to_owned);
            comparison.differs(&format!("metadata.annotations[{key}]"), None, live);
        }
    }
}

/// The addresses that a load balancer gave a Service.
pub fn assigned(service: &Value) -> BTreeSet<Address> {
    let all = service.pointer("/status/loadBalancer/ingress").and_then(Value::as_array).into_iter().flatten();
    all.filter_map(|entry| address::parse(entry["ip"].as_str()?).ok()).collect()
}

fn addresses(comparison: &mut Comparison<'_>) {
    let identity = &comparison.planned.identity;
    let ours = comparison.asked.addresses.iter().filter(|planned| {
        Some(&planned.namespace) == identity.namespace.as_ref() && planned.service == identity.name
    });
    let (mut planned, mut pools) = (BTreeSet::new(), BTreeSet::new());
    for one in ours {
        planned.insert(one.address);
        pools.extend(one.pool.clone());
    }
    let live = assigned(comparison.live);
    let load_balancer =
        comparison.planned.value.pointer("/spec/type").is_none_or(|kind| kind == "LoadBalancer");
    // What an operator writes may have an address that the plan does not speak of.
    if planned.is_empty() && (comparison.planned.file.is_none() || load_balancer) {
        return;
    }
    if planned != live {
        let list =
            |all: &BTreeSet<Address>| all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let text = |all: &BTreeSet<Address>| Some(list(all)).filter(|list| !list.is_empty());
        comparison.differs("status.loadBalancer.ingress", text(&planned), text(&live));
    }
    for prefix in [NEW_PREFIX, OLD_PREFIX] {
        let key = format!("{prefix}ip-allocated-from-pool");
        let pointer = format!("/metadata/annotations/{}", key.replace('/', "~1"));
        if let Some(pool) = comparison.live_text(&pointer).filter(|pool| !pools.contains(*pool)) {
            let planned = pools.iter().cloned().collect::<Vec<_>>().join(", ");
            let path = format!("metadata.annotations[{key}]");
            comparison.differs(&path, Some(planned).filter(|list| !list.is_empty()), Some(pool.to_owned()));
        }
    }
}

/// A Service inside the cluster is nobody's business; one that the LAN sees is.
fn foreign(asked: &Asked, identity: &Identity, service: &Value) -> Option<String> {
    let taken = assigned(service).into_iter().find(|ip| asked.pool_of(*ip).is_some());
    if let Some(ip) = taken {
        let planned = asked.addresses.iter().find(|planned| planned.address == ip);
        return Some(match planned {
            Some(planned) => format!("holds {ip}, which is planned for `{}`", planned.holder),
            None => format!("holds {ip} of pool `{}`", asked.pool_of(ip).unwrap_or_default()),
        });
    }
    let ours = identity.namespace.as_ref().is_some_and(|namespace| asked.namespaces.contains(namespace));
    match service.pointer("/spec/type").and_then(Value::as_str) {
        Some(kind @ ("LoadBalancer" | "NodePort")) if ours => {
            Some(format!("a {kind} that the plan does not know, in a namespace that it rules"))
        }
        _ => None,
    }
}
