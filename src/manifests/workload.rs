//! What makes pods: the labels and ports of its template, and whether its pods are on the network of their host.

use super::node::Node;
use super::object::{Judge, Object};
use crate::connectivity::{ContainerPort, Labels, Protocol};
use crate::source::Span;
use std::net::IpAddr;

/// Pods as one object describes them.
#[derive(Clone, Debug)]
pub struct Template {
    pub namespace: String,
    pub name: String,
    pub kind: String,
    pub labels: Labels,
    pub ports: Vec<ContainerPort>,
    pub host_network: bool,
    pub addresses: Vec<IpAddr>,
    /// Who made it: kind and name of the controlling owner.
    pub owner: Option<(String, String)>,
    pub span: Span,
}

/// The path of the pod template in a kind that makes pods.
fn template_path(object: &Object<'_>) -> Option<&'static [&'static str]> {
    let template: &[&str] = &["spec", "template"];
    Some(match object.kind {
        "Pod" | "ReplicationController" if !object.is_of("") => return None,
        "Pod" => &[],
        "ReplicationController" => template,
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" if object.is_of("apps") => template,
        "Job" if object.is_of("batch") => template,
        "CronJob" if object.is_of("batch") => &["spec", "jobTemplate", "spec", "template"],
        _ => return None,
    })
}

/// The pods of an object; `None` when it makes none, or when what is written makes no sense.
pub fn read(object: &Object<'_>, judge: &mut Judge<'_>) -> Option<Template> {
    let path = template_path(object)?;
    // A pod that is over has no network; the namespace of a CronJob is full of them.
    let over = |phase| object.kind == "Pod" && object.node.text_at(&["status", "phase"]) == Some(phase);
    if over("Succeeded") || over("Failed") {
        return None;
    }
    let template = object.node.at(path)?;
    let labels = match template.at(&["metadata", "labels"]) {
        Some(labels) => judge.labels(labels)?,
        None => Labels::new(),
    };
    let spec = template.at(&["spec"]);
    let truth = |node: &Node| node.text() == Some("true");
    let addresses = object.node.at(&["status", "podIPs"]).map_or(&[][..], Node::items).iter();
    let address = |node: &Node| node.text_at(&["ip"])?.parse::<IpAddr>().ok();
    let mut known: Vec<IpAddr> = addresses.filter_map(address).collect();
    if known.is_empty() {
        known.extend(object.node.text_at(&["status", "podIP"]).and_then(|text| text.parse::<IpAddr>().ok()));
    }
    Some(Template {
        namespace: object.namespace().to_owned(),
        name: object.name().to_owned(),
        kind: object.kind.to_owned(),
        labels,
        ports: spec.map(|spec| ports(spec, judge)).unwrap_or_default(),
        host_network: spec.and_then(|spec| spec.at(&["hostNetwork"])).is_some_and(truth),
        addresses: known,
        owner: owner(object.node),
        span: object.span(),
    })
}

/// The controlling owner, or the only one.
fn owner(node: &Node) -> Option<(String, String)> {
    let owners = node.at(&["metadata", "ownerReferences"])?.items();
    let controller = owners.iter().find(|owner| owner.text_at(&["controller"]) == Some("true"));
    let owner = controller.or(owners.first())?;
    Some((owner.text_at(&["kind"])?.to_owned(), owner.text_at(&["name"])?.to_owned()))
}

/// The ports of all containers; a sidecar is an init container that stays.
fn ports(spec: &Node, judge: &mut Judge<'_>) -> Vec<ContainerPort> {
    let containers = ["containers", "initContainers"].into_iter().filter_map(|key| spec.at(&[key]));
    let mut ports = Vec::new();
    for container in containers.flat_map(Node::items) {
        for port in container.at(&["ports"]).map_or(&[][..], Node::items) {
            let Some(number) = port.at(&["containerPort"]) else { continue };
            let Some(number) = super::policy::number(number, "`containerPort`", judge) else { continue };
            let protocol = match port.text_at(&["protocol"]) {
                Some("UDP") => Protocol::Udp,
                Some("SCTP") => Protocol::Sctp,
                _ => Protocol::Tcp,
            };
            let name = port.at(&["name"]).and_then(|name| judge.text(name));
            ports.push(ContainerPort { name, protocol, number });
        }
    }
    ports.sort();
    ports.dedup();
    ports
}
