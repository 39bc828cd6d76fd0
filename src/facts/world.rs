//! A cluster as policies see it: its namespaces, the pods that the plan knows, and the policies that are emitted.

use super::Facts;
use super::flow::{FlowPort, Pods, Side};
use crate::connectivity::{
    Block, ContainerPort, Endpoint, Flow, Labels, Namespace, Network, Party, Workload, WorkloadId, World,
};
use crate::model::values::TargetPort;
use crate::resolve::{Cluster, ClusterId};
use crate::upstream::seldon::Component;
use ipnet::IpNet;
use std::collections::HashMap;

/// A cluster's world, with a way to find the pods of a namespace.
pub struct ClusterWorld {
    pub world: World,
    /// Where each policy of the world comes from, by its index.
    pub origins: Vec<Origin>,
    by_namespace: HashMap<String, Vec<WorkloadId>>,
}

/// A cluster's world under the policies that are enforced, and the same compiled for questions.
pub struct Judged {
    pub world: ClusterWorld,
    pub network: Network,
}

impl Judged {
    pub(super) fn new(facts: &Facts<'_>, cluster: &Cluster<'_>) -> Judged {
        let world = ClusterWorld::new(facts, cluster, false);
        let network = Network::new(&world.world);
        Judged { world, network }
    }
}

impl std::fmt::Debug for Judged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Judged").finish_non_exhaustive()
    }
}

/// Where a policy comes from, by its index among the facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Guard(usize),
    Raw(usize),
}

/// The pod that stands for all pods of a namespace that the plan does not know.
pub const ANY_POD: &str = "any other pod";

impl ClusterWorld {
    /// The world of a cluster under the policies that are enforced; `staged` ones are added when asked for.
    pub fn new(facts: &Facts<'_>, cluster: &Cluster<'_>, with_staged: bool) -> ClusterWorld {
        let resolved = &facts.resolved;
        let namespaces = resolved.namespaces_of(cluster.id).iter().map(|namespace| Namespace {
            name: namespace.name.clone(),
            labels: namespace_labels(facts, cluster.id, &namespace.name),
        });
        let start = facts.guards.partition_point(|guard| guard.cluster < cluster.id);
        let guards = facts.guards_of(cluster.id).iter().enumerate().map(|(at, guard)| (start + at, guard));
        let guards = guards.filter(|(_, guard)| with_staged || !guard.staged);
        let raw = facts.raw_policies.iter().enumerate().filter(|(_, raw)| raw.cluster == cluster.id);
        let guards = guards.map(|(at, guard)| (Origin::Guard(at), guard.policy.clone()));
        let raw = raw.map(|(at, raw)| (Origin::Raw(at), raw.policy.clone()));
        let (origins, policies): (Vec<Origin>, Vec<_>) = guards.chain(raw).unzip();
        let networks = |cidrs: &[crate::addresses::Cidr]| cidrs.iter().map(|cidr| block(cidr, &[])).collect();
        let nodes = cluster.nodes().flat_map(|host| &resolved.host(host).addresses);
        let world = World {
            namespaces: namespaces.collect(),
            workloads: workloads(facts, cluster),
            nodes: nodes.map(|address| block(&crate::addresses::Cidr::single(*address), &[])).collect(),
            pods: networks(&cluster.pods),
            services: networks(&cluster.services),
            // Calico looks at the packet alone.
            blocks_match_nodes: true,
            policies,
        };
        let mut by_namespace: HashMap<String, Vec<WorkloadId>> = HashMap::new();
        for (index, workload) in world.workloads.iter().enumerate() {
            by_namespace.entry(workload.namespace.clone()).or_default().push(WorkloadId(index));
        }
        ClusterWorld { world, origins, by_namespace }
    }

    /// The key paths of the tables that a policy of the world comes from.
    pub fn tables(&self, facts: &Facts<'_>, policy: usize) -> Vec<String> {
        match self.origins[policy] {
            Origin::Guard(at) => facts.guards[at].from.clone(),
            Origin::Raw(at) => vec![facts.raw_policies[at].path.clone()],
        }
    }

    /// The pods of one side of a flow.
    pub fn select(&self, pods: &Pods) -> Vec<WorkloadId> {
        self.select_in(&self.world, pods)
    }

    /// The same where the world was moved out, or grew.
    pub fn select_in(&self, world: &World, pods: &Pods) -> Vec<WorkloadId> {
        let all = self.by_namespace.get(&pods.namespace).map_or(&[][..], Vec::as_slice);
        let matches = |id: &&WorkloadId| pods.selector.matches(&world.workloads[id.0].labels);
        all.iter().filter(matches).copied().collect()
    }

