//! MetalLB ignores an annotation key or refuses a field that its release does not know.
//!
//! Sources: metallb/metallb `website/content/release-notes/_index.md`, `controller/service.go`,
//! `internal/config/validation.go`, `charts/metallb/values.yaml`, `config/crd/bases`, read up to v0.16.1.

use super::{Minor, Release, Version};

/// The Helm repository, and the chart in it.
pub const CHART_REPOSITORY: &str = "https://metallb.github.io/metallb";
pub const CHART: &str = "metallb";
/// The namespace of upstream's manifests, in which every configuration object must lie.
pub const NAMESPACE: &str = "metallb-system";
/// TCP and UDP between all nodes: the speakers' memberlist (`speaker.memberlist.mlBindPort`).
pub const MEMBERLIST_PORT: u16 = 7946;
/// What some release of the chart reads, 0.13 to 0.16; a `*` stands for whatever is below.
pub const CHART_VALUES: &[&str] = &[
    "controller.affinity.*",
    "controller.command.*",
    "controller.enabled",
    "controller.extraContainers.*",
    "controller.image.*",
    "controller.labels.*",
    "controller.livenessProbe.*",
    "controller.logLevel",
    "controller.nodeSelector.*",
    "controller.podAnnotations.*",
    "controller.priorityClassName",
    "controller.readinessProbe.*",
    "controller.resources.*",
    "controller.runtimeClassName",
    "controller.securityContext.*",
    "controller.serviceAccount.*",
    "controller.strategy.*",
    "controller.tlsCipherSuites",
    "controller.tlsMinVersion",
    "controller.tolerations.*",
    "controller.webhookMode",
    "crds.enabled",
    "crds.validationFailurePolicy",
    "frr-k8s.*",
    "frrk8s.enabled",
    "frrk8s.external",
    "frrk8s.namespace",
    "fullnameOverride",
    "global.*",
    "imagePullSecrets.*",
    "loadBalancerClass",
    "nameOverride",
    "networkpolicies.apiPort",
    "networkpolicies.defaultDeny",
    "networkpolicies.enabled",
    "prometheus.*",
    "psp.create",
    "rbac.create",
    "speaker.affinity.*",
    "speaker.bgpDebounceTimeout",
    "speaker.command.*",
    "speaker.enabled",
    "speaker.excludeInterfaces.enabled",
    "speaker.extraContainers.*",
    "speaker.frr.*",
    "speaker.frrMetrics.*",
    "speaker.ignoreExcludeLB",
    "speaker.image.*",
    "speaker.initContainers.*",
    "speaker.labels.*",
    "speaker.livenessProbe.*",
    "speaker.logLevel",
    "speaker.memberlist.enabled",
    "speaker.memberlist.mlBindAddrOverride",
    "speaker.memberlist.mlBindPort",
    "speaker.memberlist.mlSecretKeyPath",
    "speaker.memberlist.secretName",
    "speaker.nodeSelector.*",
    "speaker.podAnnotations.*",
    "speaker.priorityClassName",
    "speaker.readinessProbe.*",
    "speaker.reloader.*",
    "speaker.resources.*",
    "speaker.runtimeClassName",
    "speaker.secretName",
    "speaker.securityContext.*",
    "speaker.serviceAccount.*",
    "speaker.startupProbe.*",
    "speaker.tolerateMaster",
    "speaker.tolerations.*",
    "speaker.updateStrategy.*",
    "tls.*",
];
/// Known minors, oldest first.
pub const MINORS: &[Minor] = &[Minor(0, 13), Minor(0, 14), Minor(0, 15), Minor(0, 16)];

/// The first release with configuration objects; before there was a ConfigMap.
pub const OBJECTS_SINCE: Release = (0, 13, 0);
/// The first release with frr-k8s, and the first whose default it is and in which FRR in the speaker is deprecated.
pub const FRR_K8S_SINCE: Release = (0, 14, 0);
pub const FRR_K8S_DEFAULT_SINCE: Release = (0, 16, 0);
/// The first release whose chart has `speaker.ignoreExcludeLB`.
pub const IGNORES_EXCLUSION_SINCE: Release = (0, 14, 0);
/// From here on a pool with a priority and no namespaces is for every Service, and before for none
/// (internal/config addressPoolServiceAllocationFromCR).
pub const BARE_PRIORITY_FOR_ALL_SINCE: Release = (0, 15, 0);

/// Both prefixes that a release may read; of two keys with one meaning the new one wins (`controller/service.go`).
pub const OLD_PREFIX: &str = "metallb.universe.tf/";
pub const NEW_PREFIX: &str = "metallb.io/";

/// The first release that reads [`NEW_PREFIX`]; an older one ignores such keys without a word.
pub const NEW_PREFIX_SINCE: Release = (0, 14, 9);

/// An annotation on a Service that MetalLB reads or writes, without its prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Annotation {
    pub key: &'static str,
    /// MetalLB writes it back, so that nobody else may own it.
    pub output: bool,
    pub since: Release,
}

