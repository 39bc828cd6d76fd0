//! What the tree has no object for: nodes, what an operator or a chart makes, and which address is whose.

use super::asked::{Asked, NodePort, PlannedAddress};
use super::due::Due;
use super::identity::Identity;
use super::planned::Planned;
use crate::facts::{Facts, Layer, ansible};
use crate::model::{self, Encapsulation, Owner, PoolUse, ServiceType};
use crate::resolve::{CalicoPool, Cluster, Holder, Service, Writer};
use crate::upstream::calico::{Feature, has};
use crate::upstream::seldon::{SERVER_CONFIGS, has as seldon_has};
use serde_json::{Map, Value, json};

/// Fills in everything about a cluster that only the facts know.
pub fn describe(facts: &Facts<'_>, cluster: &Cluster<'_>, asked: &mut Asked) {
    nodes(facts, cluster, asked);
    if !cluster.is_target() {
        return node_ports(facts, cluster, asked);
    }
    addresses(facts, cluster, asked);
    services(facts, cluster, asked);
    calico(cluster, asked);
    seldon(facts, cluster, asked);
}

fn add(asked: &mut Asked, about: &str, due: Due, from: Vec<String>, value: Value) {
    let identity = Identity::of(&value).expect("broken promise: a description has kind, version and name");
    let about = about.to_owned();
    asked.described.push(Planned { identity, value, from, file: None, due, about });
}

/// Machines are there before everything else.
fn nodes(facts: &Facts<'_>, cluster: &Cluster<'_>, asked: &mut Asked) {
    let resolved = &facts.resolved;
    for id in cluster.nodes() {
        let host = resolved.host(id);
        let labels: Map<String, Value> =
            host.labels().map(|(key, value)| (key.to_owned(), Value::from(value))).collect();
        let addresses: Vec<Value> = (host.addresses.iter())
            .map(|address| json!({ "type": "InternalIP", "address": address.to_string() }))
            .collect();
        let value = json!({
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": { "name": host.name, "labels": labels },
            // Not a field of a node: the label for it has another value in each distribution.
            "server": cluster.servers.contains(&id),
            "status": { "addresses": addresses, "nodeInfo": { "kubeletVersion": cluster.version.to_string() } },
        });
        let from = vec![format!("hosts.{}", host.name), format!("clusters.{}", cluster.name)];
        add(asked, "", Due::Start, from, value);
    }
}

fn node_ports(facts: &Facts<'_>, cluster: &Cluster<'_>, asked: &mut Asked) {
    let Some(new) = cluster.replaced_by else { return };
    for service in facts.resolved.services_of(new) {
        let namespace = &facts.resolved.namespace(service.namespace).name;
        asked.node_ports.extend(service.ports.iter().filter_map(|port| port.was).map(|number| NodePort {
            number,
            namespace: namespace.clone(),
            service: service.name.to_owned(),
            from: format!("{}.was", service.path()),
        }));
    }
    asked.node_ports.sort_by_key(|port| port.number);
    asked.namespaces = facts.resolved.namespaces_of(new).iter().map(|space| space.name.clone()).collect();
}

fn addresses(facts: &Facts<'_>, cluster: &Cluster<'_>, asked: &mut Asked) {
    let resolved = &facts.resolved;
    let stage = |layer: Layer| match layer {
        Layer::Workloads(Some(stage)) => Due::Stage(stage),
        _ => Due::End,
    };
    for assigned in resolved.addresses.iter().filter(|assigned| assigned.cluster == cluster.id) {
        let of_runtime = |id, part: &str, service: &str| {
            let runtime = resolved.runtime(id);
            let holder = format!("{}.{part}", runtime.path(resolved));
            (holder, runtime.namespace, service.to_owned(), stage(facts.order.of_runtime(resolved, id)))
        };
        let (holder, namespace, service, due) = match assigned.holder {
            Holder::Service(id) => {
                let service = resolved.service(id);
                (
                    service.path(),
                    service.namespace,
                    service.name.to_owned(),
                    stage(facts.order.of_service(id)),
                )
            }
            Holder::Mesh(id) => of_runtime(id, "mesh", "seldon-mesh-lb"),
            Holder::Scheduler(id) => of_runtime(id, "scheduler", "seldon-scheduler-lb"),
        };
        asked.addresses.push(PlannedAddress {
            address: assigned.address,
            holder,
            namespace: resolved.namespace(namespace).name.clone(),
            service,
            pool: assigned.pool.map(|pool| resolved.pool(pool).name.to_owned()),
            due,
        });
    }
}

/// Services that the tree does not hold: a chart, an operator or Ansible writes them.
fn services(facts: &Facts<'_>, cluster: &Cluster<'_>, asked: &mut Asked) {
    let resolved = &facts.resolved;
    let all_foreign = ansible::by_roles(facts, model::Layer::Services);
    for service in resolved.services_of(cluster.id) {
        let about = match service.owner {
            Owner::Plan if all_foreign => "written by Ansible",
            Owner::Plan => continue,
            Owner::Chart => "written by its chart",
            Owner::Operator => "written by its operator",
        };
        let due = match facts.order.of_service(service.id) {
            Layer::Workloads(Some(stage)) => Due::Stage(stage),
            _ => Due::End,
        };
        let value = json!({
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": { "name": service.name, "namespace": resolved.namespace(service.namespace).name },
            "spec": spec(service),
        });
        add(asked, about, due, vec![service.path()], value);
    }
}

