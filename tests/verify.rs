//! A dump of a healthy cluster is as planned at every stage; of a broken one every planted deviation is found, and
//! nothing else.

mod dump;

use crate::desk::Ran;
use dump::Live;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

const ML_PLATFORM: Live = Live {
    plan: "plans/ml-platform",
    cluster: "after",
    nodes: &[
        ("nuc8i5behs", &["192.168.1.85"], true, &[]),
        ("nuc10i3fnh", &["192.168.1.103"], false, &[]),
        ("nuc10i4fnh", &["192.168.1.104"], false, &[]),
        ("nuc10i5fnh", &["192.168.1.105"], false, &[]),
        ("nuc10i7fnh", &["192.168.1.107"], false, &[]),
    ],
    kubelet: "v1.33.1+k3s1",
    pods: &["10.42.0.0/16"],
    calico: "v3.30.2",
    pool: |_| "homelab",
    services: &[
        ("minio", "minio", "LoadBalancer", "192.168.1.200", &[("api", 9000), ("console", 9001)]),
        ("harbor", "harbor", "LoadBalancer", "192.168.1.210", &[("http", 80), ("https", 443)]),
        (
            "istio-gateway",
            "istio-gateway",
            "LoadBalancer",
            "192.168.1.240",
            &[("status-port", 15021), ("http2", 80), ("https", 443)],
        ),
        (
            "ingress-nginx",
            "ingress-nginx-controller",
            "LoadBalancer",
            "192.168.1.249",
            &[("http", 80), ("https", 443)],
        ),
        (
            "monitoring",
            "prometheus-stack-kube-prom-prometheus",
            "ClusterIP",
            "",
            &[("http-web", 9090), ("reloader-web", 8080)],
        ),
        (
            "kafka",
            "seldon-kafka-kafka-bootstrap",
            "ClusterIP",
            "",
            &[("tcp-replication", 9091), ("tcp-plain", 9092)],
        ),
    ],
    pools: &[("default-ipv4-ippool", "10.42.0.0/16", 26, "Never", "Always", true, "all()")],
    runtimes: &["seldon-system", "financial-inference", "financial-mlops-pytorch", "fraud-detection"],
    replicas: [1, 1],
};

const ARTICLE: Live = Live {
    plan: "plans/article",
    cluster: "production-v2",
    nodes: &[
        ("new-server", &["192.168.1.95"], true, &[]),
        ("new-agent-1", &["192.168.1.96"], false, &[]),
        ("new-agent-2", &["192.168.1.97"], false, &[]),
    ],
    kubelet: "v1.33.1+k3s1",
    pods: &["10.52.0.0/16"],
    calico: "v3.30.7",
    pool: |_| "production-pool",
    services: &[(
        "ingress-nginx",
        "ingress-nginx-controller",
        "LoadBalancer",
        "192.168.1.249",
        &[("http", 80), ("https", 443)],
    )],
    pools: &[("default-ipv4-ippool", "10.52.0.0/16", 26, "Never", "Always", true, "all()")],
    runtimes: &["seldon-system", "financial"],
    replicas: [1, 0],
};

const ZONE_1: (&str, &str) = ("topology.kubernetes.io/zone", "rack-1");
const ZONE_2: (&str, &str) = ("topology.kubernetes.io/zone", "rack-2");
const EDGE: (&str, &str) = ("example.net/edge", "true");

