//! A namespace comes before everything that is in it, and outlives a mistake in the plan.
//!
//! Policies find namespaces by `kubernetes.io/metadata.name`, which the API server sets; no label `name` is invented for
//! them, because nothing keeps it true.

use super::files::{Files, labels};
use super::{ClusterEmitter, GuardKind, annotations, folder, guard};
use crate::facts::{Facts, Layer, ansible};
use crate::model;
use crate::objects::{self, AnyObject, Metadata};
use crate::resolve::{Cluster, Namespace, NamespaceKind, Resolved};
use std::collections::BTreeMap;

pub const EMITTER: ClusterEmitter = ClusterEmitter { name: "namespaces", emit };

/// Made by the Tigera operator or by its manifests; a second writer would fight over their labels.
const OF_THE_OPERATOR: &[&str] = &["calico-apiserver", "calico-system", "tigera-operator"];

/// Made by Kubernetes in every cluster.
const BUILT_IN: &[&str] = &["default", "kube-node-lease", "kube-public", "kube-system"];

/// Set by the API server, and refused with another value.
const NAME_LABEL: &str = "kubernetes.io/metadata.name";

fn emit(facts: &Facts<'_>, cluster: &Cluster<'_>, files: &mut Files) {
    let resolved = &facts.resolved;
    // Whoever owns namespaces makes them; two writers of one object would undo each other.
    if ansible::by_roles(facts, model::Layer::Namespaces) {
        return;
    }
    let folder = folder::of(facts, cluster, Layer::Namespaces);
    for namespace in resolved.namespaces_of(cluster.id) {
        if OF_THE_OPERATOR.contains(&namespace.name.as_str()) {
            continue;
        }
        let built_in = BUILT_IN.contains(&namespace.name.as_str());
        // There is nothing to make, and nothing to say about it either.
        if built_in && namespace.written.is_none() && namespace.pod_security.is_none() {
            continue;
        }
        let tenant = namespace.tenant().map(|tenant| resolved.tenant(tenant).written);
        let metadata = Metadata {
            labels: labels_of(namespace, tenant, resolved.name),
            annotations: annotations_of(namespace, tenant, resolved),
            ..Metadata::named(namespace.name.clone())
        };
        let object = objects::Namespace { metadata: metadata.into(), ..Default::default() };
        files.object(&folder, AnyObject::new(&object), &namespace.from);
    }
}

fn labels_of(
    namespace: &Namespace<'_>,
    tenant: Option<&model::Tenant>,
    platform: &str,
) -> BTreeMap<String, String> {
    let component = match namespace.kind {
        NamespaceKind::Tenant(_) => "tenant",
        NamespaceKind::Platform => "platform",
        NamespaceKind::System => "system",
    };
    let mut all = labels(&namespace.name, component, platform);
    if let Some(level) = namespace.pod_security {
        // Warn and audit as well: a Deployment is accepted even when each of its pods will be refused.
        for mode in ["enforce", "audit", "warn"] {
            all.insert(format!("pod-security.kubernetes.io/{mode}"), level.word().to_owned());
        }
    }
    let of_namespace = namespace.written.and_then(|written| written.labels.as_ref());
    let of_tenant = tenant.and_then(|written| written.labels.as_ref());
    let written = [of_tenant, of_namespace].into_iter().flatten().flat_map(|labels| labels.value.iter());
    all.extend(
        written
            .map(|label| (label.name.value.to_string(), label.value.to_string()))
            .filter(|(key, _)| key != NAME_LABEL),
    );
    all
}

fn annotations_of(
    namespace: &Namespace<'_>,
    tenant: Option<&model::Tenant>,
    resolved: &Resolved<'_>,
) -> BTreeMap<String, String> {
    // Deleting a namespace deletes its volumes: a name that is gone from the plan must not be enough.
    let mut all = guard(resolved, GuardKind::Namespace);
    let of_namespace = namespace.written.and_then(|written| written.annotations.as_ref());
    let of_tenant = tenant.and_then(|written| written.annotations.as_ref());
    for written in [of_tenant, of_namespace].into_iter().flatten() {
        all.extend(annotations::texts(&written.value));
    }
    all
}
