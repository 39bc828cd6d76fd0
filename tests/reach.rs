//! Who may connect to whom is shown as a whole, in every format, for plans and for manifests.

use crate::desk::Desk;
use serde_json::Value;

const PLATFORM: &str = include_str!("../plans/ml-platform/migration.toml");

/// Two namespaces; one of them lets in only the other, and one policy is only staged.
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
- apiVersion: batch/v1
  kind: CronJob
  metadata: {name: report, namespace: web}
  spec: {schedule: '@daily', jobTemplate: {spec: {template: {metadata: {labels: {app: report}}, spec: {containers: [{name: c, image: i}], restartPolicy: Never}}}}}
- apiVersion: apps/v1
  kind: DaemonSet
  metadata: {name: back, namespace: api}
  spec: {selector: {matchLabels: {app: back}}, template: {metadata: {labels: {app: back}}, spec: {containers: [{name: c, image: i}]}}}
- apiVersion: networking.k8s.io/v1
  kind: NetworkPolicy
  metadata: {name: back, namespace: api}
  spec:
    podSelector: {matchLabels: {app: back}}
    policyTypes: [Ingress, Egress]
    ingress:
    - from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: web}}, podSelector: {matchLabels: {app: front}}}]
      ports: [{protocol: TCP, port: 80}, {protocol: TCP, port: 443, endPort: 445}, {protocol: UDP, port: 53}]
    - from: [{ipBlock: {cidr: 192.168.1.0/24}}]
      ports: [{protocol: TCP, port: 80}]
    egress: []
";

const STAGED: &str = "\
apiVersion: projectcalico.org/v3
kind: StagedKubernetesNetworkPolicy
metadata: {name: front, namespace: web}
spec:
  stagedAction: Set
  podSelector: {matchLabels: {app: front}}
  policyTypes: [Egress]
  egress:
  - to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: api}}}]
    ports: [{protocol: TCP, port: 80}]
---
apiVersion: projectcalico.org/v3
kind: StagedKubernetesNetworkPolicy
metadata: {name: back-more, namespace: api}
spec:
  stagedAction: Set
  podSelector: {matchLabels: {app: back}}
  policyTypes: [Ingress]
  ingress:
  - from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: web}}, podSelector: {matchLabels: {app: report}}}]
    ports: [{protocol: TCP, port: 9090}]
";

fn reach(text: &str, more: &[&str]) -> String {
    let desk = Desk::new();
    let ran = desk.plan_with(&[&["reach", "--manifests", "-"], more].concat(), text);
    assert!(ran.status < 2, "{}", ran.stderr);
    ran.stdout
}

#[test]
fn csv_has_the_columns_that_other_tools_read() {
    let csv = reach(CLUSTER, &["--format", "csv"]);
    let expected = "\
source,destination,connection
0.0.0.0-255.255.255.255,web/front[Deployment],All Connections
0.0.0.0-255.255.255.255,web/report[CronJob],All Connections
192.168.1.0-192.168.1.255,api/back[DaemonSet],TCP 80
web/front[Deployment],0.0.0.0-255.255.255.255,All Connections
web/front[Deployment],api/back[DaemonSet],\"TCP 80,443-445,UDP 53\"
web/front[Deployment],web/report[CronJob],All Connections
web/report[CronJob],0.0.0.0-255.255.255.255,All Connections
web/report[CronJob],web/front[Deployment],All Connections
";
    assert_eq!(csv, expected);
}