const DUAL_STACK: Live = Live {
    plan: "tests/plans/kubeadm-dual-stack",
    cluster: "muc",
    nodes: &[
        ("cp-1", &["10.20.0.11", "2001:db8:20::11"], true, &[ZONE_1]),
        ("cp-2", &["10.20.0.12", "2001:db8:20::12"], true, &[ZONE_2]),
        ("cp-3", &["10.20.0.13", "2001:db8:20::13"], true, &[ZONE_2]),
        ("worker-1", &["10.20.0.21", "2001:db8:20::21"], false, &[ZONE_1, EDGE]),
        ("worker-2", &["10.20.0.22", "2001:db8:20::22"], false, &[ZONE_1, EDGE]),
        ("worker-3", &["10.20.0.23", "2001:db8:20::23"], false, &[ZONE_2]),
    ],
    kubelet: "v1.33.5",
    pods: &["10.244.0.0/16", "fd00:244::/56"],
    calico: "v3.30.7",
    pool: |address| {
        if ["10.20.2.13", "10.20.2.14"].iter().any(|start| address.starts_with(start))
            || address.starts_with("2001:db8:20::3:")
        {
            "edge"
        } else {
            "services"
        }
    },
    services: &[],
    pools: &[
        (
            "rack-1",
            "10.244.0.0/18",
            26,
            "CrossSubnet",
            "Never",
            true,
            "topology.kubernetes.io/zone == 'rack-1'",
        ),
        (
            "rack-2",
            "10.244.64.0/18",
            26,
            "CrossSubnet",
            "Never",
            true,
            "topology.kubernetes.io/zone == 'rack-2'",
        ),
        (
            "rack-1-v6",
            "fd00:244::/58",
            122,
            "Never",
            "Never",
            false,
            "topology.kubernetes.io/zone == 'rack-1'",
        ),
        (
            "rack-2-v6",
            "fd00:244:0:40::/58",
            122,
            "Never",
            "Never",
            false,
            "topology.kubernetes.io/zone == 'rack-2'",
        ),
        ("static", "10.244.255.0/24", 28, "CrossSubnet", "Never", true, "all()"),
    ],
    runtimes: &[],
    replicas: [0, 0],
};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn data(name: &str) -> String {
    let path = root().join("tests/verify").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"))
}

/// The objects of a cluster in the tree of a plan, with their paths.
fn tree(live: &Live) -> Vec<(String, Value)> {
    let folder = root().join(live.plan);
    let read = |name: &str| {
        fs::read_to_string(folder.join(name)).ok().map(|text| plan::source::Source::new(name, text))
    };
    let mut inputs = plan::Inputs::new(read("migration.toml").expect("a plan"));
    inputs.lock = read("plan.lock");
    let output = plan::compile(&inputs).output.expect("a plan without errors");
    let own =
        [format!("bootstrap/{}/", live.cluster), format!("clusters/{}/", live.cluster), "gitops/".into()];
    let files = output.tree.iter().filter(|(path, _)| {
        let path = path.as_str();
        path.ends_with(".yaml")
            && !path.ends_with("/kustomization.yaml")
            && own.iter().any(|own| path.starts_with(own))
    });
    let object = |(path, bytes): (&plan::tree::TreePath, &[u8])| {
        let value: Value = serde_yaml::from_slice(bytes).expect("YAML");
        value["apiVersion"].is_string().then(|| (path.to_string(), value))
    };
    files.filter_map(object).collect()
}

