//! Some fields are decided when an object is made.

use super::{Edit, Obstacle, Rule, Step, Way, way};
use crate::diff::change::Change;
use crate::diff::context::{Context, Controller};
use crate::diff::departure::applier;
use crate::diff::document::Document;
use crate::diff::holder::addresses;
use crate::diff::user::few;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

pub static RULE: Rule = Rule {
    name: "immutable-field",
    about: "a field changes that the API server lets nobody change",
    find,
    way: Way::Staged(way_around),
};

/// Group, kind, path of the field. kubernetes `pkg/apis/*/validation`; metallb and calico CRDs.
const FIELDS: &[(&str, &str, &[&str])] = &[
    ("apps", "Deployment", &["spec", "selector"]),
    ("apps", "ReplicaSet", &["spec", "selector"]),
    ("apps", "DaemonSet", &["spec", "selector"]),
    ("apps", "StatefulSet", &["spec", "selector"]),
    ("apps", "StatefulSet", &["spec", "serviceName"]),
    ("apps", "StatefulSet", &["spec", "podManagementPolicy"]),
    ("apps", "StatefulSet", &["spec", "volumeClaimTemplates"]),
    ("batch", "Job", &["spec", "template"]),
    ("batch", "Job", &["spec", "selector"]),
    ("", "PersistentVolumeClaim", &["spec", "accessModes"]),
    ("", "PersistentVolumeClaim", &["spec", "storageClassName"]),
    ("", "PersistentVolumeClaim", &["spec", "volumeName"]),
    ("", "PersistentVolumeClaim", &["spec", "volumeMode"]),
    ("", "PersistentVolumeClaim", &["spec", "selector"]),
    ("", "PersistentVolume", &["spec", "nfs"]),
    ("", "PersistentVolume", &["spec", "csi"]),
    ("", "PersistentVolume", &["spec", "hostPath"]),
    ("", "PersistentVolume", &["spec", "local"]),
    ("storage.k8s.io", "StorageClass", &["provisioner"]),
    ("storage.k8s.io", "StorageClass", &["parameters"]),
    ("storage.k8s.io", "StorageClass", &["reclaimPolicy"]),
    ("storage.k8s.io", "StorageClass", &["volumeBindingMode"]),
    ("", "Secret", &["type"]),
    ("rbac.authorization.k8s.io", "RoleBinding", &["roleRef"]),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding", &["roleRef"]),
    ("networking.k8s.io", "IngressClass", &["spec", "controller"]),
    ("scheduling.k8s.io", "PriorityClass", &["value"]),
    ("apiextensions.k8s.io", "CustomResourceDefinition", &["spec", "scope"]),
    ("apiextensions.k8s.io", "CustomResourceDefinition", &["spec", "group"]),
    ("metallb.io", "BGPPeer", &["spec", "enableGracefulRestart"]),
];

/// The fields of a change that cannot change, each with what it was and shall be.
fn fields(change: &Change) -> Vec<String> {
    let Some((old, new)) = change.both() else { return Vec::new() };
    let same =
        (&old.id.kind, &old.id.namespace, &old.id.name) == (&new.id.kind, &new.id.namespace, &new.id.name);
    if !same {
        return Vec::new();
    }
    let shown = |value: Option<&Value>| match value {
        Some(Value::String(text)) => format!("`{text}`"),
        Some(value @ (Value::Object(_) | Value::Array(_))) if value.to_string().len() > 60 => {
            "something else".to_owned()
        }
        Some(value) => format!("`{value}`"),
        None => "nothing".to_owned(),
    };
    let said = |path: &str, was: Option<&Value>, is: Option<&Value>| {
        format!("`{path}` goes from {} to {}", shown(was), shown(is))
    };
    let listed = FIELDS.iter().filter(|(group, kind, _)| change.is(group, kind));
    let mut found: Vec<String> = listed
        .filter_map(|(_, _, path)| Some((path, change.differs(path)?)))
        // What the API server fills in by itself is not a change when it is written down.
        .filter(|(_, (was, _))| was.is_some() || change.id().kind == "StatefulSet")
        .map(|(path, (was, is))| said(&path.join("."), was, is))
        .collect();
    if change.is("", "Service") {
        found.extend(of_service(old, new, said));
    }
    if matches!(change.id().kind.as_str(), "ConfigMap" | "Secret")
        && old.at(&["immutable"]).and_then(Value::as_bool) == Some(true)
        && change.fields.iter().any(|field| field.is_below(&["data"]) || field.is_below(&["immutable"]))
    {
        found.push("its content changes, though it says `immutable: true`".to_owned());
    }
    found
}

/// kubernetes `pkg/apis/core/validation` ValidateServiceUpdate.
fn of_service(
    old: &Document,
    new: &Document,
    said: impl Fn(&str, Option<&Value>, Option<&Value>) -> String,
) -> Vec<String> {
    let kind = |document: &Document| document.text_at(&["spec", "type"]).unwrap_or("ClusterIP").to_owned();
    let mut found = Vec::new();
    let class = ["spec", "loadBalancerClass"];
    // While the type stays, the class does; it may come with the type.
    if kind(old) == "LoadBalancer" && kind(new) == "LoadBalancer" && old.at(&class) != new.at(&class) {
        found.push(said("spec.loadBalancerClass", old.at(&class), new.at(&class)));
    }
    let cluster = ["spec", "clusterIP"];
    let headless = |document: &Document| document.text_at(&cluster) == Some("None");
    let (was, is) = (old.text_at(&cluster), new.text_at(&cluster));
    if headless(old) != headless(new) || was.is_some() && is.is_some() && was != is {
        found.push(said("spec.clusterIP", old.at(&cluster), new.at(&cluster)));
    }
    let first =
        |document: &Document| document.at(&["spec", "ipFamilies"]).and_then(|list| list.get(0)).cloned();
    if let (Some(was), Some(is)) = (first(old), first(new))
        && was != is
    {
        found.push(said("spec.ipFamilies[0]", Some(&was), Some(&is)));
    }
    let health = ["spec", "healthCheckNodePort"];
    if old.at(&health).is_some() && new.at(&health).is_some() && old.at(&health) != new.at(&health) {
        found.push(said("spec.healthCheckNodePort", old.at(&health), new.at(&health)));
    }
    found
}

