//! A Flux release is a set of controllers, each with its own API version and defaults.
//!
//! Sources: fluxcd/kustomize-controller `docs/spec/v1/kustomizations.md`, `internal/features/features.go`;
//! fluxcd/helm-controller `docs/spec/v2/helmreleases.md`; fluxcd/source-controller `docs/spec/v1`; fluxcd/flux2 v2.9.4.

use super::{Minor, Release, Version};

/// The API version of a kind that this compiler emits.
pub const API_VERSIONS: &[(&str, &str)] = &[
    ("GitRepository", "source.toolkit.fluxcd.io/v1"),
    ("HelmRelease", "helm.toolkit.fluxcd.io/v2"),
    ("HelmRepository", "source.toolkit.fluxcd.io/v1"),
    ("Kustomization", "kustomize.toolkit.fluxcd.io/v1"),
    ("OCIRepository", "source.toolkit.fluxcd.io/v1"),
];
/// The namespace that `flux bootstrap` makes.
pub const NAMESPACE: &str = "flux-system";
/// Known minors of flux2, oldest first.
pub const MINORS: &[Minor] =
    &[Minor(2, 3), Minor(2, 4), Minor(2, 5), Minor(2, 6), Minor(2, 7), Minor(2, 8), Minor(2, 9)];

/// On an object: `disabled` keeps it when it is gone from the source.
pub const PRUNE: &str = "kustomize.toolkit.fluxcd.io/prune";
/// On an object: `disabled` leaves `${…}` in it alone.
pub const SUBSTITUTE: &str = "kustomize.toolkit.fluxcd.io/substitute";
/// On an object: how it is applied (`Override`, `Merge`, `IfNotPresent`, `Ignore`).
pub const APPLY: &str = "kustomize.toolkit.fluxcd.io/ssa";
/// The shortest `interval` of a Kustomization, in seconds.
pub const SHORTEST_INTERVAL: u32 = 60;

/// Something that only newer releases do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feature {
    /// `healthCheckExprs` of a Kustomization (CEL).
    HealthCheckExpressions,
    /// OCIRepository as `source.toolkit.fluxcd.io/v1`.
    OciRepositoryV1,
    /// `dependsOn[].readyExpr`.
    ReadyExpressions,
    /// A comment on a pull request from notification-controller.
    PullRequestComments,
    /// StrictPostBuildSubstitutions is on by default: an unknown `${VAR}` fails the build; before, it became empty.
    StrictSubstitution,
}

/// Since which release each feature exists, oldest first.
const FEATURES: &[(Feature, Release)] = &[
    (Feature::HealthCheckExpressions, (2, 5, 0)),
    (Feature::OciRepositoryV1, (2, 6, 0)),
    (Feature::ReadyExpressions, (2, 7, 0)),
    (Feature::PullRequestComments, (2, 8, 0)),
    (Feature::StrictSubstitution, (2, 9, 0)),
];

/// The API version of a kind, such as `helm.toolkit.fluxcd.io/v2` of a HelmRelease.
pub fn api_version(kind: &str) -> Option<&'static str> {
    API_VERSIONS.iter().find(|(known, _)| *known == kind).map(|(_, version)| *version)
}

/// Whether a release does something.
pub fn has(release: &Version, feature: Feature) -> bool {
    release.at_least(since(feature))
}

/// The first release that does something.
pub fn since(feature: Feature) -> Release {
    let row = FEATURES.iter().find(|(known, _)| *known == feature);
    row.expect("broken promise: every Flux feature has a row").1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn substitution_is_strict_from_2_9() {
        let version = |text: &str| text.parse::<Version>().expect(text);
        assert!(!has(&version("v2.8.3"), Feature::StrictSubstitution));
        assert!(has(&version("2.9.0"), Feature::StrictSubstitution));
    }

    #[test]
    fn every_emitted_kind_has_an_api_version() {
        assert_eq!(api_version("HelmRelease"), Some("helm.toolkit.fluxcd.io/v2"));
        assert_eq!(api_version("Bucket"), None);
    }

    #[test]
    fn rows_are_sorted_and_unique() {
        assert!(API_VERSIONS.windows(2).all(|rows| rows[0].0 < rows[1].0));
        assert!(FEATURES.windows(2).all(|rows| rows[0].1 < rows[1].1 && rows[0].0 < rows[1].0));
        assert!(MINORS.windows(2).all(|rows| rows[0] < rows[1]));
    }
}
