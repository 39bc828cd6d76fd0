//! Objects of any cluster, as kubectl reads them, become a world that can be asked who may connect to whom.
//!
//! YAML and JSON in, plain values and findings out. What is read:
//!
//! - Namespaces, Pods and everything that makes Pods, Services, NetworkPolicies, and
//!   `StagedKubernetesNetworkPolicy` as what would be enforced;
//! - files of several documents, and the `List` of `kubectl get -o yaml` or `-o json`.
//!
//! Pods of one owner are one workload, called `namespace/name[Kind]` after the outermost owner. A policy that the API
//! server refuses is told and left out, because no cluster has it. What lies outside of the objects is not known: the
//! addresses of nodes, and those of pods and Services that no `status` or `spec` says.

pub mod finding;
mod label;
mod node;
mod object;
mod owner;
mod policy;
mod read;
mod scalar;
mod selector;
mod service;
mod workload;

pub use node::{Content, Entry, Node, Unreadable, documents};
pub use policy::{Places, ReadPolicy, RulePlaces, read_policy};
pub use scalar::{Resolved, Scalar};
pub use service::{Service, ServicePort, Target};

use crate::connectivity::{Policy, World};
use crate::diagnostics::Diagnostic;
use crate::source::{Source, Span};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Everything that the objects say about connectivity.
#[derive(Debug, Default)]
pub struct Manifests {
    /// Namespaces, workloads and the enforced policies; workloads are named `name[Kind]`.
    pub world: World,
    /// Where the policies of the world stand, by their index.
    pub places: Vec<Places>,
    pub staged: Vec<Staged>,
    pub services: Vec<Service>,
    /// Services that select no pods, as `namespace/name`.
    pub without_pods: BTreeSet<String>,
    /// What Services answer at, those without a selector too: the address, and namespace and name of its Service.
    pub service_addresses: BTreeMap<IpAddr, (String, String)>,
    /// Where the workloads stand, by their index.
    pub workloads: Vec<Span>,
    /// The namespaces that have an object of their own, so that their labels are known.
    pub known_namespaces: BTreeSet<String>,
    /// What is wrong with the objects one by one, by place.
    pub found: Vec<Diagnostic>,
}

/// A policy that is only shown, and what would become of it.
#[derive(Clone, Debug)]
pub struct Staged {
    pub policy: Policy,
    pub places: Places,
    /// `stagedAction: Delete`: it would be removed.
    pub removes: bool,
}

impl Manifests {
    /// Reads all texts as one cluster. Spans count the texts in their order.
    pub fn read(sources: &[Source]) -> Manifests {
        read::read(sources)
    }

    /// Whether there was any object that says something about connectivity.
    pub fn is_empty(&self) -> bool {
        self.world.namespaces.is_empty() && self.world.workloads.is_empty() && self.world.policies.is_empty()
    }

    /// The world as it would be were the staged policies enforced: they replace policies of the same name.
    pub fn with_staged(&self) -> Manifests {
        let same = |staged: &Staged, policy: &Policy| {
            staged.policy.name == policy.name && staged.policy.namespace == policy.namespace
        };
        let kept = |policy: &Policy| !self.staged.iter().any(|staged| same(staged, policy));
        let enforced = self.world.policies.iter().zip(&self.places).filter(|(policy, _)| kept(policy));
        let staged = self.staged.iter().filter(|staged| !staged.removes);
        let staged = staged.map(|staged| (&staged.policy, &staged.places));
        let (policies, places) = enforced.chain(staged).map(|(a, b)| (a.clone(), b.clone())).unzip();
        Manifests {
            world: World { policies, ..self.world.clone() },
            places,
            staged: Vec::new(),
            services: self.services.clone(),
            without_pods: self.without_pods.clone(),
            service_addresses: self.service_addresses.clone(),
            workloads: self.workloads.clone(),
            known_namespaces: self.known_namespaces.clone(),
            found: self.found.clone(),
        }
    }
}
