//! A Calico release comes with one operator, one set of manifests and one set of features.
//!
//! Sources: tigera/docs `calico_versioned_docs/version-3.{29,30,31,32}/releases.json`, `_system-requirements.mdx`,
//! `getting-started/kubernetes/self-managed-onprem/onpremises.mdx` and `helm.mdx`; projectcalico/calico
//! `charts/tigera-operator/values.yaml` and `manifests/generate.sh`.

use super::{Minor, Release, Version};

/// The UDP ports of WireGuard between nodes, one for each family (`FelixConfiguration.spec.wireguardListeningPort`).
pub const WIREGUARD: u16 = 51820;
pub const WIREGUARD_V6: u16 = 51821;

/// The Helm repository of all Calico charts.
pub const CHART_REPOSITORY: &str = "https://docs.tigera.io/calico/charts";
/// The chart of the operator; the custom resources that it can also make are switched off and emitted apart.
pub const OPERATOR_CHART: &str = "tigera-operator";
/// Where the manifests of a release are, with `{release}` for its tag and `{file}` for the file.
pub const MANIFESTS: &str =
    "https://raw.githubusercontent.com/projectcalico/calico/{release}/manifests/{file}";

/// What is common to the patch releases of one minor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    pub minor: Minor,
    /// The minor of the operator that every patch release of this line pins.
    pub operator: Minor,
    /// First and last Kubernetes minor that upstream tests.
    pub kubernetes: (Minor, Minor),
    /// Manifests in the order of `kubectl apply --server-side`: each needs the kinds of the one before.
    pub manifests: &'static [&'static str],
    /// The chart that must be installed before [`OPERATOR_CHART`], if that one carries no CRDs.
    pub crd_chart: Option<&'static str>,
    /// The tier of the operator's own policies.
    pub system_tier: &'static str,
    /// The cluster-wide policy kind of the Kubernetes network policy group that is enforced: (API version, kind).
    pub cluster_policy: (&'static str, &'static str),
}

/// Manifests with native `projectcalico.org/v3` CRDs (tech preview in 3.32): instead of [`Line::manifests`], never both.
pub const NATIVE_MANIFESTS: &[&str] = &["v3_projectcalico_org.yaml", "tigera-operator.yaml"];
/// The CRD chart of the same mode, instead of [`Line::crd_chart`].
pub const NATIVE_CRD_CHART: &str = "projectcalico.org.v3";

const ADMIN: (&str, &str) = ("policy.networking.k8s.io/v1alpha1", "AdminNetworkPolicy");
const CLUSTER: (&str, &str) = ("policy.networking.k8s.io/v1alpha2", "ClusterNetworkPolicy");

/// All known lines, oldest first.
pub const LINES: &[Line] = &[
    Line {
        minor: Minor(3, 29),
        operator: Minor(1, 36),
        kubernetes: (Minor(1, 29), Minor(1, 32)),
        // The last line whose operator manifest holds the CRDs (24 of them; 0 from v3.30.0).
        manifests: &["tigera-operator.yaml"],
        crd_chart: None,
        system_tier: "allow-tigera",
        cluster_policy: ADMIN,
    },
    Line {
        minor: Minor(3, 30),
        operator: Minor(1, 38),
        kubernetes: (Minor(1, 31), Minor(1, 35)),
        manifests: &["operator-crds.yaml", "tigera-operator.yaml"],
        crd_chart: None,
        system_tier: "allow-tigera",
        cluster_policy: ADMIN,
    },
    Line {
        minor: Minor(3, 31),
        operator: Minor(1, 40),
        kubernetes: (Minor(1, 32), Minor(1, 35)),
        manifests: &["operator-crds.yaml", "tigera-operator.yaml"],
        crd_chart: None,
        system_tier: "allow-tigera",
        cluster_policy: ADMIN,
    },
    Line {
        minor: Minor(3, 32),
        operator: Minor(1, 42),
        kubernetes: (Minor(1, 34), Minor(1, 36)),
        // `operator-crds.yaml` is still published, as a copy of the first one (generate.sh: "Maintain legacy").
        manifests: &["v1_crd_projectcalico_org.yaml", "tigera-operator.yaml"],
        crd_chart: Some("crd.projectcalico.org.v1"),
        system_tier: "calico-system",
        cluster_policy: CLUSTER,
    },
];

