//! All texts as one cluster: every document, every object of it, in the order of the texts.

use super::finding::{ALREADY_THERE, NOT_JUDGED, UNREADABLE};
use super::node::documents;
use super::object::{Judge, Object, objects};
use super::policy::read_policy;
use super::{Manifests, Staged, owner, service, workload};
use crate::connectivity::{Namespace, Policy};
use crate::diagnostics::{Diagnostic, sort};
use crate::source::{Source, Span};
use std::collections::BTreeMap;

pub fn read(sources: &[Source]) -> Manifests {
    let mut manifests = Manifests::default();
    let mut texts = Vec::with_capacity(sources.len());
    for (number, source) in sources.iter().enumerate() {
        let number = u16::try_from(number).expect("broken promise: the caller reads at most 65536 files");
        let (documents, unreadable) = documents(&source.text, number);
        if let Some(unreadable) = unreadable {
            let message = format!("`{}` is not YAML: {}", source.name, unreadable.message);
            let finding = Diagnostic::new(&UNREADABLE, unreadable.span, message);
            let help = "mend it, or leave it out: a template has to be rendered first";
            manifests.found.push(finding.here(unreadable.message).help(help).on(source.name.clone()));
        }
        texts.push(documents);
    }
    let all: Vec<Object<'_>> = texts.iter().flatten().flat_map(objects).collect();
    let key = |object: &Object<'_>| {
        (object.kind.to_owned(), object.namespace().to_owned(), object.name().to_owned())
    };
    let last: BTreeMap<(String, String, String), usize> = all
        .iter()
        .enumerate()
        .filter(|(_, object)| is_known(object))
        .map(|(at, object)| (key(object), at))
        .collect();
    let mut templates = Vec::new();
    for (at, object) in all.iter().enumerate() {
        let name = match object.kind {
            "Namespace" | "GlobalNetworkPolicy" | "StagedGlobalNetworkPolicy" => object.name().to_owned(),
            "AdminNetworkPolicy" | "BaselineAdminNetworkPolicy" | "ClusterNetworkPolicy" => {
                object.name().to_owned()
            }
            "CiliumClusterwideNetworkPolicy" => object.name().to_owned(),
            _ => format!("{}/{}", object.namespace(), object.name()),
        };
        if let Some(winner) = last.get(&key(object)).filter(|winner| **winner != at) {
            manifests.found.push(twice(object, name, all[*winner].span()));
            continue;
        }
        take(object, name, &mut manifests, &mut templates);
    }
    let staged = manifests.staged.iter().map(|staged| &staged.policy);
    let policies: Vec<&Policy> = manifests.world.policies.iter().chain(staged).collect();
    (manifests.world.workloads, manifests.workloads) = owner::workloads(templates, &policies);
    // Calico looks at the packet alone; who asks for another plugin says so.
    manifests.world.blocks_match_nodes = true;
    sort(&mut manifests.found);
    manifests
}

fn take(
    object: &Object<'_>,
    name: String,
    manifests: &mut Manifests,
    templates: &mut Vec<workload::Template>,
) {
    if is_known(object) && !object.kind.ends_with("NetworkPolicy") {
        let mut judge = Judge { name: name.clone(), found: &mut manifests.found };
        for key in ["namespace", "name"] {
            object.node.at(&["metadata", key]).and_then(|node| judge.text(node));
        }
    }
    match object.kind {
        "Namespace" if object.is_of("") => {
            let mut judge = Judge { name, found: &mut manifests.found };
            let labels = object.node.at(&["metadata", "labels"]).and_then(|labels| judge.labels(labels));
            let namespace = object.name().to_owned();
            manifests.known_namespaces.insert(namespace.clone());
            manifests
                .world
                .namespaces
                .push(Namespace { name: namespace, labels: labels.unwrap_or_default() });
        }
        "Service" if object.is_of("") => {
            let whose = (object.namespace().to_owned(), object.name().to_owned());
            let addresses = service::addresses(object.node).map(|address| (address, whose.clone()));
            manifests.service_addresses.extend(addresses);
            let mut judge = Judge { name: name.clone(), found: &mut manifests.found };
            match service::read(object, &mut judge) {
                Some(service) => manifests.services.push(service),
                None => _ = manifests.without_pods.insert(name),
            }
        }
        "NetworkPolicy" if object.is_of("networking.k8s.io") => {
            if let Some(read) = read_policy(object.node, &mut manifests.found) {
                manifests.world.policies.push(read.policy);
                manifests.places.push(read.places);
            }
        }
        "StagedKubernetesNetworkPolicy" if is_calico(object) => {
            let removes = object.node.text_at(&["spec", "stagedAction"]) == Some("Delete");
            let read = read_policy(object.node, &mut manifests.found);
            manifests.staged.extend(read.map(|read| Staged {
                policy: read.policy,
                places: read.places,
                removes,
            }));
        }
        _ if is_other_policy(object) => {
            let (kind, version) = (object.kind, object.api_version);
            let finding = Diagnostic::new(
                &NOT_JUDGED,
                object.span(),
                format!("`{name}` is a {kind} of `{version}`, which no answer takes into account"),
            )
            .here("may allow or deny more")
            .help("read the answers as those of the Kubernetes NetworkPolicies alone")
            .on(name);
            manifests.found.push(finding);
        }
        _ => {
            let mut judge = Judge { name, found: &mut manifests.found };
            templates.extend(workload::read(object, &mut judge));
        }
    }
}

/// Whether an object of this kind says something here, so that two of one name matter.
fn is_known(object: &Object<'_>) -> bool {
    let kinds = [
        "Namespace",
        "Pod",
        "Deployment",
        "StatefulSet",
        "DaemonSet",
        "ReplicaSet",
        "Job",
        "CronJob",
        "Service",
        "NetworkPolicy",
        "StagedKubernetesNetworkPolicy",
    ];
    kinds.contains(&object.kind)
        && !object.name().is_empty()
        && !(object.kind == "NetworkPolicy" && is_calico(object))
}

fn is_calico(object: &Object<'_>) -> bool {
    object.is_of("projectcalico.org") || object.is_of("crd.projectcalico.org")
}

/// Other kinds of policy that change what is allowed.
fn is_other_policy(object: &Object<'_>) -> bool {
    let kinds = [
        "NetworkPolicy",
        "GlobalNetworkPolicy",
        "StagedNetworkPolicy",
        "StagedGlobalNetworkPolicy",
        "StagedKubernetesNetworkPolicy",
        "CiliumNetworkPolicy",
        "CiliumClusterwideNetworkPolicy",
        "AdminNetworkPolicy",
        "BaselineAdminNetworkPolicy",
        "ClusterNetworkPolicy",
        "AuthorizationPolicy",
    ];
    kinds.contains(&object.kind)
}

fn twice(object: &Object<'_>, name: String, last: Span) -> Diagnostic {
    Diagnostic::new(&ALREADY_THERE, object.span(), format!("the {} `{name}` is there twice", object.kind))
        .here("this one is replaced")
        .label(last, "the last one counts, as with kubectl apply")
        .help("give it another name, or leave one of them out")
        .on(name)
}
