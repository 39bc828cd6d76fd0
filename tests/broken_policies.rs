//! Policies that real teams lost days to, read as manifests, are reported as what they are.
//!
//! The article's policies and those of a platform are judged against the flows that Seldon Core v2 needs, and beside
//! them what `plan` emits for the same pods.

use plan::connectivity::{Block, Certainty, Endpoint, Network, Protocol, WorkloadId, World};
use plan::manifests::{Manifests, finding};
use plan::source::Source;
use std::path::Path;

/// A flow that a runtime cannot live without: who calls, who is called, protocol and pod port.
type Needed = (&'static str, &'static str, Protocol, u16);

const TCP: Protocol = Protocol::Tcp;

/// The flow table, without telemetry to the vendor (F08), explainers (F16), TLS (F20b) and Triton (F22). `R/` is the
/// namespace of the runtime, `C/` that of the controller.
const NEEDED: [Needed; 30] = [
    ("C/seldon-v2-controller-manager", "R/seldon-scheduler", TCP, 9004),
    ("C/seldon-v2-controller-manager", "api-server", TCP, 6443),
    ("R/mlserver", "R/seldon-scheduler", TCP, 9005),
    ("R/seldon-envoy", "R/seldon-scheduler", TCP, 9002),
    ("R/seldon-dataflow-engine", "R/seldon-scheduler", TCP, 9008),
    ("R/seldon-modelgateway", "R/seldon-scheduler", TCP, 9004),
    ("R/seldon-pipelinegateway", "R/seldon-scheduler", TCP, 9004),
    ("ingress-nginx/ingress-nginx-controller", "R/seldon-envoy", TCP, 9000),
    ("R/seldon-envoy", "R/mlserver", TCP, 9001),
    ("R/seldon-envoy", "R/mlserver", TCP, 9501),
    ("R/seldon-envoy", "R/seldon-pipelinegateway", TCP, 9010),
    ("R/seldon-envoy", "R/seldon-pipelinegateway", TCP, 9011),
    ("R/seldon-modelgateway", "R/seldon-envoy", TCP, 9000),
    ("R/seldon-pipelinegateway", "R/seldon-envoy", TCP, 9000),
    ("R/seldon-modelgateway", "kafka/seldon-kafka", TCP, 9092),
    ("R/seldon-pipelinegateway", "kafka/seldon-kafka", TCP, 9092),
    ("R/seldon-dataflow-engine", "kafka/seldon-kafka", TCP, 9092),
    ("R/mlserver", "minio/minio", TCP, 9000),
    ("R/mlserver", "internet", TCP, 443),
    ("R/mlserver", "api-server", TCP, 6443),
    ("R/seldon-scheduler", "monitoring/otel-collector", TCP, 4317),
    ("R/mlserver", "monitoring/otel-collector", TCP, 4317),
    ("R/seldon-modelgateway", "monitoring/otel-collector", TCP, 4317),
    ("R/seldon-pipelinegateway", "monitoring/otel-collector", TCP, 4317),
    ("R/seldon-dataflow-engine", "monitoring/otel-collector", TCP, 4317),
    ("monitoring/prometheus", "R/seldon-envoy", TCP, 9003),
    ("monitoring/prometheus", "R/mlserver", TCP, 9006),
    ("monitoring/prometheus", "R/mlserver", TCP, 8082),
    ("monitoring/prometheus", "R/seldon-pipelinegateway", TCP, 9006),
    ("monitoring/prometheus", "C/seldon-v2-controller-manager", TCP, 4000),
];

/// Who resolves names.
const ASKING: [&str; 7] = [
    "C/seldon-v2-controller-manager",
    "R/seldon-scheduler",
    "R/seldon-envoy",
    "R/mlserver",
    "R/seldon-modelgateway",
    "R/seldon-pipelinegateway",
    "R/seldon-dataflow-engine",
];

/// All 44: the table, and names over both protocols.
fn needed() -> Vec<Needed> {
    let names = ASKING
        .iter()
        .flat_map(|from| [Protocol::Udp, TCP].map(|protocol| (*from, "kube-system/coredns", protocol, 53)));
    NEEDED.into_iter().chain(names).collect()
}

