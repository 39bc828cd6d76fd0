//! What a template may name. `templates/checks/README.md` is the page about it.

use super::meaning::{Meaning, databases};
use super::pods::{Probe, Task};
use super::{probes, saved, scope};
use crate::addresses::Address;
use crate::facts::{Facts, announced, ansible};
use crate::model::values::Protocol;
use crate::model::{Owner, ServiceType, Tool};
use crate::resolve::{Cluster, HostId, Party, Resolved, Service};
use crate::upstream::calico::{Feature, has};
use crate::upstream::charts;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// A cluster of more nodes is tried in so many places, evenly.
const MOST_NODES: usize = 12;

/// What every template of a script may name.
pub fn base(facts: &Facts<'_>, at: usize, cluster: &Cluster<'_>) -> Map<String, Value> {
    let resolved = &facts.resolved;
    let image = image(resolved);
    let stage = &resolved.stages[at];
    let services = scope::services(facts, at, cluster);
    let runtimes = scope::runtimes(facts, at, cluster);
    let namespace_of = |id| resolved.namespace(id).name.clone();
    let value = json!({
        "plan": resolved.name,
        "stage": { "name": stage.name, "number": facts.stages.stages[at].number },
        "cluster": of_cluster(resolved, cluster),
        "old": cluster.replaces.map(|old| of_cluster(resolved, resolved.cluster(old))),
        "image": image,
        "probe_pod": Probe { image: &image, ..Probe::default() }.manifest(),
        "services": services.iter().map(|service| of_service(resolved, cluster, service)).collect::<Vec<_>>(),
        "vips": vips(facts, at, cluster),
        "names": names(facts, at, cluster),
        "urls": urls(facts, at, cluster),
        "pools": pools(resolved, cluster),
        "metallb": cluster.metallb().map(|metallb| json!({
            "version": metallb.version.value.to_string(),
            "namespace": metallb.namespace().as_str(),
        })),
        "calico": calico(cluster),
        "gitops": resolved.delivery.gitops.as_ref().map(|gitops| match gitops.tool {
            Tool::ArgoCd => "argocd",
            Tool::Flux => "flux",
        }),
        "gitops_here": resolved.delivery.gitops.as_ref().is_none_or(|gitops| {
            gitops.tool == Tool::Flux
                || !matches!(gitops.destinations.get(&cluster.id), Some(crate::resolve::Argo::Named(_)))
        }),
        "gitops_namespace": resolved.delivery.gitops.as_ref().map(|gitops| gitops.namespace.clone()),
        "runtimes": runtimes.iter().map(|id| json!({
            "namespace": namespace_of(resolved.runtime(*id).namespace),
        })).collect::<Vec<_>>(),
        "model_namespaces": runtimes.iter().map(|id| namespace_of(resolved.runtime(*id).namespace)).collect::<Vec<_>>(),
        "secrets": secrets(facts, at, cluster),
        "backups": saved::names(facts, at),
        "allowed_node_ports": allowed_node_ports(resolved, cluster),
    });
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// What the template of one word may name beside that.
pub fn extra(facts: &Facts<'_>, at: usize, cluster: &Cluster<'_>, meaning: &Meaning) -> Map<String, Value> {
    let resolved = &facts.resolved;
    let image = image(resolved);
    let mut extra = Map::new();
    let mut set = |key: &str, value: Value| drop(extra.insert(key.to_owned(), value));
    match meaning {
        Meaning::Own(..) => {}
        Meaning::Check(word, argument) => match word.name {
            "cross-node-pod" => set("ring", on_nodes(resolved, cluster, &image, Task::Serve)),
            "host-clean" => {
                set("residue", json!(ansible::residue(resolved, cluster)));
                set("host_pods", on_nodes(resolved, cluster, &image, Task::Look));
            }
            "policy-probes" => {
                let wanted = resolved.runbook().map_or(4, crate::model::Runbook::probes);
                set("probes", json!(probes::probes(facts, at, cluster, &image, wanted.into())));
            }
            "buckets-present" => {
                let services = scope::services(facts, at, cluster).into_iter();
                let with = services.filter(|service| service.written.buckets.is_some());
                set("bucket_services", with.map(|service| of_service(resolved, cluster, service)).collect());
            }
            "artifact-roundtrip" => {
                let services = scope::services(facts, at, cluster).into_iter();
                let stores = services.filter(|service| is_mlflow(service)).filter_map(|service| {
                    let port = service.ports.iter().find(|port| port.protocol == Protocol::Tcp)?;
                    let base = format!("http://{}", socket(*service.addresses.first()?, port.port));
                    Some(json!({ "key": service.key, "base": base }))
                });
                set("artifact_stores", stores.collect());
            }
            "infer" => {
                set("inferred", inferred(facts, cluster, argument.as_deref().unwrap_or_default(), &image));
            }
            "reachable" => {
                set("reached", reached(facts, cluster, argument.as_deref().unwrap_or_default(), &image));
            }
            _ => {}
        },
        Meaning::Action(action, name) => {
            let pods = saved::pods(facts, cluster, name);
            match action.name {
                "drain" => set("drained_services", Value::Array(pods)),
                "backup-volumes" | "restore-volumes" => set("saved_services", Value::Array(pods)),
                "backup-namespace" => set("saved_namespaces", json!(saved::namespaces(facts, cluster, name))),
                _ => {}
            }
            if let Some(external) = resolved.externals.iter().find(|external| external.name == name) {
                let user = external.host.and_then(|host| resolved.host(host).written.user.as_ref());
                let address = external.addresses.first().map(Address::to_string).unwrap_or_default();
                set(
                    "external",
                    json!({
                        "address": address,
                        "port": external.ports.first(),
                        "databases": databases(external),
                        "path": external.written.path.as_ref().map(|path| path.value.as_str()),
                        "login": login(user.map(|user| user.value.as_str()), &address),
                        "ssh_port": external.host.map_or(22, |host| resolved.host(host).written.ssh_port().0),
                    }),
                );
            }
        }
    }
    extra
}

/// The image of probes.
pub fn image(resolved: &Resolved<'_>) -> String {
    let none = crate::model::Runbook::default();
    resolved.runbook().unwrap_or(&none).probe_image().to_string()
}

fn of_cluster(resolved: &Resolved<'_>, cluster: &Cluster<'_>) -> Value {
    let host = |id: HostId| {
        let host = resolved.host(id);
        json!({
            "name": host.name,
            "addresses": host.addresses.iter().map(Address::to_string).collect::<Vec<_>>(),
            "login": login(host.written.user.as_ref().map(|user| user.value.as_str()), &host.address().to_string()),
            "ssh_port": host.written.ssh_port().0,
        })
    };
    json!({
        "name": cluster.name,
        "distribution": cluster.distribution.word(),
        "version": cluster.version.to_string(),
        // As its kubelets say it.
        "kubelet": format!("v{}", cluster.version.to_string().trim_start_matches('v')),
        "cni": cluster.cni.word(),
        "servers": cluster.servers.iter().map(|id| host(*id)).collect::<Vec<_>>(),
        "nodes": cluster.nodes().map(host).collect::<Vec<_>>(),
        "pods": cluster.pods.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "services": cluster.services.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "dns": cluster.dns.iter().map(Address::to_string).collect::<Vec<_>>(),
        "api_service": cluster.services.iter().filter_map(|cidr| cidr.nth(1)).take(1).map(|address| address.to_string()).collect::<Vec<_>>(),
        "domain": cluster.written.domain().to_string(),
    })
}

fn login(user: Option<&str>, address: &str) -> String {
    user.map_or_else(|| address.to_owned(), |user| format!("{user}@{address}"))
}

fn of_service(resolved: &Resolved<'_>, cluster: &Cluster<'_>, service: &Service<'_>) -> Value {
    let ports = service.ports.iter().map(|port| {
        json!({
            "name": port.name,
            "port": port.port,
            "pod_port": port.pod_port(),
            "protocol": port.protocol.word(),
            "was": port.was,
        })
    });
    // In the old cluster it has no address of the plan yet.
    let addresses: Vec<String> = match cluster.is_target() {
        true => service.addresses.iter().map(Address::to_string).collect(),
        false => Vec::new(),
    };
    json!({
        "key": service.key,
        "name": service.name,
        "namespace": resolved.namespace(service.namespace).name,
        "selector": selector(service.written),
        "addresses": addresses,
        "ports": ports.collect::<Vec<_>>(),
        "hosts": service.hosts,
        "buckets": buckets(service.written),
        "stateful": service.written.stateful(),
    })
}

/// The labels of a service's pods as `kubectl -l` takes them.
pub fn selector(service: &crate::model::Service) -> String {
    let labels = service.selector.value.iter();
    let labels: BTreeMap<String, String> =
        labels.map(|label| (label.name.value.to_string(), label.value.to_string())).collect();
    probes::pairs(&labels)
}

pub fn buckets(service: &crate::model::Service) -> Vec<String> {
    let buckets = service.buckets.iter().flat_map(|buckets| &buckets.value);
    buckets.map(|bucket| bucket.value.to_string()).collect()
}

/// Something with an address: the object, its addresses, its names, the port of its page if it has one.
struct Answers {
    namespace: String,
    name: String,
    addresses: Vec<Address>,
    hosts: Vec<String>,
    /// Scheme and port.
    pages: Vec<(&'static str, u16)>,
}

/// What has an address in the scope of a stage.
fn answers(facts: &Facts<'_>, at: usize, cluster: &Cluster<'_>) -> Vec<Answers> {
    let resolved = &facts.resolved;
    if !cluster.is_target() {
        return Vec::new();
    }
    let mut all: Vec<Answers> = (scope::services(facts, at, cluster).into_iter())
        .map(|service| Answers {
            namespace: resolved.namespace(service.namespace).name.clone(),
            name: service.name.to_owned(),
            addresses: service.addresses.clone(),
            hosts: service.hosts.clone(),
            pages: (service.ports.iter())
                .filter_map(|port| Some((scheme(port.name, port.port, port.protocol)?, port.port)))
                .collect(),
        })
        .collect();
    for id in scope::runtimes(facts, at, cluster) {
        let runtime = resolved.runtime(id);
        let both = [
            ("seldon-mesh-lb", &runtime.mesh, &runtime.host, vec![("http", 80)]),
            ("seldon-scheduler-lb", &runtime.scheduler, &runtime.scheduler_host, Vec::new()),
        ];
        all.extend(both.map(|(name, addresses, host, pages)| Answers {
            namespace: resolved.namespace(runtime.namespace).name.clone(),
            name: name.to_owned(),
            addresses: addresses.clone(),
            hosts: host.iter().cloned().collect(),
            pages,
        }));
    }
    all.retain(|answers| !answers.addresses.is_empty());
    all
}

fn vips(facts: &Facts<'_>, at: usize, cluster: &Cluster<'_>) -> Vec<Value> {
    let vip = |answers: Answers| {
        let addresses: Vec<String> = answers.addresses.iter().map(Address::to_string).collect();
        json!({ "namespace": answers.namespace, "name": answers.name, "addresses": addresses })
    };
    answers(facts, at, cluster).into_iter().map(vip).collect()
}

fn names(facts: &Facts<'_>, at: usize, cluster: &Cluster<'_>) -> Vec<Value> {
    let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for answers in answers(facts, at, cluster) {
        for host in &answers.hosts {
            let addresses = answers.addresses.iter().map(Address::to_string);
            names.entry(host.clone()).or_default().extend(addresses);
        }
    }
    names.into_iter().map(|(host, addresses)| json!({ "host": host, "addresses": addresses })).collect()
}

/// Whether something has a name and an address.
pub fn has_names(facts: &Facts<'_>, at: usize, cluster: &Cluster<'_>) -> bool {
    answers(facts, at, cluster).iter().any(|answers| !answers.hosts.is_empty())
}

/// Whether something answers over HTTP.
pub fn has_pages(facts: &Facts<'_>, at: usize, cluster: &Cluster<'_>) -> bool {
    answers(facts, at, cluster).iter().any(|answers| !answers.pages.is_empty())
}

fn urls(facts: &Facts<'_>, at: usize, cluster: &Cluster<'_>) -> Vec<Value> {
    let mut urls = Vec::new();
    for answers in answers(facts, at, cluster) {
        let address = answers.addresses[0];
        for (scheme, port) in answers.pages {
            let host = answers.hosts.first().cloned().unwrap_or_else(|| host_of(address));
            let url = match (scheme, port) {
                ("http", 80) | ("https", 443) => format!("{scheme}://{host}/"),
                _ => format!("{scheme}://{host}:{port}/"),
            };
            // An address leads to itself, and curl takes none in front of the port.
            let resolve = match answers.hosts.is_empty() {
                true => String::new(),
                false => format!("{host}:{port}:{}", host_of(address)),
            };
            urls.push(json!({ "url": url, "resolve": resolve }));
        }
    }
    urls
}

/// What a port speaks, by the names that Kubernetes and Istio use, or by its registered number.
fn scheme(name: &str, port: u16, protocol: Protocol) -> Option<&'static str> {
    let named = |word: &str| name.split('-').any(|part| part == word);
    match port {
        _ if protocol != Protocol::Tcp => None,
        _ if named("https") => Some("https"),
        _ if named("http") => Some("http"),
        443 => Some("https"),
        80 => Some("http"),
        _ => None,
    }
}

fn host_of(address: Address) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

fn socket(address: Address, port: u16) -> String {
    format!("{}:{port}", host_of(address))
}

fn pools(resolved: &Resolved<'_>, cluster: &Cluster<'_>) -> Vec<Value> {
    if cluster.metallb().is_none() {
        return Vec::new();
    }
    let pool = |pool: &crate::resolve::Pool<'_>| {
        let mut advertisements = Vec::new();
        if announced::by_l2(cluster, pool) {
            advertisements.push("l2advertisements");
        }
        if announced::by_metallb_bgp(cluster, pool) {
            advertisements.push("bgpadvertisements");
        }
        let ranges: Vec<String> = pool.ranges.iter().map(ToString::to_string).collect();
        json!({ "name": pool.name, "ranges": ranges, "advertisements": advertisements })
    };
    resolved.pools_of(cluster.id).map(pool).collect()
}

