//! Plans of other platforms compile without a warning, and say what their engineers would want.

use plan::diagnostics::Level;
use plan::source::Source;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The plan of a case.
fn text(name: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plans").join(name).join("migration.toml");
    fs::read_to_string(file).unwrap()
}

fn files(text: &str) -> BTreeMap<String, String> {
    let compilation = plan::compile(&plan::Inputs::new(Source::new("migration.toml", text)));
    let Some(output) = compilation.output else { panic!("{:#?}", compilation.diagnostics) };
    let file = |(path, bytes): (&plan::tree::TreePath, &[u8])| {
        (path.to_string(), String::from_utf8(bytes.to_vec()).unwrap())
    };
    output.tree.iter().map(file).collect()
}

#[track_caller]
fn yaml(files: &BTreeMap<String, String>, path: &str) -> Value {
    let text = files.get(path).unwrap_or_else(|| panic!("no `{path}`"));
    serde_yaml::from_str(text).unwrap()
}

#[test]
fn every_case_compiles_without_a_warning() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plans");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let compilation = plan::compile(&plan::Inputs::new(Source::new("migration.toml", text(&name))));
        let found: Vec<_> =
            compilation.diagnostics.iter().filter(|found| found.level != Level::Note).collect();
        assert!(compilation.output.is_some() && found.is_empty(), "{name}: {found:#?}");
        count += 1;
    }
    assert!(count >= 5, "the cases are gone");
}

/// What each case earns beside a tree: notes, by rule and key path. A case that is not here earns nothing.
const EARNED: &[(&str, &[(&str, &str)])] = &[
    ("runbook", &[("kubernetes-untested-with-seldon", "clusters.new.version")]),
    ("clinic", &[("cannot-be-saved", "stages.save.do")]),
    (
        "handover",
        &[
            ("cannot-be-saved", "stages.orders.do"),
            ("cannot-be-saved", "stages.orders.do"),
            ("cannot-be-saved", "stages.catalogue.do"),
        ],
    ),
    ("arena", &[("scraper-without-nodes", "services.metrics")]),
    (
        "seldon-2.10",
        &[
            ("kubernetes-untested-with-seldon", "clusters.serving.version"),
            ("scraper-without-nodes", "services.prometheus"),
            ("scraper-without-nodes", "services.collector"),
        ],
    ),
    (
        "two-clusters",
        &[("scraper-without-nodes", "services.prometheus"), ("flow-undeclared", "policies.scanner")],
    ),
];

#[test]
fn every_case_earns_what_it_earned() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plans");
    for entry in fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let inputs = plan::Inputs::new(Source::new("migration.toml", text(&name)));
        let found = plan::judge(&inputs, |_, _| {});
        let found: Vec<(&str, &str)> =
            found.iter().map(|finding| (finding.rule.name, finding.on.as_str())).collect();
        let earned = EARNED.iter().find(|(case, _)| *case == name).map_or(&[][..], |(_, earned)| earned);
        assert_eq!(found, earned, "{name}");
    }
}

/// Both clusters of `arena` announce by BGP, one by Calico and one by MetalLB, and each tells its own router.
#[test]
fn each_cluster_announces_in_its_own_way() {
    let files = files(&text("arena"));
    let bgp = yaml(&files, "clusters/east/10-calico/bgpconfiguration-default.yaml");
    assert_eq!(bgp["spec"]["serviceLoadBalancerIPs"][0]["cidr"], "10.9.0.0/24");
    assert!(!files.keys().any(|path| path.contains("east") && path.contains("bgpadvertisement")));
    let peers = files.keys().find(|path| path.contains("/west/") && path.contains("bgppeer-spine")).unwrap();
    assert_eq!(yaml(&files, peers)["spec"]["bfdProfile"], "quick");
}

/// DNS over both protocols has one address, and the pool that avoids what old clients misread gives none of these.
#[test]
fn a_shared_address_is_one_address() {
    let files = files(&text("shop"));
    let service = |name: &str| yaml(&files, &format!("clusters/shop/40-services/dns/service-{name}.yaml"));
    let annotation = |name: &str, key: &str| service(name)["metadata"]["annotations"][key].clone();
    assert_eq!(annotation("dns-udp", "metallb.io/loadBalancerIPs"), "10.10.5.1");
    for key in ["metallb.io/loadBalancerIPs", "metallb.io/allow-shared-ip"] {
        assert_eq!(annotation("dns-udp", key), annotation("dns-tcp", key));
    }
}

/// A service that prefers two families has an address of each, and the parallel cluster gets nothing of the old one.
#[test]
fn the_old_cluster_of_a_clinic_is_only_described() {
    let files = files(&text("clinic"));
    let viewer = yaml(&files, "clusters/new/40-apps/imaging/service-viewer.yaml");
    assert_eq!(viewer["spec"]["ipFamilyPolicy"], "PreferDualStack");
    let pinned = viewer["metadata"]["annotations"]["metallb.io/loadBalancerIPs"].as_str().unwrap();
    assert!(pinned.contains('.') && pinned.contains(':'), "{pinned}");
    assert!(!files.keys().any(|path| path.starts_with("clusters/old") || path.starts_with("ansible/old")));
}

