//! Which connections are tried: of those that the proof allows and of those that it denies, a few for each namespace.
//!
//! Only what is enforced is tried: a staged policy drops nothing. TCP alone, because a UDP packet that nobody answers
//! looks the same whether it arrived or not.

use super::pods::Probe;
use super::scope;
use crate::connectivity::{Certainty, Endpoint, Labels, Protocol, WorkloadId};
use crate::facts::flow::{Kind, Side};
use crate::facts::{Facts, Judged};
use crate::resolve::{Cluster, NamespaceId, Unit};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// So many candidates are asked about for each namespace before the search for denied ones ends.
const CANDIDATES: usize = 200;
/// The pod port of a runtime's inference endpoint.
const MESH: u16 = 9000;

/// One connection to try.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Call {
    allowed: bool,
    /// Where it goes: pods, or an address.
    to: To,
    port: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum To {
    Pods { namespace: String, name: String, labels: Labels },
    Address(String),
}

/// Pods that others can be found by: of a service, or the inference endpoint of a runtime.
struct Target {
    id: WorkloadId,
    port: u16,
}

/// The pods to start, each with what to try from it.
pub fn probes(facts: &Facts<'_>, at: usize, cluster: &Cluster<'_>, image: &str, wanted: usize) -> Vec<Value> {
    if !cluster.is_target() {
        return Vec::new();
    }
    let judged = facts.judged(cluster);
    let targets = targets(facts, at, cluster, &judged);
    let mut calls: BTreeMap<(String, Labels, String), BTreeSet<Call>> = BTreeMap::new();
    for namespace in namespaces(facts, at, cluster) {
        allowed(facts, cluster, &judged, &targets, namespace, wanted, &mut calls);
        denied(facts, &judged, &targets, namespace, wanted, &mut calls);
    }
    let probe = |((namespace, labels, name), calls): ((String, Labels, String), BTreeSet<Call>)| {
        let calls: Vec<Value> = calls.iter().map(|call| call.json(&name, &namespace)).collect();
        let manifest = Probe { image, labels, ..Probe::default() }.manifest();
        json!({ "name": format!("{namespace}/{name}"), "namespace": namespace, "manifest": manifest, "calls": calls })
    };
    calls.into_iter().map(probe).collect()
}

/// Whether there is a namespace whose policies drop something, so that there is something to try.
pub fn any(facts: &Facts<'_>, at: usize, cluster: &Cluster<'_>) -> bool {
    cluster.is_target() && !namespaces(facts, at, cluster).is_empty()
}

impl Call {
    fn json(&self, from: &str, namespace: &str) -> Value {
        let verb = if self.allowed { "may reach" } else { "may not reach" };
        match &self.to {
            To::Pods { namespace: there, name, labels } => json!({
                "allowed": self.allowed,
                "title": format!("{namespace}/{from} {verb} {there}/{name} on {}", self.port),
                "namespace": there,
                "selector": pairs(labels),
                "address": Value::Null,
                "port": self.port,
            }),
            To::Address(address) => json!({
                "allowed": self.allowed,
                "title": format!("{namespace}/{from} {verb} {address} on {}", self.port),
                "namespace": "", "selector": "",
                "address": address,
                "port": self.port,
            }),
        }
    }
}

/// Labels as `kubectl -l` takes them.
pub fn pairs(labels: &Labels) -> String {
    labels.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(",")
}

/// The isolated namespaces that a stage fills; every one where it fills none.
fn namespaces(facts: &Facts<'_>, at: usize, cluster: &Cluster<'_>) -> Vec<NamespaceId> {
    let resolved = &facts.resolved;
    let filled: BTreeSet<NamespaceId> = (scope::applied(facts, at, cluster.id).into_iter())
        .filter_map(|unit| match unit {
            Unit::Service(id) => Some(resolved.service(id).namespace),
            Unit::Tenant(id) => Some(resolved.tenant(id).namespace),
            _ => None,
        })
        .collect();
    let isolated = resolved.namespaces_of(cluster.id).iter();
    let isolated = isolated.filter(|namespace| namespace.policy == crate::model::PolicyMode::Isolated);
    isolated.map(|namespace| namespace.id).filter(|id| filled.is_empty() || filled.contains(id)).collect()
}

/// What listens on a TCP port once the stage is over.
fn targets(facts: &Facts<'_>, at: usize, cluster: &Cluster<'_>, judged: &Judged) -> Vec<Target> {
    let resolved = &facts.resolved;
    let workloads = &judged.world.world.workloads;
    let find = |namespace: &str, labels: &Labels| {
        let all = judged.world.namespace(namespace).iter().copied();
        all.into_iter().find(|id| workloads[id.0].labels == *labels)
    };
    let mut targets = Vec::new();
    for service in resolved.services_of(cluster.id) {
        let tcp = |port: &&crate::resolve::Port<'_>| port.protocol == crate::model::values::Protocol::Tcp;
        let port = service.ports.iter().filter(tcp).find_map(crate::resolve::Port::pod_port);
        let Some(port) = port.filter(|_| scope::is_there(facts, at, service.id)) else { continue };
        let labels = service.selector().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        let namespace = &resolved.namespace(service.namespace).name;
        targets.extend(find(namespace, &labels).map(|id| Target { id, port }));
    }
    let envoy = crate::upstream::seldon::Component::Envoy.label();
    for runtime in resolved.runtimes_of(cluster.id) {
        let Some((key, value)) = envoy else { continue };
        let labels = Labels::from([(key.to_owned(), value.to_owned())]);
        let namespace = &resolved.namespace(runtime.namespace).name;
        targets.extend(find(namespace, &labels).map(|id| Target { id, port: MESH }));
    }
    targets
}