/// All annotations there are, by key.
pub const ANNOTATIONS: &[Annotation] = &[
    Annotation { key: "address-pool", output: false, since: (0, 1, 0) },
    Annotation { key: "allow-shared-ip", output: false, since: (0, 6, 0) },
    Annotation { key: "ip-allocated-from-pool", output: true, since: (0, 13, 8) },
    Annotation { key: "loadBalancerIPs", output: false, since: (0, 12, 0) },
];

/// A field of a MetalLB object that came after v0.13.0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    pub kind: &'static str,
    /// Dotted path from the root of the object.
    pub path: &'static str,
    pub since: Release,
}

/// Fields that an older release does not know, by kind and path.
pub const FIELDS: &[Field] = &[
    Field { kind: "BGPAdvertisement", path: "spec.serviceSelectors", since: (0, 16, 0) },
    Field { kind: "BGPPeer", path: "spec.connectTime", since: (0, 14, 4) },
    Field { kind: "BGPPeer", path: "spec.dualStackAddressFamily", since: (0, 15, 0) },
    Field { kind: "BGPPeer", path: "spec.dynamicASN", since: (0, 14, 9) },
    Field { kind: "BGPPeer", path: "spec.interface", since: (0, 15, 0) },
    Field { kind: "BGPPeer", path: "spec.localASN", since: (0, 16, 0) },
    Field { kind: "IPAddressPool", path: "spec.serviceAllocation", since: (0, 13, 8) },
    Field { kind: "L2Advertisement", path: "spec.interfaces", since: (0, 13, 6) },
    Field { kind: "L2Advertisement", path: "spec.serviceSelectors", since: (0, 16, 0) },
];

/// Kinds that only report, and since when: never emitted, but a check on a cluster can read them.
pub const STATUS_KINDS: &[(&str, Release)] =
    &[("ConfigurationState", (0, 15, 3)), ("ServiceBGPStatus", (0, 15, 0)), ("ServiceL2Status", (0, 14, 0))];

/// What speaks BGP. Only L2 needs none of it, and then `Native` is the smallest installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Backend {
    /// MetalLB's own speaker: no BFD, no VRF, no IPv6.
    Native,
    /// An FRR container in the speaker pod; deprecated from 0.16.
    Frr,
    /// A separate frr-k8s DaemonSet; from 0.14, first as an experiment.
    FrrK8s,
}

/// Fields of a BGPPeer that the native speaker refuses (`internal/config/validation.go`, `DiscardFRROnly`).
pub const FRR_ONLY: &[&str] = &[
    "bfdProfile",
    "connectTime",
    "disableMP",
    "dualStackAddressFamily",
    "dynamicASN",
    "enableGracefulRestart",
    "interface",
    "keepaliveTime",
    "localASN",
    "vrf",
];

/// TCP ports of the pods for metrics. Plain HTTP to 0.15; HTTPS only from 0.16, on the ports of the proxy before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metrics {
    /// Controller and speaker (`prometheus.metricsPort`).
    pub port: u16,
    /// The FRR container in the speaker pod (`speaker.frr.metricsPort`).
    pub frr_port: u16,
    pub https: bool,
}

/// The prefix to write for a release.
pub fn prefix(release: &Version) -> &'static str {
    if release.at_least(NEW_PREFIX_SINCE) { NEW_PREFIX } else { OLD_PREFIX }
}

/// The full annotation key for a release, such as `metallb.io/loadBalancerIPs`.
///
/// `key` is one of [`ANNOTATIONS`].
pub fn annotation(release: &Version, key: &str) -> String {
    debug_assert!(
        ANNOTATIONS.iter().any(|annotation| annotation.key == key),
        "`{key}` is not a key of MetalLB"
    );
    format!("{}{key}", prefix(release))
}

/// What MetalLB makes of a full annotation key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// It does not begin with a prefix of MetalLB.
    NotOurs,
    Read(&'static Annotation),
    /// The key is right, but this release does not read the prefix.
    PrefixTooNew {
        works: String,
    },
    /// No release reads this key; with the key that it most resembles.
    Ignored {
        nearest: String,
    },
}

/// What a release makes of an annotation key on a Service.
pub fn reading(release: &Version, key: &str) -> Reading {
    let (name, new) = match (key.strip_prefix(NEW_PREFIX), key.strip_prefix(OLD_PREFIX)) {
        (Some(name), _) => (name, true),
        (_, Some(name)) => (name, false),
        _ => return Reading::NotOurs,
    };
    let Some(known) = ANNOTATIONS.iter().find(|annotation| annotation.key == name) else {
        let distance = |annotation: &&Annotation| {
            strsim::damerau_levenshtein(&annotation.key.to_lowercase(), &name.to_lowercase())
        };
        let nearest =
            ANNOTATIONS.iter().min_by_key(distance).expect("broken promise: MetalLB has annotations");
        return Reading::Ignored { nearest: annotation(release, nearest.key) };
    };
    if new && !release.at_least(NEW_PREFIX_SINCE) {
        return Reading::PrefixTooNew { works: annotation(release, name) };
    }
    Reading::Read(known)
}

