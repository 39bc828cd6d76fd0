//! What Seldon's charts get, and the Services that carry its addresses.

use plan::source::Source;
use plan::upstream::Version;
use plan::upstream::seldon::{Chart, Found, keys, known_releases};
use plan::{Inputs, Output};
use serde_json::{Value, json};

fn compile(plan: &str) -> Output {
    let compilation = plan::compile(&Inputs::new(Source::new("migration.toml", plan)));
    let found: Vec<String> = compilation.diagnostics.iter().map(|one| one.message.clone()).collect();
    compilation.output.unwrap_or_else(|| panic!("{found:#?}"))
}

fn yaml(output: &Output, path: &str) -> Value {
    let paths: Vec<String> = output.tree.iter().map(|(path, _)| path.to_string()).collect();
    let bytes = output.tree.get(path).unwrap_or_else(|| panic!("no {path} in {paths:#?}"));
    serde_yaml::from_slice(bytes).unwrap()
}

fn values(output: &Output, name: &str) -> Value {
    yaml(output, &format!("values/main/{name}.yaml"))
}

const ML_PLATFORM: &str = include_str!("../plans/ml-platform/migration.toml");
const ARTICLE: &str = include_str!("../plans/article/migration.toml");

/// A cluster with a Kafka, and with what a test says about Seldon.
fn lab(seldon: &str) -> String {
    format!(
        r#"
schema = 1
name = "lab"
lan = {{ cidr = "10.0.0.0/24" }}
[hosts]
a = {{ ip = "10.0.0.1" }}
[clusters.main]
distribution = "k3s"
version = "v1.31.9+k3s1"
servers = ["a"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
[clusters.main.calico]
version = "v3.30.7"
[clusters.main.metallb]
version = "v0.15.3"
[pools.lan]
cluster = "main"
addresses = ["10.0.0.200-10.0.0.220"]
advertise = "l2"
[services.kafka]
namespace = "kafka"
owner = "operator"
name = "events-kafka-bootstrap"
selector = {{ "strimzi.io/cluster" = "events" }}
ports = {{ tls = "9093", plain = "9092" }}
clients = []
{seldon}"#
    )
}

/// Everything switched on.
fn whole(version: &str) -> String {
    lab(&format!(
        r#"
[seldon]
version = "{version}"
kafka = "kafka"
server_configs = ["mlserver"]
resources = {{ cpu = "100m", memory = "128Mi" }}
mesh = "10.0.0.200"
scheduler = true
telemetry = "otel-collector.monitoring:4317"
[tenant_defaults]
seldon = true
pull_secrets = ["ghcr", "harbor"]
[tenants.b]
mesh = true
[tenants.a]
namespace = "team-a"
[tenants.c]
seldon = false
"#
    ))
}

/// Every leaf of some values as a dotted path; a list is a leaf.
fn leaves(values: &Value, path: &str, into: &mut Vec<(String, Value)>) {
    match values {
        Value::Object(map) if !map.is_empty() || path.is_empty() => {
            for (key, value) in map {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                leaves(value, &path, into);
            }
        }
        leaf => into.push((path.to_owned(), leaf.clone())),
    }
}

#[test]
fn every_release_reads_every_key_that_it_gets() {
    let mut seen = 0;
    for release in known_releases() {
        let (major, minor, patch) = release;
        let version = format!("{major}.{minor}.{patch}");
        let number: Version = version.parse().unwrap();
        // With tracing and without, with Kafka and without.
        let plans = [
            whole(&version),
            whole(&version).replace("telemetry =", "# telemetry =").replace("kafka = \"kafka\"", ""),
        ];
        for output in plans.iter().map(|plan| compile(plan)) {
            for (chart, name) in [
                (Chart::Setup, "seldon-core-v2-setup"),
                (Chart::Runtime, "b/seldon-core-v2-runtime"),
                (Chart::Servers, "b/seldon-core-v2-servers"),
            ] {
                let known = keys(&number, chart).unwrap();
                let mut all = Vec::new();
                leaves(&values(&output, name), "", &mut all);
                for (key, value) in all {
                    let found = known.find(&key);
                    let Found::Live { default, .. } = &found else {
                        panic!("{version} {name} {key}: {found:?}")
                    };
                    let same_type = |default: &Value| {
                        default.is_null()
                            || (default.is_boolean() && value.is_boolean())
                            || (default.is_number() && value.is_number())
                            || (default.is_string() && value.is_string())
                    };
                    assert!(default.is_none_or(same_type), "{version} {name} {key}: {value}");
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 6 * 2 * 15);
}

#[test]
fn the_controller_watches_the_tenants_that_use_it() {
    let setup = values(&compile(&whole("2.9.1")), "seldon-core-v2-setup");
    assert_eq!(
        setup,
        json!({
            "controller": {
                "clusterwide": true,
                "watchNamespaces": ["b", "team-a"],
                "resources": { "cpu": "100m", "memory": "128Mi" },
            },
            "kafka": { "bootstrap": "events-kafka-bootstrap.kafka:9092" },
            "opentelemetry": { "disable": false, "endpoint": "otel-collector.monitoring:4317" },
            "services": { "defaultServiceType": "ClusterIP" },
            "imagePullSecrets": [{ "name": "ghcr" }, { "name": "harbor" }],
        })
    );
    // Before 2.9.1 it watches all namespaces or its own.
    let older = values(&compile(&whole("2.9.0")), "seldon-core-v2-setup");
    assert_eq!(older["controller"]["clusterwide"], true);
    assert_eq!(older["controller"].get("watchNamespaces"), None);
    let alone = compile(&lab("[seldon]\nversion = \"2.10.2\"\n"));
    assert_eq!(values(&alone, "seldon-core-v2-setup")["controller"], json!({ "clusterwide": false }));
}

#[test]
fn a_pull_secret_that_one_tenant_lacks_is_not_asked_of_all() {
    let plan = whole("2.9.1").replace("[tenants.b]", "[tenants.b]\npull_secrets = [\"harbor\", \"other\"]");
    let setup = values(&compile(&plan), "seldon-core-v2-setup");
    assert_eq!(setup["imagePullSecrets"], json!([{ "name": "harbor" }]));
}

#[test]
fn the_runtimes_use_the_broker_and_the_tracing_of_the_controller() {
    let output = compile(&whole("2.10.2"));
    let runtime = values(&output, "team-a/seldon-core-v2-runtime");
    assert_eq!(
        runtime,
        json!({
            "seldonConfig": "default",
            "scheduler": { "serviceType": "ClusterIP" },
            "envoy": { "replicas": 1, "serviceType": "ClusterIP" },
            "dataflow": { "replicas": 1 },
            "modelgateway": { "replicas": 1 },
            "pipelinegateway": { "replicas": 1 },
            "hodometer": { "disable": true },
            "config": { "kafkaConfig": { "bootstrap": "events-kafka-bootstrap.kafka:9092" } },
        })
    );
    // Also when the broker is overridden, or encryption asks for another listener of it.
    let raw =
        "[seldon.values.setup]\nkafka = { bootstrap = \"other:9092\" }\nopentelemetry = { disable = true }\n";
    let output = compile(&format!("{}{raw}", whole("2.10.2")));
    let runtime = values(&output, "team-a/seldon-core-v2-runtime");
    assert_eq!(
        runtime["config"],
        json!({ "kafkaConfig": { "bootstrap": "other:9092" }, "tracingConfig": { "disable": true } })
    );
    let raw = "[seldon.values.setup]\nsecurity = { kafka = { protocol = \"SASL_SSL\" } }\n";
    let output = compile(&format!("{}{raw}", whole("2.10.2")));
    for (file, pointer) in [
        ("seldon-core-v2-setup", "/kafka/bootstrap"),
        ("seldon-system/seldon-core-v2-runtime", "/config/kafkaConfig/bootstrap"),
    ] {
        let values = values(&output, file);
        assert_eq!(values.pointer(pointer), Some(&json!("events-kafka-bootstrap.kafka:9093")), "{file}");
    }
}

#[test]
fn without_kafka_nothing_waits_for_it() {
    let output = compile(ARTICLE);
    let runtime = yaml(&output, "values/production-v2/financial/seldon-core-v2-runtime.yaml");
    for component in ["dataflow", "modelgateway", "pipelinegateway", "hodometer"] {
        assert_eq!(runtime[component], json!({ "disable": true }), "{component}");
    }
    assert_eq!(runtime["config"], json!({ "tracingConfig": { "disable": true } }));
    let setup = yaml(&output, "values/production-v2/seldon-core-v2-setup.yaml");
    assert_eq!(setup.get("kafka"), None);
}

/// Mirrors `GetValidatedScalingSpec` (SeldonIO/seldon-core `operator/internal/utils.go`): how many replicas come of a
/// Server and how many it may grow to; `None` when it is refused.
fn accepted(server: &Value) -> Option<(u64, u64)> {
    let of = |key: &str| server[key].as_u64().unwrap();
    let (replicas, least, most) = (of("replicas"), of("minReplicas"), of("maxReplicas"));
    let replicas = match (replicas, least) {
        (0, 0) => 0,
        (0, _) => return None,
        (some, _) => some,
    };
    let most = if most == 0 { u64::MAX } else { most };
    (least <= replicas && replicas <= most).then_some((replicas, most))
}

#[test]
fn a_server_that_nobody_uses_is_scaled_down_in_a_way_that_is_accepted() {
    for version in ["2.9.0", "2.9.1", "2.10.2"] {
        let servers = values(&compile(&whole(version)), "b/seldon-core-v2-servers");
        assert_eq!(accepted(&servers["mlserver"]), Some((1, 1)), "{version}");
        assert_eq!(accepted(&servers["triton"]), Some((0, 1)), "{version}");
    }
    let older = values(&compile(&whole("2.8.5")), "b/seldon-core-v2-servers");
    assert_eq!(older, json!({ "mlserver": { "replicas": 1 }, "triton": { "replicas": 0 } }));
}

#[test]
fn values_of_the_plan_come_last() {
    let raw = r#"
[seldon.values]
setup = { scheduler = { logLevel = "debug" }, controller = { resources = { cpu = "200m" } } }
runtime = { envoy = { replicas = 2 } }
servers = { mlserver = { replicas = 2, maxReplicas = 3 } }
"#;
    let output = compile(&format!("{}{raw}", whole("2.9.1")));
    let setup = values(&output, "seldon-core-v2-setup");
    assert_eq!(setup["scheduler"], json!({ "logLevel": "debug" }));
    assert_eq!(setup["controller"]["resources"], json!({ "cpu": "200m", "memory": "128Mi" }));
    let runtime = values(&output, "seldon-system/seldon-core-v2-runtime");
    assert_eq!(runtime["envoy"], json!({ "replicas": 2, "serviceType": "ClusterIP" }));
    let servers = values(&output, "team-a/seldon-core-v2-servers");
    assert_eq!(servers["mlserver"], json!({ "replicas": 2, "minReplicas": 1, "maxReplicas": 3 }));
    assert_eq!(values(&output, "seldon-core-v2-crds"), json!({}));
}

#[test]
fn an_address_is_carried_by_a_service_of_our_own() {
    let output = compile(ML_PLATFORM);
    let mesh = yaml(&output, "clusters/after/42-stateful/fraud-detection/service-seldon-mesh-lb.yaml");
    assert_eq!(
        mesh["metadata"]["annotations"],
        json!({
            "argocd.argoproj.io/sync-options": "Prune=confirm,Delete=confirm",
            "metallb.universe.tf/loadBalancerIPs": "192.168.1.225",
        })
    );
    assert_eq!(
        mesh["spec"],
        json!({
            "type": "LoadBalancer",
            "allocateLoadBalancerNodePorts": false,
            "externalTrafficPolicy": "Local",
            "internalTrafficPolicy": "Cluster",
            "ipFamilyPolicy": "SingleStack",
            "ipFamilies": ["IPv4"],
            "selector": { "app.kubernetes.io/name": "seldon-envoy" },
            "ports": [{ "name": "http", "protocol": "TCP", "port": 80, "targetPort": 9000 }],
        })
    );
    let scheduler =
        yaml(&output, "clusters/after/42-stateful/seldon-system/service-seldon-scheduler-lb.yaml");
    assert_eq!(scheduler["spec"]["selector"], json!({ "app.kubernetes.io/name": "seldon-scheduler" }));
    assert_eq!(ports(&scheduler), [("xds", 9002), ("scheduler", 9004), ("agent", 9005), ("dataflow", 9008)]);
}

fn ports(service: &Value) -> Vec<(&str, u64)> {
    let ports = service["spec"]["ports"].as_array().unwrap().iter();
    ports
        .map(|port| {
            assert_eq!(port["port"], port["targetPort"]);
            (port["name"].as_str().unwrap(), port["port"].as_u64().unwrap())
        })
        .collect()
}

#[test]
fn an_inference_endpoint_may_have_both_families() {
    let plan = whole("2.10.2")
        .replace("cidr = \"10.0.0.0/24\"", "cidr = [\"10.0.0.0/24\", \"fd00::/64\"]")
        .replace("ip = \"10.0.0.1\"", "ip = [\"10.0.0.1\", \"fd00::1\"]")
        .replace("\"10.42.0.0/16\"", "[\"10.42.0.0/16\", \"fd42::/56\"]")
        .replace("\"10.43.0.0/16\"", "[\"10.43.0.0/16\", \"fd43::/112\"]")
        .replace("\"10.0.0.200-10.0.0.220\"", "\"10.0.0.200-10.0.0.220\", \"fd00::200-fd00::220\"")
        .replace("mesh = \"10.0.0.200\"", "mesh = [\"fd00::200\", \"10.0.0.200\"]");
    let mesh = yaml(&compile(&plan), "clusters/main/40-services/seldon-system/service-seldon-mesh-lb.yaml");
    let pin = json!({ "metallb.io/loadBalancerIPs": "10.0.0.200,fd00::200" });
    assert_eq!(mesh["metadata"]["annotations"], pin);
    assert_eq!(mesh["spec"]["ipFamilyPolicy"], "RequireDualStack");
    assert_eq!(mesh["spec"]["ipFamilies"], json!(["IPv4", "IPv6"]));
}

#[test]
fn with_tls_the_scheduler_answers_on_other_ports() {
    let setup = "values = { setup = { security = { controlplane = { protocol = \"SSL\" } } } }";
    let output = compile(&lab(&format!("[seldon]\nversion = \"2.10.2\"\nscheduler = true\n{setup}\n")));
    let scheduler = yaml(&output, "clusters/main/40-services/seldon-system/service-seldon-scheduler-lb.yaml");
    assert_eq!(
        ports(&scheduler),
        [("xds", 9002), ("dataflow", 9008), ("scheduler-mtls", 9044), ("agent-mtls", 9055)]
    );
}

#[test]
fn a_runtime_without_a_wish_gets_no_address() {
    let output = compile(&whole("2.10.2"));
    let paths: Vec<String> = output.tree.iter().map(|(path, _)| path.to_string()).collect();
    let ours: Vec<&String> = paths.iter().filter(|path| path.contains("/service-seldon-")).collect();
    assert_eq!(
        ours,
        [
            "clusters/main/40-services/b/service-seldon-mesh-lb.yaml",
            "clusters/main/40-services/seldon-system/service-seldon-mesh-lb.yaml",
            "clusters/main/40-services/seldon-system/service-seldon-scheduler-lb.yaml",
        ]
    );
    assert!(
        !paths.iter().any(|path| path.starts_with("values/main/c/")),
        "no runtime, no values: {paths:#?}"
    );
}

#[test]
fn nothing_that_has_no_reader_or_another_writer_is_written() {
    for plan in [ML_PLATFORM, ARTICLE] {
        for (path, bytes) in compile(plan).tree.iter() {
            let text = std::str::from_utf8(bytes).unwrap();
            let path = path.to_string();
            if path.starts_with("values/") {
                for dead in ["controllerManager", "SELDON_SCHEDULER", "webhook", "istio:", "dataflowEngine"] {
                    assert!(!text.contains(dead), "{path} has {dead}");
                }
            }
            if path.starts_with("clusters/") {
                // The runtime chart and the operator write these; Secrets are named only.
                for kind in ["SeldonRuntime", "Server", "ServerConfig", "SeldonConfig", "Secret"] {
                    assert!(!text.contains(&format!("\nkind: {kind}\n")), "{path} is a {kind}");
                }
                for name in ["seldon-mesh", "seldon-scheduler"] {
                    let is_the_operators =
                        text.contains("\nkind: Service\n") && text.contains(&format!("\n  name: {name}\n"));
                    assert!(!is_the_operators, "{path} is the operator's {name}");
                }
            }
        }
    }
}