/// What a plan can know of a Service that somebody else writes. Names of ports are the writer's.
fn spec(service: &Service<'_>) -> Value {
    let ports: Vec<Value> = (service.ports.iter())
        .map(|port| json!({ "port": port.port, "protocol": port.protocol.word() }))
        .collect();
    match (service.owner, service.exposure) {
        (Owner::Operator, _) => json!({ "ports": ports }),
        (_, ServiceType::LoadBalancer) => json!({ "type": "LoadBalancer", "ports": ports }),
        _ => json!({ "type": "ClusterIP", "ports": ports }),
    }
}

/// What the operator makes of the Installation.
fn calico(cluster: &Cluster<'_>, asked: &mut Asked) {
    let Some(calico) = &cluster.calico else { return };
    let due = asked.dues.network(&asked.cluster);
    let from = vec![format!("clusters.{}.calico", cluster.name)];
    let mut parts = vec!["apiserver", "calico"];
    if has(calico.version, Feature::Goldmane) {
        parts.extend(calico.written.goldmane().then_some("goldmane"));
        parts.extend(calico.written.whisker().then_some("whisker"));
    }
    for part in parts {
        let value = json!({
            "apiVersion": "operator.tigera.io/v1",
            "kind": "TigeraStatus",
            "metadata": { "name": part },
        });
        add(asked, "reported by Calico's operator", due, from.clone(), value);
    }
    for pool in calico.pools.iter().filter(|pool| in_installation(pool)) {
        let value = json!({
            "apiVersion": "projectcalico.org/v3",
            "kind": "IPPool",
            "metadata": { "name": pool.name },
            "spec": pool_spec(pool),
        });
        add(asked, "made by Calico's operator from the Installation", due, from.clone(), value);
    }
}

/// The others are objects of the tree.
fn in_installation(pool: &CalicoPool<'_>) -> bool {
    let raw = pool.written.and_then(|written| written.raw.as_ref());
    let by_namespace =
        raw.is_some_and(|raw| raw.value.0.iter().any(|(key, _)| key.value == "namespaceSelector"));
    !pool.uses.contains(&PoolUse::LoadBalancer) && !by_namespace
}

fn pool_spec(pool: &CalicoPool<'_>) -> Value {
    let (vxlan, ipip) = match pool.encapsulation {
        Encapsulation::Vxlan => ("Always", "Never"),
        Encapsulation::VxlanCrossSubnet => ("CrossSubnet", "Never"),
        Encapsulation::Ipip => ("Never", "Always"),
        Encapsulation::IpipCrossSubnet => ("Never", "CrossSubnet"),
        Encapsulation::Unencapsulated => ("Never", "Never"),
    };
    json!({
        "cidr": pool.cidr.to_string(),
        "blockSize": pool.block_size,
        "vxlanMode": vxlan,
        "ipipMode": ipip,
        "natOutgoing": pool.nat_outgoing,
        "nodeSelector": pool.node_selector,
        "disabled": pool.disable_new_allocations,
    })
}

/// What the charts of Seldon make in the namespaces of runtimes.
fn seldon(facts: &Facts<'_>, cluster: &Cluster<'_>, asked: &mut Asked) {
    let resolved = &facts.resolved;
    if resolved.delivery.writer(model::Layer::Seldon) == Some(Writer::Ansible) {
        return;
    }
    let mut seen = std::collections::BTreeSet::new();
    for runtime in resolved.runtimes_of(cluster.id) {
        if !seen.insert(runtime.namespace) {
            continue;
        }
        let install = resolved.install(runtime.install);
        let namespace = &resolved.namespace(runtime.namespace).name;
        let due = match facts.order.of_runtime(resolved, runtime.id) {
            Layer::Workloads(Some(stage)) => Due::Stage(stage),
            _ => Due::End,
        };
        let object = |kind: &str, name: &str, spec: Value| {
            json!({
                "apiVersion": "mlops.seldon.io/v1alpha1",
                "kind": kind,
                "metadata": { "name": name, "namespace": namespace },
                "spec": spec,
            })
        };
        let from = vec![runtime.path(resolved)];
        let about = "made by Seldon's charts";
        let raw = install.settings.values.as_ref().map(|values| &values.value);
        let plain = |is_raw: bool, spec: Value| if is_raw { json!({}) } else { spec };
        let raw_runtime = raw.is_some_and(|values| values.runtime.is_some());
        let of_runtime = plain(raw_runtime, json!({ "seldonConfig": crate::upstream::seldon::CONFIG }));
        add(asked, about, due, from.clone(), object("SeldonRuntime", "seldon", of_runtime));
        let raw_servers = raw.is_some_and(|values| values.servers.is_some());
        let bounds = seldon_has(&install.version, crate::upstream::seldon::Feature::ReplicaBounds);
        for config in SERVER_CONFIGS {
            let replicas = u8::from(install.server_configs.iter().any(|name| name == config));
            let mut spec = json!({ "serverConfig": config, "replicas": replicas });
            if bounds {
                (spec["minReplicas"], spec["maxReplicas"]) = (json!(replicas), json!(1));
            }
            add(asked, about, due, from.clone(), object("Server", config, plain(raw_servers, spec)));
        }
    }
}
