//! The order in which a cluster gets its things, as folders: each is applied after the ones with lower numbers.

use crate::resolve::{ClusterId, Resolved, RuntimeId, ServiceId, TenantId, Unit};
use std::collections::BTreeMap;

/// What a folder of a cluster holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Namespaces, before everything that is in one.
    Namespaces,
    /// Calico's own API: Felix, BGP, pools, tiers. It answers once the operator's API server runs.
    Calico,
    /// MetalLB's pools, advertisements and peers: before the Services that want an address.
    Metallb,
    /// NetworkPolicies: before the pods that they guard.
    Policies,
    /// Services of one stage, by its place in the plan; `None` for what no stage applies.
    Workloads(Option<usize>),
}

/// A folder of the tree that one GitOps object applies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    pub cluster: ClusterId,
    pub layer: Layer,
    /// The last part of its path, such as `20-metallb`.
    pub name: String,
}

/// The folders of every cluster, and what belongs in which.
#[derive(Debug, Default)]
pub struct Order {
    stage_of: BTreeMap<Unit, usize>,
    names: BTreeMap<(ClusterId, Layer), String>,
}

impl Order {
    pub fn new(resolved: &Resolved<'_>) -> Order {
        let mut stage_of = BTreeMap::new();
        for (index, stage) in resolved.stages.iter().enumerate() {
            for unit in &stage.apply {
                stage_of.entry(unit.value).or_insert(index);
            }
        }
        let mut order = Order { stage_of, names: BTreeMap::new() };
        for cluster in resolved.targets() {
            let fixed = [
                (Layer::Namespaces, "00-namespaces"),
                (Layer::Calico, "10-calico"),
                (Layer::Metallb, "20-metallb"),
                (Layer::Policies, "30-policies"),
            ];
            order.names.extend(fixed.map(|(layer, name)| ((cluster.id, layer), name.to_owned())));
            let mut number = 40;
            for index in order.workload_stages(resolved, cluster.id) {
                let name = format!("{number}-{}", resolved.stages[index].name);
                order.names.insert((cluster.id, Layer::Workloads(Some(index))), name);
                number += 1;
            }
            order.names.insert((cluster.id, Layer::Workloads(None)), format!("{number}-services"));
        }
        order
    }

    /// The stages that apply services, Seldon or tenants of a cluster, in the order of the plan.
    fn workload_stages(&self, resolved: &Resolved<'_>, cluster: ClusterId) -> Vec<usize> {
        let here = |unit: &Unit| match unit {
            Unit::Service(id) => resolved.service(*id).cluster == cluster,
            Unit::Tenant(id) => resolved.tenant(*id).cluster == cluster,
            Unit::Seldon => resolved.install_of(cluster).is_some(),
            _ => false,
        };
        let mut stages: Vec<usize> =
            self.stage_of.iter().filter(|(unit, _)| here(unit)).map(|(_, index)| *index).collect();
        stages.sort_unstable();
        stages.dedup();
        stages
    }

    /// The stage that applies something, by its place in the plan.
    pub fn stage_of(&self, unit: Unit) -> Option<usize> {
        self.stage_of.get(&unit).copied()
    }

    pub fn of_service(&self, service: ServiceId) -> Layer {
        Layer::Workloads(self.stage_of(Unit::Service(service)))
    }

    pub fn of_tenant(&self, tenant: TenantId) -> Layer {
        Layer::Workloads(self.stage_of(Unit::Tenant(tenant)))
    }

    /// The layer of a runtime: its tenant's, or that of the controller.
    pub fn of_runtime(&self, resolved: &Resolved<'_>, runtime: RuntimeId) -> Layer {
        match resolved.runtime(runtime).tenant {
            Some(tenant) => self.of_tenant(tenant),
            None => self.of_seldon(),
        }
    }

    /// The layer of Seldon's controller and shared runtime.
    pub fn of_seldon(&self) -> Layer {
        Layer::Workloads(self.stage_of(Unit::Seldon))
    }

    /// The last part of a folder's path, such as `20-metallb`.
    pub fn name(&self, cluster: ClusterId, layer: Layer) -> &str {
        self.names
            .get(&(cluster, layer))
            .expect("broken promise: every layer of a generated cluster has a folder")
    }

    /// The folders that a cluster may have, in the order in which they are applied.
    pub fn folders(&self, cluster: ClusterId) -> Vec<Folder> {
        let mut folders: Vec<Folder> = (self.names.iter())
            .filter(|((of, _), _)| *of == cluster)
            .map(|((cluster, layer), name)| Folder { cluster: *cluster, layer: *layer, name: name.clone() })
            .collect();
        folders.sort_by(|a, b| natural(&a.name).cmp(&natural(&b.name)));
        folders
    }
}

/// The number before the dash decides, then the rest: `100-x` comes after `99-y`.
fn natural(name: &str) -> (u32, &str) {
    let (number, rest) = name.split_once('-').unwrap_or((name, ""));
    (number.parse().unwrap_or(u32::MAX), rest)
}
