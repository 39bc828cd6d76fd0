//! A node is the planned machine, runs the planned release, and takes pods.

use super::{Comparison, Kind};
use crate::addresses::{Cidr, address};
use crate::verify::asked::Asked;
use crate::verify::identity::Identity;
use serde_json::Value;
use std::collections::BTreeSet;

pub const NODE: Kind =
    Kind { group: "", kind: "Node", resource: "nodes", everywhere: true, compare, foreign };

/// Taints that say that a node, or its network, is not ready. The kubelet and the node lifecycle controller set those of
/// Kubernetes (`pkg/apis/core/v1/well_known_taints.go`), network plugins and cloud controllers the others.
const UNREADY: &[&str] = &[
    "node.kubernetes.io/",
    "node.cloudprovider.kubernetes.io/uninitialized",
    "node.cilium.io/agent-not-ready",
    "projectcalico.org/",
];

/// Conditions that are well when they are `False`.
const PRESSURES: &[&str] = &["DiskPressure", "MemoryPressure", "NetworkUnavailable", "PIDPressure"];

fn compare(comparison: &mut Comparison<'_>) {
    let role = "node-role.kubernetes.io/control-plane";
    let is_server = comparison.planned.value["server"] == true;
    let has_role =
        comparison.live.pointer("/metadata/labels").is_some_and(|labels| labels.get(role).is_some());
    if is_server && !has_role {
        comparison.differs(&format!("metadata.labels[{role}]"), Some("present".to_owned()), None);
    }
    if !is_server && has_role {
        comparison.differs(&format!("metadata.labels[{role}]"), None, Some("present".to_owned()));
    }
    addresses(comparison);
    version(comparison);
    pod_networks(comparison);
    // Without a pod network no node is ready.
    let asked = comparison.asked;
    if asked.calico.is_none() || asked.is_due(asked.dues.network(&asked.cluster)) {
        comparison.condition("Ready", "True");
        taints(comparison);
        node_address(comparison);
    }
    PRESSURES.iter().for_each(|name| comparison.condition_is_not(name, "True"));
    if comparison.live.pointer("/spec/unschedulable") == Some(&Value::Bool(true)) {
        comparison.differs("spec.unschedulable", None, Some("true".to_owned()));
    }
}

fn internal(object: &Value) -> BTreeSet<String> {
    let all = object.pointer("/status/addresses").and_then(Value::as_array).into_iter().flatten();
    let internal = all.filter(|entry| entry["type"] == "InternalIP");
    internal
        .filter_map(|entry| address::parse(entry["address"].as_str()?).ok())
        .map(|ip| ip.to_string())
        .collect()
}

/// A machine may have addresses that its kubelet does not tell, in a cluster of one family for one.
fn addresses(comparison: &mut Comparison<'_>) {
    let (planned, live) = (internal(&comparison.planned.value), internal(comparison.live));
    if live.is_empty() || !live.is_subset(&planned) {
        let list = |all: &BTreeSet<String>| all.iter().cloned().collect::<Vec<_>>().join(", ");
        comparison.differs(
            "status.addresses[InternalIP]",
            Some(list(&planned)),
            Some(list(&live)).filter(|list| !list.is_empty()),
        );
    }
}

fn version(comparison: &mut Comparison<'_>) {
    let of = |value: &Value| -> Option<String> {
        let version = value.pointer("/status/nodeInfo/kubeletVersion")?.as_str()?;
        Some(version.trim_start_matches('v').to_owned())
    };
    let (planned, live) = (of(&comparison.planned.value), of(comparison.live));
    if planned != live {
        let written = |version: Option<String>| version.map(|version| format!("v{version}"));
        comparison.differs("status.nodeInfo.kubeletVersion", written(planned), written(live));
    }
}

fn pod_networks(comparison: &mut Comparison<'_>) {
    let networks = comparison.live.pointer("/spec/podCIDRs").and_then(Value::as_array).into_iter().flatten();
    let outside = |network: &&str| {
        let inside = |network: Cidr| comparison.asked.pods.iter().any(|pods| pods.contains_cidr(&network));
        Cidr::parse(network).ok().is_none_or(|network| !inside(network))
    };
    let outside: Vec<&str> = networks.filter_map(Value::as_str).filter(outside).collect();
    if !outside.is_empty() {
        let pods: Vec<String> = comparison.asked.pods.iter().map(ToString::to_string).collect();
        let planned = Some(format!("inside {}", pods.join(", ")));
        comparison.differs("spec.podCIDRs", planned, Some(outside.join(", ")));
    }
}

fn taints(comparison: &mut Comparison<'_>) {
    let taints = comparison.live.pointer("/spec/taints").and_then(Value::as_array).into_iter().flatten();
    for taint in taints {
        let key = taint["key"].as_str().unwrap_or_default();
        // A node that somebody cordoned is told once, by the field.
        if key != "node.kubernetes.io/unschedulable" && UNREADY.iter().any(|prefix| key.starts_with(prefix)) {
            let effect = taint["effect"].as_str().unwrap_or_default();
            comparison.differs(&format!("spec.taints[{key}]"), None, Some(effect.to_owned()));
        }
    }
}

/// Calico notes the address that it found for itself (`node/pkg/lifecycle/startup`); on the wrong interface it still
/// calls itself ready.
fn node_address(comparison: &mut Comparison<'_>) {
    let planned = internal(&comparison.planned.value);
    for key in ["IPv4Address", "IPv6Address"] {
        let Some(found) = comparison.live_text(&format!("/metadata/annotations/projectcalico.org~1{key}"))
        else {
            continue;
        };
        let address = found.split('/').next().and_then(|text| address::parse(text).ok());
        if address.is_none_or(|address| !planned.contains(&address.to_string())) {
            let planned = planned.iter().cloned().collect::<Vec<_>>().join(", ");
            let path = format!("metadata.annotations[projectcalico.org/{key}]");
            comparison.differs(&path, Some(planned), Some(found.to_owned()));
        }
    }
}

fn foreign(asked: &Asked, _: &Identity, _: &Value) -> Option<String> {
    Some(format!("`clusters.{}` has no such machine", asked.cluster))
}
