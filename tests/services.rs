//! Namespaces, Services, chart values and endpoints, as a cluster and a person would read them.

use plan::source::Source;
use plan::{Inputs, Output};
use serde_json::{Value, json};

fn compile_with(plan: &str, lock: Option<&str>) -> Output {
    let lock = lock.map(|text| Source::new("plan.lock", text));
    let compilation = plan::compile(&Inputs { lock, ..Inputs::new(Source::new("migration.toml", plan)) });
    let found: Vec<String> = compilation.diagnostics.iter().map(|one| one.message.clone()).collect();
    compilation.output.unwrap_or_else(|| panic!("{found:#?}"))
}

fn compile(plan: &str) -> Output {
    compile_with(plan, None)
}

fn text<'a>(output: &'a Output, path: &str) -> &'a str {
    let paths: Vec<String> = output.tree.iter().map(|(path, _)| path.to_string()).collect();
    let bytes = output.tree.get(path).unwrap_or_else(|| panic!("no {path} in {paths:#?}"));
    std::str::from_utf8(bytes).unwrap()
}

fn yaml(output: &Output, path: &str) -> Value {
    serde_yaml::from_str(text(output, path)).unwrap()
}

fn has(output: &Output, path: &str) -> bool {
    output.tree.get(path).is_some()
}

/// Every object of a kind, with its path.
fn all(output: &Output, kind: &str) -> Vec<(String, Value)> {
    let files = output.tree.iter().filter(|(path, _)| path.to_string().starts_with("clusters/"));
    let read = files.map(|(path, bytes)| (path.to_string(), serde_yaml::from_slice::<Value>(bytes).unwrap()));
    read.filter(|(_, object)| object["kind"] == kind).collect()
}

const ML_PLATFORM: &str = include_str!("../plans/ml-platform/migration.toml");
const ARTICLE: &str = include_str!("../plans/article/migration.toml");

/// One cluster of kubeadm with a dual stack and a MetalLB that reads the new prefix.
fn dual(services: &str) -> String {
    format!(
        r#"
schema = 1
name = "lab"
domain = "lab.test"
lan = {{ cidr = ["10.0.0.0/24", "fd00::/64"] }}
[hosts]
a = {{ ip = ["10.0.0.1", "fd00::1"] }}
[clusters.main]
distribution = "kubeadm"
version = "v1.33.1"
servers = ["a"]
pods = ["10.42.0.0/16", "fd42::/56"]
services = ["10.43.0.0/16", "fd43::/112"]
[clusters.main.calico]
version = "v3.30.7"
[clusters.main.metallb]
version = "v0.15.3"
[pools.lan]
cluster = "main"
addresses = ["10.0.0.200-10.0.0.220", "fd00::200-fd00::220"]
advertise = "l2"
{services}"#
    )
}

#[test]
fn a_service_says_everything_that_matters_to_it() {
    let output = compile(ML_PLATFORM);
    assert_eq!(
        text(&output, "clusters/after/41-stateless/argocd/service-argocd-server-lb.yaml"),
        "# from: services.argocd, pools.homelab
apiVersion: v1
kind: Service
metadata:
  name: argocd-server-lb
  namespace: argocd
  labels:
    app.kubernetes.io/component: service
    app.kubernetes.io/managed-by: plan
    app.kubernetes.io/name: argocd-server-lb
    app.kubernetes.io/part-of: homelab-mlops
  annotations:
    argocd.argoproj.io/sync-options: Prune=confirm,Delete=confirm
    metallb.universe.tf/loadBalancerIPs: 192.168.1.204
spec:
  type: LoadBalancer
  allocateLoadBalancerNodePorts: false
  externalTrafficPolicy: Cluster
  internalTrafficPolicy: Cluster
  ipFamilyPolicy: SingleStack
  ipFamilies:
  - IPv4
  selector:
    app.kubernetes.io/name: argocd-server
  ports:
  - name: http
    protocol: TCP
    port: 80
    targetPort: 8080
  - name: https
    protocol: TCP
    port: 443
    targetPort: 8080
"
    );
}

