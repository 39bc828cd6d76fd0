//! An Argo CD release knows its kinds, its sync options and the annotations that steer it.
//!
//! Sources: argoproj/argo-cd v3.5.1 `docs/user-guide/{sync-options,sync-waves,diff-strategies,helm}.md`,
//! `docs/operator-manual/{health,upgrading}`, `pkg/apis/application/v1alpha1`.

use super::{Minor, Release, Version};

/// The API version of Application, AppProject and ApplicationSet.
pub const API_VERSION: &str = "argoproj.io/v1alpha1";
/// Where the controller reads its own objects from, by default.
pub const NAMESPACE: &str = "argocd";
/// Known minors, oldest first.
pub const MINORS: &[Minor] = &[
    Minor(2, 13),
    Minor(2, 14),
    Minor(3, 0),
    Minor(3, 1),
    Minor(3, 2),
    Minor(3, 3),
    Minor(3, 4),
    Minor(3, 5),
];

pub const SYNC_WAVE: &str = "argocd.argoproj.io/sync-wave";
pub const SYNC_OPTIONS: &str = "argocd.argoproj.io/sync-options";
pub const COMPARE_OPTIONS: &str = "argocd.argoproj.io/compare-options";
/// Keeps a commit from refreshing every Application of a repository.
pub const MANIFEST_PATHS: &str = "argocd.argoproj.io/manifest-generate-paths";
/// With it, deleting an Application deletes what it applied.
pub const FINALIZER: &str = "resources-finalizer.argocd.argoproj.io";
/// Written by the controller: a manifest that carries it changes its owner.
pub const TRACKING: &str = "argocd.argoproj.io/tracking-id";

/// Names that `syncPolicy.syncOptions` takes, each as `Name=value`, by name.
pub const OPTIONS: &[&str] = &[
    "ApplyOutOfSyncOnly",
    "ClientSideApplyMigration",
    "CreateNamespace",
    "FailOnSharedResource",
    "Force",
    "PruneLast",
    "PrunePropagationPolicy",
    "Replace",
    "RespectIgnoreDifferences",
    "ServerSideApply",
    "SkipDryRunOnMissingResource",
    "Validate",
];

/// Something that only newer releases can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feature {
    /// `Prune=confirm` and `Delete=confirm`. An older one takes the words for "no guard".
    Confirmation,
    /// Objects are tracked by annotation and not by the label `app.kubernetes.io/instance`.
    AnnotationTracking,
    /// `compare-options: ServerSideDiff=true` is stable.
    ServerSideDiff,
    /// `repoURL: oci://…` of plain manifests.
    OciSource,
    /// PreDelete hooks, and with them `helm.sh/hook: pre-delete` of a chart.
    PreDeleteHooks,
    /// `strategy.type: RollingSync` of an ApplicationSet is beta; still behind a flag.
    ProgressiveSync,
    /// `sourceHydrator` is beta; still off by default.
    SourceHydrator,
}

/// Since which release each feature exists, oldest first.
const FEATURES: &[(Feature, Release)] = &[
    (Feature::Confirmation, (2, 14, 0)),
    (Feature::AnnotationTracking, (3, 0, 0)),
    (Feature::ServerSideDiff, (3, 1, 0)),
    (Feature::OciSource, (3, 1, 0)),
    (Feature::PreDeleteHooks, (3, 3, 0)),
    (Feature::ProgressiveSync, (3, 3, 0)),
    (Feature::SourceHydrator, (3, 5, 0)),
];

/// API groups without a health check in v3.5 `resource_customizations`: their objects count as healthy at once.
pub const GROUPS_WITHOUT_HEALTH: &[&str] =
    &["metallb.io", "mlops.seldon.io", "operator.tigera.io", "projectcalico.org"];

/// Whether a release can do something.
pub fn has(release: &Version, feature: Feature) -> bool {
    release.at_least(since(feature))
}

/// The first release that can do something.
pub fn since(feature: Feature) -> Release {
    let row = FEATURES.iter().find(|(known, _)| *known == feature);
    row.expect("broken promise: every Argo CD feature has a row").1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_begin_where_upstream_says() {
        let version = |text: &str| text.parse::<Version>().expect(text);
        assert!(!has(&version("v3.0.9"), Feature::ServerSideDiff));
        assert!(has(&version("v3.1.0"), Feature::ServerSideDiff));
        assert!(!has(&version("v3.2.5"), Feature::PreDeleteHooks));
        assert!(has(&version("v3.3.0"), Feature::PreDeleteHooks));
    }

    #[test]
    fn rows_are_sorted_and_unique() {
        assert!(FEATURES.windows(2).all(|rows| rows[0].1 <= rows[1].1 && rows[0].0 < rows[1].0));
        assert!(MINORS.windows(2).all(|rows| rows[0] < rows[1]));
        assert!(OPTIONS.windows(2).all(|rows| rows[0] < rows[1]));
        assert!(GROUPS_WITHOUT_HEALTH.windows(2).all(|rows| rows[0] < rows[1]));
    }
}
