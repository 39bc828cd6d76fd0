//! When the parts of a tree have to be there: a folder with the stage that applies it, and what comes before it too.

use crate::facts::{Facts, Layer};
use crate::resolve::{Cluster, Stage, Unit};
use std::collections::BTreeMap;

/// The stage by whose end something has to be there, by its place in the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Due {
    /// It is there before the first stage.
    Start,
    Stage(usize),
    /// No stage applies it.
    End,
}

/// When each part of the generated clusters is due.
#[derive(Debug, Default)]
pub struct Dues {
    /// By folder of the tree.
    folders: BTreeMap<String, Due>,
    /// Policies that are the same in every namespace, where a stage of their own applies them.
    baseline: BTreeMap<String, Due>,
    /// By cluster and key path of the plan, for what GitOps applies.
    tables: BTreeMap<(String, String), Due>,
}

impl Dues {
    pub fn new(facts: &Facts<'_>) -> Dues {
        let mut dues = Dues::default();
        facts.resolved.targets().for_each(|cluster| dues.add(facts, cluster));
        dues
    }

    fn add(&mut self, facts: &Facts<'_>, cluster: &Cluster<'_>) {
        let (resolved, order) = (&facts.resolved, &facts.order);
        let here = |stage: &Stage<'_>| stage.on.is_none_or(|on| on == cluster.id);
        let first = |units: &[Unit]| -> Option<Due> {
            let applies = |stage: &Stage<'_>| stage.apply.iter().any(|unit| units.contains(&unit.value));
            resolved.stages.iter().position(|stage| here(stage) && applies(stage)).map(Due::Stage)
        };
        let stage = |layer: Layer| match layer {
            Layer::Workloads(Some(stage)) => Due::Stage(stage),
            _ => Due::End,
        };
        let workloads = (order.folders(cluster.id).iter())
            .filter(|folder| matches!(folder.layer, Layer::Workloads(_)))
            .map(|folder| stage(folder.layer))
            .min()
            .unwrap_or(Due::End);
        // A folder is applied before those with higher numbers, so it is due with the first of them at the latest.
        let policies = first(&[Unit::Policies, Unit::PoliciesBaseline]).unwrap_or(workloads);
        let metallb = first(&[Unit::Metallb]).unwrap_or(policies.min(workloads));
        let calico = first(&[Unit::Calico]).unwrap_or(metallb);
        let namespaces =
            first(&[Unit::Namespaces]).unwrap_or(calico.min(metallb).min(policies).min(workloads));
        let network = first(&[Unit::BootstrapCalico, Unit::Calico]).unwrap_or(namespaces);
        let rest = first(&[Unit::Policies]).unwrap_or(policies);
        for folder in order.folders(cluster.id) {
            let due = match folder.layer {
                Layer::Namespaces => namespaces,
                Layer::Calico => calico,
                Layer::Metallb => metallb,
                Layer::Policies => rest,
                layer @ Layer::Workloads(_) => stage(layer),
            };
            let path = format!("clusters/{}/{}", cluster.name, folder.name);
            if folder.layer == Layer::Policies {
                self.baseline.insert(path.clone(), policies);
            }
            self.folders.insert(path, due);
        }
        self.folders.insert(format!("bootstrap/{}", cluster.name), network);
        let mut table = |key: String, due: Due| {
            self.tables.insert((cluster.name.to_owned(), key), due);
        };
        table(format!("clusters.{}.calico", cluster.name), network);
        table(format!("clusters.{}.metallb", cluster.name), metallb);
        let mut seldon = stage(order.of_seldon());
        for runtime in resolved.runtimes_of(cluster.id) {
            let due = stage(order.of_runtime(resolved, runtime.id));
            seldon = seldon.min(due);
            table(runtime.path(resolved), due);
        }
        table("seldon".to_owned(), seldon);
        table("services".to_owned(), Due::End);
        for (index, stage) in resolved.stages.iter().enumerate() {
            table(format!("stages.{}", stage.name), Due::Stage(index));
        }
    }

    /// When a file of the tree is due; `baseline` says whether it is a policy of the baseline.
    pub fn of_file(&self, path: &str, baseline: bool) -> Due {
        let folder = match path.strip_prefix("bootstrap/") {
            Some(rest) => path.len() - rest.len() + rest.find('/').unwrap_or(rest.len()),
            None => path.match_indices('/').nth(2).map_or(path.len(), |(at, _)| at),
        };
        let folder = &path[..folder];
        let of_baseline = self.baseline.get(folder).filter(|_| baseline);
        of_baseline.or_else(|| self.folders.get(folder)).copied().unwrap_or(Due::End)
    }

    /// When an object of a GitOps controller for a cluster is due, by the tables that it comes from and by the folder
    /// that it applies. It cannot be there before the controller is, whatever was applied without one.
    pub fn of_unit(&self, cluster: &str, from: &[String], folder: Option<&str>) -> Due {
        let first = self.first(cluster);
        if let Some(folder) = folder {
            return self.of_file(&format!("{folder}/"), true).max(first);
        }
        // A runtime names its tenant beside Seldon itself, and comes with the tenant.
        let tables = from.iter().filter_map(|table| self.tables.get(&(cluster.to_owned(), table.clone())));
        tables.max().copied().unwrap_or(first).max(first)
    }

    /// The network of a cluster.
    pub fn network(&self, cluster: &str) -> Due {
        self.folders.get(&format!("bootstrap/{cluster}")).copied().unwrap_or(Due::End)
    }

    /// The first that a cluster gets from a GitOps controller.
    pub fn first(&self, cluster: &str) -> Due {
        self.below(cluster).min().unwrap_or(Due::End)
    }

    /// The last that any cluster gets.
    pub fn last(&self) -> Due {
        self.folders.values().copied().filter(|due| *due != Due::End).max().unwrap_or(Due::End)
    }

    fn below<'d>(&'d self, cluster: &str) -> impl Iterator<Item = Due> + 'd {
        let prefix = format!("clusters/{cluster}/");
        self.folders.iter().filter(move |(path, _)| path.starts_with(&prefix)).map(|(_, due)| *due)
    }
}