fn source(path: &str) -> Source {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/manifests").join(path);
    Source::new(path, std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{path}: {error}")))
}

fn read(paths: &[&str]) -> Manifests {
    let sources: Vec<Source> = paths.iter().map(|path| source(path)).collect();
    Manifests::read(&sources)
}

struct Judged {
    world: World,
    network: Network,
    runtime: &'static str,
}

impl Judged {
    fn new(manifests: &Manifests, runtime: &'static str) -> Judged {
        let world = manifests.world.clone();
        Judged { network: Network::new(&world), world, runtime }
    }

    fn end(&self, name: &str) -> Endpoint {
        match name {
            "internet" => return Endpoint::Internet,
            "api-server" => return Endpoint::Block(Block::address([192, 168, 1, 11].into())),
            _ => {}
        }
        let name = name.replacen("R/", &format!("{}/", self.runtime), 1).replacen("C/", "seldon-system/", 1);
        let found = self.world.workloads.iter().position(|workload| {
            format!("{}/{}", workload.namespace, workload.name.split('[').next().unwrap()) == name
        });
        Endpoint::Workload(WorkloadId(found.unwrap_or_else(|| panic!("no workload {name}"))))
    }

    fn certainty(&self, (from, to, protocol, port): Needed) -> Certainty {
        self.network.certainty(&self.end(from), &self.end(to), protocol, port)
    }

    fn blocked(&self) -> Vec<Needed> {
        needed().into_iter().filter(|flow| self.certainty(*flow) != Certainty::Allowed).collect()
    }
}

/// Rule and object of every finding, each once.
fn findings(manifests: &Manifests) -> Vec<(&'static str, String)> {
    let mut found: Vec<_> = finding::find(manifests, &Network::new(&manifests.world))
        .into_iter()
        .map(|finding| (finding.rule.name, finding.on))
        .collect();
    found.sort();
    found.dedup();
    found
}

const ARTICLE: [&str; 3] =
    ["article/cluster.yaml", "article/baseline.yaml", "article/financial-ml-policies.yaml"];

#[test]
fn there_are_44_flows() {
    assert_eq!(needed().len(), 44);
    let open = Judged::new(&read(&["article/cluster.yaml"]), "seldon-system");
    assert_eq!(open.blocked(), []);
}

#[test]
fn the_articles_policies_block_43_of_44_flows_on_a_stock_cluster() {
    let judged = Judged::new(&read(&ARTICLE), "seldon-system");
    assert_eq!(judged.blocked().len(), 43);
    assert_eq!(judged.certainty(("R/mlserver", "internet", TCP, 443)), Certainty::Allowed);
}

#[test]
fn the_articles_policies_block_36_of_44_flows_with_labels_by_hand() {
    let mut paths = ARTICLE.to_vec();
    paths.push("article/labelled.yaml");
    let judged = Judged::new(&read(&paths), "seldon-system");
    let blocked = judged.blocked();
    assert_eq!(blocked.len(), 36);
    // The flow that the article says it mended: agents dial 9005, and nothing lets even 9004 in.
    for flow in [
        ("R/mlserver", "R/seldon-scheduler", TCP, 9005),
        ("R/mlserver", "R/seldon-scheduler", TCP, 9004),
        ("R/mlserver", "kube-system/coredns", TCP, 53),
        ("monitoring/prometheus", "R/mlserver", TCP, 9006),
    ] {
        assert_eq!(judged.certainty(flow), Certainty::Denied, "{flow:?}");
    }
    assert_eq!(
        judged.certainty(("R/mlserver", "kube-system/coredns", Protocol::Udp, 53)),
        Certainty::Allowed
    );
}

#[test]
fn the_articles_isolation_alone_blocks_43_and_opens_the_scheduler() {
    let paths = ["article/cluster.yaml", "article/financial-isolation.yaml", "article/labelled.yaml"];
    let judged = Judged::new(&read(&paths), "seldon-system");
    assert_eq!(judged.blocked().len(), 43);
    let opened = ("ingress-nginx/ingress-nginx-controller", "R/seldon-scheduler", TCP, 9004);
    assert_eq!(judged.certainty(opened), Certainty::Allowed);
}

#[test]
fn the_articles_mistakes_are_named() {
    let baseline = || "seldon-system/seldon-system-baseline".to_owned();
    let predictor = || "seldon-system/financial-ml-policies".to_owned();
    let found = findings(&read(&ARTICLE));
    let expected = [
        ("dns-blocked", baseline()),
        ("everybody-allowed", baseline()),
        ("selector-matches-nothing", predictor()),
        ("unknown-namespace-label", predictor()),
        ("unknown-namespace-label", baseline()),
    ];
    assert_eq!(found, expected);

    let mut paths = ARTICLE.to_vec();
    paths.extend(["article/labelled.yaml", "article/financial-isolation.yaml"]);
    let manifests = read(&paths);
    let found = findings(&manifests);
    for rule in ["one-sided-rule", "dns-blocked", "policy-without-effect", "shadowed-rule"] {
        assert!(found.iter().any(|(name, _)| *name == rule), "{rule}: {found:#?}");
    }
    let messages: Vec<String> = finding::find(&manifests, &Network::new(&manifests.world))
        .into_iter()
        .map(|finding| finding.message)
        .collect();
    let said = |words: &str| messages.iter().any(|message| message.contains(words));
    assert!(said("cannot resolve names over TCP"), "{messages:#?}");
    assert!(said("the egress part of `seldon-system/financial-isolation` changes nothing"), "{messages:#?}");
}

#[test]
fn the_platforms_baseline_blocks_ten_flows_and_leaves_rclone_open() {
    let manifests = read(&["platform/cluster.yaml", "platform/baseline.yaml"]);
    let judged = Judged::new(&manifests, "tenant-a");
    let blocked = judged.blocked();
    assert_eq!(blocked.len(), 10, "{blocked:#?}");
    let whom = |to: &str| blocked.iter().filter(|flow| flow.1 == to).count();
    assert_eq!((whom("kafka/seldon-kafka"), whom("minio/minio"), whom("api-server")), (3, 1, 1));
    assert_eq!(blocked.iter().filter(|flow| flow.0 == "monitoring/prometheus").count(), 4);
    assert_eq!(blocked.iter().filter(|flow| flow.0.starts_with("ingress-nginx")).count(), 1);
    let rclone = ("R/seldon-envoy", "R/mlserver", TCP, 5572);
    assert_eq!(judged.certainty(rclone), Certainty::Allowed);
}

/// The same pods under the policies that `plan` writes for them.
fn emitted() -> Manifests {
    let plan = source("platform/migration.toml");
    let compilation = plan::compile(&plan::Inputs::new(plan));
    let Some(output) = compilation.output else { panic!("{:#?}", compilation.diagnostics) };
    let mut sources = vec![source("platform/cluster.yaml")];
    sources.extend(
        (output.tree.iter())
            .filter(|(path, _)| {
                path.to_string().starts_with("clusters/") && path.to_string().contains("networkpolicy-")
            })
            .map(|(path, bytes)| Source::new(path.to_string(), String::from_utf8(bytes.to_vec()).unwrap())),
    );
    let manifests = Manifests::read(&sources);
    assert!(manifests.world.policies.len() > 20, "{} policies", manifests.world.policies.len());
    manifests
}

#[test]
fn what_plan_emits_blocks_none_of_the_44_flows() {
    let manifests = emitted();
    for tenant in ["tenant-a", "tenant-b"] {
        let blocked = Judged::new(&manifests, tenant).blocked();
        assert!(blocked.is_empty(), "{tenant}: {blocked:#?}");
    }
}

#[test]
fn what_plan_emits_leaves_nothing_open_that_must_be_shut() {
    let manifests = emitted();
    let judged = Judged::new(&manifests, "tenant-a");
    let everybody: Vec<String> = (judged.world.workloads.iter())
        .map(|workload| format!("{}/{}", workload.namespace, workload.name.split('[').next().unwrap()))
        .collect();
    let shut = |from: &str, to: &str, port: u16| {
        let certainty = judged.network.certainty(&judged.end(from), &judged.end(to), TCP, port);
        assert_eq!(certainty, Certainty::Denied, "{from} -> {to}:{port}");
    };
    for (_, port, _) in plan::upstream::seldon::MUST_STAY_CLOSED {
        for from in everybody.iter().filter(|from| *from != "tenant-a/mlserver") {
            shut(from, "tenant-a/mlserver", *port);
        }
        shut("internet", "tenant-a/mlserver", *port);
    }
    // Nothing of one tenant reaches the other, on any port of any protocol.
    for from in everybody.iter().filter(|name| name.starts_with("tenant-a/")) {
        for to in everybody.iter().filter(|name| name.starts_with("tenant-b/")) {
            let connection = judged.network.connection(&judged.end(from), &judged.end(to));
            assert!(connection.possibly.is_empty(), "{from} -> {to}: {connection:?}");
        }
    }
    for port in [9002, 9004, 9005, 9008] {
        shut("ingress-nginx/ingress-nginx-controller", "tenant-a/seldon-scheduler", port);
    }
}

#[test]
fn what_plan_emits_earns_no_finding() {
    let found: Vec<_> = finding::find(&emitted(), &Network::new(&emitted().world))
        .into_iter()
        // The fixture has no runtime beside the controller, and no pods but those of Seldon; the plan foresees both.
        .filter(|finding| finding.rule.name != "selector-matches-nothing")
        .filter(|finding| finding.level != plan::diagnostics::Level::Note)
        .map(|finding| format!("{}: {}", finding.rule.name, finding.message))
        .collect();
    assert!(found.is_empty(), "{found:#?}");
}
