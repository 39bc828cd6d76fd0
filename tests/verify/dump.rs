//! A dump as kubectl prints it of a cluster in which a tree was applied: the objects of the tree with what an API server
//! and controllers add, what charts and operators make, and what every cluster has besides.
//!
//! The dumps beside this file were written with `PLAN_WRITE_DUMPS=1 cargo test --test suite verify::dumps`. Nothing here
//! asks `plan verify` what it expects.

use serde_json::{Map, Value, json};

/// Name, addresses, whether it is a server, labels.
pub type Node = (&'static str, &'static [&'static str], bool, &'static [(&'static str, &'static str)]);
/// Namespace, name, type, address, ports.
pub type Service = (&'static str, &'static str, &'static str, &'static str, &'static [(&'static str, u16)]);

/// A cluster, as far as its tree does not say it.
pub struct Live {
    /// The folder of the plan below `plans` or `tests/plans`.
    pub plan: &'static str,
    pub cluster: &'static str,
    pub nodes: &'static [Node],
    pub kubelet: &'static str,
    pub pods: &'static [&'static str],
    pub calico: &'static str,
    pub pool: fn(&str) -> &'static str,
    /// Services of charts and operators.
    pub services: &'static [Service],
    /// Pools that the operator makes: name, network, block size, ipip, vxlan, nat, selector.
    pub pools: &'static [(&'static str, &'static str, u8, &'static str, &'static str, bool, &'static str)],
    /// Namespaces with a Seldon runtime, and the replicas of mlserver and triton in each.
    pub runtimes: &'static [&'static str],
    pub replicas: [u8; 2],
}

const BORN: &str = "2026-03-07T21:14:09Z";
const COMMIT: &str = "4f2a9d17c03be5a861f0d2c7795e1ab3c4d8e6f0";

/// Every object of the dump, in the order of kubectl: by kind, namespace and name.
pub fn healthy(live: &Live, tree: &[(String, Value)]) -> Vec<Value> {
    let mut objects: Vec<Value> = Vec::new();
    objects.extend(live.nodes.iter().enumerate().map(|(at, node)| self::node(live, at, node)));
    objects.extend(noise());
    for (path, object) in tree {
        objects.push(applied(live, path, object.clone()));
    }
    for (namespace, name, kind, address, ports) in live.services {
        objects.push(foreign_service(live, namespace, name, kind, address, ports));
    }
    for (name, cidr, block, ipip, vxlan, nat, selector) in live.pools {
        objects.push(json!({
            "apiVersion": "projectcalico.org/v3", "kind": "IPPool",
            "metadata": { "name": name, "labels": { "app.kubernetes.io/managed-by": "tigera-operator" } },
            "spec": {
                "cidr": cidr, "blockSize": block, "ipipMode": ipip, "vxlanMode": vxlan, "natOutgoing": nat,
                "nodeSelector": selector, "allowedUses": ["Workload", "Tunnel"], "assignmentMode": "Automatic",
            },
        }));
    }
    if !live.calico.is_empty() {
        for name in ["apiserver", "calico", "ippools", "tiers"] {
            objects.push(json!({
                "apiVersion": "operator.tigera.io/v1", "kind": "TigeraStatus", "metadata": { "name": name }, "spec": {},
                "status": { "conditions": [
                    condition("Available", "True", "AllObjectsAvailable", "All objects available"),
                    condition("Degraded", "False", "AllObjectsAvailable", "All objects available"),
                    condition("Progressing", "False", "AllObjectsAvailable", "All objects available"),
                ] },
            }));
        }
    }
    for namespace in live.runtimes {
        objects.extend(seldon(namespace, live.replicas));
    }
    objects.sort_by_key(|object| {
        let text =
            |pointer: &str| object.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        (text("/kind"), text("/apiVersion"), text("/metadata/namespace"), text("/metadata/name"))
    });
    for (at, object) in objects.iter_mut().enumerate() {
        born(object, at);
    }
    objects
}

/// What the API server writes into the metadata of every object.
fn born(object: &mut Value, at: usize) {
    let metadata = object["metadata"].as_object_mut().expect("metadata");
    metadata.insert("creationTimestamp".into(), json!(BORN));
    metadata.entry("generation").or_insert(json!(1));
    metadata.insert("resourceVersion".into(), json!((48_211 + at * 37).to_string()));
    let number = (at as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let uid = format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        number >> 32,
        number >> 16 & 0xffff,
        number & 0xfff,
        number >> 20 & 0xfff,
        number >> 12
    );
    metadata.insert("uid".into(), json!(uid));
    metadata.insert(
        "managedFields".into(),
        json!([{
            "apiVersion": "v1", "fieldsType": "FieldsV1", "fieldsV1": { "f:metadata": { "f:labels": {} } },
            "manager": "argocd-controller", "operation": "Apply", "time": BORN,
        }]),
    );
}