fn calico(cluster: &Cluster<'_>) -> Option<Value> {
    let calico = cluster.calico.as_ref()?;
    let mut statuses = vec!["calico", "apiserver"];
    if has(calico.version, Feature::Goldmane) {
        statuses.extend(calico.written.goldmane().then_some("goldmane"));
        statuses.extend(calico.written.whisker().then_some("whisker"));
    }
    let version = format!("v{}", calico.version.to_string().trim_start_matches('v'));
    Some(json!({ "version": version, "statuses": statuses }))
}

fn secrets(facts: &Facts<'_>, at: usize, cluster: &Cluster<'_>) -> Vec<Value> {
    let resolved = &facts.resolved;
    let mut secrets = Vec::new();
    for service in scope::services(facts, at, cluster) {
        let names = service.written.secrets.iter().flat_map(|secrets| &secrets.value);
        let namespace = &resolved.namespace(service.namespace).name;
        secrets.extend(names.map(|name| json!({ "namespace": namespace, "name": name.value.as_str() })));
    }
    secrets
}

/// Services that keep a node port, and why that is right: the plan says so, or their chart cannot do without.
fn allowed_node_ports(resolved: &Resolved<'_>, cluster: &Cluster<'_>) -> Vec<String> {
    let services = resolved.services_of(cluster.id).iter().filter(|service| {
        let cannot = || {
            let Some(release) = service.written.release.as_ref().filter(|_| service.owner == Owner::Chart)
            else {
                return false;
            };
            let version = release.value.version.as_ref().map(|version| &version.value);
            let keys = charts::service_keys(&release.value.chart.value, &release.value.values.value, version);
            service.exposure == ServiceType::LoadBalancer && keys.allocate_node_ports.is_none()
        };
        service.shared.node_ports() || cannot()
    });
    services
        .map(|service| format!("{}/{}", resolved.namespace(service.namespace).name, service.name))
        .collect()
}

