//! K3s is told everything by arguments, and its servers must agree on most of them.
//!
//! Source: k3s-io/docs `docs/cli/server.md` (critical configuration values), `docs/networking/basic-network-options.md`
//! (custom CNI, dual stack), `docs/datastore/ha-embedded.md`.

use super::machine::{joined, labels_at_start};
use crate::model::{Cni, Dataplane, KubeProxy, PoolUse, ServiceType};
use crate::resolve::{CalicoSettings, Cluster, Host, Resolved};
use serde::Serialize;

/// What K3s gets.
#[derive(Clone, Debug, Serialize)]
pub struct K3s {
    pub version: String,
    /// The same on every server.
    pub server_args: Vec<String>,
    /// The same on every agent.
    pub agent_args: Vec<String>,
}

pub fn k3s(resolved: &Resolved<'_>, cluster: &Cluster<'_>) -> K3s {
    K3s {
        version: cluster.version.to_string(),
        server_args: server_args(resolved, cluster),
        agent_args: of_node_agents(cluster)
            .chain(
                cluster.written.agent_args.iter().flat_map(|list| &list.value).map(|arg| arg.value.clone()),
            )
            .collect(),
    }
}

/// Ours first, then what the plan adds: K3s takes the last of two values.
fn server_args(resolved: &Resolved<'_>, cluster: &Cluster<'_>) -> Vec<String> {
    let written = cluster.written;
    let mut args = Vec::new();
    if cluster.cni == Cni::Calico {
        args.push("--flannel-backend=none".to_owned());
        args.push("--disable-network-policy".to_owned());
    }
    if cluster.metallb().is_some() {
        // Two load balancers would write one status.
        args.push("--disable=servicelb".to_owned());
    } else if cluster.calico.as_ref().is_some_and(gives_addresses) {
        // Calico is the load balancer then, and would be the second one.
        args.push("--disable=servicelb".to_owned());
    }
    if cluster.metallb().is_some() {
        // Traefik's Service would take an address that the plan does not know of, from a pool where each has an owner.
        if !declares_traefik(resolved, cluster) {
            args.push("--disable=traefik".to_owned());
        }
    }
    args.push(format!("--cluster-cidr={}", joined(&cluster.pods)));
    args.push(format!("--service-cidr={}", joined(&cluster.services)));
    args.push(format!("--cluster-dns={}", joined(&cluster.dns)));
    if written.domain().as_str() != "cluster.local" {
        args.push(format!("--cluster-domain={}", written.domain()));
    }
    if written.node_port_range() != "30000-32767" {
        args.push(format!("--service-node-port-range={}", written.node_port_range()));
    }
    if cluster.api_port != 6443 {
        args.push(format!("--https-listen-port={}", cluster.api_port));
    }
    if let Some(address) = &written.api_address {
        args.push(format!("--tls-san={}", address.value));
    }
    if replaces_kube_proxy(cluster) {
        args.push("--disable-kube-proxy".to_owned());
    }
    args.extend(of_node_agents(cluster));
    args.extend(written.server_args.iter().flat_map(|list| &list.value).map(|arg| arg.value.clone()));
    args
}

/// The arguments of the agent, which every server has inside.
fn of_node_agents(cluster: &Cluster<'_>) -> impl Iterator<Item = String> {
    let mut args = Vec::new();
    if !replaces_kube_proxy(cluster) && cluster.written.kube_proxy() != KubeProxy::Iptables {
        args.push(format!("--kube-proxy-arg=proxy-mode={}", cluster.written.kube_proxy()));
        if cluster.written.kube_proxy() == KubeProxy::Ipvs {
            // Without it every node answers ARP for every address of MetalLB.
            args.push("--kube-proxy-arg=ipvs-strict-arp=true".to_owned());
        }
    }
    if cluster.written.max_pods() != 110 {
        args.push(format!("--kubelet-arg=max-pods={}", cluster.written.max_pods()));
    }
    args.into_iter()
}

/// Whether Calico's eBPF does what kube-proxy would.
pub(super) fn replaces_kube_proxy(cluster: &Cluster<'_>) -> bool {
    cluster.calico.as_ref().is_some_and(|calico| calico.written.dataplane() == Dataplane::Bpf)
}

/// Whether Calico itself gives addresses to Services.
fn gives_addresses(calico: &CalicoSettings<'_>) -> bool {
    calico.pools.iter().any(|pool| pool.uses.contains(&PoolUse::LoadBalancer))
}

fn declares_traefik(resolved: &Resolved<'_>, cluster: &Cluster<'_>) -> bool {
    resolved.services_of(cluster.id).iter().any(|service| {
        let namespace = resolved.namespace(service.namespace);
        service.exposure != ServiceType::Headless
            && (namespace.name.as_str(), service.name) == ("kube-system", "traefik")
    })
}

/// The arguments of one machine.
pub(super) fn node_args(cluster: &Cluster<'_>, host: &Host<'_>) -> Vec<String> {
    let mut args = vec![format!("--node-name={}", host.name)];
    // K3s takes the node's address from the default route; of two families it wants both.
    if cluster.is_dual_stack() || host.written.interface.is_some() {
        args.push(format!("--node-ip={}", joined(&host.addresses)));
    }
    args.extend(labels_at_start(host).map(|(key, value)| format!("--node-label={key}={value}")));
    args
}

/// How a machine finds the others: the first of several servers starts etcd, and everybody else joins.
pub(super) fn join_args(cluster: &Cluster<'_>, host: &Host<'_>, url: &str) -> Vec<String> {
    match cluster.servers.iter().position(|server| *server == host.id) {
        Some(0) if cluster.servers.len() > 1 => vec!["--cluster-init".to_owned()],
        Some(0) => Vec::new(),
        _ => vec![format!("--server={url}")],
    }
}
