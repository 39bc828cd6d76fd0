//! The order of the units of a cluster: each waits until the one before is healthy.

use super::super::Made;
use super::chart::{self, Chart};
use super::index::Index;
use super::unit::{Content, Folder, Unit};
use crate::facts::{Facts, Layer as FolderLayer, ansible};
use crate::model::{Hold, Layer};
use crate::resolve::{self, Cluster, Writer};
use crate::upstream::seldon;

/// The units of a cluster that the GitOps controller applies, in their order.
pub fn units<'a>(facts: &Facts<'_>, cluster: &Cluster<'_>, index: &'a Index<'a>) -> Vec<Unit<'a>> {
    let mut list = List { facts, cluster, index, by_hand: false, units: Vec::new() };
    list.calico();
    list.layers();
    list.units
}

/// The units of a cluster that a person applies, in their order, after the script that brings Calico.
pub fn by_hand<'a>(facts: &Facts<'_>, cluster: &Cluster<'_>, index: &'a Index<'a>) -> Vec<Unit<'a>> {
    let mut list = List { facts, cluster, index, by_hand: true, units: Vec::new() };
    list.layers();
    list.units
}

impl List<'_, '_, '_> {
    fn layers(&mut self) {
        let (facts, cluster, list) = (self.facts, self.cluster, self);
        for folder in facts.order.folders(cluster.id) {
            let path = format!("clusters/{}/{}", cluster.name, folder.name);
            match folder.layer {
                FolderLayer::Namespaces => {
                    list.folder(Layer::Namespaces, "namespaces", path, &[resolve::Unit::Namespaces]);
                }
                FolderLayer::Calico => list.folder(Layer::Calico, "calico", path, &[resolve::Unit::Calico]),
                FolderLayer::Metallb => list.metallb(path),
                FolderLayer::Policies => {
                    let stages = [resolve::Unit::Policies, resolve::Unit::PoliciesBaseline];
                    list.folder(Layer::Policies, "policies", path, &stages);
                }
                FolderLayer::Workloads(stage) => list.workloads(stage, path),
            }
        }
    }
}

/// The waves of the layers that every cluster has; stages follow from [`FIRST_STAGE`].
const WAVES: &[(&str, u32)] = &[
    ("calico-prepare", 10),
    ("calico-crds", 20),
    ("calico-operator", 30),
    ("calico-installation", 40),
    ("namespaces", 50),
    ("calico", 60),
    ("metallb", 70),
    ("metallb-config", 80),
    ("policies", 90),
];
const FIRST_STAGE: u32 = 200;

struct List<'f, 'p, 'a> {
    facts: &'f Facts<'p>,
    cluster: &'f Cluster<'p>,
    index: &'a Index<'a>,
    /// Whether it is what nobody keeps, in place of what the controller keeps.
    by_hand: bool,
    units: Vec<Unit<'a>>,
}

impl<'a> List<'_, '_, 'a> {
    /// Calico's operator and its Installation, which ran before this controller did and are adopted by it.
    fn calico(&mut self) {
        let Some(settings) = &self.cluster.calico else { return };
        if !self.owns(Layer::Calico) {
            return;
        }
        let stages = [resolve::Unit::BootstrapCalico, resolve::Unit::Calico];
        let from = vec![format!("clusters.{}.calico", self.cluster.name)];
        let root = format!("bootstrap/{}/", self.cluster.name);
        let folders = (self.index.below(&root))
            .filter_map(|file| file.path.strip_prefix(&root)?.strip_suffix("/kustomization.yaml"))
            .filter(|folder| !folder.contains('/'));
        let (before, after): (Vec<&str>, Vec<&str>) = folders.partition(|name| *name < "10");
        let paths = |names: Vec<&str>| -> Vec<String> {
            names.into_iter().map(|name| format!("{root}{name}")).collect()
        };
        let (before, after) = (paths(before), paths(after));
        let held = self.held(&stages);
        for path in before {
            self.push_folder("calico-prepare", path, held, true, from.clone());
        }
        if let Some(chart) = chart::calico_crds(settings.version, settings.written.api()) {
            self.push_chart("calico-crds", chart, held, true, from.clone());
        }
        let operator = chart::calico_operator(settings.version, self.values("tigera-operator.yaml"));
        self.push_chart("calico-operator", operator, held, true, from.clone());
        for path in after {
            self.push_folder("calico-installation", path, held, true, from.clone());
        }
    }

