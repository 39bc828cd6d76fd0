//! Whether one may connect to another is explained, and what is denied is opened by the line that is proposed.

use crate::desk::Desk;
use serde_json::Value;

const PLATFORM: &str = include_str!("../plans/ml-platform/migration.toml");
const LAB: &str = "plans/lab/migration.toml";

/// A desk with a plan.
fn desk(plan: &str) -> Desk {
    let desk = Desk::new();
    std::fs::create_dir_all(desk.path("plans/lab")).unwrap();
    desk.write(LAB, plan);
    desk
}

const CLUSTER: &str = "\
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Namespace, metadata: {name: web}}
- {apiVersion: v1, kind: Namespace, metadata: {name: api}}
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: front, namespace: web}
  spec: {selector: {matchLabels: {app: front}}, template: {metadata: {labels: {app: front}}, spec: {containers: [{name: c, image: i}]}}}
- apiVersion: apps/v1
  kind: StatefulSet
  metadata: {name: back, namespace: api}
  spec:
    selector: {matchLabels: {app: back}}
    template: {metadata: {labels: {app: back}}, spec: {containers: [{name: c, image: i, ports: [{name: rest, containerPort: 8080}]}]}}
- apiVersion: v1
  kind: Service
  metadata: {name: back, namespace: api}
  spec: {selector: {app: back}, ports: [{name: http, port: 80, targetPort: rest}]}
- apiVersion: networking.k8s.io/v1
  kind: NetworkPolicy
  metadata: {name: back, namespace: api}
  spec:
    podSelector: {matchLabels: {app: back}}
    policyTypes: [Ingress]
    ingress:
    - from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: web}}}]
      ports: [{protocol: TCP, port: 8080}]
";

