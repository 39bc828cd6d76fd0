//! Only a part of a comparison: a cluster, a kind of object, a class of danger.

use super::{Danger, Diff};
use std::collections::BTreeSet;

/// What is looked at. An empty list lets everything through; of several in one list, one is enough.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub clusters: BTreeSet<String>,
    /// In lowercase.
    pub kinds: BTreeSet<String>,
    pub dangers: BTreeSet<Danger>,
}

impl Filter {
    /// Leaves out what is not asked for. Addresses belong to Services, flows to policies.
    pub fn apply(&self, diff: &mut Diff) {
        diff.changes.retain(|change| {
            let id = change.id();
            self.cluster(&id.cluster) && self.kind(&id.kind) && self.danger(change.danger)
        });
        diff.addresses.retain(|address| {
            self.cluster(&address.cluster) && self.kind("Service") && self.danger(address.danger())
        });
        diff.flows.retain(|flow| {
            self.cluster(&flow.cluster) && self.kind("NetworkPolicy") && self.danger(flow.danger())
        });
        diff.firewall
            .retain(|rule| self.cluster(&rule.cluster) && self.kinds.is_empty() && self.danger(Danger::Note));
        if !self.clusters.is_empty() || !self.kinds.is_empty() || !self.dangers.is_empty() {
            diff.obstacles.retain(|obstacle| {
                let of_object = |id: &super::Id| self.cluster(&id.cluster) && self.kind(&id.kind);
                // One of a whole cluster names that and no object.
                let is_named = |name: &String| obstacle.sentence.contains(&format!("`{name}`"));
                let of_cluster = obstacle.objects.is_empty()
                    && self.kinds.is_empty()
                    && (self.clusters.is_empty() || self.clusters.iter().any(is_named));
                self.danger(obstacle.danger()) && (of_cluster || obstacle.objects.iter().any(of_object))
            });
            diff.rewritten.clear();
        }
    }

    fn cluster(&self, cluster: &Option<String>) -> bool {
        self.clusters.is_empty() || cluster.as_ref().is_some_and(|cluster| self.clusters.contains(cluster))
    }

    fn kind(&self, kind: &str) -> bool {
        self.kinds.is_empty() || self.kinds.contains(&kind.to_lowercase())
    }

    fn danger(&self, danger: Danger) -> bool {
        self.dangers.is_empty() || self.dangers.contains(&danger)
    }
}