    fn metallb(&mut self, path: String) {
        if !self.owns(Layer::Metallb) {
            return;
        }
        let stages = [resolve::Unit::Metallb];
        let held = self.held(&stages);
        if let Some(chart) = chart::metallb(self.cluster, self.values("metallb.yaml")) {
            let from = vec![format!("clusters.{}.metallb", self.cluster.name)];
            self.push_chart("metallb", chart, held, true, from);
        }
        self.folder(Layer::Metallb, "metallb-config", path, &stages);
    }

    /// Everything of one stage: Seldon's kinds and controller first, for the folder may hold objects of those kinds;
    /// then the folder, for an address is of use before a model is; then runtimes, and last their servers.
    fn workloads(&mut self, stage: Option<usize>, path: String) {
        let (key, from, held) = match stage {
            Some(index) => {
                let stage = &self.facts.resolved.stages[index];
                let held = is_held(stage);
                (format!("stage-{}", stage.name), vec![format!("stages.{}", stage.name)], held)
            }
            None => ("services".to_owned(), vec!["services".to_owned()], false),
        };
        let seldon = self.owns(Layer::Seldon);
        if seldon {
            self.seldon_controller(stage, held);
        }
        if (seldon || self.owns(Layer::Services)) && self.exists(&path) {
            self.push_folder(&key, path, held, false, from);
        }
        if seldon {
            self.seldon_runtimes(stage, held);
        }
    }

    fn seldon_controller(&mut self, stage: Option<usize>, held: bool) {
        let resolved = &self.facts.resolved;
        let Some(install) = resolved.install_of(self.cluster.id) else { return };
        // With the first stage that has a runtime, should the plan name the controller later or not at all.
        let order = &self.facts.order;
        let runtimes =
            resolved.runtimes_of(self.cluster.id).map(|runtime| order.of_runtime(resolved, runtime.id));
        let first = std::iter::once(order.of_seldon()).chain(runtimes).map(place).min();
        if first != Some(stage.unwrap_or(usize::MAX)) {
            return;
        }
        let namespace = install.namespace_name.as_str();
        for (kind, key) in [(seldon::Chart::Crds, "seldon-crds"), (seldon::Chart::Setup, "seldon-setup")] {
            let values = self.values(&format!("{}.yaml", seldon::chart_name(kind)));
            let chart = chart::seldon(kind, &install.version, namespace, values);
            let kept = kind == seldon::Chart::Crds;
            self.push_chart(key, chart, held, kept, vec!["seldon".to_owned()]);
        }
    }

    fn seldon_runtimes(&mut self, stage: Option<usize>, held: bool) {
        let resolved = &self.facts.resolved;
        let here = FolderLayer::Workloads(stage);
        for (kind, key) in [(seldon::Chart::Runtime, "runtime"), (seldon::Chart::Servers, "servers")] {
            let wave = self.next_wave("");
            for runtime in resolved.runtimes_of(self.cluster.id) {
                let namespace = resolved.namespace(runtime.namespace).name.as_str();
                let path = format!("{namespace}/{}.yaml", seldon::chart_name(kind));
                // Without values there is no such release: what it would make may be objects of the folder.
                let Some(values) = self.values(&path) else { continue };
                if self.facts.order.of_runtime(resolved, runtime.id) != here {
                    continue;
                }
                let version = &resolved.install(runtime.install).version;
                let chart = chart::seldon(kind, version, namespace, Some(values));
                self.units.push(Unit {
                    key: format!("seldon-{key}-{namespace}"),
                    wave,
                    runtime: Some(namespace.to_owned()),
                    content: Content::Chart(Box::new(chart)),
                    held,
                    kept: false,
                    from: vec!["gitops".to_owned(), runtime.path(resolved)],
                });
            }
        }
    }

