//! Seldon Core v2 is four charts, seven kinds of pod and a fixed set of ports between them.
//!
//! Sources: SeldonIO/seldon-core at v2.8.5 to v2.10.2: `operator/`, `scheduler/`, `k8s/helm-charts/`, `docs-gb/`.

mod flows;
mod keys;

pub use flows::{Component, FLOWS, Flow, MUST_STAY_CLOSED, Need, Transport, flows};
pub use keys::{ChartKeys, Found, Kind, ONE_ENTRY_ONLY, REPLACEMENTS, Replacement, keys, known_releases};

use std::ops::RangeInclusive;

use super::{Minor, Release, Version};

/// The Helm repository, with all charts of [`CHARTS`].
pub const CHART_REPOSITORY: &str = "https://seldonio.github.io/helm-charts/";
/// The API version of all [`KINDS`]; `machinelearning.seldon.io` was version 1.
pub const API_VERSION: &str = "mlops.seldon.io/v1alpha1";
/// Kinds of the CRD chart, all namespaced.
pub const KINDS: &[&str] =
    &["Experiment", "Model", "Pipeline", "SeldonConfig", "SeldonRuntime", "Server", "ServerConfig"];
/// Kubernetes minors that the documentation of 2.10.2 names (`docs-gb/getting-started/kubernetes-installation`).
pub const KUBERNETES: RangeInclusive<Minor> = Minor(1, 27)..=Minor(1, 31);

/// A chart of Seldon Core v2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Chart {
    /// CRDs, once per cluster.
    Crds,
    /// The controller, SeldonConfig and ServerConfigs, once per controller namespace.
    Setup,
    /// The SeldonRuntime, once per tenant namespace.
    Runtime,
    /// The Servers `mlserver` and `triton`, once per tenant namespace.
    Servers,
}

/// The charts in the order in which they are installed; removed the other way round.
pub const CHARTS: &[(Chart, &str)] = &[
    (Chart::Crds, "seldon-core-v2-crds"),
    (Chart::Setup, "seldon-core-v2-setup"),
    (Chart::Runtime, "seldon-core-v2-runtime"),
    (Chart::Servers, "seldon-core-v2-servers"),
];

/// ServerConfigs that the setup chart makes; looked up by bare name in the controller's namespace only.
pub const SERVER_CONFIGS: &[&str] = &["mlserver", "triton"];
/// The SeldonRuntime and SeldonConfig of the charts.
pub const RUNTIME: &str = "seldon";
pub const CONFIG: &str = "default";
/// The Secret that every agent needs in its namespace (`scheduler/cmd/agent/main.go`: Fatal without it).
pub const RCLONE_SECRET: &str = "seldon-rclone-gs-public";
/// The Deployment of the controller; its ServiceAccount has the same name.
pub const CONTROLLER: &str = "seldon-v2-controller-manager";

/// A Service that the operator makes in a tenant namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Service {
    pub name: &'static str,
    /// Name, port of the Service and port of the pod.
    pub ports: &'static [(&'static str, u16, u16)],
    /// The pods behind it.
    pub component: Component,
}

/// The Services of the operator. It writes their metadata back on each change, so an own Service with one of these
/// names, or an annotation on one, is lost (`operator/controllers/reconcilers/seldon/service_reconciler.go`).
pub const SERVICES: &[Service] = &[
    Service {
        name: "seldon-mesh",
        ports: &[("data", 80, 9000), ("envoy-stats", 9003, 9003)],
        component: Component::Envoy,
    },
    Service {
        name: "seldon-scheduler",
        ports: &[
            ("xds", 9002, 9002),
            ("scheduler", 9004, 9004),
            ("agent", 9005, 9005),
            ("dataflow", 9008, 9008),
            ("scheduler-mtls", 9044, 9044),
            ("agent-mtls", 9055, 9055),
        ],
        component: Component::Scheduler,
    },
];

/// Something that only newer releases do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feature {
    /// `Server.minReplicas` and `maxReplicas` in the servers chart; a spec outside them is refused.
    ReplicaBounds,
    /// `controller.watchNamespaces` and `controller.skipClusterRoleCreation` (PR #6434).
    WatchNamespaces,
    /// The agent lists EndpointSlices before it takes models, so it needs the API server all the time.
    AgentWatchesEndpoints,
    /// Envoy reaches the pipeline gateway by pod address; its headless Service is gone (PR #6675).
    PipelineGatewayByPod,
    /// `autoscaling.serverPackingPercentage` must be a whole number (the CRD field is int32).
    WholePackingPercentage,
    /// `security.schemaRegistry.configPath`.
    SchemaRegistry,
}

/// Since which release each feature exists, oldest first.
const FEATURES: &[(Feature, Release)] = &[
    (Feature::ReplicaBounds, (2, 9, 0)),
    (Feature::WatchNamespaces, (2, 9, 1)),
    (Feature::AgentWatchesEndpoints, (2, 10, 0)),
    (Feature::PipelineGatewayByPod, (2, 10, 0)),
    (Feature::WholePackingPercentage, (2, 10, 0)),
    (Feature::SchemaRegistry, (2, 10, 0)),
];

/// The name of a chart in the repository.
pub fn chart_name(chart: Chart) -> &'static str {
    let row = CHARTS.iter().find(|(known, _)| *known == chart);
    row.expect("broken promise: every Seldon chart has a name").1
}

/// Whether a release does something.
pub fn has(release: &Version, feature: Feature) -> bool {
    release.at_least(since(feature))
}

/// The first release that does something.
pub fn since(feature: Feature) -> Release {
    let row = FEATURES.iter().find(|(known, _)| *known == feature);
    row.expect("broken promise: every Seldon feature has a row").1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn namespaces_are_watched_from_2_9_1() {
        let version = |text: &str| text.parse::<Version>().expect(text);
        assert!(!has(&version("2.9.0"), Feature::WatchNamespaces));
        assert!(has(&version("2.9.1"), Feature::WatchNamespaces));
        assert!(has(&version("v2.10.0"), Feature::SchemaRegistry));
    }

    #[test]
    fn charts_are_installed_crds_first() {
        assert_eq!(chart_name(Chart::Runtime), "seldon-core-v2-runtime");
        assert!(CHARTS.windows(2).all(|rows| rows[0].0 < rows[1].0));
    }

    #[test]
    fn rows_are_sorted_and_unique() {
        assert!(KINDS.windows(2).all(|rows| rows[0] < rows[1]));
        assert!(FEATURES.windows(2).all(|rows| rows[0].1 <= rows[1].1 && rows[0].0 < rows[1].0));
        for service in SERVICES {
            assert!(service.ports.windows(2).all(|rows| rows[0].1 < rows[1].1));
        }
    }
}