fn condition(kind: &str, status: &str, reason: &str, message: &str) -> Value {
    json!({ "type": kind, "status": status, "reason": reason, "message": message, "lastTransitionTime": BORN })
}

fn node(live: &Live, at: usize, node: &Node) -> Value {
    let (name, addresses, server, more) = node;
    let mut labels = json!({
        "beta.kubernetes.io/arch": "amd64", "kubernetes.io/arch": "amd64", "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
    });
    if *server {
        labels["node-role.kubernetes.io/control-plane"] =
            json!(if live.kubelet.contains("k3s") { "true" } else { "" });
    }
    for (key, value) in *more {
        labels[*key] = json!(value);
    }
    let mut all: Vec<Value> =
        addresses.iter().map(|ip| json!({ "type": "InternalIP", "address": ip })).collect();
    all.push(json!({ "type": "Hostname", "address": name }));
    let networks: Vec<String> = (live.pods.iter())
        .map(|pods| match pods.split_once("::") {
            Some((start, _)) => format!("{start}:0:{at:x}::/80"),
            None => format!("{}.{at}.0/24", pods.split('.').take(2).collect::<Vec<_>>().join(".")),
        })
        .collect();
    let annotations = match live.calico {
        "" => json!({ "flannel.alpha.coreos.com/backend-type": "vxlan" }),
        _ => {
            json!({ "projectcalico.org/IPv4Address": format!("{}/24", addresses[0]), "projectcalico.org/IPv4VXLANTunnelAddr": "10.42.0.64" })
        }
    };
    let well = |kind: &str| condition(kind, "False", "KubeletIsWell", "kubelet is well");
    json!({
        "apiVersion": "v1", "kind": "Node",
        "metadata": { "name": name, "labels": labels, "annotations": annotations },
        "spec": { "podCIDR": networks[0], "podCIDRs": networks, "providerID": format!("k3s://{name}") },
        "status": {
            "addresses": all,
            "capacity": { "cpu": "8", "memory": "32594316Ki", "pods": "110" },
            "conditions": [
                well("NetworkUnavailable"), well("MemoryPressure"), well("DiskPressure"), well("PIDPressure"),
                condition("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
            ],
            "nodeInfo": { "kubeletVersion": live.kubelet, "osImage": "Debian GNU/Linux 12 (bookworm)", "architecture": "amd64" },
        },
    })
}

/// What every cluster has and no plan speaks of.
fn noise() -> Vec<Value> {
    let mut objects = Vec::new();
    for name in
        ["default", "kube-node-lease", "kube-public", "kube-system", "calico-system", "calico-apiserver"]
    {
        objects.push(json!({
            "apiVersion": "v1", "kind": "Namespace",
            "metadata": { "name": name, "labels": { "kubernetes.io/metadata.name": name } },
            "spec": { "finalizers": ["kubernetes"] }, "status": { "phase": "Active" },
        }));
    }
    for (namespace, name, port) in [
        ("default", "kubernetes", 443),
        ("kube-system", "kube-dns", 53),
        ("kube-system", "metrics-server", 443),
        ("calico-system", "calico-typha", 5473),
        ("argocd", "argocd-repo-server", 8081),
        ("metallb-system", "metallb-webhook-service", 443),
    ] {
        objects.push(json!({
            "apiVersion": "v1", "kind": "Service", "metadata": { "name": name, "namespace": namespace },
            "spec": {
                "type": "ClusterIP", "clusterIP": "10.43.0.10", "clusterIPs": ["10.43.0.10"], "sessionAffinity": "None",
                "ports": [{ "name": "x", "port": port, "protocol": "TCP", "targetPort": port }],
            },
            "status": { "loadBalancer": {} },
        }));
    }
    objects.push(json!({
        "apiVersion": "projectcalico.org/v3", "kind": "NetworkPolicy",
        "metadata": { "name": "calico-system.whisker", "namespace": "calico-system" },
        "spec": { "tier": "calico-system", "selector": "k8s-app == 'whisker'", "types": ["Ingress"] },
    }));
    objects.push(json!({
        "apiVersion": "projectcalico.org/v3", "kind": "Tier", "metadata": { "name": "default" },
        "spec": { "order": 1000000, "defaultAction": "Deny" },
    }));
    objects
}

fn foreign_service(
    live: &Live,
    namespace: &str,
    name: &str,
    kind: &str,
    address: &str,
    ports: &[(&str, u16)],
) -> Value {
    let ports: Vec<Value> = (ports.iter())
        .map(|(name, port)| json!({ "name": name, "port": port, "protocol": "TCP", "targetPort": name, "nodePort": 31_000 + port % 1000 }))
        .collect();
    let mut service = json!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": { "name": name, "namespace": namespace, "labels": { "app.kubernetes.io/managed-by": "Helm" }, "annotations": {} },
        "spec": { "type": kind, "ports": ports, "clusterIP": "10.43.77.7", "sessionAffinity": "None", "ipFamilies": ["IPv4"] },
        "status": { "loadBalancer": {} },
    });
    if kind == "ClusterIP" {
        for port in service["spec"]["ports"].as_array_mut().expect("ports") {
            port.as_object_mut().expect("a port").remove("nodePort");
        }
    }
    if !address.is_empty() {
        got_address(live, &mut service, &[address]);
    }
    service
}