/// Which operator each patch release pins, oldest first.
const OPERATORS: &[(Release, &str)] = &[
    ((3, 29, 0), "v1.36.0"),
    ((3, 29, 1), "v1.36.2"),
    ((3, 29, 2), "v1.36.5"),
    ((3, 29, 3), "v1.36.7"),
    ((3, 29, 4), "v1.36.9"),
    ((3, 29, 7), "v1.36.16"),
    ((3, 30, 0), "v1.38.0"),
    ((3, 30, 1), "v1.38.1"),
    ((3, 30, 2), "v1.38.3"),
    ((3, 30, 3), "v1.38.6"),
    ((3, 30, 4), "v1.38.7"),
    ((3, 30, 5), "v1.38.7"),
    ((3, 30, 7), "v1.38.13"),
    ((3, 31, 0), "v1.40.0"),
    ((3, 31, 1), "v1.40.1"),
    ((3, 31, 2), "v1.40.2"),
    ((3, 31, 7), "v1.40.15"),
    ((3, 32, 0), "v1.42.0"),
    ((3, 32, 1), "v1.42.3"),
];

/// Releases that nobody should install: release, why, issues.
const KNOWN_BAD: &[(Release, &str, &str)] = &[(
    (3, 32, 0),
    "server-side apply of a policy answers NotFound and a BGPConfiguration with lists is refused; fixed in v3.32.1",
    "projectcalico/calico#12841, #12705, #12906",
)];

/// Something that only newer releases can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feature {
    /// Tiers with `defaultAction` in the open-source product.
    Tiers,
    /// StagedNetworkPolicy, StagedGlobalNetworkPolicy, StagedKubernetesNetworkPolicy.
    StagedPolicies,
    /// The operator kinds Goldmane and Whisker.
    Goldmane,
    /// Calico's own LoadBalancer address controller: pools with `allowedUses: [LoadBalancer]`.
    LoadBalancerPools,
    /// `linuxDataplane: Nftables` out of tech preview.
    Nftables,
    /// `namespaceSelector` on a `projectcalico.org/v3` IPPool (never in the Installation).
    PoolNamespaceSelector,
    /// `clusterRoutingMode: Felix` in the Installation: pools without overlay while BGP is off.
    ClusterRoutingMode,
    /// `serviceLoadBalancerAggregation` of a BGPConfiguration is read for certain (projectcalico/calico#10711).
    SingleRoutes,
    /// Native `projectcalico.org/v3` CRDs without the aggregated API server (tech preview).
    NativeApi,
    /// ClusterNetworkPolicy; AdminNetworkPolicy is no longer enforced from the same release on.
    ClusterNetworkPolicy,
    /// A policy outside the `default` tier may have a name without its tier before it.
    PlainPolicyNames,
}

/// Since which release each feature exists, oldest first.
const FEATURES: &[(Feature, Release)] = &[
    (Feature::Tiers, (3, 29, 0)),
    (Feature::StagedPolicies, (3, 30, 0)),
    (Feature::Goldmane, (3, 30, 0)),
    (Feature::LoadBalancerPools, (3, 30, 0)),
    (Feature::Nftables, (3, 31, 0)),
    (Feature::PoolNamespaceSelector, (3, 31, 0)),
    (Feature::ClusterRoutingMode, (3, 32, 0)),
    (Feature::SingleRoutes, (3, 32, 0)),
    (Feature::NativeApi, (3, 32, 0)),
    (Feature::ClusterNetworkPolicy, (3, 32, 0)),
    (Feature::PlainPolicyNames, (3, 32, 0)),
];

/// Tiers that exist without being declared, with fixed orders; no plan may use a name or an order of these.
///
/// Source: `api/pkg/apis/projectcalico/v3/tier.go`, `libcalico-go/lib/names/policy.go` at v3.32.1.
pub const RESERVED_TIERS: &[(&str, Option<u32>)] = &[
    ("adminnetworkpolicy", Some(1_000)),
    ("allow-tigera", Some(100)),
    ("baselineadminnetworkpolicy", Some(10_000_000)),
    ("calico-system", Some(100)),
    ("default", Some(1_000_000)),
    ("kube-admin", Some(1_000)),
    ("kube-baseline", Some(10_000_000)),
];

/// Default ports that nodes must reach on each other, by what switches them on.
///
/// Source: `_system-requirements.mdx`, felix `config_params.go`.
pub mod ports {
    /// UDP, with any VXLAN encapsulation.
    pub const VXLAN: u16 = 4789;
    /// TCP, only while BGP is enabled.
    pub const BGP: u16 = 179;
    /// TCP, always with the operator.
    pub const TYPHA: u16 = 5473;
    /// UDP for IPv4 and for IPv6.
    pub const WIREGUARD: (u16, u16) = (51820, 51821);
    /// Flannel's UDP port on Linux, open until the last flannel node is gone.
    pub const FLANNEL_VXLAN: u16 = 8472;
}

/// Which operator belongs to a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operator {
    /// The version that the release pins.
    Pinned(&'static str),
    /// The release is not in the table, but its minor is: its operator is of this minor.
    OfMinor(Minor),
}

/// The line of a release; `None` when the table does not know its minor.
pub fn line(release: &Version) -> Option<&'static Line> {
    LINES.iter().find(|line| line.minor == release.minor_line())
}

