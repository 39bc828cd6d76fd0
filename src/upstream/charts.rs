//! A Helm chart that makes a Service reads its address, type and annotations from keys of its own choosing.
//!
//! A key that a chart's template does not read has no effect and no message, so a row names only keys that were seen
//! in the template of the Service; its file stands beside the row.

use super::{Release, Version};

/// Where the values of a chart set one of its Services. Every key is a full path from the root of the values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceKeys {
    /// Takes [`ServiceKeys::load_balancer`] to make the Service a LoadBalancer.
    pub kind: String,
    /// The word of the chart for `type: LoadBalancer`; Harbor writes its own.
    pub load_balancer: &'static str,
    /// The word of the chart for `type: ClusterIP`.
    pub cluster_ip: &'static str,
    pub annotations: Option<String>,
    /// `spec.loadBalancerIP`.
    pub load_balancer_ip: Option<String>,
    /// `spec.loadBalancerClass`.
    pub load_balancer_class: Option<String>,
    /// `spec.externalTrafficPolicy`.
    pub external_traffic_policy: Option<String>,
    /// `spec.allocateLoadBalancerNodePorts`.
    pub allocate_node_ports: Option<String>,
    /// A map or scalar per port that would ask for a node port; leave it out to ask for none.
    pub node_ports: Vec<String>,
    /// Ports that the pods serve to the API server (admission webhooks), beside those of the Service.
    pub webhook_ports: &'static [u16],
    /// Whether the chart and its Service are in the table; if not, the keys are the usual guess.
    pub known: bool,
}

/// A key that people set and no template reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeadKey {
    pub chart: &'static str,
    /// The key or the start of it.
    pub key: &'static str,
    /// What to write instead, if anything works.
    pub instead: Option<&'static str>,
}

/// One Service of one chart. A key without a dot before is under `values`; `=` begins one from the root.
struct Row {
    chart: &'static str,
    values: &'static str,
    kind: &'static str,
    load_balancer: &'static str,
    cluster_ip: &'static str,
    annotations: Option<&'static str>,
    ip: Option<&'static str>,
    class: Option<&'static str>,
    /// The first chart release with `class`, where it is not as old as the chart.
    class_since: Release,
    traffic: Option<&'static str>,
    allocate: Option<&'static str>,
    allocate_since: Release,
    node_ports: &'static [&'static str],
    webhook_ports: &'static [u16],
}

/// What most charts do; a row changes what differs.
const USUAL: Row = Row {
    chart: "",
    values: "service",
    kind: "type",
    load_balancer: "LoadBalancer",
    cluster_ip: "ClusterIP",
    annotations: Some("annotations"),
    ip: Some("loadBalancerIP"),
    class: None,
    class_since: (0, 0, 0),
    traffic: None,
    allocate: None,
    allocate_since: (0, 0, 0),
    node_ports: &[],
    webhook_ports: &[],
};