/// What MetalLB writes.
fn got_address(live: &Live, service: &mut Value, addresses: &[&str]) {
    let ingress: Vec<Value> = addresses.iter().map(|ip| json!({ "ip": ip, "ipMode": "VIP" })).collect();
    service["status"] = json!({ "loadBalancer": { "ingress": ingress } });
    service["metadata"]["annotations"]["metallb.io/ip-allocated-from-pool"] =
        json!((live.pool)(addresses[0]));
}

/// An object of the tree after it was applied.
fn applied(live: &Live, path: &str, mut object: Value) -> Value {
    if !object["metadata"]["annotations"].is_object() {
        object["metadata"]["annotations"] = json!({});
    }
    object["metadata"]["annotations"]["argocd.argoproj.io/tracking-id"] = json!(format!("x:{path}"));
    let kind = object["kind"].as_str().expect("a kind").to_owned();
    match kind.as_str() {
        "Namespace" => {
            object["metadata"]["labels"]["kubernetes.io/metadata.name"] = object["metadata"]["name"].clone();
            object["spec"] = json!({ "finalizers": ["kubernetes"] });
            object["status"] = json!({ "phase": "Active" });
        }
        "Service" => service(live, &mut object),
        "NetworkPolicy" => {
            // Stored in the order of its fields in the API, not of the manifest.
            object["spec"] = sorted(&object["spec"]);
        }
        "IPAddressPool" => {
            object["status"] =
                json!({ "assignedIPv4": 21, "assignedIPv6": 0, "availableIPv4": 30, "availableIPv6": 0 })
        }
        "BGPPeer" if object["apiVersion"] == "metallb.io/v1beta2" => {
            for (name, value) in [
                ("disableMP", json!(false)),
                ("ebgpMultiHop", json!(false)),
                ("peerPort", json!(179)),
                ("passwordSecret", json!({})),
            ] {
                object["spec"].as_object_mut().expect("a spec").entry(name).or_insert(value);
            }
        }
        "BGPAdvertisement" => {
            for (name, value) in [("aggregationLength", 32), ("aggregationLengthV6", 128)] {
                object["spec"].as_object_mut().expect("a spec").entry(name).or_insert(json!(value));
            }
        }
        "Installation" => {
            object["metadata"]["generation"] = json!(3);
            object["spec"]["kubernetesProvider"] = json!("");
            object["spec"]["nonPrivileged"] = json!("Disabled");
            object["spec"]["serviceCIDRs"] = json!(["10.43.0.0/16"]);
            object["status"] = json!({
                "calicoVersion": live.calico, "mtu": 1450, "variant": "Calico",
                "conditions": [
                    condition("Ready", "True", "AllObjectsAvailable", "All Objects Available"),
                    condition("Degraded", "False", "AllObjectsAvailable", "All Objects Available"),
                    condition("Progressing", "False", "AllObjectsAvailable", "All Objects Available"),
                ],
            });
        }
        "APIServer" | "Goldmane" | "Whisker" => object["status"] = json!({ "state": "Ready" }),
        "Application" => {
            object["status"] = json!({
                "sync": { "status": "Synced", "revision": COMMIT, "comparedTo": { "source": object["spec"]["source"], "destination": object["spec"]["destination"] } },
                "health": { "status": "Healthy", "lastTransitionTime": BORN },
                "operationState": { "phase": "Succeeded", "message": "successfully synced (all tasks run)", "startedAt": BORN, "finishedAt": BORN },
                "reconciledAt": BORN, "sourceType": "Kustomize", "summary": {}, "controllerNamespace": "argocd",
            });
        }
        "Kustomization" | "HelmRelease" | "GitRepository" | "HelmRepository" => {
            object["metadata"]["generation"] = json!(2);
            object["metadata"]["finalizers"] = json!(["finalizers.fluxcd.io"]);
            let revision = format!("main@sha1:{COMMIT}");
            object["status"] = json!({
                "observedGeneration": 2, "lastAppliedRevision": revision, "lastAttemptedRevision": revision,
                "conditions": [condition("Ready", "True", "ReconciliationSucceeded", &format!("Applied revision: {revision}"))],
            });
        }
        _ => {}
    }
    object
}

