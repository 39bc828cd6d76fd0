//! What follows from a resolved plan: who talks to whom, which policies say so, and in which order things come.

pub mod ansible;
mod answers;
pub mod firewall;
pub mod flow;
mod order;
pub mod policy;
pub mod world;

pub use answers::ANSWERS;
pub use flow::Flow;
pub use order::{Folder, Layer, Order};
pub use policy::{Guard, Part};
pub use world::ClusterWorld;

use crate::resolve::{ClusterId, Resolved};
use crate::source::Source;

/// A resolved plan and what follows from it.
#[derive(Debug)]
pub struct Facts<'p> {
    pub resolved: Resolved<'p>,
    pub order: Order,
    /// Every declared connection, by cluster.
    pub flows: Vec<Flow>,
    /// Every policy that is emitted, by cluster, namespace and name.
    pub guards: Vec<Guard>,
    /// The plan's own templates for Ansible: path below their folder, and text.
    pub templates: &'p [(String, Source)],
}

/// Derives everything. It cannot fail: what is wrong with a plan is for the checks to say.
pub fn derive<'p>(resolved: Resolved<'p>, templates: &'p [(String, Source)]) -> Facts<'p> {
    let order = Order::new(&resolved);
    let flows = flow::flows(&resolved);
    let guards = policy::policies(&resolved, &flows);
    Facts { resolved, order, flows, guards, templates }
}

impl Facts<'_> {
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