/// A pod on each node, or on so many evenly chosen ones.
fn on_nodes(resolved: &Resolved<'_>, cluster: &Cluster<'_>, image: &str, task: Task) -> Value {
    let nodes: Vec<HostId> = cluster.nodes().collect();
    let count = nodes.len().min(MOST_NODES);
    let chosen = (0..count).map(|at| resolved.host(nodes[at * nodes.len() / count]).name);
    chosen
        .map(|name| {
            let manifest = Probe { image, node: Some(name), task, ..Probe::default() }.manifest();
            json!({ "name": name, "manifest": manifest })
        })
        .collect()
}

/// Whether a service is MLflow, by its name or its labels.
pub fn is_mlflow(service: &Service<'_>) -> bool {
    let is = |text: &str| {
        text == "mlflow" || text.starts_with("mlflow-server") || text.starts_with("mlflow-tracking")
    };
    let named = is(service.key) || service.selector().any(|(_, value)| value == "mlflow");
    // Whether it got its address is another question.
    named && service.pool.is_some()
}

fn inferred(facts: &Facts<'_>, cluster: &Cluster<'_>, name: &str, image: &str) -> Value {
    let resolved = &facts.resolved;
    let runtimes =
        resolved.runtimes_of(scope::described(facts, cluster).id).filter(|runtime| match runtime.tenant {
            Some(tenant) => resolved.tenant(tenant).key == crate::facts::stages::plain(name),
            None => name == "seldon",
        });
    runtimes
        .map(|runtime| {
            let mesh = runtime.mesh.first().filter(|_| cluster.is_target());
            json!({
                "namespace": resolved.namespace(runtime.namespace).name,
                "base": mesh.map(|address| format!("http://{}", host_of(*address))),
                "manifest": Probe { image, ..Probe::default() }.manifest(),
            })
        })
        .collect()
}