#[test]
fn both_plans_pin_every_load_balancer_and_ask_for_no_node_port() {
    for (plan, key, count) in
        [(ML_PLATFORM, "metallb.universe.tf/loadBalancerIPs", 17), (ARTICLE, "metallb.io/loadBalancerIPs", 5)]
    {
        let output = compile(plan);
        let services = all(&output, "Service");
        let mut pins: Vec<&str> = Vec::new();
        for (path, service) in &services {
            let spec = &service["spec"];
            for port in spec["ports"].as_array().unwrap() {
                assert_eq!(port.get("nodePort"), None, "{path}");
            }
            if spec["type"] == "LoadBalancer" {
                assert_eq!(spec["allocateLoadBalancerNodePorts"], false, "{path}");
                pins.push(
                    service["metadata"]["annotations"][key].as_str().unwrap_or_else(|| panic!("{path}")),
                );
            } else {
                assert_eq!(spec.get("externalTrafficPolicy"), None, "{path}");
                assert_eq!(service["metadata"].get("annotations"), None, "{path}");
            }
        }
        let given = pins.len();
        pins.sort_unstable();
        pins.dedup();
        assert_eq!((given, pins.len()), (count, count));
    }
}

#[test]
fn a_service_has_one_writer() {
    let output = compile(ML_PLATFORM);
    let names: Vec<String> = all(&output, "Service")
        .into_iter()
        .map(|(_, service)| service["metadata"]["name"].as_str().unwrap().to_owned())
        .collect();
    // Charts, Strimzi, and one that is switched off.
    for foreign in ["minio", "harbor", "seldon-kafka-kafka-bootstrap", "ml-pipeline-ui-nodeport"] {
        assert!(!names.iter().any(|name| name == foreign), "{foreign}");
    }
    for chart in ["minio", "harbor", "prometheus", "istio-gateway", "ingress-nginx"] {
        assert!(has(&output, &format!("values/after/{chart}.yaml")), "{chart}");
    }
    assert!(!has(&output, "values/after/kafka.yaml") && !has(&output, "values/after/mlflow.yaml"));

    // The roles of a profile make what Ansible owns; the default profile has none, and manifests are what it applies.
    let owned = |profile: &str| {
        let ansible = format!("[ansible]\nprofile = \"{profile}\"\nowns = [\"services\", \"namespaces\"]\n");
        compile(&format!("{}\n{ansible}", dual(WEB)))
    };
    let output = owned("ml-platform");
    assert!(all(&output, "Service").is_empty() && all(&output, "Namespace").is_empty());
    let output = owned("default");
    assert!(!all(&output, "Service").is_empty() && !all(&output, "Namespace").is_empty());
}

