//! What follows from a resolved plan: who talks to whom, which policies say so, and in which order things come.

pub mod announced;
pub mod ansible;
mod answers;
pub mod firewall;
pub mod flow;
mod order;
pub mod policy;
pub mod raw;
pub mod stages;
pub mod world;

pub use answers::ANSWERS;
pub use flow::Flow;
pub use order::{Folder, Layer, Order};
pub use policy::{Guard, Part};
pub use raw::RawPolicy;
pub use stages::Stages;
pub use world::{ClusterWorld, Judged, Origin};

use crate::resolve::{Cluster, ClusterId, Resolved};
use crate::source::Source;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// A resolved plan and what follows from it.
#[derive(Debug)]
pub struct Facts<'p> {
    pub resolved: Resolved<'p>,
    pub order: Order,
    /// The migration in time, with its ways back and its risks.
    pub stages: Stages,
    /// Every declared connection, by cluster.
    pub flows: Vec<Flow>,
    /// Every policy that is emitted, by cluster, namespace and name.
    pub guards: Vec<Guard>,
    /// Every policy of `[policies]`, by cluster.
    pub raw_policies: Vec<RawPolicy>,
    /// The plan's own templates for Ansible: path below their folder, and text.
    pub templates: &'p [(String, Source)],
    /// The plan's own templates for the runbook: path below their folder, and text.
    pub runbook: &'p [(String, Source)],
    once: Vec<Once>,
}

/// What several checks or emitters ask of one cluster, made when it is asked for first.
#[derive(Debug, Default)]
struct Once {
    ansible: OnceLock<ansible::Rendered>,
    judged: Mutex<Option<Arc<Judged>>>,
}

/// Derives everything. It cannot fail: what is wrong with a plan is for the checks to say.
pub fn derive<'p>(
    resolved: Resolved<'p>,
    templates: &'p [(String, Source)],
    runbook: &'p [(String, Source)],
) -> Facts<'p> {
    let order = Order::new(&resolved);
    let stages = Stages::new(&resolved, &order);
    let flows = flow::flows(&resolved);
    let guards = policy::policies(&resolved, &flows);
    let raw_policies = raw::policies(&resolved);
    let once = resolved.clusters.iter().map(|_| Once::default()).collect();
    Facts { resolved, order, stages, flows, guards, raw_policies, templates, runbook, once }
}

impl Facts<'_> {
    /// The files that the templates of Ansible make of a cluster.
    pub fn ansible_of(&self, cluster: &Cluster<'_>) -> &ansible::Rendered {
        self.once[cluster.id.index()].ansible.get_or_init(|| ansible::files(self, cluster))
    }

    /// A cluster under the policies that are enforced, ready to be asked.
    pub fn judged(&self, cluster: &Cluster<'_>) -> Arc<Judged> {
        let mut judged = self.once[cluster.id.index()].judged.lock().unwrap_or_else(PoisonError::into_inner);
        judged.get_or_insert_with(|| Arc::new(Judged::new(self, cluster))).clone()
    }

    /// Gives the room of what was judged back, before there are files to be made.
    pub(crate) fn forget_judged(&self) {
        for once in &self.once {
            *once.judged.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }

    /// The flows of a cluster.
    pub fn flows_of(&self, cluster: ClusterId) -> &[Flow] {
        let start = self.flows.partition_point(|flow| flow.cluster < cluster);
        let end = self.flows.partition_point(|flow| flow.cluster <= cluster);
        &self.flows[start..end]
    }

    /// The policies of a cluster.
    pub fn guards_of(&self, cluster: ClusterId) -> &[Guard] {
        let start = self.guards.partition_point(|guard| guard.cluster < cluster);
        let end = self.guards.partition_point(|guard| guard.cluster <= cluster);
        &self.guards[start..end]
    }
}