/// From pods like those that need it, whether these are there yet or not: its addresses and ports.
fn reached(facts: &Facts<'_>, cluster: &Cluster<'_>, name: &str, image: &str) -> Value {
    let resolved = &facts.resolved;
    let described = scope::described(facts, cluster);
    let mut calls = Vec::new();
    for service in resolved.services_of(described.id) {
        let mut targets: Vec<Value> = Vec::new();
        for need in &service.needs {
            match need.party {
                Party::External(id) if resolved.external(id).name == name => {
                    let external = resolved.external(id);
                    let pairs = external.addresses.iter().flat_map(|address| {
                        external
                            .ports
                            .iter()
                            .map(|port| json!({ "address": address.to_string(), "port": port }))
                    });
                    targets.extend(pairs);
                }
                Party::Service(id) if resolved.service(id).key == name => {
                    let needed = resolved.service(id);
                    let namespace = &resolved.namespace(needed.namespace).name;
                    let host = format!("{}.{namespace}.svc.{}", needed.name, cluster.written.domain());
                    let tcp = needed.ports.iter().filter(|port| port.protocol == Protocol::Tcp);
                    targets.extend(tcp.map(|port| json!({ "address": host, "port": port.port })));
                }
                _ => {}
            }
        }
        if targets.is_empty() {
            continue;
        }
        let labels = service.selector().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        calls.push(json!({
            "caller": service.key,
            "name": name,
            "namespace": resolved.namespace(service.namespace).name,
            "manifest": Probe { image, labels, ..Probe::default() }.manifest(),
            "targets": targets,
        }));
    }
    Value::Array(calls)
}