/// All known Services, by chart and values path.
const ROWS: &[Row] = &[
    // argo-helm charts/argo-cd/templates/argocd-server/service.yaml; README.md for loadBalancerClass.
    Row {
        chart: "argo/argo-cd",
        values: "server.service",
        class: Some("loadBalancerClass"),
        // argoproj/argo-helm#2769, merged before this chart.
        class_since: (7, 6, 0),
        traffic: Some("externalTrafficPolicy"),
        node_ports: &["nodePortHttp", "nodePortHttps"],
        ..USUAL
    },
    // argo-helm charts/argo-workflows/templates/server/server-service.yaml; it takes the class from `controller`, by
    // mistake (argoproj/argo-helm#3444).
    Row {
        chart: "argo/argo-workflows",
        values: "server",
        kind: "serviceType",
        annotations: Some("serviceAnnotations"),
        node_ports: &["serviceNodePort"],
        ..USUAL
    },
    // bitnami/charts bitnami/minio/templates/service.yaml: one Service with both ports.
    Row {
        chart: "bitnami/minio",
        traffic: Some("externalTrafficPolicy"),
        node_ports: &["nodePorts.api", "nodePorts.console"],
        ..USUAL
    },
    // grafana/helm-charts charts/grafana/templates/service.yaml
    Row {
        chart: "grafana/grafana",
        traffic: Some("externalTrafficPolicy"),
        node_ports: &["nodePort"],
        ..USUAL
    },
    // harbor-helm templates/nginx/service.yaml; no class and no traffic policy up to 1.19.2 (goharbor/harbor-helm#2413).
    Row {
        chart: "harbor/harbor",
        values: "expose.loadBalancer",
        kind: "=expose.type",
        load_balancer: "loadBalancer",
        cluster_ip: "clusterIP",
        ip: Some("IP"),
        ..USUAL
    },
    // ingress-nginx charts/ingress-nginx/templates/controller-service.yaml, README.md; webhook: values.yaml
    // `controller.admissionWebhooks.port`.
    Row {
        chart: "ingress-nginx/ingress-nginx",
        values: "controller.service",
        class: Some("loadBalancerClass"),
        // kubernetes/ingress-nginx#9562; seen to work from this chart.
        class_since: (4, 7, 1),
        traffic: Some("externalTrafficPolicy"),
        node_ports: &["nodePorts.http", "nodePorts.https"],
        webhook_ports: &[8443],
        ..USUAL
    },
    // istio manifests/charts/gateway/templates/service.yaml; istio/istio#48762 (1.21), #55406 (1.26). A node port is
    // an entry of `service.ports` here.
    Row {
        chart: "istio/gateway",
        class: Some("loadBalancerClass"),
        class_since: (1, 26, 0),
        traffic: Some("externalTrafficPolicy"),
        allocate: Some("allocateLoadBalancerNodePorts"),
        allocate_since: (1, 21, 0),
        ..USUAL
    },
    // zero-to-jupyterhub-k8s jupyterhub/templates/proxy/service.yaml (`proxy-public`)
    Row {
        chart: "jupyterhub/jupyterhub",
        values: "proxy.service",
        node_ports: &["nodePorts.http", "nodePorts.https"],
        ..USUAL
    },
    // kiali/helm-charts kiali-server/templates/service.yaml: `additional_service_yaml` goes into `spec` as it is.
    Row {
        chart: "kiali/kiali-server",
        values: "deployment",
        kind: "service_type",
        annotations: Some("service_annotations"),
        ip: Some("additional_service_yaml.loadBalancerIP"),
        class: Some("additional_service_yaml.loadBalancerClass"),
        traffic: Some("additional_service_yaml.externalTrafficPolicy"),
        allocate: Some("additional_service_yaml.allocateLoadBalancerNodePorts"),
        ..USUAL
    },
    // prometheus-community charts/kube-prometheus-stack/templates/alertmanager/service.yaml
    Row {
        chart: "prometheus-community/kube-prometheus-stack",
        values: "alertmanager.service",
        node_ports: &["nodePort"],
        webhook_ports: &[10250],
        ..USUAL
    },
    // The Grafana chart as a dependency named `grafana`.
    Row {
        chart: "prometheus-community/kube-prometheus-stack",
        values: "grafana.service",
        traffic: Some("externalTrafficPolicy"),
        node_ports: &["nodePort"],
        webhook_ports: &[10250],
        ..USUAL
    },
    // templates/prometheus/service.yaml; webhook: values.yaml `prometheusOperator.tls.internalPort`.
    Row {
        chart: "prometheus-community/kube-prometheus-stack",
        values: "prometheus.service",
        traffic: Some("externalTrafficPolicy"),
        node_ports: &["nodePort"],
        webhook_ports: &[10250],
        ..USUAL
    },
    // prometheus-community charts/prometheus-pushgateway/templates/service.yaml
    Row {
        chart: "prometheus-community/prometheus-pushgateway",
        annotations: Some("=serviceAnnotations"),
        node_ports: &["nodePort"],
        ..USUAL
    },
];

/// Charts that make no Service for clients: their operator does, from an object of its own.
///
/// strimzi: packaging/helm-charts/helm3/strimzi-kafka-operator/values.yaml has no Service.
const OPERATORS: &[(&str, &str)] = &[
    (
        "seldon/seldon-core-v2-runtime",
        "the operator makes `seldon-mesh` and `seldon-scheduler` from the SeldonRuntime",
    ),
    ("strimzi/strimzi-kafka-operator", "the operator makes it from the listeners of the Kafka object"),
];

/// Keys seen in the wild that no template reads, by chart and key.
pub const DEAD_KEYS: &[DeadKey] = &[
    DeadKey {
        chart: "argo/argo-cd",
        key: "server.service.nodePort",
        instead: Some("server.service.nodePortHttp"),
    },
    DeadKey { chart: "argo/argo-workflows", key: "controller.config", instead: Some("controller") },
    DeadKey { chart: "bitnami/minio", key: "consoleService", instead: Some("service.ports.console") },
    DeadKey { chart: "harbor/harbor", key: "chartmuseum", instead: None },
    DeadKey { chart: "harbor/harbor", key: "notary", instead: None },
    DeadKey { chart: "harbor/harbor", key: "secretkey", instead: Some("secretKey") },
    DeadKey { chart: "kiali/kiali-server", key: "deployment.web_fqdn", instead: Some("server.web_fqdn") },
    DeadKey { chart: "kiali/kiali-server", key: "server.service", instead: Some("deployment.service_type") },
    DeadKey {
        chart: "prometheus-community/prometheus-pushgateway",
        key: "persistence",
        instead: Some("persistentVolume"),
    },
];