/// fluxcd/pkg `ssa`: an object that says so is deleted and made anew.
const FORCE: &str = "kustomize.toolkit.fluxcd.io/force";

/// Whether the controller deletes and makes anew what is refused.
fn is_forced(context: &Context<'_>, new: &Document) -> bool {
    match context.controller() {
        Controller::Flux => {
            let kustomization = applier(context.new, new);
            let all = kustomization
                .is_some_and(|found| found.at(&["spec", "force"]).and_then(Value::as_bool) == Some(true));
            all || new.annotation(&[FORCE]) == Some("enabled")
        }
        Controller::ArgoCd => {
            let options = new.annotation(&[crate::upstream::argocd::SYNC_OPTIONS]).unwrap_or_default();
            options.contains("Force=true") && options.contains("Replace=true")
        }
        Controller::None => false,
    }
}

fn find(context: &Context<'_>, changes: &[Change]) -> Vec<Obstacle> {
    let controller = context.controller();
    // The same fields of the same kind of object are one thing.
    let mut alike: BTreeMap<(String, Vec<String>), Vec<&Arc<Document>>> = BTreeMap::new();
    for change in changes.iter().filter(|change| !change.id().is_file()) {
        let fields = fields(change);
        if let Some(new) = change.new.as_ref().filter(|new| !fields.is_empty() && !is_forced(context, new)) {
            alike.entry((change.id().kind.clone(), fields)).or_default().push(new);
        }
    }
    let mut found = Vec::new();
    for ((_, fields), objects) in alike {
        let Some(first) = objects.first() else { continue };
        let names: Vec<String> = objects.iter().map(|new| format!("`{}`", new.id)).collect();
        let others = if objects.len() > 1 { " and the same for the others" } else { "" };
        let consequence = match controller {
            Controller::Flux => "Flux applies nothing of the whole folder as long as it is refused",
            Controller::ArgoCd => "Argo CD tries again and again, and the rest of its wave waits",
            Controller::None => "kubectl stops with an error",
        };
        found.push(Obstacle {
            name: RULE.name,
            controller,
            sentence: format!(
                "in {} {}: the API server lets nobody change that in an object that is there, and {consequence}",
                few(&names),
                fields.join(" and ")
            ),
            advice: format!(
                "let it be deleted and made anew: `{}`{others}, in a window",
                crate::diff::departure::delete(first)
            ),
            forever: true,
            objects: objects.iter().map(|new| new.id.clone()).collect(),
        });
    }
    found
}

fn way_around(context: &Context<'_>, changes: &[Change]) -> Vec<Step> {
    let mut edits = Vec::new();
    let mut hands = Vec::new();
    for change in changes.iter().filter(|change| !change.id().is_file() && !fields(change).is_empty()) {
        let (Some(new), Some(old)) = (&change.new, &change.old) else { continue };
        if is_forced(context, new) {
            continue;
        }
        let Some(table) = new.from.first() else { continue };
        match (context.controller(), table.strip_prefix("services.")) {
            (Controller::Flux, Some(name)) => {
                edits.push(Edit::set(&["services", name, "annotations", FORCE], "\"enabled\""));
            }
            // argo-cd `Force=true,Replace=true`: deleted and made anew. The annotation of a guarded object is not ours to set.
            (_, Some(name)) if addresses(old).is_empty() && addresses(new).is_empty() => {
                let options = crate::upstream::argocd::SYNC_OPTIONS;
                edits.push(Edit::set(
                    &["services", name, "annotations", options],
                    "\"Force=true,Replace=true\"",
                ));
            }
            // The class goes with the type, and comes with it.
            (_, Some(_)) if fields(change).iter().all(|field| field.contains("loadBalancerClass")) => {
                edits.extend(way::off_the_lan(context, new));
            }
            (_, Some(name)) => {
                // Without the object there is nothing that keeps its fields.
                edits.push(Edit::set(&["services", name, "enabled"], "false"));
                hands.push(format!("`{}`", crate::diff::departure::delete(old)));
            }
            _ if change.is("metallb.io", "BGPPeer") => {
                let Some(cluster) = change.id().cluster.as_deref() else { continue };
                edits.extend(way::without_peers(context, cluster, "", &[&change.id().name]));
            }
            _ => {}
        }
    }
    let title =
        match edits.iter().all(|edit| matches!(edit, Edit::Set { value, .. } if value == "\"enabled\"")) {
            true => "Flux may delete the objects and make them anew",
            false => "the objects let go of what cannot change, or are gone, so that they can be made anew",
        };
    let step = Step::new(title, edits);
    step.map(|step| hands.into_iter().fold(step, Step::by_hand)).into_iter().collect()
}
