//! Calico's nodes may read the Secrets with the passwords of their peers.
//!
//! The operator gives calico-node no Secrets at all, and without them a peer with a password never comes up
//! (docs.tigera.io, "Secure BGP sessions").

use crate::emit::files::{Files, labels, metadata};
use crate::objects::{AnyObject, ObjectMeta, PolicyRule, Role, RoleBinding, RoleRef, Subject};
use crate::resolve::Resolved;
use std::collections::BTreeSet;

/// Where the operator runs calico-node, and where that looks for Secrets.
const NAMESPACE: &str = "calico-system";
const NODE: &str = "calico-node";
const NAME: &str = "plan-bgp-passwords";

/// The Secret that an object of Calico takes a password from, whoever wrote it.
pub fn secret(object: &AnyObject) -> Option<String> {
    let object = object.to_value();
    let names = ["/spec/password/secretKeyRef/name", "/spec/nodeMeshPassword/secretKeyRef/name"];
    names.iter().find_map(|name| object.pointer(name)?.as_str().map(str::to_owned))
}

/// A Role for these Secrets alone, and who has it.
pub fn emit(
    resolved: &Resolved<'_>,
    secrets: BTreeSet<String>,
    from: &[String],
    folder: &str,
    files: &mut Files,
) {
    if secrets.is_empty() {
        return;
    }
    let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<String>>();
    let metadata: ObjectMeta =
        metadata(NAME, Some(NAMESPACE), labels("calico", "network", resolved.name)).into();
    let role = Role {
        metadata: metadata.clone(),
        rules: Some(vec![PolicyRule {
            api_groups: Some(texts(&[""])),
            resources: Some(texts(&["secrets"])),
            resource_names: Some(secrets.into_iter().collect()),
            // A watch of one name needs all three.
            verbs: texts(&["get", "list", "watch"]),
            ..PolicyRule::default()
        }]),
    };
    let binding = RoleBinding {
        metadata,
        role_ref: RoleRef {
            api_group: "rbac.authorization.k8s.io".to_owned(),
            kind: "Role".to_owned(),
            name: NAME.to_owned(),
        },
        subjects: Some(vec![Subject {
            kind: "ServiceAccount".to_owned(),
            name: NODE.to_owned(),
            namespace: Some(NAMESPACE.to_owned()),
            api_group: None,
        }]),
    };
    files.object(folder, AnyObject::new(&role), from);
    files.object(folder, AnyObject::new(&binding), from);
}