    /// Every pod of a namespace.
    pub fn namespace(&self, name: &str) -> &[WorkloadId] {
        self.by_namespace.get(name).map_or(&[], Vec::as_slice)
    }

    /// What has to be possible for a flow to be: one question for each port and each block of addresses.
    pub fn questions(&self, flow: &super::Flow) -> Vec<Flow> {
        let parties = |side: &Side| -> Vec<Party> {
            match side {
                Side::Pods(pods) => vec![Party::Workloads(self.select(pods))],
                Side::Blocks(blocks) => blocks.iter().map(endpoint).map(Party::One).collect(),
                // On the way it got the address of a node.
                Side::Unrecognisable { .. } => vec![Party::One(Endpoint::Node)],
            }
        };
        let (from, to) = (parties(&flow.from), parties(&flow.to));
        let every = [FlowPort::tcp(1), FlowPort::tcp(65535)];
        let ports = if flow.ports.is_empty() { &every[..] } else { &flow.ports };
        let mut questions = Vec::with_capacity(from.len() * to.len() * ports.len());
        for from in &from {
            for to in &to {
                questions.extend(ports.iter().flat_map(|port| {
                    let ends =
                        if port.first == port.last { vec![port.first] } else { vec![port.first, port.last] };
                    ends.into_iter().map(|number| Flow {
                        from: from.clone(),
                        to: to.clone(),
                        protocol: port.protocol,
                        port: number,
                    })
                }));
            }
        }
        questions
    }
}

/// The internet is asked about as such; any other block is a block.
pub fn endpoint(written: &super::flow::Block) -> Endpoint {
    if written.cidr.prefix_length() == 0 {
        return Endpoint::Internet;
    }
    Endpoint::Block(block(&written.cidr, &written.except))
}

fn block(cidr: &crate::addresses::Cidr, except: &[crate::addresses::Cidr]) -> Block {
    let network = |cidr: &crate::addresses::Cidr| {
        IpNet::new(cidr.first(), cidr.prefix_length()).expect("broken promise: a Cidr has a valid prefix")
    };
    except.iter().map(network).fold(Block::new(network(cidr)), Block::without)
}

fn namespace_labels(facts: &Facts<'_>, cluster: ClusterId, name: &str) -> Labels {
    let namespace = facts.resolved.find_namespace(cluster, name);
    let written =
        namespace.and_then(|namespace| namespace.written).and_then(|written| written.labels.as_ref());
    let labels = written.iter().flat_map(|labels| labels.value.iter());
    labels.map(|label| (label.name.value.to_string(), label.value.to_string())).collect()
}

fn workloads(facts: &Facts<'_>, cluster: &Cluster<'_>) -> Vec<Workload> {
    let resolved = &facts.resolved;
    let workload = |namespace: &str, name: &str, labels: Labels, ports: Vec<ContainerPort>| Workload {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        labels,
        ports,
        host_network: false,
        addresses: Vec::new(),
    };
    let labelled = |key: &str, value: &str| Labels::from([(key.to_owned(), value.to_owned())]);
    let mut workloads =
        vec![workload("kube-system", "kube-dns", labelled("k8s-app", "kube-dns"), Vec::new())];
    for namespace in resolved.namespaces_of(cluster.id) {
        workloads.push(workload(&namespace.name, ANY_POD, Labels::new(), Vec::new()));
    }
    for service in resolved.services_of(cluster.id) {
        let labels = service.selector().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        let ports = service.ports.iter().filter_map(|port| match port.target {
            TargetPort::Number(number) => Some(ContainerPort {
                name: None,
                protocol: FlowPort::new(port.protocol, *number).protocol,
                number: *number,
            }),
            TargetPort::Name(_) => None,
        });
        workloads.push(workload(
            &resolved.namespace(service.namespace).name,
            service.key,
            labels,
            ports.collect(),
        ));
    }
    for runtime in resolved.runtimes_of(cluster.id) {
        for (key, value) in super::flow::PARTS.iter().filter_map(|part| part.label()) {
            workloads.push(workload(
                &resolved.namespace(runtime.namespace).name,
                value,
                labelled(key, value),
                Vec::new(),
            ));
        }
    }
    if let Some(install) = resolved.install_of(cluster.id)
        && let Some((key, value)) = Component::Controller.label()
    {
        let namespace = &resolved.namespace(install.namespace).name;
        workloads.push(workload(namespace, "seldon-controller", labelled(key, value), Vec::new()));
    }
    workloads
}
