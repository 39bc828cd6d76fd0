//! What pods of every guarded namespace need: names, the API server, their neighbours.

use super::{Block, Flow, FlowPort, Group, Kind, Pods, Side};
use crate::addresses::Cidr;
use crate::connectivity::{Requirement, Selector};
use crate::resolve::{Cluster, Namespace, NamespaceKind, Resolved};
use crate::upstream::seldon::Component;

/// The parts of a Seldon runtime: their flows are listed one by one, so they are not among the neighbours.
pub const PARTS: [Component; 7] = [
    Component::Scheduler,
    Component::Envoy,
    Component::ModelGateway,
    Component::PipelineGateway,
    Component::Dataflow,
    Component::Hodometer,
    Component::Server,
];

pub fn flows(resolved: &Resolved<'_>, cluster: &Cluster<'_>, flows: &mut Vec<Flow>) {
    for namespace in resolved.namespaces_of(cluster.id).iter().filter(|namespace| namespace.is_guarded()) {
        let flow = |kind: Kind, from: Side, to: Side, ports: Vec<FlowPort>| Flow {
            cluster: cluster.id,
            kind,
            from,
            to,
            ports,
            unknown_ports: Vec::new(),
            from_table: namespace.from.first().cloned().unwrap_or_default(),
            span: namespace.span,
        };
        let all = Side::namespace(&namespace.name);
        flows.push(flow(Kind::Dns, all.clone(), dns(), vec![FlowPort::udp(53), FlowPort::tcp(53)]));
        if calls_api_server(resolved, namespace) {
            flows.push(flow(
                Kind::ApiServer,
                all,
                api_server(resolved, cluster),
                vec![FlowPort::tcp(cluster.api_port)],
            ));
        }
        let own = own_pods(resolved, namespace);
        flows.push(flow(Kind::SameNamespace, own.clone(), own, Vec::new()));
    }
}

/// The cluster's DNS: K3s and kubeadm both label CoreDNS `k8s-app: kube-dns`.
pub fn dns() -> Side {
    Side::pods("kube-system", Group::All, [("k8s-app", "kube-dns")])
}

/// The API servers as a pod sees them: kube-proxy has replaced the Service address before a policy looks, so these are
/// the servers' own addresses and port.
pub fn api_server(resolved: &Resolved<'_>, cluster: &Cluster<'_>) -> Side {
    let addresses = cluster.servers.iter().flat_map(|host| &resolved.host(*host).addresses);
    let mut blocks: Vec<Block> = addresses.map(|address| Block::whole(Cidr::single(*address))).collect();
    blocks
        .extend(cluster.written.api_address.iter().map(|address| Block::whole(Cidr::single(address.value))));
    blocks.sort();
    blocks.dedup();
    Side::Blocks(blocks)
}

/// Platform pods are controllers and user interfaces: nearly all call the API server unless the plan says no.
fn calls_api_server(resolved: &Resolved<'_>, namespace: &Namespace<'_>) -> bool {
    match namespace.kind {
        NamespaceKind::Tenant(tenant) => resolved.tenant(tenant).shared.api_server(),
        _ => namespace.shared.api_server.as_ref().is_none_or(|written| written.value),
    }
}

/// The pods of a namespace that may talk to each other: all, or all but the parts of a Seldon runtime.
pub fn own_pods(resolved: &Resolved<'_>, namespace: &Namespace<'_>) -> Side {
    let has_runtime =
        resolved.runtimes_of(namespace.cluster).any(|runtime| runtime.namespace == namespace.id);
    if !has_runtime {
        return Side::namespace(&namespace.name);
    }
    let names = PARTS.iter().filter_map(|part| part.label()).map(|(_, name)| name.to_owned()).collect();
    let mut requirements =
        vec![Requirement::NotIn { key: "app.kubernetes.io/name".to_owned(), values: names }];
    if resolved.install_of(namespace.cluster).is_some_and(|install| install.namespace == namespace.id) {
        let (key, value) = Component::Controller.label().expect("broken promise: the controller has a label");
        requirements.push(Requirement::NotIn { key: key.to_owned(), values: [value.to_owned()].into() });
    }
    let selector = Selector { requirements };
    Side::Pods(Pods { namespace: namespace.name.clone(), group: Group::OwnPods, selector })
}