#[test]
fn a_table_says_the_same_in_few_rows() {
    let table = reach(CLUSTER, &[]);
    let expected = "\
# stdin: 3 workloads, 2 namespaces, 1 policy
# 2 workloads are open at least one way, because no policy isolates that
FROM                   TO                   CONNECTION
web/*                  web/*                All Connections
web/*                  internet             All Connections
web/front[Deployment]  api/back[DaemonSet]  TCP 80,443-445,UDP 53
web/report[CronJob]    api/back[DaemonSet]  perhaps TCP 80
internet               web/*                All Connections
192.168.1.0/24         api/back[DaemonSet]  TCP 80
";
    assert_eq!(table, expected);
}

#[test]
fn json_holds_every_name() {
    let value: Value = serde_json::from_str(&reach(CLUSTER, &["--format", "json"])).unwrap();
    assert_eq!(value["format_version"], 1);
    assert_eq!((value["workloads"].as_u64(), value["namespaces"].as_u64()), (Some(3), Some(2)));
    let rows = value["rows"].as_array().unwrap();
    let row = rows.iter().find(|row| row["surely"] == "TCP 80,443-445,UDP 53").unwrap();
    let front = serde_json::json!([{ "namespaces": ["web"], "names": ["front[Deployment]"] }]);
    assert_eq!(row["from"], front);
    assert!(rows.iter().any(|row| row["to"] == "internet" && row["from"][0]["names"].is_null()), "{rows:#?}");
}

#[test]
fn graphs_have_a_node_for_each_side_and_an_edge_for_each_row() {
    let dot = reach(CLUSTER, &["--format", "dot"]);
    assert!(dot.starts_with("digraph reach {\n") && dot.ends_with("}\n"), "{dot}");
    assert!(dot.contains("[label=\"web/front[Deployment]\"];"), "{dot}");
    assert_eq!(dot.matches(" -> ").count(), 6, "{dot}");
    let mermaid = reach(CLUSTER, &["--format", "mermaid"]);
    assert!(mermaid.starts_with("flowchart LR\n"), "{mermaid}");
    assert!(mermaid.contains("[\"web/front[Deployment]\"]"), "{mermaid}");
    assert!(mermaid.contains(" -->|\"TCP 80,443-445,UDP 53\"| "), "{mermaid}");
    let svg = reach(CLUSTER, &["--format", "svg"]);
    assert!(
        svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\"") && svg.ends_with("</svg>\n"),
        "{svg}"
    );
    assert_eq!(svg.matches("<path ").count(), 6);
    for opening in ["text", "title"] {
        let closed = svg.matches(&format!("</{opening}>")).count();
        let opened =
            svg.matches(&format!("<{opening} ")).count() + svg.matches(&format!("<{opening}>")).count();
        assert_eq!(opened, closed, "{opening}");
    }
}

#[test]
fn filters_leave_only_what_they_name() {
    let rows = |more: &[&str]| {
        let csv = reach(CLUSTER, &[&["--format", "csv"], more].concat());
        csv.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        rows(&["--from", "web/front", "--to", "api"]),
        ["web/front[Deployment],api/back[DaemonSet],\"TCP 80,443-445,UDP 53\""]
    );
    assert_eq!(
        rows(&["--to", "api/back", "--from", "internet"]),
        ["192.168.1.0-192.168.1.255,api/back[DaemonSet],TCP 80"]
    );
    let lan = ["192.168.1.0-192.168.1.255,api/back[DaemonSet],TCP 80"];
    assert_eq!(rows(&["--to", "api/back", "--from", "192.168.1.0/28"]), lan);
    assert_eq!(rows(&["--to", "api/back", "--from", "10.0.0.0/8"]), Vec::<String>::new());
    assert_eq!(rows(&["--from", "api"]), Vec::<String>::new());
    let desk = Desk::new();
    let unknown = desk.plan_with(&["reach", "--manifests", "-", "--from", "wbe"], CLUSTER);
    assert_eq!(unknown.status, 2);
    assert!(unknown.stderr.contains("did you mean `web`?"), "{}", unknown.stderr);
}

#[test]
fn staged_policies_count_when_they_are_asked_for() {
    let text = format!(
        "{}---\n{STAGED}",
        serde_yaml::to_string(&serde_yaml::from_str::<Value>(CLUSTER).unwrap()).unwrap()
    );
    let now = reach(&text, &[]);
    assert!(
        now.contains("# some policies are only staged; --if-enforced shows what they would cut"),
        "{now}"
    );
    let then = reach(&text, &["--staged", "--format", "csv", "--from", "web", "--to", "api"]);
    let expected = "\
source,destination,connection
web/front[Deployment],api/back[DaemonSet],TCP 80
web/report[CronJob],api/back[DaemonSet],TCP 9090
";
    assert_eq!(then, expected);
    let change = reach(&text, &["--if-enforced", "--format", "csv", "--from", "web"]);
    let expected = "\
source,destination,connection,change
web/front[Deployment],0.0.0.0-255.255.255.255,All Connections,cut
web/front[Deployment],api/back[DaemonSet],\"TCP 443-445,UDP 53\",cut
web/front[Deployment],web/report[CronJob],All Connections,cut
web/report[CronJob],api/back[DaemonSet],TCP 9090,opened
";
    assert_eq!(change, expected);
    let table = reach(&text, &["--if-enforced", "--from", "web"]);
    assert!(table.contains("opened: TCP 9090"), "{table}");
    let none = Desk::new().plan_with(&["reach", "--manifests", "-", "--if-enforced"], CLUSTER);
    assert_eq!(none.status, 2);
    assert!(none.stderr.contains("no policy of stdin is staged"), "{}", none.stderr);
}

#[test]
fn a_plan_says_what_enforcing_would_cut_and_for_which_plugins_it_is_proved() {
    let desk = Desk::lab("");
    desk.write("plans/lab/migration.toml", PLATFORM);
    let now = desk.plan(&["reach", "plans/lab"]);
    assert_eq!(now.status, 0, "{}", now.stderr);
    let kept = "13 namespaces are only observed: enforced, the policies keep every declared flow and cut what `plan \
         reach --if-enforced` shows";
    for note in
        ["# Calico: all ", " declared flows are proved", "# Cilium: ", "policyCIDRMatchMode=nodes", kept]
    {
        assert!(now.stdout.contains(note), "{note}\n{}", now.stdout);
    }
    let told = desk.plan(&["check", "--verbose", "plans/lab"]);
    assert!(told.stderr.contains(&format!("after: {kept}\n")), "{}", told.stderr);
    let csv = |more: &[&str]| {
        let base = ["reach", "plans/lab", "--format", "csv", "--from", "mlflow/app=mlflow"];
        desk.plan(&[&base, more].concat()).stdout
    };
    let line = "mlflow/mlflow[Pod],argocd/argocd[Pod],All Connections";
    assert!(csv(&[]).contains(&format!("{line}\n")));
    assert!(!csv(&["--staged"]).contains(line));
    assert!(csv(&["--if-enforced"]).contains(&format!("{line},cut\n")));
    // What is declared is not cut.
    assert!(csv(&["--staged"]).contains("mlflow/mlflow[Pod],minio/minio[Pod],TCP 9000-9001\n"));
}

#[test]
fn a_thousand_namespaces_stay_readable() {
    let mut text = "apiVersion: v1\nkind: Pod\nmetadata: {name: open, namespace: open}\nspec: {containers: [{name: c, image: i}]}\n---\n".to_owned();
    for number in 0..1000 {
        text.push_str(&format!(
            "apiVersion: v1\nkind: Namespace\nmetadata: {{name: team-{number:04}}}\n---\n\
             apiVersion: v1\nkind: Pod\nmetadata: {{name: model, namespace: team-{number:04}, labels: {{app: model}}}}\nspec: {{containers: [{{name: c, image: i}}]}}\n---\n\
             apiVersion: v1\nkind: Pod\nmetadata: {{name: queue, namespace: team-{number:04}, labels: {{app: queue}}}}\nspec: {{containers: [{{name: c, image: i}}]}}\n---\n\
             apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: own, namespace: team-{number:04}}}\n\
             spec:\n  podSelector: {{}}\n  policyTypes: [Ingress, Egress]\n  ingress: [{{from: [{{podSelector: {{}}}}]}}]\n  egress: [{{to: [{{podSelector: {{}}}}]}}]\n---\n"
        ));
    }
    for format in ["table", "dot", "mermaid", "svg", "json"] {
        let printed = reach(&text, &["--format", format]);
        assert!(
            format == "json" || printed.lines().count() < 30,
            "{format}: {} lines",
            printed.lines().count()
        );
        assert!(format == "json" || printed.len() < 10_000, "{format}: {} bytes", printed.len());
    }
    let table = reach(&text, &[]);
    assert!(table.contains("{team-0000,team-0001,team-0002,+997}"), "{table}");
    let value: Value = serde_json::from_str(&reach(&text, &["--format", "json"])).unwrap();
    let rows = value["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 3, "{rows:#?}");
    let within = rows.iter().find(|row| row["to"]["same_namespace"] == true).unwrap();
    assert_eq!(within["from"][0]["namespaces"].as_array().unwrap().len(), 1000);
}

#[test]
fn one_plan_and_one_cluster_are_asked_about() {
    let desk = Desk::lab("");
    assert_eq!(desk.plan(&["init", "other"]).status, 0);
    let ran = desk.plan(&["reach"]);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("there are several plans here"), "{}", ran.stderr);
    let two = include_str!("plans/two-clusters/migration.toml");
    desk.write("plans/other/migration.toml", two);
    let ran = desk.plan(&["reach", "plans/other"]);
    assert_eq!(ran.status, 2, "{}", ran.stdout);
    assert!(ran.stderr.contains("name it: --cluster, one of "), "{}", ran.stderr);
    let named = ran.stderr.split("one of ").nth(1).unwrap().split([',', '\n']).next().unwrap().to_owned();
    let ran = desk.plan(&["reach", "plans/other", "--cluster", &named]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(ran.stdout.starts_with(&format!("# {named} of ")), "{}", ran.stdout);
    let ran = desk.plan(&["reach", "plans/other", "--cluster", "nowhere"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (2, ""));
}

#[test]
fn what_is_wrong_with_manifests_is_told_beside_the_answer() {
    let desk = Desk::new();
    let wrong = CLUSTER.replace("kubernetes.io/metadata.name: web", "name: web");
    let ran = desk.plan_with(&["reach", "--manifests", "-"], &wrong);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("unknown-namespace-label"), "{}", ran.stderr);
    assert!(!ran.stdout.contains("unknown-namespace-label"));
    let strict = desk.plan_with(&["reach", "--manifests", "-", "--deny-warnings"], &wrong);
    assert_eq!(strict.status, 1);
    let nothing = desk
        .plan_with(&["reach", "--manifests", "-"], "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
    assert_eq!(nothing.status, 2, "{}", nothing.stdout);
    let missing = desk.plan(&["reach", "--manifests", "nowhere"]);
    assert_eq!(missing.status, 2);
    assert!(missing.stderr.contains("there is no `nowhere`"), "{}", missing.stderr);
}

/// What `kubectl get -o yaml` prints of a cluster that has lived: owners, pods that are over, Services of all sorts, kinds
/// that say nothing here.
const LIVED_IN: &str = include_str!("manifests/lived-in.yaml");

#[test]
fn a_cluster_that_has_lived_is_read_like_a_tidy_one() {
    let expected = "\
source,destination,connection
0.0.0.0-255.255.255.255,shop/report[CronJob],All Connections
0.0.0.0-255.255.255.255,shop/web[Deployment],All Connections
data/db[StatefulSet],0.0.0.0-255.255.255.255,All Connections
data/db[StatefulSet],shop/report[CronJob],All Connections
data/db[StatefulSet],shop/web[Deployment],All Connections
shop/report[CronJob],10.0.0.0-10.0.255.255,TCP 443
shop/report[CronJob],10.2.0.0-10.255.255.255,TCP 443
shop/report[CronJob],data/db[StatefulSet],\"SCTP 3860-3870,TCP 5432,UDP 1000-2000\"
shop/web[Deployment],10.0.0.0-10.0.255.255,TCP 443
shop/web[Deployment],10.2.0.0-10.255.255.255,TCP 443
shop/web[Deployment],data/db[StatefulSet],\"SCTP 3860-3870,TCP 5432,UDP 1000-2000\"
";
    assert_eq!(reach(LIVED_IN, &["--format", "csv"]), expected);
    // As `-o json`, and as documents one after the other.
    let list: Value = serde_yaml::from_str(LIVED_IN).unwrap();
    assert_eq!(reach(&list.to_string(), &["--format", "csv"]), expected);
    let documents: Vec<String> = list["items"].as_array().unwrap().iter().map(Value::to_string).collect();
    assert_eq!(reach(&documents.join("\n---\n"), &["--format", "csv"]), expected);
    for (service, ports) in [("shop/ext", ""), ("shop/legacy", ":80"), ("shop/empty", ":80")] {
        let asked = ["why", "shop/web", &format!("{service}{ports}"), "--manifests", "-"];
        let answer = Desk::new().plan_with(&asked, LIVED_IN);
        assert_eq!(answer.status, 2, "{}", answer.stdout);
        assert!(
            answer.stderr.contains(&format!("the Service `{service}` selects no pods")),
            "{}",
            answer.stderr
        );
    }
}