fn service(live: &Live, object: &mut Value) {
    let pinned = object["metadata"]["annotations"].as_object().expect("annotations").iter();
    let pinned = pinned
        .filter(|(key, _)| key.ends_with("/loadBalancerIPs"))
        .map(|(_, value)| value.as_str().expect("text").to_owned())
        .next();
    let spec = object["spec"].as_object_mut().expect("a spec");
    spec.entry("clusterIP").or_insert(json!("10.43.12.34"));
    spec.entry("clusterIPs").or_insert(json!(["10.43.12.34"]));
    spec.entry("sessionAffinity").or_insert(json!("None"));
    let local = spec.get("externalTrafficPolicy").is_some_and(|policy| policy == "Local");
    if local {
        spec.insert("healthCheckNodePort".into(), json!(30_123));
    }
    object["status"] = json!({ "loadBalancer": {} });
    if let Some(pinned) = pinned {
        let addresses: Vec<&str> = pinned.split(',').collect();
        got_address(live, object, &addresses);
    }
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut keys: Vec<&String> = fields.keys().collect();
            keys.sort();
            Value::Object(
                keys.into_iter().map(|key| (key.clone(), sorted(&fields[key]))).collect::<Map<_, _>>(),
            )
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

fn seldon(namespace: &str, replicas: [u8; 2]) -> Vec<Value> {
    let mut objects = vec![json!({
        "apiVersion": "mlops.seldon.io/v1alpha1", "kind": "SeldonRuntime",
        "metadata": { "name": "seldon", "namespace": namespace },
        "spec": { "seldonConfig": "default", "overrides": [{ "name": "hodometer", "disable": true }] },
        "status": { "conditions": [
            { "type": "SchedulerReady", "status": "True" }, { "type": "EnvoyReady", "status": "True" },
            { "type": "Ready", "status": "Unknown" },
        ] },
    })];
    for (name, replicas) in ["mlserver", "triton"].into_iter().zip(replicas) {
        objects.push(json!({
            "apiVersion": "mlops.seldon.io/v1alpha1", "kind": "Server",
            "metadata": { "name": name, "namespace": namespace },
            "spec": { "serverConfig": name, "replicas": replicas, "minReplicas": replicas, "maxReplicas": 1 },
            "status": { "replicas": replicas, "loadedModels": 0, "conditions": [{ "type": "Ready", "status": "True" }] },
        }));
    }
    objects
}

/// The list as `kubectl get -o json` prints it.
pub fn list(objects: &[Value]) -> Value {
    json!({ "apiVersion": "v1", "items": objects, "kind": "List", "metadata": { "resourceVersion": "" } })
}

/// Carries one line of a list of deviations out: what follows the last ` : `.
pub fn break_one(objects: &mut Vec<Value>, line: &str) {
    let (what, operation) = line.split_once(" : ").unwrap_or_else(|| panic!("{line}"));
    let mut words = what.split_whitespace().skip(1);
    let (kind, place) = (words.next().expect("a kind"), words.next().expect("a place"));
    let is_it = |object: &Value| {
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        let full = match object["metadata"]["namespace"].as_str() {
            Some(namespace) => format!("{namespace}/{name}"),
            None => name.to_owned(),
        };
        object["kind"] == kind && full == place
    };
    if let Some(object) = operation.strip_prefix("add ") {
        return objects.push(serde_json::from_str(object).expect(line));
    }
    let at = objects.iter().position(is_it).unwrap_or_else(|| panic!("no {kind} {place}"));
    if operation == "delete" {
        objects.remove(at);
    } else if let Some(rest) = operation.strip_prefix("set ") {
        let (pointer, value) = rest.split_once(' ').expect(line);
        let (parent, key) = pointer.rsplit_once('/').expect(line);
        let parent = objects[at].pointer_mut(parent).unwrap_or_else(|| panic!("{line}"));
        let value: Value = serde_json::from_str(value).expect(line);
        let key = key.replace("~1", "/");
        match parent {
            Value::Array(items) if key == "-" => items.push(value),
            Value::Array(items) => items[key.parse::<usize>().expect(line)] = value,
            parent => parent[key] = value,
        }
    } else if let Some(pointer) = operation.strip_prefix("unset ") {
        let (parent, key) = pointer.rsplit_once('/').expect(line);
        match objects[at].pointer_mut(parent).unwrap_or_else(|| panic!("{line}")) {
            Value::Array(items) => drop(items.remove(key.parse::<usize>().expect(line))),
            parent => drop(parent.as_object_mut().expect(line).remove(&key.replace("~1", "/")).expect(line)),
        }
    } else {
        panic!("{line}");
    }
}
