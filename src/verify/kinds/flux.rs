//! A Kustomization, a release and a source are what is planned, ready, and of their newest generation.

use super::{Comparison, Kind, nothing_foreign};
use serde_json::Value;

pub const KUSTOMIZATION: Kind = Kind {
    group: "kustomize.toolkit.fluxcd.io",
    kind: "Kustomization",
    resource: "kustomizations.kustomize.toolkit.fluxcd.io",
    everywhere: false,
    compare,
    foreign: nothing_foreign,
};
pub const RELEASE: Kind = Kind {
    group: "helm.toolkit.fluxcd.io",
    kind: "HelmRelease",
    resource: "helmreleases.helm.toolkit.fluxcd.io",
    ..KUSTOMIZATION
};
pub const GIT: Kind = Kind {
    group: "source.toolkit.fluxcd.io",
    kind: "GitRepository",
    resource: "gitrepositories.source.toolkit.fluxcd.io",
    ..KUSTOMIZATION
};
pub const HELM: Kind =
    Kind { kind: "HelmRepository", resource: "helmrepositories.source.toolkit.fluxcd.io", ..GIT };

fn compare(comparison: &mut Comparison<'_>) {
    let mut planned = comparison.planned.value.get("spec").cloned().unwrap_or_default();
    // A unit that waits for a person is resumed by hand, and suspended again by its parent: either is as planned.
    let held = planned.get("suspend") == Some(&Value::Bool(true));
    if let (true, Value::Object(fields)) = (held, &mut planned) {
        fields.shift_remove("suspend");
    }
    let live = comparison.live.get("spec").cloned().unwrap_or_default();
    comparison.values("spec", &planned, &live, &|path, value| {
        !held && path == "spec.suspend" && *value == Value::Bool(true)
    });
    // A repository of kind `oci` is only an address, and has no status (source-controller v1 HelmRepository).
    let is_address = comparison.planned.value.pointer("/spec/type").is_some_and(|kind| kind == "oci");
    if is_address {
        return;
    }
    comparison.condition("Ready", "True");
    let number = |pointer: &str| comparison.live.pointer(pointer).and_then(Value::as_i64);
    // A suspended object does not note its own newest generation.
    if let (Some(seen), Some(newest), false) =
        (number("/status/observedGeneration"), number("/metadata/generation"), held)
        && seen < newest
    {
        comparison.differs("status.observedGeneration", Some(newest.to_string()), Some(seen.to_string()));
    }
    let attempted = comparison.live_text("/status/lastAttemptedRevision");
    let applied = comparison.live_text("/status/lastAppliedRevision");
    if let (Some(attempted), Some(applied)) = (attempted, applied)
        && attempted != applied
    {
        comparison.differs(
            "status.lastAppliedRevision",
            Some(attempted.to_owned()),
            Some(applied.to_owned()),
        );
    }
}