    fn folder(&mut self, layer: Layer, key: &str, path: String, stages: &[resolve::Unit]) {
        if self.owns(layer) && self.exists(&path) {
            let table = match layer {
                Layer::Calico | Layer::Metallb => {
                    format!("clusters.{}.{}", self.cluster.name, layer_word(layer))
                }
                _ => format!("clusters.{}", self.cluster.name),
            };
            let held = self.held(stages);
            self.push_folder(key, path, held, false, vec![table]);
        }
    }

    fn push_folder(&mut self, key: &str, path: String, held: bool, kept: bool, from: Vec<String>) {
        let below = format!("{path}/");
        let objects = self.index.below(&below).filter_map(|file| file.object.as_ref()).collect();
        let content = Content::Folder(Folder { objects, path });
        self.push(key, content, held, kept, from);
    }

    fn push_chart(&mut self, key: &str, chart: Chart<'a>, held: bool, kept: bool, from: Vec<String>) {
        self.push(key, Content::Chart(Box::new(chart)), held, kept, from);
    }

    fn push(&mut self, key: &str, content: Content<'a>, held: bool, kept: bool, from: Vec<String>) {
        let wave = self.next_wave(key);
        let mut all = vec!["gitops".to_owned()];
        all.extend(from);
        self.units.push(Unit { key: key.to_owned(), wave, runtime: None, content, held, kept, from: all });
    }

    fn next_wave(&self, key: &str) -> u32 {
        let last = self.units.last().map_or(0, |unit| unit.wave);
        let fixed = WAVES.iter().find(|(name, _)| *name == key).map(|(_, wave)| *wave);
        // Two folders of one key come one after the other.
        fixed.unwrap_or_else(|| FIRST_STAGE.max(last + 10)).max(last + 1)
    }

    fn owns(&self, layer: Layer) -> bool {
        match self.facts.resolved.delivery.writer(layer) {
            Some(Writer::Gitops) => !self.by_hand,
            // Without roles that make them, the manifests are there for a task of somebody's playbook to apply.
            Some(Writer::Ansible) => self.by_hand && !ansible::by_roles(self.facts, layer),
            Some(Writer::Bootstrap) | None => self.by_hand,
        }
    }

    fn exists(&self, folder: &str) -> bool {
        self.index.file(&format!("{folder}/kustomization.yaml")).is_some()
    }

    fn values(&self, name: &str) -> Option<&'a Made> {
        self.index.file(&format!("values/{}/{name}", self.cluster.name))
    }

    /// Whether the first stage that applies one of these here waits for a person.
    fn held(&self, units: &[resolve::Unit]) -> bool {
        let here = |stage: &&resolve::Stage<'_>| {
            stage.on.is_none_or(|on| on == self.cluster.id)
                && stage.apply.iter().any(|unit| units.contains(&unit.value))
        };
        let first = self.facts.resolved.stages.iter().find(here);
        first.is_some_and(is_held)
    }
}

fn is_held(stage: &resolve::Stage<'_>) -> bool {
    stage.written.hold.as_ref().is_some_and(|hold| hold.value == Hold::Manual)
}

/// The place of a stage among all; what has none comes last.
fn place(layer: FolderLayer) -> usize {
    match layer {
        FolderLayer::Workloads(Some(index)) => index,
        _ => usize::MAX,
    }
}

fn layer_word(layer: Layer) -> &'static str {
    if layer == Layer::Calico { "calico" } else { "metallb" }
}