/// Since which release a field exists; `None` when it is as old as the kind, or unknown to the table.
pub fn since(kind: &str, path: &str) -> Option<Release> {
    FIELDS.iter().find(|field| field.kind == kind && field.path == path).map(|field| field.since)
}

/// The backend that the chart of a release installs when nothing is said.
///
/// The manifests under `config/manifests` name theirs instead (`metallb-native.yaml`, `metallb-frr.yaml`, …).
/// Source: `charts/metallb/values.yaml`; metallb/metallb#1222, #1931 (merged before 0.13.10), #2965 (0.16.0).
pub fn default_backend(release: &Version) -> Backend {
    if release.at_least((0, 16, 0)) {
        Backend::FrrK8s
    } else if release.at_least((0, 13, 10)) {
        Backend::Frr
    } else {
        Backend::Native
    }
}

/// The values that choose a backend, all spelled out; `None` when the release has no such backend.
pub fn backend_values(release: &Version, backend: Backend) -> Option<Vec<(&'static str, bool)>> {
    let has_frr_k8s = release.at_least((0, 14, 0));
    if backend == Backend::FrrK8s && !has_frr_k8s {
        return None;
    }
    let mut values = vec![("speaker.frr.enabled", backend == Backend::Frr)];
    // The chart fails when both are on, and an older chart has no such key.
    if has_frr_k8s {
        values.push(("frrk8s.enabled", backend == Backend::FrrK8s));
    }
    Some(values)
}

/// Where the pods of a release serve metrics.
pub fn metrics(release: &Version) -> Metrics {
    if release.at_least((0, 16, 0)) {
        Metrics { port: 9120, frr_port: 9121, https: true }
    } else {
        Metrics { port: 7472, frr_port: 7473, https: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        text.parse().expect(text)
    }

    #[test]
    fn the_prefix_changes_at_0_14_9() {
        assert_eq!(annotation(&version("v0.14.8"), "loadBalancerIPs"), "metallb.universe.tf/loadBalancerIPs");
        assert_eq!(annotation(&version("v0.14.9"), "loadBalancerIPs"), "metallb.io/loadBalancerIPs");
        assert_eq!(prefix(&version("v0.15.3")), NEW_PREFIX);
    }

    #[test]
    fn keys_that_people_write_are_ignored_by_metallb() {
        let old = version("v0.14.8");
        for key in ["metallb.universe.tf/loadBalancer-ips", "metallb.universe.tf/loadBalancer-ip"] {
            let nearest = "metallb.universe.tf/loadBalancerIPs".to_owned();
            assert_eq!(reading(&old, key), Reading::Ignored { nearest }, "{key}");
        }
        let works = "metallb.universe.tf/loadBalancerIPs".to_owned();
        assert_eq!(reading(&old, "metallb.io/loadBalancerIPs"), Reading::PrefixTooNew { works });
        assert_eq!(reading(&old, "example.com/loadBalancerIPs"), Reading::NotOurs);
        // The old prefix is still read by new releases.
        assert!(matches!(reading(&version("v0.16.1"), "metallb.universe.tf/address-pool"), Reading::Read(_)));
    }

    #[test]
    fn a_field_has_a_first_release() {
        assert_eq!(since("BGPPeer", "spec.dynamicASN"), Some((0, 14, 9)));
        assert_eq!(since("L2Advertisement", "spec.serviceSelectors"), Some((0, 16, 0)));
        assert_eq!(since("BGPPeer", "spec.myASN"), None);
    }

    #[test]
    fn at_most_one_backend_is_on() {
        for release in ["v0.13.12", "v0.14.9", "v0.15.3", "v0.16.1"] {
            for backend in [Backend::Native, Backend::Frr, Backend::FrrK8s] {
                let Some(values) = backend_values(&version(release), backend) else {
                    assert_eq!((release, backend), ("v0.13.12", Backend::FrrK8s));
                    continue;
                };
                let on: Vec<_> = values.iter().filter(|(_, on)| *on).map(|(key, _)| *key).collect();
                match backend {
                    Backend::Native => assert!(on.is_empty()),
                    Backend::Frr => assert_eq!(on, ["speaker.frr.enabled"]),
                    Backend::FrrK8s => assert_eq!(on, ["frrk8s.enabled"]),
                }
            }
        }
    }

    #[test]
    fn rows_are_sorted_and_unique() {
        assert!(ANNOTATIONS.windows(2).all(|rows| rows[0].key < rows[1].key));
        assert!(FIELDS.windows(2).all(|rows| (rows[0].kind, rows[0].path) < (rows[1].kind, rows[1].path)));
        assert!(FRR_ONLY.windows(2).all(|rows| rows[0] < rows[1]));
        assert!(MINORS.windows(2).all(|rows| rows[0] < rows[1]));
        assert!(FIELDS.iter().all(|field| MINORS.contains(&Minor(field.since.0, field.since.1))));
    }
}
