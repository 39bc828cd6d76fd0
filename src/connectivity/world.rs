//! Everything that policies are judged against: namespaces, workloads, address ranges, and the policies.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::block::Block;
use super::policy::{Policy, Protocol};
use super::selector::{Labels, NAMESPACE_NAME, Selector};

/// One cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct World {
    /// A namespace that only a workload or a policy names is taken to exist with no label but that of its own name.
    pub namespaces: Vec<Namespace>,
    /// Pods with the same labels and ports; replicas are one workload.
    pub workloads: Vec<Workload>,
    /// The addresses of the nodes, tunnel addresses included. Empty means unknown.
    pub nodes: Vec<Block>,
    /// Where pods get their addresses from. Empty means unknown.
    pub pods: Vec<Block>,
    /// Where Services get their cluster addresses from.
    pub services: Vec<Block>,
    /// Whether an `ipBlock` surely matches the address of a node. Calico looks at the packet alone, so it does; Cilium
    /// does only with `policyCIDRMatchMode=nodes`.
    pub blocks_match_nodes: bool,
    /// Enforced policies, in the order that verdicts refer to them by.
    pub policies: Vec<Policy>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Namespace {
    pub name: String,
    /// `kubernetes.io/metadata.name` is always the name, whatever is written here, as the API server sees to.
    pub labels: Labels,
}

/// Pods that differ in nothing that a policy can see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workload {
    pub namespace: String,
    pub name: String,
    /// The labels of its pods, not of the Deployment.
    pub labels: Labels,
    pub ports: Vec<ContainerPort>,
    /// On the network of the host: no policy applies to it, no selector matches it, and its address is a node's.
    pub host_network: bool,
    /// The addresses of its pods where they are known. Empty means anywhere in `World::pods`, or in `World::nodes` on
    /// the network of the host.
    pub addresses: Vec<IpAddr>,
}

/// A port that a container declares.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContainerPort {
    /// A port without a name cannot be referred to, so it need not be listed.
    pub name: Option<String>,
    pub protocol: Protocol,
    pub number: u16,
}

/// An index into `World::workloads`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkloadId(pub usize);

/// One end of a connection.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Endpoint {
    Workload(WorkloadId),
    /// Addresses outside the cluster, all of them: a verdict speaks of every address of the block.
    Block(Block),
    /// Every public address, that is without private and special-purpose ranges and without `nodes`, `pods` and
    /// `services`.
    Internet,
    /// Every node other than the one that the pod at the other end runs on.
    Node,
    /// The node that the pod at the other end runs on.
    OwnNode,
}

impl World {
    /// The pods that match in the namespaces that match, as a peer of a policy selects them: none on the network of its
    /// host. Looks at every workload.
    pub fn select(&self, namespaces: &Selector, pods: &Selector) -> Vec<WorkloadId> {
        let mut known: BTreeMap<&str, Labels> = BTreeMap::new();
        for namespace in &self.namespaces {
            known.entry(&namespace.name).or_insert_with(|| namespace.labels.clone());
        }
        let mut matching: BTreeMap<&str, bool> = BTreeMap::new();
        let mut selected = Vec::new();
        for (id, workload) in self.workloads.iter().enumerate() {
            let name = &*workload.namespace;
            let here = *matching.entry(name).or_insert_with(|| {
                let mut labels = known.remove(name).unwrap_or_default();
                labels.insert(NAMESPACE_NAME.to_owned(), name.to_owned());
                namespaces.matches(&labels)
            });
            if here && !workload.host_network && pods.matches(&workload.labels) {
                selected.push(WorkloadId(id));
            }
        }
        selected
    }

    /// The world as it would be were these policies enforced too (`StagedKubernetesNetworkPolicy`); their indices
    /// follow those of `policies`.
    pub fn with_staged(&self, staged: &[Policy]) -> World {
        let mut world = self.clone();
        world.policies.extend_from_slice(staged);
        world
    }
}