fn run(arguments: &[&str], stdin: &str) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_plan"))
        .args(arguments)
        .current_dir(root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a run");
    let mut pipe = child.stdin.take().expect("a pipe");
    let text = stdin.to_owned();
    let writer = std::thread::spawn(move || drop(pipe.write_all(text.as_bytes())));
    let output = child.wait_with_output().expect("a run");
    writer.join().expect("written");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Ran {
        status: output.status.code().expect("no signal"),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

/// Compares and gives the exit status and the report.
fn verify(plan: &str, more: &[&str], dump: &str) -> (i32, Value) {
    let mut arguments = vec!["verify", plan, "--live", "-", "--format", "json"];
    arguments.extend(more);
    let ran = run(&arguments, dump);
    assert!(ran.status < 2, "{}{}", ran.stdout, ran.stderr);
    (ran.status, serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {}", ran.stdout)))
}

/// `different Service argocd/x spec.type`: one line a field, or an object that is missing or foreign.
fn lines(report: &Value) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for found in report["deviations"].as_array().expect("deviations") {
        let text = |key: &str| found[key].as_str().unwrap_or_default();
        let place = match text("namespace") {
            "" => text("name").to_owned(),
            namespace => format!("{namespace}/{}", text("name")),
        };
        let start = format!("{} {} {place}", text("sort"), text("kind"));
        let fields = found["fields"].as_array().expect("fields");
        if fields.is_empty() {
            lines.insert(start.clone());
        }
        lines.extend(
            fields.iter().map(|field| format!("{start} {}", field["path"].as_str().expect("a path"))),
        );
    }
    lines
}

fn planted(name: &str) -> Vec<String> {
    let text = data(name);
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(str::to_owned).collect()
}

/// Writes the dumps when it is asked to; otherwise only that they can be made.
#[test]
fn dumps() {
    for (live, name) in [(ML_PLATFORM, "ml-platform"), (ARTICLE, "article")] {
        let mut objects = dump::healthy(&live, &tree(&live));
        let healthy = format!("{:#}\n", dump::list(&objects));
        for line in planted(&format!("{name}-broken.txt")) {
            dump::break_one(&mut objects, &line);
        }
        let broken = serde_yaml::to_string(&dump::list(&objects)).expect("YAML");
        if std::env::var_os("PLAN_WRITE_DUMPS").is_some() {
            let folder = root().join("tests/verify");
            fs::write(folder.join(format!("{name}-healthy.json")), healthy).expect("a dump");
            fs::write(folder.join(format!("{name}-broken.yaml")), broken).expect("a dump");
        }
    }
}

#[test]
fn a_healthy_cluster_is_as_planned_at_every_stage() {
    for (plan, name, stages) in [
        (
            "plans/ml-platform",
            "ml-platform",
            &["rebuild", "foundation", "data", "stateless", "stateful", "cutover"][..],
        ),
        ("plans/article", "article", &["foundation", "data", "mlops", "workloads", "cutover"][..]),
    ] {
        let dump = data(&format!("{name}-healthy.json"));
        let (status, report) = verify(plan, &[], &dump);
        assert_eq!((status, lines(&report)), (0, BTreeSet::new()), "{plan}");
        assert_eq!(report["later"], 0);
        for stage in stages {
            let (status, report) = verify(plan, &["--stage", stage], &dump);
            assert_eq!((status, lines(&report)), (0, BTreeSet::new()), "{plan} {stage}");
        }
    }
}

/// Every planted deviation is found, and nothing else is.
#[test]
fn a_broken_cluster_deviates_where_it_was_broken() {
    for (plan, name) in [("plans/ml-platform", "ml-platform"), ("plans/article", "article")] {
        let seeds = planted(&format!("{name}-broken.txt"));
        let wanted: BTreeSet<String> =
            seeds.iter().map(|line| line.split(" : ").next().expect("a deviation").to_owned()).collect();
        assert_eq!(wanted.len(), seeds.len(), "a deviation is planted once");
        let (status, report) = verify(plan, &[], &data(&format!("{name}-broken.yaml")));
        let found = lines(&report);
        let missed: Vec<_> = wanted.difference(&found).collect();
        let invented: Vec<_> = found.difference(&wanted).collect();
        assert!(
            missed.is_empty() && invented.is_empty(),
            "{plan}: missed {missed:#?}, invented {invented:#?}"
        );
        assert_eq!(status, 1);
    }
}

/// Argo CD reaches both clusters of the plan by name, and may itself run in one of them.
#[test]
fn applications_are_compared_where_argo_cd_runs() {
    for cluster in ["east", "west"] {
        let live = Live { plan: "tests/plans/arena", cluster, ..DUAL_STACK };
        let mut objects = dump::healthy(&live, &tree(&live));
        let ours = |object: &Value| object["kind"] == "Application" || object["kind"] == "AppProject";
        let ask = |objects: &[Value], kinds: &[&str]| {
            let mut more = vec!["--cluster", cluster];
            kinds.iter().for_each(|kind| more.extend(["--only", kind]));
            lines(&verify(live.plan, &more, &dump::list(objects).to_string()).1)
        };
        assert_eq!(ask(&objects, &["Application", "AppProject"]), BTreeSet::new(), "{cluster}");
        let line = "different Application argocd/west-metallb spec.project : set /spec/project \"other\"";
        dump::break_one(&mut objects, line);
        assert_eq!(
            ask(&objects, &["Application", "AppProject"]),
            ["different Application argocd/west-metallb spec.project".to_owned()].into()
        );
        objects.retain(|object| !ours(object));
        assert_eq!(ask(&objects, &["Application", "AppProject"]), BTreeSet::new(), "{cluster}");
    }
}

#[test]
fn dual_stack_and_bgp_are_compared_as_well() {
    let live = DUAL_STACK;
    let mut objects = dump::healthy(&live, &tree(&live));
    let (status, report) = verify(live.plan, &[], &dump::list(&objects).to_string());
    assert_eq!((status, lines(&report)), (0, BTreeSet::new()));
    assert!(report["addresses"].as_array().expect("addresses").iter().all(|row| row["state"] == "there"));
    for line in [
        "different Service dns/dns status.loadBalancer.ingress : unset /status/loadBalancer/ingress/1",
        "different BGPPeer tor-1 spec.asNumber : set /spec/asNumber 65021",
        "different IPPool rack-2-v6 spec.cidr : set /spec/cidr \"fd00:244:0:80::/58\"",
        "different Node worker-1 metadata.labels[example.net/edge] : unset /metadata/labels/example.net~1edge",
        "different Node cp-2 status.addresses[InternalIP] : set /status/addresses/1/address \"2001:db8:20::99\"",
    ] {
        dump::break_one(&mut objects, line);
        let wanted = line.split(" : ").next().expect("a deviation");
        let (_, report) = verify(live.plan, &[], &dump::list(&objects).to_string());
        assert!(lines(&report).contains(wanted), "{wanted}: {:#?}", lines(&report));
    }
}

/// The cluster as it is in the middle of the migration: what later stages apply is not there yet.
#[test]
fn what_a_later_stage_applies_need_not_be_there() {
    let dump: Value = serde_json::from_str(&data("ml-platform-healthy.json")).expect("JSON");
    let objects = dump["items"].as_array().expect("items");
    let place = |object: &Value| {
        let text =
            |pointer: &str| object.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        (text("/kind"), text("/metadata/namespace"), text("/metadata/name"))
    };
    let of_kinds = |kinds: &[&str]| -> Vec<Value> {
        objects.iter().filter(|object| kinds.contains(&place(object).0.as_str())).cloned().collect()
    };
    let bootstrap = of_kinds(&["Node", "Installation", "APIServer", "TigeraStatus", "IPPool"]);
    let system = |object: &&Value| {
        let (kind, namespace, name) = place(object);
        (kind == "Namespace" && (name.starts_with("kube-") || name.starts_with("tigera-")))
            || (kind == "Service" && ["default", "kube-system"].contains(&namespace.as_str()))
    };
    let mut rebuilt = bootstrap;
    rebuilt.extend(objects.iter().filter(system).cloned());
    let apps = |names: &[&str]| -> Vec<Value> {
        let named =
            |object: &&Value| names.contains(&place(object).2.as_str()) && place(object).0 == "Application";
        objects.iter().filter(named).cloned().collect()
    };
    // Argo CD is not there yet when the network is.
    let list = |objects: &[Value]| dump::list(objects).to_string();
    let (status, report) = verify("plans/ml-platform", &["--stage", "rebuild"], &list(&rebuilt));
    assert_eq!((status, lines(&report)), (0, BTreeSet::new()));
    let (status, report) = verify("plans/ml-platform", &["--stage", "foundation"], &list(&rebuilt));
    assert_eq!(status, 1);
    assert!(lines(&report).contains("missing IPAddressPool metallb-system/homelab"), "{report:#}");

    let mut founded = rebuilt;
    founded.extend(of_kinds(&[
        "Namespace",
        "IPAddressPool",
        "L2Advertisement",
        "NetworkPolicy",
        "StagedKubernetesNetworkPolicy",
        "AppProject",
    ]));
    founded.extend(apps(&[
        "after-calico-prepare",
        "after-calico-operator",
        "after-calico-installation",
        "after-namespaces",
        "after-metallb",
        "after-metallb-config",
        "after-policies",
    ]));
    let (status, report) = verify("plans/ml-platform", &["--stage", "foundation"], &list(&founded));
    assert_eq!((status, lines(&report)), (0, BTreeSet::new()));
    let (status, report) = verify("plans/ml-platform", &["--stage", "data"], &list(&founded));
    assert_eq!(status, 1);
    let missing = lines(&report);
    for wanted in [
        "missing Application argocd/after-stage-data",
        "missing Service harbor/harbor",
        "missing Service kafka/seldon-kafka-kafka-bootstrap",
        "missing Service minio/minio",
        "missing Service monitoring/grafana",
        "missing Service monitoring/prometheus-pushgateway-lb",
        "missing Service monitoring/prometheus-stack-kube-prom-prometheus",
    ] {
        assert!(missing.contains(wanted), "{wanted}: {missing:#?}");
    }
    assert_eq!(missing.len(), 7, "{missing:#?}");
    let state = |address: &str| {
        let rows = report["addresses"].as_array().expect("addresses");
        let row = rows.iter().find(|row| row["address"] == address).expect(address);
        row["state"].as_str().expect("a state").to_owned()
    };
    assert_eq!((state("192.168.1.207").as_str(), state("192.168.1.206").as_str()), ("no service", "later"));
}

fn before(node_ports: &[(&str, &str, u64)]) -> String {
    let nodes = dump::healthy(
        &Live {
            kubelet: "v1.32.5+k3s1",
            calico: "",
            services: &[],
            pools: &[],
            runtimes: &[],
            ..ML_PLATFORM
        },
        &[],
    );
    let mut objects: Vec<Value> = nodes.into_iter().filter(|object| object["kind"] == "Node").collect();
    objects.extend(node_ports.iter().map(|(namespace, name, number)| {
        json!({
            "apiVersion": "v1", "kind": "Service", "metadata": { "name": name, "namespace": namespace },
            "spec": { "type": "NodePort", "ports": [{ "port": 80, "protocol": "TCP", "nodePort": number }] },
        })
    }));
    dump::list(&objects).to_string()
}

const NODE_PORTS: &[(&str, &str, u64)] = &[
    ("minio", "minio", 30900),
    ("minio", "minio-console", 30901),
    ("mlflow", "mlflow", 30800),
    ("argocd", "argocd-server", 30080),
    ("argocd", "argocd-server-https", 30443),
    ("argowf", "argo-workflows-server", 32746),
    ("jupyterhub", "proxy-public", 30888),
    ("monitoring", "grafana", 30300),
    ("kubernetes-dashboard", "kong", 30444),
    ("monitoring", "pushgateway", 32091),
    ("monitoring", "prometheus", 30090),
    ("harbor", "harbor", 30880),
    ("istio-gateway", "istio-ingress", 31080),
    ("istio-gateway", "istio-ingress-https", 31443),
    ("istio-system", "kiali", 32001),
    ("kube-system", "traefik", 31999),
];

/// The first stage works on the cluster that is replaced: what is to be moved is there, and nothing was forgotten.
#[test]
fn the_old_cluster_has_the_node_ports_that_the_plan_moves() {
    let freeze = ["--stage", "freeze"];
    let (status, report) = verify("plans/ml-platform", &freeze, &before(NODE_PORTS));
    assert_eq!((status, lines(&report)), (0, BTreeSet::new()));
    assert_eq!(report["cluster"], "before");
    let mut other: Vec<_> = NODE_PORTS.iter().copied().filter(|(_, _, number)| *number != 30800).collect();
    other.push(("mlflow", "notebook", 31234));
    let (status, report) = verify("plans/ml-platform", &freeze, &before(&other));
    let wanted = ["foreign Service mlflow/notebook", "missing Service mlflow/mlflow"];
    assert_eq!((status, lines(&report)), (1, wanted.map(str::to_owned).into()));
}

#[test]
fn which_address_is_where() {
    let mut objects = dump::healthy(&ML_PLATFORM, &tree(&ML_PLATFORM));
    objects.push(json!({
        "apiVersion": "metallb.io/v1beta1", "kind": "ServiceL2Status", "metadata": { "name": "l2-x", "namespace": "metallb-system" },
        "status": { "node": "nuc10i5fnh", "serviceName": "grafana", "serviceNamespace": "monitoring" },
    }));
    // Somebody else's Service took an address that is planned for another.
    dump::break_one(
        &mut objects,
        "foreign Service sandbox/thief : add {\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"thief\",\"namespace\":\"sandbox\"},\"spec\":{\"type\":\"LoadBalancer\"},\"status\":{\"loadBalancer\":{\"ingress\":[{\"ip\":\"192.168.1.215\"}]}}}",
    );
    dump::break_one(
        &mut objects,
        "different Service mlflow/mlflow status.loadBalancer.ingress : unset /status/loadBalancer/ingress",
    );
    let text = dump::list(&objects).to_string();
    let (_, report) = verify("plans/ml-platform", &[], &text);
    let row = |address: &str| {
        let rows = report["addresses"].as_array().expect("addresses");
        rows.iter().find(|row| row["address"] == address).expect(address).clone()
    };
    assert_eq!(row("192.168.1.207")["nodes"], json!(["nuc10i5fnh"]));
    assert_eq!(row("192.168.1.215")["state"], "elsewhere");
    assert_eq!(row("192.168.1.215")["live"], json!(["sandbox/thief"]));
    assert!(report.to_string().contains("holds 192.168.1.215, which is planned for `services.mlflow`"));
    let human = run(&["verify", "plans/ml-platform", "--live", "-"], &text);
    assert!(human.stdout.contains("elsewhere: sandbox/thief"), "{}", human.stdout);
    assert!(human.stdout.contains("there, on nuc10i5fnh"), "{}", human.stdout);
    assert_eq!(human.status, 1);
}

#[test]
fn a_part_of_a_cluster_can_be_compared() {
    let dump: Value = serde_json::from_str(&data("ml-platform-healthy.json")).expect("JSON");
    let services: Vec<Value> = dump["items"]
        .as_array()
        .expect("items")
        .iter()
        .filter(|object| object["kind"] == "Service")
        .cloned()
        .collect();
    let text = dump::list(&services).to_string();
    let (status, report) = verify("plans/ml-platform", &["--only", "services"], &text);
    assert_eq!((status, lines(&report)), (0, BTreeSet::new()));
    // Without it, what certainly was not asked for is told, and what may be gone is missing.
    let (status, report) = verify("plans/ml-platform", &[], &text);
    assert_eq!(status, 1);
    assert_eq!(report["not_compared"], json!(["Node", "Namespace", "ConfigMap"]));
    let lines = lines(&report);
    assert!(lines.contains("missing IPAddressPool metallb-system/homelab"));
    assert!(!lines.iter().any(|line| line.contains(" Node ") || line.contains(" Namespace ")), "{lines:#?}");
    let strict = run(
        &["verify", "plans/ml-platform", "--live", "-", "--only", "Service,Node", "--deny-warnings"],
        &text,
    );
    assert_eq!(strict.status, 1, "{}", strict.stdout);
}

/// The stage that starts Argo CD gives it its health checks; a dump without any settings did not ask for them.
#[test]
fn settings_of_the_controller_are_due_with_its_first_stage() {
    let mut dump: Value = serde_json::from_str(&data("ml-platform-healthy.json")).expect("JSON");
    let objects = dump["items"].as_array_mut().expect("items");
    let settings = objects.iter_mut().find(|object| object["metadata"]["name"] == "argocd-cm");
    settings.expect("settings")["data"] = json!({});
    let text = dump.to_string();
    let found =
        |stage: &str| lines(&verify("plans/ml-platform", &["--stage", stage, "--cluster", "after"], &text).1);
    assert_eq!(found("rebuild"), BTreeSet::new());
    for stage in ["foundation", "cutover"] {
        let found = found(stage);
        let all = "different ConfigMap argocd/argocd-cm data[resource.customizations.health.";
        assert!(!found.is_empty() && found.iter().all(|line| line.starts_with(all)), "{found:#?}");
    }
    let objects = dump["items"].as_array_mut().expect("items");
    objects.retain(|object| object["kind"] != "ConfigMap");
    let (status, report) = verify("plans/ml-platform", &[], &dump.to_string());
    assert_eq!((status, lines(&report)), (0, BTreeSet::new()));
    assert_eq!(report["not_compared"], json!(["ConfigMap"]));
}

/// An agent that runs a control plane was installed as a server.
#[test]
fn a_node_has_the_role_of_the_plan() {
    let mut dump: Value = serde_json::from_str(&data("ml-platform-healthy.json")).expect("JSON");
    for object in dump["items"].as_array_mut().expect("items") {
        if object["kind"] == "Node" {
            object["metadata"]["labels"]["node-role.kubernetes.io/control-plane"] = json!("true");
        }
    }
    let (status, report) = verify("plans/ml-platform", &[], &dump.to_string());
    let field = "metadata.labels[node-role.kubernetes.io/control-plane]";
    let agents = ["nuc10i3fnh", "nuc10i4fnh", "nuc10i5fnh", "nuc10i7fnh"];
    let expected: BTreeSet<String> =
        agents.iter().map(|node| format!("different Node {node} {field}")).collect();
    assert_eq!((status, lines(&report)), (1, expected));
}

#[test]
fn an_object_can_be_ignored() {
    let broken = data("ml-platform-broken.yaml");
    let (_, all) = verify("plans/ml-platform", &[], &broken);
    let (_, fewer) = verify("plans/ml-platform", &["--ignore", "service/*/*", "--ignore", "Node/*"], &broken);
    let (all, fewer) = (lines(&all), lines(&fewer));
    let left: BTreeSet<String> =
        all.into_iter().filter(|line| !line.contains(" Service ") && !line.contains(" Node ")).collect();
    assert_eq!(fewer, left);
}

#[test]
fn there_is_no_answer_without_a_dump_a_stage_or_a_cluster() {
    let answers = |arguments: &[&str], stdin: &str, said: &str| {
        let ran = run(&[&["verify"], arguments].concat(), stdin);
        assert_eq!(ran.status, 2, "{arguments:?}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.contains(said), "{arguments:?}: {}", ran.stderr);
        assert!(ran.stdout.is_empty());
    };
    let empty = "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[]}";
    answers(&["plans/ml-platform"], "", "--live");
    answers(&["plans/ml-platform", "--live", "-"], empty, "the dump holds no objects");
    answers(&["plans/ml-platform", "--live", "-"], "{\"items\": [", "is not JSON");
    answers(&["plans/ml-platform", "--live", "no-such.json"], "", "there is no `no-such.json`");
    answers(&["plans/ml-platform", "--live", "-", "--stage", "dta"], empty, "the plan has no stage `dta`");
    answers(&["plans/ml-platform", "--live", "-", "--cluster", "x"], empty, "the plan has no cluster `x`");
    answers(&["plans/ml-platform", "--live", "-", "--only", "Pods"], empty, "`Pods` is no kind");
    answers(&["tests/plans/two-clusters", "--live", "-"], empty, "one dump is of one of them");
}

#[test]
fn the_wrong_context_is_noticed() {
    let mut objects = dump::healthy(&ML_PLATFORM, &tree(&ML_PLATFORM));
    objects.retain(|object| object["kind"] != "Node");
    objects.push(json!({ "apiVersion": "v1", "kind": "Node", "metadata": { "name": "other" } }));
    let ran = run(&["verify", "plans/ml-platform", "--live", "-"], &dump::list(&objects).to_string());
    assert!(ran.stdout.contains("look at the context of kubectl"), "{}", ran.stdout);
}

#[test]
fn the_commands_name_the_kinds_of_the_stage() {
    let commands =
        |stage: &str| run(&["verify", "plans/ml-platform", "--print-commands", "--stage", stage], "").stdout;
    let (early, late) = (commands("rebuild"), commands("stateful"));
    assert!(early.contains("installations.operator.tigera.io") && !early.contains("metallb"), "{early}");
    for resource in [
        "nodes",
        "services",
        "ipaddresspools.metallb.io",
        "applications.argoproj.io",
        "servers.mlops.seldon.io",
    ] {
        assert!(late.contains(resource), "{resource}: {late}");
    }
    assert!(
        late.ends_with(
            "} | plan verify plans/ml-platform/migration.toml --stage stateful --cluster after --live -\n"
        ),
        "{late}"
    );
    let shell = Command::new("sh").args(["-n", "-c", &late]).status().expect("sh");
    assert!(shell.success(), "{late}");
}

#[test]
fn the_report_has_the_published_form() {
    let schema = fs::read_to_string(root().join("schema/verify.schema.json")).expect("a schema");
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for dump in ["ml-platform-broken.yaml", "ml-platform-healthy.json"] {
        let (_, report) = verify("plans/ml-platform", &[], &data(dump));
        let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
}

/// A dump is other people's text, and what is printed of it may become a page.
#[test]
fn markdown_holds_no_markup_of_a_dump() {
    let mut objects = dump::healthy(&ML_PLATFORM, &tree(&ML_PLATFORM));
    dump::break_one(
        &mut objects,
        "different Service mlflow/mlflow metadata.labels : set /metadata/labels/app.kubernetes.io~1name \"<script>|x\"",
    );
    let ran = run(
        &["verify", "plans/ml-platform", "--live", "-", "--format", "markdown"],
        &dump::list(&objects).to_string(),
    );
    assert!(ran.stdout.contains("`&lt;script&gt;\\|x`"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("<script>"));
}