const WEB: &str = r#"
[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80:8080" }
"#;

#[test]
fn two_families_are_pinned_in_one_annotation_ipv4_first() {
    let output = compile(&dual(
        r#"
[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80:web" }
ip = ["fd00::210", "10.0.0.210"]
[services.six]
namespace = "web"
selector = { app = "six" }
ports = { http = "80" }
ip = "fd00::211"
"#,
    ));
    let web = yaml(&output, "clusters/main/40-services/web/service-web.yaml");
    assert_eq!(
        web["metadata"]["annotations"],
        json!({ "metallb.io/loadBalancerIPs": "10.0.0.210,fd00::210" })
    );
    assert_eq!(web["spec"]["ipFamilyPolicy"], "RequireDualStack");
    assert_eq!(web["spec"]["ipFamilies"], json!(["IPv4", "IPv6"]));
    assert_eq!(web["spec"]["ports"][0]["targetPort"], "web");
    let six = yaml(&output, "clusters/main/40-services/web/service-six.yaml");
    assert_eq!(six["metadata"]["annotations"], json!({ "metallb.io/loadBalancerIPs": "fd00::211" }));
    assert_eq!(
        (&six["spec"]["ipFamilyPolicy"], &six["spec"]["ipFamilies"]),
        (&json!("SingleStack"), &json!(["IPv6"]))
    );
    let endpoints: Value = serde_json::from_str(text(&output, "endpoints/endpoints.json")).unwrap();
    assert_eq!(endpoints["endpoints"][0]["addresses"], json!(["10.0.0.210", "fd00::210"]));
    let table = text(&output, "endpoints/ENDPOINTS.md");
    assert!(table.contains("http://10.0.0.210<br>http://[fd00::210] | http://web.lab.test |"), "{table}");
    let hosts = text(&output, "endpoints/hosts");
    assert_eq!(
        hosts,
        "# BEGIN plan lab\n10.0.0.210 web.lab.test\nfd00::210 web.lab.test\nfd00::211 six.lab.test\n# END plan lab\n"
    );
}

#[test]
fn a_shared_address_has_its_key_on_every_service_that_shares_it() {
    let output = compile(&dual(
        r#"
[services.dns-udp]
namespace = "dns"
selector = { app = "dns" }
ports = { dns = "53:5353/udp" }
ip = "10.0.0.205"
share = "dns"
[services.dns-tcp]
namespace = "dns"
selector = { app = "dns" }
ports = { dns = "53:5353", sip = "5060/sctp" }
ip = "10.0.0.205"
share = "dns"
"#,
    ));
    for name in ["dns-udp", "dns-tcp"] {
        let service = yaml(&output, &format!("clusters/main/40-services/dns/service-{name}.yaml"));
        let annotations =
            json!({ "metallb.io/allow-shared-ip": "dns", "metallb.io/loadBalancerIPs": "10.0.0.205" });
        assert_eq!(service["metadata"]["annotations"], annotations, "{name}");
    }
    let tcp = yaml(&output, "clusters/main/40-services/dns/service-dns-tcp.yaml");
    assert_eq!(
        tcp["spec"]["ports"],
        json!([
            { "name": "dns", "protocol": "TCP", "port": 53, "targetPort": 5353 },
            { "name": "sip", "protocol": "SCTP", "port": 5060, "targetPort": 5060 },
        ])
    );
    let hosts = text(&output, "endpoints/hosts");
    assert!(hosts.contains("10.0.0.205 dns-tcp.lab.test dns-udp.lab.test\n"), "{hosts}");
}

#[test]
fn every_key_of_a_service_arrives() {
    let output = compile(&dual(
        r#"
[services.web]
namespace = "web"
selector = { app = "web" }
ports = { https = "443:8443" }
traffic = "Local"
internal_traffic = "Local"
node_ports = true
session_affinity = "ClientIP"
session_timeout = "1h"
source_ranges = ["10.1.0.0/16", "10.0.0.0/24"]
labels = { team = "a" }
annotations = { "example.com/on" = true }
service = { publishNotReadyAddresses = true, sessionAffinityConfig = { clientIP = { timeoutSeconds = 60 } } }
[services.database]
namespace = "web"
type = "Headless"
selector = { app = "database" }
ports = { sql = "5432" }
clients = []
[services.cache]
namespace = "web"
selector = { app = "cache" }
ports = { redis = "6379" }
clients = []
"#,
    ));
    let web = yaml(&output, "clusters/main/40-services/web/service-web.yaml");
    assert_eq!(web["metadata"]["labels"]["team"], "a");
    assert_eq!(
        web["metadata"]["annotations"],
        json!({ "example.com/on": "true", "metallb.io/loadBalancerIPs": "10.0.0.200" })
    );
    assert_eq!(
        web["spec"],
        json!({
            "type": "LoadBalancer",
            "loadBalancerSourceRanges": ["10.0.0.0/24", "10.1.0.0/16"],
            "allocateLoadBalancerNodePorts": true,
            "externalTrafficPolicy": "Local",
            "internalTrafficPolicy": "Local",
            "ipFamilyPolicy": "SingleStack",
            "ipFamilies": ["IPv4"],
            "sessionAffinity": "ClientIP",
            "sessionAffinityConfig": { "clientIP": { "timeoutSeconds": 60 } },
            "selector": { "app": "web" },
            "ports": [{ "name": "https", "protocol": "TCP", "port": 443, "targetPort": 8443 }],
            "publishNotReadyAddresses": true,
        })
    );
    let database = yaml(&output, "clusters/main/40-services/web/service-database.yaml");
    assert_eq!(
        (&database["spec"]["type"], &database["spec"]["clusterIP"]),
        (&json!("ClusterIP"), &json!("None"))
    );
    assert_eq!(database["spec"].get("internalTrafficPolicy"), None);
    let cache = yaml(&output, "clusters/main/40-services/web/service-cache.yaml");
    assert_eq!((&cache["spec"]["type"], cache["spec"].get("clusterIP")), (&json!("ClusterIP"), None));
    let table = text(&output, "endpoints/ENDPOINTS.md");
    assert!(
        table.contains(
            "| `web/database` | sql 5432/TCP |  | `database.web.svc.cluster.local:5432` | Headless |"
        )
    );
}

#[test]
fn the_class_of_metallb_is_that_of_every_load_balancer() {
    let chart = r#"
[services.gateway]
namespace = "istio"
owner = "chart"
release = { chart = "istio/gateway", version = "1.27.0", values = "service" }
selector = { istio = "gateway" }
ports = { http = "80" }
"#;
    let plan = dual(&format!("{WEB}{chart}")).replace(
        "version = \"v0.15.3\"",
        "version = \"v0.15.3\"\nload_balancer_class = \"metallb.io/metallb\"",
    );
    let output = compile(&plan);
    let web = yaml(&output, "clusters/main/40-services/web/service-web.yaml");
    assert_eq!(web["spec"]["loadBalancerClass"], "metallb.io/metallb");
    assert_eq!(
        yaml(&output, "values/main/gateway.yaml")["service"]["loadBalancerClass"],
        "metallb.io/metallb"
    );
}

#[test]
fn a_chart_gets_the_keys_that_it_reads() {
    let output = compile(ML_PLATFORM);
    let values = |name: &str| yaml(&output, &format!("values/after/{name}.yaml"));
    assert_eq!(
        values("harbor"),
        json!({ "expose": { "type": "loadBalancer", "loadBalancer": { "IP": "192.168.1.210" } } })
    );
    assert_eq!(
        values("istio-gateway"),
        json!({ "service": {
            "type": "LoadBalancer",
            "allocateLoadBalancerNodePorts": false,
            "externalTrafficPolicy": "Cluster",
            "loadBalancerIP": "192.168.1.240",
        } })
    );
    assert_eq!(
        values("ingress-nginx"),
        json!({ "controller": { "service": {
            "type": "LoadBalancer",
            "externalTrafficPolicy": "Cluster",
            "annotations": { "metallb.universe.tf/loadBalancerIPs": "192.168.1.249" },
        } } })
    );
    assert_eq!(values("prometheus"), json!({ "prometheus": { "service": { "type": "ClusterIP" } } }));
}

#[test]
fn an_older_chart_is_asked_for_less_and_raw_values_come_last() {
    let output = compile(&dual(
        r#"
[services.gateway]
namespace = "istio"
owner = "chart"
release = { chart = "istio/gateway", version = "1.20.0", values = "service", raw = { service = { externalTrafficPolicy = "Local" }, replicaCount = 2 } }
selector = { istio = "gateway" }
ports = { http = "80" }
ip = "10.0.0.203"
[services.harbor]
namespace = "harbor"
owner = "chart"
release = { chart = "harbor/harbor", values = "expose.loadBalancer" }
selector = { app = "harbor" }
ports = { http = "80" }
clients = []
"#,
    ));
    assert_eq!(
        yaml(&output, "values/main/gateway.yaml"),
        json!({
            "service": {
                "type": "LoadBalancer",
                "externalTrafficPolicy": "Local",
                "annotations": { "metallb.io/loadBalancerIPs": "10.0.0.203" },
            },
            "replicaCount": 2,
        })
    );
    assert_eq!(yaml(&output, "values/main/harbor.yaml"), json!({ "expose": { "type": "clusterIP" } }));
}

#[test]
fn each_cluster_has_its_own_copies() {
    let second = r#"
[clusters.west]
distribution = "k3s"
version = "v1.31.9+k3s1"
servers = ["b"]
pods = "10.52.0.0/16"
services = "10.53.0.0/16"
[clusters.west.calico]
version = "v3.30.7"
[clusters.west.metallb]
version = "v0.14.8"
[pools.west]
cluster = "west"
addresses = ["10.0.0.230-10.0.0.240"]
[services.web]
cluster = ["main", "west"]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }
[services.files]
cluster = ["main", "west"]
namespace = "files"
owner = "chart"
release = { chart = "bitnami/minio", values = "service" }
selector = { app = "files" }
ports = { api = "9000" }
"#;
    let hosts = "b = { ip = \"10.0.0.2\" }\n[clusters.main]";
    let output = compile(&dual(second).replace("[clusters.main]", hosts));
    for (cluster, key, address) in [
        ("main", "metallb.io/loadBalancerIPs", "10.0.0.201"),
        ("west", "metallb.universe.tf/loadBalancerIPs", "10.0.0.231"),
    ] {
        let web = yaml(&output, &format!("clusters/{cluster}/40-services/web/service-web.yaml"));
        assert_eq!(web["metadata"]["annotations"][key], address);
        let files = yaml(&output, &format!("values/{cluster}/files.yaml"));
        assert!(files["service"]["annotations"][key].is_string(), "{files}");
        assert!(has(&output, &format!("clusters/{cluster}/00-namespaces/namespace-web.yaml")));
    }
    let table = text(&output, "endpoints/ENDPOINTS.md");
    assert!(table.contains("\n## main\n") && table.contains("\n## west\n"), "{table}");
}

#[test]
fn every_namespace_in_use_is_made_and_metallb_is_privileged() {
    let output = compile(ML_PLATFORM);
    let namespaces = all(&output, "Namespace");
    assert_eq!(namespaces.len(), 20);
    for (path, namespace) in &namespaces {
        let metadata = &namespace["metadata"];
        assert!(path.starts_with("clusters/after/00-namespaces/namespace-"), "{path}");
        let labels = metadata["labels"].as_object().unwrap();
        assert!(
            !labels.contains_key("name") && !labels.contains_key("kubernetes.io/metadata.name"),
            "{path}"
        );
        assert_eq!(labels["app.kubernetes.io/managed-by"], "plan");
        // Removing a namespace removes its volumes.
        assert_eq!(
            metadata["annotations"]["argocd.argoproj.io/sync-options"],
            "Prune=confirm,Delete=confirm"
        );
    }
    let metallb = yaml(&output, "clusters/after/00-namespaces/namespace-metallb-system.yaml");
    for mode in ["enforce", "audit", "warn"] {
        assert_eq!(metallb["metadata"]["labels"][format!("pod-security.kubernetes.io/{mode}")], "privileged");
    }
    let article = compile(ARTICLE);
    let minio = yaml(&article, "clusters/production-v2/00-namespaces/namespace-minio.yaml");
    assert_eq!(minio["metadata"]["annotations"], json!({ "kustomize.toolkit.fluxcd.io/prune": "disabled" }));
}

#[test]
fn a_namespace_takes_labels_and_those_of_others_are_left_alone() {
    let output = compile(&dual(&format!(
        r#"{WEB}
[services.metrics]
namespace = "kube-system"
selector = {{ k8s-app = "metrics" }}
ports = {{ https = "443:10250" }}
clients = []
[services.typha]
namespace = "calico-system"
selector = {{ k8s-app = "calico-typha" }}
ports = {{ typha = "5473" }}
clients = []
[namespaces.web]
pod_security = "restricted"
labels = {{ "istio-injection" = "enabled", "kubernetes.io/metadata.name" = "web" }}
annotations = {{ "example.com/owner" = "team", "example.com/level" = 3 }}
[tenants.fraud]
labels = {{ team = "fraud" }}
annotations = {{ "example.com/owner" = "fraud" }}
"#
    )));
    let paths: Vec<String> = all(&output, "Namespace").into_iter().map(|(path, _)| path).collect();
    assert_eq!(
        paths,
        ["fraud", "metallb-system", "web"]
            .map(|name| format!("clusters/main/00-namespaces/namespace-{name}.yaml"))
    );
    let web = yaml(&output, &paths[2]);
    assert_eq!(
        web["metadata"]["labels"],
        json!({
            "app.kubernetes.io/component": "platform",
            "app.kubernetes.io/managed-by": "plan",
            "app.kubernetes.io/name": "web",
            "app.kubernetes.io/part-of": "lab",
            "istio-injection": "enabled",
            "pod-security.kubernetes.io/audit": "restricted",
            "pod-security.kubernetes.io/enforce": "restricted",
            "pod-security.kubernetes.io/warn": "restricted",
        })
    );
    assert_eq!(
        web["metadata"]["annotations"],
        json!({ "example.com/level": "3", "example.com/owner": "team" })
    );
    let fraud = yaml(&output, &paths[0]);
    assert_eq!(fraud["metadata"]["labels"]["team"], "fraud");
    assert_eq!(fraud["metadata"]["annotations"], json!({ "example.com/owner": "fraud" }));
}

#[test]
fn endpoints_tell_before_and_after() {
    let output = compile(ML_PLATFORM);
    let table = text(&output, "endpoints/ENDPOINTS.md");
    for row in [
        "| `mlflow/mlflow` | http 5000/TCP | http://192.168.1.85:30800 | http://192.168.1.215:5000 | http://mlflow.test:5000 |",
        "| `seldon-system/seldon-scheduler-lb` | scheduler 9004/TCP |  | `192.168.1.201:9004` | `seldon-scheduler.test:9004` |",
        "| `kubernetes-dashboard/dashboard` | https 443/TCP | https://192.168.1.85:30444 | https://192.168.1.208 | https://dashboard.test |",
    ] {
        assert!(table.contains(row), "{row}\n{table}");
    }
    // A second cluster beside the old one: before is the old one's machine.
    let article = compile(ARTICLE);
    let row =
        "| `mlflow/mlflow-server` | http 5000/TCP | http://192.168.1.85:30800 | http://192.168.1.201:5000 |";
    assert!(text(&article, "endpoints/ENDPOINTS.md").contains(row));
    let endpoints: Value = serde_json::from_str(text(&output, "endpoints/endpoints.json")).unwrap();
    let mlflow =
        endpoints["endpoints"].as_array().unwrap().iter().find(|one| one["name"] == "mlflow").unwrap();
    assert_eq!(
        *mlflow,
        json!({
            "cluster": "after",
            "service": "services.mlflow",
            "namespace": "mlflow",
            "name": "mlflow",
            "type": "LoadBalancer",
            "inside": "mlflow.mlflow.svc.cluster.local",
            "hosts": ["mlflow.test"],
            "addresses": ["192.168.1.215"],
            "ports": [{
                "name": "http", "port": 5000, "protocol": "TCP",
                "url": "http://mlflow.test:5000", "before": "192.168.1.85:30800",
            }],
        })
    );
}

#[test]
fn a_name_in_the_hosts_file_has_one_address() {
    for plan in [ML_PLATFORM, ARTICLE] {
        let output = compile(plan);
        let lines = text(&output, "endpoints/hosts").lines().filter(|line| !line.starts_with('#'));
        let mut names: Vec<&str> = lines.flat_map(|line| line.split(' ').skip(1)).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert!(count > 5);
        assert_eq!(names.len(), count);
    }
    // The gateway has the tenant's name by its `hosts`.
    let hosts = text(&compile(ML_PLATFORM), "endpoints/hosts").to_owned();
    assert!(hosts.contains("192.168.1.225 fraud-detection-mesh.test\n"), "{hosts}");
}

#[test]
fn a_second_compilation_with_the_lock_changes_nothing() {
    let first = compile(ARTICLE);
    let second = compile_with(ARTICLE, Some(&first.lock));
    assert!(first.tree.iter().eq(second.tree.iter()));
}