/// The operator of a release; `None` when the table does not know even its minor.
pub fn operator(release: &Version) -> Option<Operator> {
    let line = line(release)?;
    let pinned = OPERATORS.iter().find(|(known, _)| Version::from(*known) == *release);
    Some(pinned.map_or(Operator::OfMinor(line.operator), |(_, operator)| Operator::Pinned(operator)))
}

/// Whether a release can do something; a release newer than the table can do what the newest one can.
pub fn has(release: &Version, feature: Feature) -> bool {
    release.at_least(since(feature))
}

/// The first release that can do something.
pub fn since(feature: Feature) -> Release {
    let row = FEATURES.iter().find(|(known, _)| *known == feature);
    row.expect("broken promise: every Calico feature has a row").1
}

/// Why a release must not be installed, and the upstream issues.
pub fn known_bad(release: &Version) -> Option<(&'static str, &'static str)> {
    let row = KNOWN_BAD.iter().find(|(known, ..)| Version::from(*known) == *release)?;
    Some((row.1, row.2))
}

/// Whether upstream tests this Calico with this Kubernetes; `None` when the table does not know the Calico minor.
pub fn tested_with(release: &Version, kubernetes: Minor) -> Option<bool> {
    let (first, last) = line(release)?.kubernetes;
    Some((first..=last).contains(&kubernetes))
}

/// The patch releases in the table, oldest first.
pub fn known_releases() -> impl Iterator<Item = Release> {
    OPERATORS.iter().map(|(release, _)| *release)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        text.parse().expect(text)
    }

    #[test]
    fn a_release_has_its_operator() {
        let pinned =
            [("v3.32.1", "v1.42.3"), ("v3.31.7", "v1.40.15"), ("v3.30.7", "v1.38.13"), ("3.30.2", "v1.38.3")];
        for (calico, operator_version) in pinned {
            assert_eq!(operator(&version(calico)), Some(Operator::Pinned(operator_version)), "{calico}");
        }
    }

    #[test]
    fn an_unknown_patch_says_so_and_an_unknown_minor_says_nothing() {
        assert_eq!(operator(&version("v3.30.99")), Some(Operator::OfMinor(Minor(1, 38))));
        assert_eq!(operator(&version("v3.33.0")), None);
        assert_eq!(operator(&version("v3.28.2")), None);
    }

    #[test]
    fn every_pinned_operator_is_of_the_operator_minor_of_its_line() {
        for (release, operator) in OPERATORS {
            let line = line(&Version::from(*release)).expect("a line");
            assert_eq!(version(operator).minor_line(), line.operator, "{release:?}");
        }
    }

    #[test]
    fn crds_are_applied_before_the_operator() {
        for line in LINES {
            assert_eq!(line.manifests.last(), Some(&"tigera-operator.yaml"));
            assert_eq!(line.manifests.len() == 1, line.minor == Minor(3, 29), "{}", line.minor);
            assert_eq!(line.crd_chart.is_some(), line.minor >= Minor(3, 32), "{}", line.minor);
        }
    }

    #[test]
    fn features_begin_where_upstream_says() {
        assert!(!has(&version("v3.29.7"), Feature::StagedPolicies));
        assert!(has(&version("v3.30.0"), Feature::StagedPolicies));
        assert!(!has(&version("v3.31.7"), Feature::ClusterRoutingMode));
        assert!(has(&version("v3.32.1"), Feature::ClusterRoutingMode));
        assert!(has(&version("v3.40.0"), Feature::Nftables));
    }

    #[test]
    fn only_the_bad_release_is_bad() {
        assert!(known_bad(&version("3.32.0")).is_some());
        assert!(known_bad(&version("3.32.1")).is_none());
        assert!(known_bad(&version("3.31.0")).is_none());
    }

    #[test]
    fn the_tested_window_has_two_ends() {
        let tested = |calico, minor| tested_with(&version(calico), Minor(1, minor));
        assert_eq!(tested("v3.30.2", 33), Some(true));
        assert_eq!(tested("v3.32.1", 33), Some(false));
        assert_eq!(tested("v3.32.1", 37), Some(false));
        assert_eq!(tested("v3.99.0", 33), None);
    }

    #[test]
    fn rows_are_sorted_and_unique() {
        assert!(LINES.windows(2).all(|rows| rows[0].minor < rows[1].minor));
        assert!(OPERATORS.windows(2).all(|rows| rows[0].0 < rows[1].0));
        assert!(FEATURES.windows(2).all(|rows| rows[0].1 <= rows[1].1 && rows[0].0 < rows[1].0));
        assert!(RESERVED_TIERS.windows(2).all(|rows| rows[0].0 < rows[1].0));
        assert!(LINES.iter().all(|line| line.kubernetes.0 < line.kubernetes.1));
    }
}