type Calls = BTreeMap<(String, Labels, String), BTreeSet<Call>>;

/// Declared flows of a namespace, out of it and into it, that the policies allow for certain.
fn allowed(
    facts: &Facts<'_>,
    cluster: &Cluster<'_>,
    judged: &Judged,
    targets: &[Target],
    namespace: NamespaceId,
    wanted: usize,
    calls: &mut Calls,
) {
    let here = &facts.resolved.namespace(namespace).name;
    let (mut out, mut into) = (0, 0);
    for flow in
        facts.flows_of(cluster.id).iter().filter(|flow| matches!(flow.kind, Kind::Call | Kind::Scrape))
    {
        let Side::Pods(from) = &flow.from else { continue };
        let leaves = from.namespace == *here;
        let enters = matches!(&flow.to, Side::Pods(to) if to.namespace == *here && !leaves);
        if !(leaves && out < wanted.div_ceil(2) || enters && into < wanted / 2) {
            continue;
        }
        let Some(source) = judged.world.select(from).into_iter().next() else { continue };
        let mut ports = flow.ports.iter();
        let port = ports.find(|port| port.protocol == Protocol::Tcp && port.first == port.last);
        let Some(port) = port.map(|port| port.first) else { continue };
        let to = match &flow.to {
            Side::Pods(pods) => {
                let selected = judged.world.select(pods);
                let listens = |target: &&Target| target.port == port && selected.contains(&target.id);
                let Some(target) = targets.iter().find(listens) else { continue };
                if !is(judged, source, &Endpoint::Workload(target.id), port, Certainty::Allowed) {
                    continue;
                }
                pods_of(judged, target.id)
            }
            Side::Blocks(blocks) => match blocks.as_slice() {
                [block] if block.cidr.size() == 1 => To::Address(block.cidr.first().to_string()),
                _ => continue,
            },
            Side::Unrecognisable { .. } => continue,
        };
        let fresh =
            calls.entry(source_of(judged, source)).or_default().insert(Call { allowed: true, to, port });
        if fresh && leaves {
            out += 1;
        } else if fresh {
            into += 1;
        }
    }
}

/// Connections out of a namespace and into it that every network plugin must drop.
fn denied(
    facts: &Facts<'_>,
    judged: &Judged,
    targets: &[Target],
    namespace: NamespaceId,
    wanted: usize,
    calls: &mut Calls,
) {
    let here = &facts.resolved.namespace(namespace).name;
    let workloads = &judged.world.world.workloads;
    // Its own pods without labels: what a team starts tomorrow.
    let Some(own) = judged.world.namespace(here).iter().copied().find(|id| workloads[id.0].labels.is_empty())
    else {
        return;
    };
    // Beginning behind itself, so that not every namespace tries the same first ones.
    let behind = targets.partition_point(|target| workloads[target.id.0].namespace <= *here);
    let mut found = 0;
    for target in targets[behind..].iter().chain(&targets[..behind]).take(CANDIDATES) {
        if found >= wanted.div_ceil(2) {
            break;
        }
        let away = workloads[target.id.0].namespace != *here;
        if away && is(judged, own, &Endpoint::Workload(target.id), target.port, Certainty::Denied) {
            let call = Call { allowed: false, to: pods_of(judged, target.id), port: target.port };
            calls.entry(source_of(judged, own)).or_default().insert(call);
            found += 1;
        }
    }
    let inside: Vec<&Target> =
        targets.iter().filter(|target| workloads[target.id.0].namespace == *here).collect();
    let mut found = 0;
    for other in targets[behind..].iter().chain(&targets[..behind]).take(CANDIDATES) {
        let Some(target) = inside.first().filter(|_| found < wanted / 2) else { break };
        let away = workloads[other.id.0].namespace != *here;
        if away && is(judged, other.id, &Endpoint::Workload(target.id), target.port, Certainty::Denied) {
            let call = Call { allowed: false, to: pods_of(judged, target.id), port: target.port };
            calls.entry(source_of(judged, other.id)).or_default().insert(call);
            found += 1;
        }
    }
}

fn is(judged: &Judged, from: WorkloadId, to: &Endpoint, port: u16, certainty: Certainty) -> bool {
    judged.network.certainty(&Endpoint::Workload(from), to, Protocol::Tcp, port) == certainty
}

/// The namespace, the labels and the name of the pods that call.
fn source_of(judged: &Judged, id: WorkloadId) -> (String, Labels, String) {
    let workload = &judged.world.world.workloads[id.0];
    (workload.namespace.clone(), workload.labels.clone(), workload.name.clone())
}

fn pods_of(judged: &Judged, id: WorkloadId) -> To {
    let workload = &judged.world.world.workloads[id.0];
    To::Pods {
        namespace: workload.namespace.clone(),
        name: workload.name.clone(),
        labels: workload.labels.clone(),
    }
}