#[test]
fn every_kind_of_end_has_a_name() {
    let desk = desk(PLATFORM);
    for (from, to, status, said) in [
        ("tenants.fraud-detection", "minio", 0, "TCP 9000 and TCP 9001: allowed"),
        ("fraud-detection", "services.minio:api", 0, "minio/minio, TCP 9000: allowed"),
        ("fraud-detection/app=model", "kafka:plain", 0, "fraud-detection/app=model -> kafka/kafka, TCP 9092"),
        ("fraud-detection/*", "mlflow:9999", 1, "TCP 9999: denied"),
        ("namespaces.istio-gateway", "tenants.iris-demo", 0, "All Connections"),
        ("tenants.iris-demo", "external.postgres", 1, "192.168.1.100, TCP 5432: denied"),
        ("tenants.iris-demo", "hosts.u850:22", 1, "TCP 22: denied"),
        ("tenants.iris-demo", "172.16.0.0/12:443", 1, "172.16.0.0/12, TCP 443: denied"),
        ("tenants.iris-demo", "8.8.8.8:443", 0, "8.8.8.8, TCP 443: allowed"),
        ("tenants.iris-demo", "internet:443", 0, "internet, TCP 443: allowed"),
        ("tenants.iris-demo", "internet:22", 1, "internet, TCP 22: denied"),
        ("internet", "fraud-detection/seldon-scheduler:9004", 1, "TCP 9004: denied"),
        ("node", "fraud-detection/seldon-scheduler:9004", 1, "node -> fraud-detection/seldon-scheduler"),
        (
            "lan",
            "tenants.fraud-detection:mesh",
            0,
            "192.168.1.0/24 -> fraud-detection/seldon-envoy, TCP 9000",
        ),
        ("seldon", "kafka", 0, "kafka/kafka, TCP 9092: allowed"),
        ("iris-demo", "kube-system/k8s-app=kube-dns:53/UDP", 0, "UDP 53: allowed"),
        ("iris-demo", "kube-system/kube-dns:53/sctp", 1, "SCTP 53: denied"),
        // An address of a Service means the pods behind it, on their port.
        ("192.168.1.20", "192.168.1.204:80", 0, "192.168.1.20 -> argocd/argocd, TCP 8080: allowed"),
    ] {
        let ran = desk.plan(&["why", from, to, "plans/lab"]);
        assert_eq!(ran.status, status, "{from} -> {to}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stdout.contains(said), "{from} -> {to}: {}", ran.stdout);
    }
}

#[test]
fn each_side_is_told_with_its_policy_rule_and_table() {
    let desk = desk(PLATFORM);
    let ran = desk.plan(&["why", "tenants.financial-inference", "tenants.fraud-detection:mesh", "plans/lab"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    for line in [
        "  egress of financial-inference/any other pod: allowed",
        "    financial-inference/allow-calls: egress rule",
        "      from allow.0, tenants.financial-inference",
        "  ingress of fraud-detection/seldon-envoy: allowed",
        "    fraud-detection/seldon-envoy: ingress rule 1 allows it",
    ] {
        assert!(ran.stdout.contains(line), "{line}\n{}", ran.stdout);
    }
    // The one that came nearest is told, and what it lacks.
    let ran = desk.plan(&["why", "tenants.iris-demo", "mlflow:5001", "plans/lab"]);
    assert!(ran.stdout.contains("TCP 5000), but the port differs"), "{}", ran.stdout);
    assert!(ran.stdout.contains("less near: "), "{}", ran.stdout);
}

#[test]
fn an_unknown_name_has_no_answer_but_a_suggestion() {
    let desk = desk(PLATFORM);
    for (from, to, said, help) in [
        ("iris-demo", "mlfow", "nothing here is called `mlfow`", "did you mean `mlflow`?"),
        ("tenants.iris-dmo", "mlflow", "nothing here is called `tenants.iris-dmo`", "`tenants.iris-demo`?"),
        ("iris-demo", "mlflow:grpc", "`mlflow` has no port `grpc`", "NAME:53/UDP"),
        ("iris-demo", "somewhere-else", "nothing here is called `somewhere-else`", "namespace/key=value"),
    ] {
        let ran = desk.plan(&["why", from, to, "plans/lab"]);
        assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{from} -> {to}");
        assert!(ran.stderr.contains(said) && ran.stderr.contains(help), "{}", ran.stderr);
    }
}

/// Writes a proposal into the plan as a person would.
fn written(plan: &str, proposal: &str) -> String {
    if proposal.starts_with("[[") {
        return format!("{plan}\n{proposal}");
    }
    let (header, line) = proposal.split_once('\n').unwrap();
    let key = line.split('=').next().unwrap().trim();
    let (mut lines, mut inside, mut done) = (Vec::new(), false, false);
    for old in plan.lines() {
        if inside && old.starts_with('[') {
            inside = false;
        }
        if inside && old.split('=').next().unwrap().trim() == key {
            lines.push(line.trim_end().to_owned());
            done = true;
            continue;
        }
        lines.push(old.to_owned());
        inside |= old.split('#').next().unwrap().trim() == header;
    }
    if !done {
        let at = lines.iter().position(|old| old.split('#').next().unwrap().trim() == header);
        let at = at.unwrap_or_else(|| panic!("no {header}"));
        lines.insert(at + 1, line.trim_end().to_owned());
    }
    lines.join("\n") + "\n"
}

#[test]
fn a_denied_pair_is_opened_by_the_line_that_is_proposed() {
    let isolated =
        "\n[namespaces.mlflow]\npolicy = \"isolated\"\n\n[namespaces.argocd]\npolicy = \"isolated\"\n";
    let mut plan = PLATFORM.to_owned() + isolated;
    for service in ["[services.mlflow]\n", "[services.argocd]\n"] {
        plan = plan.replace(service, &format!("{service}traffic = \"Local\"\n"));
    }
    for (from, to) in [
        ("tenants.financial-ml", "argocd"),
        ("tenants.iris-demo", "grafana:http"),
        ("tenants.financial-ml", "tenants.iris-demo"),
        ("tenants.iris-demo", "tenants.fraud-detection:mesh"),
        ("tenants.iris-demo", "postgres"),
        ("tenants.iris-demo", "hosts.nuc8i5behs:6443"),
        ("tenants.iris-demo", "192.168.1.60:8443"),
        ("tenants.iris-demo", "internet:22"),
        ("mlflow/app=mlflow", "argocd:http"),
        ("services.mlflow", "internet:443"),
        ("kiali", "mlflow"),
        ("harbor/app=harbor", "argocd:https"),
        ("fraud-detection/app=trainer", "dashboard"),
        ("monitoring/app.kubernetes.io/name=grafana", "mlflow:http"),
        ("192.168.7.0/24", "mlflow"),
    ] {
        let desk = desk(&plan);
        let ran = desk.plan(&["why", from, to, "plans/lab", "--format", "json"]);
        assert_eq!(ran.status, 1, "{from} -> {to}: {}{}", ran.stdout, ran.stderr);
        let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
        let Some(proposal) = answer["proposal"].as_str() else { panic!("{from} -> {to}: {answer:#}") };
        let told = desk.plan(&["why", from, to, "plans/lab"]).stdout;
        let shown: String = proposal.lines().map(|line| format!("  {line}\n")).collect();
        assert!(told.ends_with(&format!("to open it, write:\n{shown}")), "{told}");
        desk.write(LAB, &written(&plan, proposal));
        let ran = desk.plan(&["why", from, to, "plans/lab"]);
        assert_eq!(ran.status, 0, "{from} -> {to}\n{proposal}\n{}{}", ran.stdout, ran.stderr);
        let check = desk.plan(&["check", "plans/lab", "--format", "concise"]);
        assert_eq!(check.status, 0, "{from} -> {to}\n{proposal}{}{}", check.stdout, check.stderr);
    }
}

#[test]
fn what_no_line_opens_is_said_so() {
    let ran = desk(PLATFORM).plan(&["why", "tenants.fraud-detection", "minio:53/udp", "plans/lab"]);
    assert_eq!(ran.status, 1);
    assert!(ran.stdout.contains("no single line of the plan opens it"), "{}", ran.stdout);
}

#[test]
fn an_answer_says_what_other_plugins_and_staged_policies_make_of_it() {
    let desk = desk(PLATFORM);
    let why = |more: &[&str]| desk.plan(&[&["why"], more, &["plans/lab"]].concat());
    let open = why(&["mlflow", "argocd"]);
    assert_eq!(open.status, 0);
    assert!(open.stdout.contains("the same under Calico and under Cilium"), "{}", open.stdout);
    assert!(open.stdout.contains("once the staged policies are enforced: denied"), "{}", open.stdout);
    let enforced = why(&["mlflow", "argocd", "--staged"]);
    assert_eq!(enforced.status, 1);
    assert!(enforced.stdout.contains("egress of mlflow/any other pod: denied"), "{}", enforced.stdout);
    assert!(!enforced.stdout.contains("once the staged"), "{}", enforced.stdout);
    // The API server is a node, which Cilium does not match by an address.
    let node = why(&["fraud-detection/seldon-server", "192.168.1.85:6443"]);
    assert_eq!(node.status, 0, "{}", node.stdout);
    assert!(node.stdout.contains("unless policyCIDRMatchMode=nodes is set"), "{}", node.stdout);
}

#[test]
fn manifests_answer_by_file_and_line() {
    let desk = Desk::new();
    desk.write("cluster.yaml", CLUSTER);
    let why = |from: &str, to: &str| desk.plan(&["why", from, to, "--manifests", "cluster.yaml"]);
    // The port of the Service is 80; the pod calls its own `rest`, which is 8080.
    for to in ["api/back:80", "api/back:http", "api/back:rest", "api/back", "api/app=back:8080", "api/*:8080"]
    {
        let ran = why("web/front", to);
        assert_eq!(ran.status, 0, "{to}: {}{}", ran.stdout, ran.stderr);
        assert!(
            ran.stdout.starts_with("web/front[Deployment] -> api/back[StatefulSet], TCP 8080: allowed"),
            "{to}: {}",
            ran.stdout
        );
        assert!(ran.stdout.contains("from cluster.yaml:27"), "{}", ran.stdout);
    }
    let denied = why("internet", "api/back:8080");
    assert_eq!(denied.status, 1);
    assert!(denied.stdout.contains("internet is no pod that a selector matches"), "{}", denied.stdout);
    assert!(!denied.stdout.contains("to open it"), "{}", denied.stdout);
    let unknown = why("web/fornt", "api/back");
    assert_eq!(unknown.status, 2);
    assert!(unknown.stderr.contains("did you mean `web/front`?"), "{}", unknown.stderr);
}

#[test]
fn what_kubectl_prints_is_read_from_stdin() {
    let desk = Desk::new();
    let value: Value = serde_yaml::from_str(CLUSTER).unwrap();
    // Two calls of kubectl, one after the other.
    let items = value["items"].as_array().expect("a List").iter();
    let stream: String = items.map(|item| format!("{item:#}\n")).collect();
    for text in [CLUSTER.to_owned(), value.to_string(), stream] {
        let ran = desk.plan_with(&["why", "web/front", "api/back", "--manifests", "-"], &text);
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        assert!(ran.stdout.contains("from stdin:"), "{}", ran.stdout);
    }
}

/// A Service with addresses, and one policy that names them.
const ADDRESSES: &str = "\
apiVersion: v1
kind: Service
metadata: {name: back, namespace: api}
spec: {type: LoadBalancer, clusterIP: 10.43.7.7, selector: {app: back}, ports: [{name: http, port: 80, targetPort: 8080}]}
status: {loadBalancer: {ingress: [{ip: 192.168.1.200}]}}
---
apiVersion: v1
kind: Service
metadata: {name: kubernetes, namespace: default}
spec: {clusterIP: 10.43.0.1, ports: [{name: https, port: 443}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: back, namespace: api}
spec: {selector: {matchLabels: {app: back}}, template: {metadata: {labels: {app: back}}, spec: {containers: [{name: c, image: i}]}}}
---
apiVersion: v1
kind: Pod
metadata: {name: front, namespace: web, labels: {app: front}}
spec: {containers: [{name: c, image: i}]}
status: {podIP: 10.42.0.17}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: front, namespace: web}
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress:
  - to: [{ipBlock: {cidr: 192.168.1.200/32}}, {ipBlock: {cidr: 10.43.7.7/32}}]
    ports: [{protocol: TCP, port: 80}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: back, namespace: api}
spec:
  podSelector: {}
  policyTypes: [Ingress]
  ingress:
  - from: [{ipBlock: {cidr: 10.42.0.0/16}}]
    ports: [{protocol: TCP, port: 8080}]
";

#[test]
fn the_address_of_a_service_means_the_pods_behind_it() {
    let desk = Desk::new();
    let why = |from: &str, to: &str| desk.plan_with(&["why", from, to, "--manifests", "-"], ADDRESSES);
    for to in ["192.168.1.200:80", "10.43.7.7:80", "10.43.7.7:http", "10.43.7.7"] {
        let ran = why("web/front", to);
        assert_eq!(ran.status, 1, "{to}: {}", ran.stdout);
        let head = "web/front[Pod] -> api/back[Deployment], TCP 8080: denied";
        assert!(ran.stdout.starts_with(head), "{to}: {}", ran.stdout);
        assert!(ran.stdout.contains("is an address of the Service api/back"), "{}", ran.stdout);
    }
    let api = why("web/front", "10.43.0.1:443");
    assert_eq!(api.status, 2, "{}", api.stdout);
    assert!(api.stderr.contains("the Service `default/kubernetes`, which selects no pods"), "{}", api.stderr);
    // Such an address is in no row, and an address of a pod does not hide the network around it.
    let reach = desk.plan_with(&["reach", "--manifests", "-"], ADDRESSES);
    assert!(
        !reach.stdout.contains("192.168.1.200") && !reach.stdout.contains("10.43.7.7"),
        "{}",
        reach.stdout
    );
    assert!(reach.stdout.contains("10.42.0.0/16"), "{}", reach.stdout);
    for (service, address) in [("api/back", "192.168.1.200"), ("api/back", "10.43.7.7")] {
        let told = format!("names the Service `{service}` by its address");
        assert!(reach.stderr.contains(&told), "{}", reach.stderr);
        assert!(reach.stderr.contains(&format!("no packet has {address}")), "{}", reach.stderr);
    }
}

#[test]
fn what_depends_on_the_plugin_is_not_said_to_be_the_same_under_all() {
    let cluster = ADDRESSES.replace("  - to: [{ipBlock: {cidr: 192.168.1.200/32}}, {ipBlock: {cidr: 10.43.7.7/32}}]\n    ports: [{protocol: TCP, port: 80}]\n", "  - {}\n");
    let desk = Desk::new();
    let ran = desk.plan_with(&["why", "web/front", "api/back:8080", "--manifests", "-"], &cluster);
    assert!(ran.stdout.contains("Calico matches it, Cilium does not"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("the same under"), "{}", ran.stdout);
}

#[test]
fn a_policy_of_another_kind_is_never_passed_over_in_silence() {
    let desk = Desk::new();
    desk.write("cluster.yaml", CLUSTER);
    for (version, kind) in [
        ("projectcalico.org/v3", "GlobalNetworkPolicy"),
        ("projectcalico.org/v3", "NetworkPolicy"),
        ("crd.projectcalico.org/v1", "NetworkPolicy"),
        ("projectcalico.org/v3", "StagedGlobalNetworkPolicy"),
        ("policy.networking.k8s.io/v1alpha1", "AdminNetworkPolicy"),
        ("policy.networking.k8s.io/v1alpha1", "BaselineAdminNetworkPolicy"),
        ("policy.networking.k8s.io/v1alpha2", "ClusterNetworkPolicy"),
        ("cilium.io/v2", "CiliumNetworkPolicy"),
        ("cilium.io/v2", "CiliumClusterwideNetworkPolicy"),
    ] {
        desk.write(
            "other.yaml",
            &format!(
                "apiVersion: {version}\nkind: {kind}\nmetadata: {{name: x, namespace: api}}\nspec: {{}}\n"
            ),
        );
        let both = ["--manifests", "cluster.yaml", "--manifests", "other.yaml"];
        let why = desk.plan(&[&["why", "web/front", "api/back"], &both[..]].concat());
        let reach = desk.plan(&[&["reach"], &both[..]].concat());
        for ran in [&why, &reach] {
            assert!(
                ran.stdout.contains("no proof: 1 policy of another kind is not judged"),
                "{kind}: {}",
                ran.stdout
            );
            assert!(ran.stderr.contains("P5105"), "{kind}: {}", ran.stderr);
        }
        let json = desk.plan(&[&["why", "web/front", "api/back", "--format", "json"], &both[..]].concat());
        let answer: Value = serde_json::from_str(&json.stdout).unwrap();
        assert!(answer["remarks"][0].as_str().unwrap().starts_with("no proof"), "{answer:#}");
    }
}

#[test]
fn half_a_cluster_is_no_clean_answer() {
    let desk = Desk::new();
    desk.write("cluster.yaml", CLUSTER);
    desk.write("broken.yaml", "a: [\n");
    let ran = desk.plan(&["why", "web/front", "api/back", "--manifests", "."]);
    assert_eq!(ran.status, 1, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains("P5101"), "{}", ran.stderr);
}

#[test]
fn json_holds_every_policy_that_was_asked() {
    let desk = desk(PLATFORM);
    let ran = desk.plan(&["why", "tenants.iris-demo", "argocd:http", "plans/lab", "--format", "json"]);
    let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(answer["format_version"], 1);
    assert_eq!(answer["certainty"], "denied");
    let port = &answer["ports"][0];
    assert_eq!((port["protocol"].as_str(), port["port"].as_u64()), (Some("TCP"), Some(8080)));
    let policies: Vec<&str> = (port["egress"]["reasons"].as_array().unwrap().iter())
        .map(|reason| reason["policy"].as_str().unwrap())
        .collect();
    assert_eq!(policies.len(), 6, "{policies:?}");
    assert!(policies.contains(&"iris-demo/default-deny"));
    assert_eq!(port["egress"]["reasons"][0]["from"], "tenants.iris-demo");
}

#[test]
fn traces_reach_the_collector_of_seldon_whatever_a_tenant_says_of_its_own() {
    let plan = include_str!("plans/seldon-2.10/migration.toml");
    let plan = plan.replace("telemetry  = [4317]\n", "telemetry  = [4318]\n");
    let desk = desk(&plan);
    for part in ["scheduler", "server", "modelgateway", "pipelinegateway", "dataflow-engine"] {
        let ran = desk.plan(&["why", &format!("vision/seldon-{part}"), "collector:4317", "plans/lab"]);
        assert_eq!(ran.status, 0, "{part}: {}{}", ran.stdout, ran.stderr);
    }
    let envoy = desk.plan(&["why", "vision/seldon-envoy", "collector:4317", "plans/lab"]);
    assert_eq!(envoy.status, 1, "{}", envoy.stdout);
}
