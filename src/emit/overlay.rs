//! What a person says about an object in upstream's own words is laid over it last.

use crate::decode::Raw;
use crate::model::Tool;
use crate::objects::AnyObject;
use crate::resolve::Resolved;
use crate::source::Located;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The object with a raw override laid over its `spec`.
pub(super) fn with_spec(object: AnyObject, raw: Option<&Located<Raw>>) -> AnyObject {
    match raw {
        Some(raw) if !raw.value.is_empty() => laid_over(&object, &json!({ "spec": raw.value.to_json() })),
        _ => object,
    }
}

fn laid_over(object: &AnyObject, over: &Value) -> AnyObject {
    object.merged(over).expect("broken promise: an override below `spec` has no float and keeps the kind")
}

/// Annotations that keep the GitOps controller from ever deleting an object whose end is the end of the network: the
/// Installation's finalizers take every pod's network along (operator `pkg/render/finalizers.go`).
pub(super) fn kept(resolved: &Resolved<'_>) -> BTreeMap<String, String> {
    let annotation = resolved.delivery.gitops.as_ref().map(|gitops| match gitops.tool {
        Tool::ArgoCd => ("argocd.argoproj.io/sync-options", "Delete=false,Prune=false"),
        Tool::Flux => ("kustomize.toolkit.fluxcd.io/prune", "disabled"),
    });
    annotation.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}