/// Where the values of a chart set the Service under `values`; for a chart or a path that the table does not know,
/// the usual keys with [`ServiceKeys::known`] off.
///
/// `version` is the release of the chart; without one the newest keys count.
pub fn service_keys(chart: &str, values: &str, version: Option<&Version>) -> ServiceKeys {
    let row = ROWS.iter().find(|row| row.chart == chart && row.values == values);
    let known = row.is_some();
    let row = row.unwrap_or(&USUAL);
    let reached = |since: Release| version.is_none_or(|version| version.at_least(since));
    let path = |key: &str| match key.strip_prefix('=') {
        Some(from_root) => from_root.to_owned(),
        None if values.is_empty() => key.to_owned(),
        None => format!("{values}.{key}"),
    };
    ServiceKeys {
        kind: path(row.kind),
        load_balancer: row.load_balancer,
        cluster_ip: row.cluster_ip,
        annotations: row.annotations.map(path),
        load_balancer_ip: row.ip.map(path),
        load_balancer_class: row.class.filter(|_| reached(row.class_since)).map(path),
        external_traffic_policy: row.traffic.map(path),
        allocate_node_ports: row.allocate.filter(|_| reached(row.allocate_since)).map(path),
        node_ports: row.node_ports.iter().map(|key| path(key)).collect(),
        webhook_ports: row.webhook_ports,
        known,
    }
}

/// The values paths of the Services of a chart in the table; empty when the chart is not in it.
pub fn services(chart: &str) -> impl Iterator<Item = &'static str> {
    ROWS.iter().filter(move |row| row.chart == chart).map(|row| row.values)
}

/// Why a chart has no Service to set, when an operator makes it.
pub fn made_by_operator(chart: &str) -> Option<&'static str> {
    OPERATORS.iter().find(|(known, _)| *known == chart).map(|(_, why)| *why)
}

/// The row for a key of a chart that is known to have no effect, or for a key under it.
pub fn dead_key(chart: &str, key: &str) -> Option<&'static DeadKey> {
    let under = |dead: &&DeadKey| match key.strip_prefix(dead.key) {
        Some(rest) => rest.is_empty() || rest.starts_with('.'),
        None => false,
    };
    DEAD_KEYS.iter().filter(|dead| dead.chart == chart).find(under)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harbor_has_words_of_its_own() {
        let keys = service_keys("harbor/harbor", "expose.loadBalancer", None);
        assert_eq!((keys.kind.as_str(), keys.load_balancer), ("expose.type", "loadBalancer"));
        assert_eq!(keys.load_balancer_ip.as_deref(), Some("expose.loadBalancer.IP"));
        assert_eq!(keys.annotations.as_deref(), Some("expose.loadBalancer.annotations"));
        assert_eq!(keys.external_traffic_policy, None);
    }

    #[test]
    fn a_key_begins_with_a_chart_release() {
        let keys = |version: &str| {
            service_keys("istio/gateway", "service", Some(&version.parse::<Version>().expect(version)))
        };
        assert_eq!(keys("1.20.0").allocate_node_ports, None);
        assert_eq!(keys("1.25.3").load_balancer_class, None);
        assert_eq!(keys("1.27.0").load_balancer_class.as_deref(), Some("service.loadBalancerClass"));
        assert_eq!(
            keys("1.27.0").allocate_node_ports.as_deref(),
            Some("service.allocateLoadBalancerNodePorts")
        );
    }

    #[test]
    fn ingress_nginx_serves_a_webhook() {
        let keys = service_keys("ingress-nginx/ingress-nginx", "controller.service", None);
        assert!(keys.known);
        assert_eq!(keys.webhook_ports, [8443]);
        assert_eq!(keys.annotations.as_deref(), Some("controller.service.annotations"));
    }

    #[test]
    fn an_unknown_chart_or_path_gets_the_usual_keys() {
        for (chart, values) in [("example/unknown", "web.service"), ("bitnami/minio", "web.service")] {
            let keys = service_keys(chart, values, None);
            assert!(!keys.known);
            assert_eq!(keys.kind, "web.service.type");
            assert_eq!(keys.annotations.as_deref(), Some("web.service.annotations"));
            assert_eq!(keys.load_balancer_ip.as_deref(), Some("web.service.loadBalancerIP"));
            assert_eq!(keys.load_balancer_class, None);
        }
    }

    #[test]
    fn a_dead_key_covers_what_is_under_it() {
        assert!(dead_key("bitnami/minio", "consoleService.annotations").is_some());
        assert!(dead_key("bitnami/minio", "consoleServices").is_none());
        assert!(dead_key("argo/argo-cd", "server.service.nodePort").is_some());
        assert!(dead_key("argo/argo-cd", "server.service.nodePortHttp").is_none());
    }

    #[test]
    fn every_row_is_reachable_and_sorted() {
        assert!(
            ROWS.windows(2).all(|rows| (rows[0].chart, rows[0].values) < (rows[1].chart, rows[1].values))
        );
        assert!(OPERATORS.windows(2).all(|rows| rows[0].0 < rows[1].0));
        assert!(DEAD_KEYS.windows(2).all(|rows| (rows[0].chart, rows[0].key) < (rows[1].chart, rows[1].key)));
        for row in ROWS {
            assert!(services(row.chart).any(|values| values == row.values));
            let keys = service_keys(row.chart, row.values, None);
            let written =
                [Some(keys.kind), keys.annotations, keys.load_balancer_ip, keys.external_traffic_policy];
            for key in written.into_iter().flatten().chain(keys.node_ports) {
                assert!(dead_key(row.chart, &key).is_none(), "{} of {} is dead", key, row.chart);
                assert!(!key.contains('=') && !key.contains(".."), "{key}");
            }
        }
    }
}