#[test]
fn what_nobody_keeps_has_its_commands_in_order() {
    let readme = &files(&text("minimal"))["README.md"];
    let commands = [
        "sh bootstrap/cabin/bootstrap.sh",
        "kubectl apply --server-side -k clusters/cabin/00-namespaces",
        "helm upgrade --install metallb metallb --repo https://metallb.github.io/metallb --version 0.15.3",
        "--namespace metallb-system --values values/cabin/metallb.yaml --wait",
        "kubectl apply --server-side -k clusters/cabin/20-metallb",
        "kubectl apply --server-side -k clusters/cabin/40-services",
    ];
    let places =
        commands.map(|command| readme.find(command).unwrap_or_else(|| panic!("no `{command}`:\n{readme}")));
    assert!(places.is_sorted(), "{places:?}");
    assert!(!readme.contains("GitOps"), "no controller runs here:\n{readme}");
    let kept = &files(&text("metallb-bgp"))["README.md"];
    assert!(!kept.contains("By hand"), "Flux applies everything:\n{kept}");
}

#[test]
fn packets_are_wrapped_in_packets_of_their_family() {
    let files = files(&text("kubeadm-dual-stack"));
    let network = yaml(&files, "ansible/muc/group_vars/all/network.yaml");
    let rules = network["firewall_rules"].as_array().unwrap();
    let ipip = rules.iter().find(|rule| rule["comment"] == "IP in IP of Calico").unwrap();
    let sources = ipip["rich_rules"].as_array().unwrap();
    assert_eq!(sources.len(), 6);
    // Only IPv4 pools are wrapped here.
    assert!(sources.iter().all(|rule| rule.as_str().unwrap().contains("family=\"ipv4\"")), "{sources:?}");
}

#[test]
fn a_namespace_that_is_scraped_opens_the_metrics_of_nodes() {
    let comments = |text: &str| -> Vec<String> {
        let network = yaml(&files(text), "ansible/colo/group_vars/all/network.yaml");
        let rules = network["firewall_rules"].as_array().unwrap().iter();
        rules.map(|rule| rule["comment"].as_str().unwrap().to_owned()).collect()
    };
    let scraped = text("metallb-bgp");
    assert!(comments(&scraped).contains(&"node-exporter".to_owned()));
    let alone = scraped.replace("scraped_by   = [\"metrics\"]\n", "");
    assert_ne!(alone, scraped);
    assert!(!comments(&alone).contains(&"node-exporter".to_owned()));
}

#[test]
fn a_service_with_the_name_of_a_layer_is_staged_by_its_path() {
    let staged = text("kubeadm-dual-stack");
    assert!(files(&staged).contains_key("clusters/muc/40-core/dns/service-dns.yaml"));
    let bare = staged.replace("\"services.dns\"", "\"dns\"");
    let compilation = plan::compile(&plan::Inputs::new(Source::new("migration.toml", bare)));
    let found = compilation.diagnostics.iter().find(|found| found.rule.name == "in-no-stage").unwrap();
    assert!(found.help.as_deref().unwrap().contains("\"services.dns\""), "{found:#?}");
}

#[test]
fn one_sentence_about_two_clusters_is_said_once() {
    let plan = text("two-clusters").replace("traffic    = \"Local\"\n", "");
    let compilation = plan::compile(&plan::Inputs::new(Source::new("migration.toml", plan)));
    let of_grafana = compilation
        .diagnostics
        .iter()
        .filter(|found| found.rule.name == "lan-not-recognisable" && found.on == "services.grafana");
    assert_eq!(of_grafana.count(), 1);
}

#[test]
fn each_cluster_gets_what_its_releases_read() {
    let files = files(&text("two-clusters"));
    let grafana = |cluster: &str| {
        yaml(&files, &format!("clusters/{cluster}/40-services/monitoring/service-grafana.yaml"))
    };
    let annotations = |cluster: &str| grafana(cluster)["metadata"]["annotations"].clone();
    assert_eq!(annotations("berlin")["metallb.universe.tf/loadBalancerIPs"], "172.20.4.1");
    assert_eq!(annotations("hamburg")["metallb.io/loadBalancerIPs"], "172.20.5.1");
    assert!(!files.contains_key("gitops/berlin/application-berlin-calico-crds.yaml"));
    assert!(files.contains_key("gitops/hamburg/application-hamburg-calico-crds.yaml"));
    let pool = |cluster: &str| {
        yaml(&files, &format!("bootstrap/{cluster}/10-calico/installation-default.yaml"))["spec"]["calicoNetwork"]
            ["ipPools"][0]
            .clone()
    };
    assert_eq!(pool("berlin").get("assignmentMode"), None, "3.29 does not know it");
    assert_eq!(pool("hamburg")["assignmentMode"], "Automatic");
    // Of three modes: staged, enforced, none.
    let has = |path: &str| files.keys().any(|file| file.starts_with(path));
    assert!(has("clusters/hamburg/30-policies/analytics/staged"));
    assert!(has("clusters/berlin/30-policies/research/networkpolicy"));
    assert!(!has("clusters/berlin/30-policies/sandbox/"));
}
