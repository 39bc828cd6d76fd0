//! kubeadm is told everything by one file of several documents.
//!
//! Source: kubernetes/kubernetes `cmd/kubeadm/app/apis/kubeadm/{v1beta3,v1beta4}/types.go` (arguments are a map up to
//! v1beta3 and a list of names and values from v1beta4, which kubeadm reads from 1.31 on).

use super::k3s::replaces_kube_proxy;
use super::machine::{joined, labels_at_start};
use crate::model::KubeProxy;
use crate::resolve::{Cluster, Host, Resolved};
use crate::upstream::kubernetes::KUBEADM_LISTS_SINCE;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// What kubeadm gets.
#[derive(Clone, Debug, Serialize)]
pub struct Kubeadm {
    /// Without the leading `v`, as packages spell it.
    pub version: String,
    pub control_plane_endpoint: String,
    /// The documents of `kubeadm init --config`.
    pub documents: Vec<Value>,
}

pub fn kubeadm(resolved: &Resolved<'_>, cluster: &Cluster<'_>, endpoint: &str) -> Kubeadm {
    let written = cluster.written;
    let listed = cluster.version.minor_line() >= KUBEADM_LISTS_SINCE;
    let api_version = if listed { "kubeadm.k8s.io/v1beta4" } else { "kubeadm.k8s.io/v1beta3" };
    let mut api_args: Vec<(String, String)> = Vec::new();
    if written.node_port_range() != "30000-32767" {
        api_args.push(("service-node-port-range".to_owned(), written.node_port_range()));
    }
    for argument in written.server_args.iter().flat_map(|list| &list.value) {
        let plain = argument.value.trim_start_matches('-');
        let (name, value) = plain.split_once('=').unwrap_or((plain, "true"));
        api_args.push((name.to_owned(), value.to_owned()));
    }
    let first = cluster.servers.first().map(|host| resolved.host(*host));
    let mut documents = vec![
        init(cluster, first, api_version, listed),
        cluster_configuration(cluster, endpoint, api_version, arguments(&api_args, listed)),
    ];
    if written.max_pods() != 110 {
        documents.push(json!({
            "apiVersion": "kubelet.config.k8s.io/v1beta1",
            "kind": "KubeletConfiguration",
            "maxPods": written.max_pods(),
        }));
    }
    if !replaces_kube_proxy(cluster) {
        documents.push(kube_proxy(cluster));
    }
    let version = cluster.version.to_string();
    Kubeadm {
        version: version.trim_start_matches('v').to_owned(),
        control_plane_endpoint: endpoint.to_owned(),
        documents,
    }
}

fn init(cluster: &Cluster<'_>, first: Option<&Host<'_>>, api_version: &str, listed: bool) -> Value {
    let mut init = json!({"apiVersion": api_version, "kind": "InitConfiguration"});
    if let Some(first) = first {
        init["localAPIEndpoint"] =
            json!({"advertiseAddress": first.address().to_string(), "bindPort": cluster.api_port});
        let args: Vec<(String, String)> = (node_args(cluster, first).iter())
            .filter_map(|argument| argument.trim_start_matches('-').split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        init["nodeRegistration"] = json!({"name": first.name});
        if !args.is_empty() {
            init["nodeRegistration"]["kubeletExtraArgs"] = arguments(&args, listed);
        }
    }
    if replaces_kube_proxy(cluster) {
        init["skipPhases"] = json!(["addon/kube-proxy"]);
    }
    init
}

fn cluster_configuration(cluster: &Cluster<'_>, endpoint: &str, api_version: &str, api_args: Value) -> Value {
    let version = cluster.version.to_string();
    // A build suffix is the packager's; kubeadm pulls images by the plain release.
    let version = version.split('+').next().unwrap_or(&version).trim_start_matches('v').to_owned();
    let mut configuration = json!({
        "apiVersion": api_version,
        "kind": "ClusterConfiguration",
        "clusterName": cluster.name,
        "kubernetesVersion": format!("v{version}"),
        "controlPlaneEndpoint": endpoint,
        "networking": {
            "podSubnet": joined(&cluster.pods),
            "serviceSubnet": joined(&cluster.services),
            "dnsDomain": cluster.written.domain().as_str(),
        },
    });
    let mut server = Map::new();
    if let Some(address) = &cluster.written.api_address {
        server.insert("certSANs".to_owned(), json!([address.value.to_string()]));
    }
    if api_args.as_array().is_some_and(|list| !list.is_empty())
        || api_args.as_object().is_some_and(|map| !map.is_empty())
    {
        server.insert("extraArgs".to_owned(), api_args);
    }
    if !server.is_empty() {
        configuration["apiServer"] = Value::Object(server);
    }
    configuration
}

fn kube_proxy(cluster: &Cluster<'_>) -> Value {
    let mut proxy = json!({
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": cluster.written.kube_proxy().word(),
        "clusterCIDR": joined(&cluster.pods),
    });
    if cluster.written.kube_proxy() == KubeProxy::Ipvs {
        // Without it every node answers ARP for every address of MetalLB.
        proxy["ipvs"] = json!({"strictARP": true});
    }
    proxy
}

fn arguments(arguments: &[(String, String)], listed: bool) -> Value {
    if listed {
        return arguments.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
    }
    Value::Object(arguments.iter().map(|(name, value)| (name.clone(), json!(value))).collect())
}

/// The kubelet's arguments on one machine.
pub(super) fn node_args(cluster: &Cluster<'_>, host: &Host<'_>) -> Vec<String> {
    let mut args = Vec::new();
    if cluster.is_dual_stack() || host.written.interface.is_some() {
        args.push(format!("--node-ip={}", joined(&host.addresses)));
    }
    let labels: Vec<String> = labels_at_start(host).map(|(key, value)| format!("{key}={value}")).collect();
    if !labels.is_empty() {
        args.push(format!("--node-labels={}", labels.join(",")));
    }
    if !cluster.servers.contains(&host.id) {
        args.extend(
            cluster.written.agent_args.iter().flat_map(|list| &list.value).map(|arg| arg.value.clone()),
        );
    }
    args
}
