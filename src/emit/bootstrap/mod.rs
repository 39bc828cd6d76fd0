//! No pod runs without a pod network, so no GitOps controller can bring it: kubectl does, once.
//!
//! `bootstrap/CLUSTER/` holds what kubectl applies and the script that does it in order. The GitOps controller takes the
//! same folders over afterwards, and the operator's chart with the values that are written here.

mod answers;
mod installation;
mod reflectors;
mod script;
mod values;

pub use answers::ANSWERS;

use super::files::{Files, labels, metadata};
use super::{ClusterEmitter, GuardKind, guard, overlay};
use crate::facts::Facts;
use crate::model::{Dataplane, Layer};
use crate::objects::operator::{self, APIServer, Goldmane, Whisker};
use crate::objects::{AnyObject, ConfigMap, Metadata, Namespace};
use crate::resolve::{CalicoSettings, Cluster, Resolved};
use crate::upstream::calico::{Feature, has};
use std::collections::BTreeMap;

pub(super) const EMITTER: ClusterEmitter = ClusterEmitter { name: "bootstrap", emit };

/// The folder of the operator's namespace, applied before the operator.
const OPERATOR: &str = "00-operator";
/// The folder of what the operator reads, applied once it runs.
const CALICO: &str = "10-calico";

fn emit(facts: &Facts<'_>, cluster: &Cluster<'_>, files: &mut Files) {
    let Some(calico) = &cluster.calico else { return };
    let resolved = &facts.resolved;
    let folder = format!("bootstrap/{}", cluster.name);
    let from = [format!("clusters.{}.calico", cluster.name)];

    files.object(&format!("{folder}/{OPERATOR}"), namespace(resolved), &from);
    if let Some(endpoint) = endpoint(resolved, cluster, calico) {
        files.object(&format!("{folder}/{OPERATOR}"), endpoint, &from);
    }
    let calico_folder = format!("{folder}/{CALICO}");
    files.object(
        &calico_folder,
        installation::installation(resolved, cluster, calico),
        &installation::from(cluster),
    );
    for object in parts(resolved, calico) {
        files.object(&calico_folder, object, &from);
    }
    files.text(format!("{folder}/bootstrap.sh"), script::script(resolved, cluster, calico));
    files.text(format!("{folder}/README.md"), script::readme(resolved, cluster, calico));
    if resolved.delivery.gitops_owns(Layer::Calico) {
        let path = format!("values/{}/tigera-operator.yaml", cluster.name);
        files.values(path, &values::operator_chart(calico), &from);
    }
}

/// Metadata of an object that the operator reads: each has the name `default`.
fn default_of(resolved: &Resolved<'_>) -> Metadata {
    let annotations = guard(resolved, GuardKind::Network);
    Metadata { annotations, ..metadata("default", None, labels("calico", "network", resolved.name)) }
}

/// The operator runs in the host's network, which a baseline namespace refuses (`manifests/tigera-operator.yaml`; the
/// Helm chart makes no namespace).
fn namespace(resolved: &Resolved<'_>) -> AnyObject {
    let mut all = labels("tigera-operator", "network", resolved.name);
    for mode in ["audit", "enforce", "warn"] {
        all.insert(format!("pod-security.kubernetes.io/{mode}"), "privileged".to_owned());
    }
    let annotations = guard(resolved, GuardKind::Network);
    let metadata = Metadata { annotations, ..metadata("tigera-operator", None, all) };
    AnyObject::new(&Namespace { metadata: metadata.into(), ..Namespace::default() })
}

/// Where the API server is, for eBPF: without kube-proxy nothing answers at its cluster address until Calico does, and
/// the operator that installs Calico asks there (calico `getting-started/kubernetes/self-managed-onprem/ebpf`).
fn endpoint(
    resolved: &Resolved<'_>,
    cluster: &Cluster<'_>,
    calico: &CalicoSettings<'_>,
) -> Option<AnyObject> {
    if calico.written.dataplane() != Dataplane::Bpf {
        return None;
    }
    let host = match (&cluster.written.api_address, cluster.servers.first()) {
        (Some(address), _) => address.value,
        (None, Some(first)) => resolved.host(*first).address(),
        (None, None) => return None,
    };
    let annotations = guard(resolved, GuardKind::Network);
    let all = labels("kubernetes-services-endpoint", "network", resolved.name);
    let metadata =
        Metadata { annotations, ..metadata("kubernetes-services-endpoint", Some("tigera-operator"), all) };
    let data = BTreeMap::from([
        ("KUBERNETES_SERVICE_HOST".to_owned(), host.to_string()),
        ("KUBERNETES_SERVICE_PORT".to_owned(), cluster.api_port.to_string()),
    ]);
    Some(AnyObject::new(&ConfigMap { metadata: metadata.into(), data: Some(data), ..ConfigMap::default() }))
}

/// The API server, and the collector of flows and its window when they are asked for.
fn parts(resolved: &Resolved<'_>, calico: &CalicoSettings<'_>) -> Vec<AnyObject> {
    let written = calico.written;
    let metadata = || default_of(resolved);
    let server = AnyObject::new(&APIServer { metadata: metadata(), ..APIServer::default() });
    let mut parts = vec![overlay::with_spec(server, written.api_server.as_ref())];
    for part in optional(calico) {
        parts.push(match part {
            Part::Goldmane => {
                let goldmane = AnyObject::new(&Goldmane { metadata: metadata(), ..Goldmane::default() });
                overlay::with_spec(goldmane, written.goldmane_spec.as_ref())
            }
            Part::Whisker => {
                // Enabled, the operator's default, calls a service on the internet.
                let notifications = Some(operator::Switch::Disabled);
                let spec = operator::WhiskerSpec { notifications, ..Default::default() };
                let whisker = AnyObject::new(&Whisker { metadata: metadata(), spec });
                overlay::with_spec(whisker, written.whisker_spec.as_ref())
            }
        });
    }
    parts
}

/// A part of Calico that is only there on request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Goldmane,
    Whisker,
}

impl Part {
    /// The name of its TigeraStatus.
    fn status(self) -> &'static str {
        match self {
            Part::Goldmane => "goldmane",
            Part::Whisker => "whisker",
        }
    }
}

fn optional(calico: &CalicoSettings<'_>) -> Vec<Part> {
    if !has(calico.version, Feature::Goldmane) {
        return Vec::new();
    }
    let goldmane = calico.written.goldmane().then_some(Part::Goldmane);
    let whisker = calico.written.whisker().then_some(Part::Whisker);
    goldmane.into_iter().chain(whisker).collect()
}

/// The registry of every image, with the slash that the operator wants at its end.
fn registry(calico: &CalicoSettings<'_>) -> Option<String> {
    let registry = calico.written.registry.as_ref()?;
    Some(format!("{}/", registry.value.as_str().trim_end_matches('/')))
}

fn pull_secrets<'p>(calico: &CalicoSettings<'p>) -> Vec<&'p str> {
    let secrets = calico.written.pull_secrets.iter().flat_map(|secrets| secrets.value.iter());
    secrets.map(|secret| secret.value.as_str()).collect()
}

/// A table of Helm values.
type Values = BTreeMap<&'static str, serde_json::Value>;
