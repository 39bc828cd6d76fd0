//! Who writes what: every layer of the platform has one writer, and Calico may have a midwife.

use super::Resolved;
use super::id::ClusterId;
use crate::diagnostics::Diagnostic;
use crate::model::{self, Cni, Distribution, Layer, Tool};
use crate::source::Located;
use std::collections::BTreeMap;

/// Who brings things to the clusters.
#[derive(Debug, Default)]
pub struct Delivery<'p> {
    /// The one who keeps each layer; layers that nobody keeps are not here.
    pub writers: BTreeMap<Layer, Writer>,
    /// Layers that one kubectl applies before their writer can run.
    pub bootstrapped: Vec<Layer>,
    pub ansible: Option<&'p model::Ansible>,
    pub gitops: Option<GitopsTarget<'p>>,
}

/// Who keeps something in the state that Git says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Writer {
    Ansible,
    Bootstrap,
    Gitops,
}

/// The GitOps controller.
#[derive(Debug)]
pub struct GitopsTarget<'p> {
    pub tool: Tool,
    pub repository: &'p str,
    pub revision: String,
    /// Without a slash at either end.
    pub path: String,
    pub namespace: String,
    /// For Argo CD: the name of each generated cluster among its destinations.
    pub destinations: BTreeMap<ClusterId, Argo>,
    pub written: &'p model::Gitops,
}

/// An Argo CD destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argo {
    /// The cluster that Argo CD runs in.
    InCluster,
    /// A cluster that Argo CD knows by name.
    Named(String),
}

impl Delivery<'_> {
    pub fn writer(&self, layer: Layer) -> Option<Writer> {
        self.writers.get(&layer).copied()
    }

    pub fn gitops_owns(&self, layer: Layer) -> bool {
        self.writer(layer) == Some(Writer::Gitops)
    }
}

/// The layers that are objects of a cluster.
pub const IN_CLUSTER: [Layer; 6] =
    [Layer::Calico, Layer::Metallb, Layer::Namespaces, Layer::Services, Layer::Policies, Layer::Seldon];

pub fn delivery(resolved: &mut Resolved<'_>, _diagnostics: &mut [Diagnostic]) {
    let plan = resolved.plan;
    let ansible = plan.ansible.as_ref().map(|ansible| &ansible.value);
    let listed = |owns: Option<&Located<Vec<Located<Layer>>>>| -> Option<Vec<Layer>> {
        owns.map(|owns| owns.value.iter().map(|layer| layer.value).collect())
    };
    let of_ansible = listed(ansible.and_then(|ansible| ansible.owns.as_ref())).unwrap_or_else(|| {
        let mut layers = vec![Layer::Hosts];
        let has = |distribution| resolved.targets().any(|cluster| cluster.distribution == distribution);
        layers.extend(has(Distribution::K3s).then_some(Layer::K3s));
        layers.extend(has(Distribution::Kubeadm).then_some(Layer::Kubeadm));
        layers
    });
    let has_calico = resolved.targets().any(|cluster| cluster.cni == Cni::Calico);
    let of_bootstrap = listed(plan.bootstrap.as_ref().and_then(|bootstrap| bootstrap.value.owns.as_ref()))
        .unwrap_or_else(|| {
            if has_calico && !of_ansible.contains(&Layer::Calico) { vec![Layer::Calico] } else { vec![] }
        });
    let of_gitops = plan.gitops.as_ref().map(|gitops| {
        listed(gitops.value.owns.as_ref())
            .unwrap_or_else(|| IN_CLUSTER.into_iter().filter(|layer| !of_ansible.contains(layer)).collect())
    });
    let mut writers = BTreeMap::new();
    // The last one wins here; a check reports a layer that Ansible and GitOps both claim.
    for (layers, writer) in [
        (Some(&of_ansible), Writer::Ansible),
        (Some(&of_bootstrap), Writer::Bootstrap),
        (of_gitops.as_ref(), Writer::Gitops),
    ] {
        writers.extend(layers.into_iter().flatten().map(|layer| (*layer, writer)));
    }
    let several = resolved.targets().count() > 1;
    let gitops = plan.gitops.as_ref().map(|gitops| {
        let written = &gitops.value;
        let tool = written.tool.value;
        let usual = if tool == Tool::ArgoCd { "argocd" } else { "flux-system" };
        let destinations = resolved.targets().map(|cluster| {
            let destination = match &cluster.written.destination {
                Some(name) if name.value == "in-cluster" => Argo::InCluster,
                Some(name) => Argo::Named(name.value.clone()),
                None if several => Argo::Named(cluster.name.to_owned()),
                None => Argo::InCluster,
            };
            (cluster.id, destination)
        });
        GitopsTarget {
            tool,
            repository: written.repo.value.as_str(),
            revision: written.revision(),
            path: written.path.value.trim_matches('/').trim_start_matches("./").to_owned(),
            namespace: written.namespace.as_ref().map_or(usual.to_owned(), |name| name.value.to_string()),
            destinations: destinations.collect(),
            written,
        }
    });
    resolved.delivery = Delivery { writers, bootstrapped: of_bootstrap, ansible, gitops };
}
