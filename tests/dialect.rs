//! Policies are written in the part of the language that every network plugin and every tool reads alike.

use ipnet::IpNet;
use plan::connectivity::Peers;
use plan::facts::Facts;
use plan::facts::flow::Side;
use plan::source::Source;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Every plan of the repository.
pub fn plans() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut plans = vec![root.join("tests/manifests/platform/migration.toml")];
    for folder in ["plans", "tests/plans"] {
        let entries = std::fs::read_dir(root.join(folder)).unwrap();
        plans.extend(entries.map(|entry| entry.unwrap().path().join("migration.toml")));
    }
    plans.sort();
    plans
}

/// What is wrong with a policy by itself.
fn wrong(object: &Value, inside: &[IpNet]) -> Vec<String> {
    let mut wrong = Vec::new();
    let spec = &object["spec"];
    if !spec["podSelector"].is_object() {
        wrong.push("no podSelector".to_owned());
    }
    if spec["policyTypes"].as_array().is_none_or(Vec::is_empty) {
        wrong.push("no policyTypes".to_owned());
    }
    for (kind, key, peers) in [("Ingress", "ingress", "from"), ("Egress", "egress", "to")] {
        let isolates = spec["policyTypes"].as_array().is_some_and(|types| types.contains(&Value::from(kind)));
        if !spec[key].is_null() && !isolates {
            wrong.push(format!("{key} without its policy type"));
        }
        for rule in spec[key].as_array().into_iter().flatten() {
            let fields = rule.as_object().unwrap();
            if fields.is_empty() {
                wrong.push(format!("an empty {key} rule"));
            }
            for list in [peers, "ports"] {
                if fields.get(list).is_some_and(|list| list.as_array().is_none_or(Vec::is_empty)) {
                    wrong.push(format!("an empty `{list}`"));
                }
            }
            rule["ports"].as_array().into_iter().flatten().for_each(|item| port(item, &mut wrong));
            rule[peers].as_array().into_iter().flatten().for_each(|item| peer(item, inside, &mut wrong));
        }
    }
    wrong
}

fn port(item: &Value, wrong: &mut Vec<String>) {
    if !["TCP", "UDP", "SCTP"].iter().any(|known| item["protocol"] == *known) {
        wrong.push(format!("no protocol: {item}"));
    }
    if !item["port"].is_u64() || !(item["endPort"].is_null() || item["endPort"].is_u64()) {
        wrong.push(format!("no number: {item}"));
    }
}

fn peer(item: &Value, inside: &[IpNet], wrong: &mut Vec<String>) {
    if let Some(selector) = item.get("namespaceSelector") {
        let labels = selector["matchLabels"].as_object();
        let by_name = labels.is_some_and(|labels| {
            labels.len() == 1 && labels.get("kubernetes.io/metadata.name").is_some_and(Value::is_string)
        });
        if !by_name || !selector["matchExpressions"].is_null() {
            wrong.push(format!("a namespace not by its name: {selector}"));
        }
    }
    let Some(block) = item.get("ipBlock") else { return };
    let network = |text: &Value| -> IpNet { text.as_str().unwrap().parse().unwrap() };
    let cidr = network(&block["cidr"]);
    let except: Vec<IpNet> = block["except"].as_array().into_iter().flatten().map(network).collect();
    for one in except.iter().chain([&cidr]) {
        if one.trunc() != *one || one.to_string() != one.trunc().to_string() {
            wrong.push(format!("host bits: {one}"));
        }
    }
    if cidr.prefix_len() == 0 {
        let special = match cidr {
            IpNet::V4(_) => &["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"][..],
            IpNet::V6(_) => &["fc00::/7", "fe80::/10"][..],
        };
        let special = special.iter().map(|text| text.parse::<IpNet>().unwrap());
        let same = |one: &IpNet| one.addr().is_ipv4() == cidr.addr().is_ipv4();
        for one in special.chain(inside.iter().copied().filter(same)) {
            if !except.iter().any(|hole| hole.contains(&one)) {
                wrong.push(format!("the internet has {one}"));
            }
        }
    }
}

/// The addresses of pods, Services and nodes.
fn inside(facts: &Facts<'_>, cluster: &plan::resolve::Cluster<'_>) -> Vec<IpNet> {
    let networks = cluster.pods.iter().chain(&cluster.services).map(ToString::to_string);
    let nodes = cluster.nodes().flat_map(|host| &facts.resolved.host(host).addresses);
    let nodes = nodes.map(|address| IpNet::from(*address).to_string());
    networks.chain(nodes).map(|text| text.parse().unwrap()).collect()
}

#[test]
fn every_emitted_policy_is_in_the_dialect() {
    let mut judged = 0;
    for path in plans() {
        let plan = Source::new("migration.toml", std::fs::read_to_string(&path).unwrap());
        let name = path.display();
        plan::judge(&plan::Inputs::new(plan), |facts, found| {
            let output = plan::render(facts, found).unwrap_or_else(|| panic!("{name}: {found:#?}"));
            for cluster in facts.resolved.targets() {
                let inside = inside(facts, cluster);
                let folder = format!("clusters/{}/", cluster.name);
                let mut printed = 0;
                for (path, bytes) in
                    output.tree.iter().filter(|(path, _)| path.to_string().starts_with(&folder))
                {
                    let object: Value = serde_yaml::from_slice(bytes).unwrap();
                    let is_policy =
                        object["kind"].as_str().is_some_and(|kind| kind.ends_with("NetworkPolicy"));
                    let by_hand =
                        facts.raw_policies.iter().any(|raw| raw.policy.name == object["metadata"]["name"]);
                    if !is_policy || by_hand {
                        continue;
                    }
                    assert_eq!(wrong(&object, &inside), Vec::<String>::new(), "{name}: {path}");
                    printed += 1;
                }
                assert_eq!(printed, facts.guards_of(cluster.id).len(), "{name}");
                judged += printed;
            }
        });
    }
    assert!(judged > 200, "{judged}");
}

/// A rule without peers is only where the plan asks for somebody whom no rule can name.
#[test]
fn everybody_is_allowed_only_where_the_caller_cannot_be_recognised() {
    let mut seen = 0;
    for path in plans() {
        let plan = Source::new("migration.toml", std::fs::read_to_string(&path).unwrap());
        plan::judge(&plan::Inputs::new(plan), |facts, _| {
            for guard in &facts.guards {
                let rules = guard.policy.ingress.iter().chain(&guard.policy.egress).flatten();
                for rule in rules.filter(|rule| rule.peers == Peers::Any) {
                    assert_ne!(rule.ports, plan::connectivity::Ports::All, "{guard:#?}");
                    let asks = |flow: &&plan::facts::Flow| {
                        guard.from.contains(&flow.from_table)
                            && [&flow.from, &flow.to]
                                .iter()
                                .any(|side| matches!(side, Side::Unrecognisable { .. }))
                    };
                    assert!(facts.flows_of(guard.cluster).iter().any(|flow| asks(&flow)), "{guard:#?}");
                    seen += 1;
                }
            }
        });
    }
    assert!(seen > 0);
}

#[test]
fn what_is_outside_of_the_dialect_is_noticed() {
    let inside: Vec<IpNet> = vec!["10.42.0.0/16".parse().unwrap(), "203.0.113.7/32".parse().unwrap()];
    let good = "{podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {}}], ports: [{protocol: TCP, port: 80}]}]}";
    let spec = |text: &str| wrong(&serde_yaml::from_str(&format!("spec: {text}")).unwrap(), &inside);
    assert_eq!(spec(good), Vec::<String>::new());
    for (old, new, said) in [
        ("podSelector: {}, policyTypes", "policyTypes", "no podSelector"),
        ("policyTypes: [Ingress], ", "", "no policyTypes"),
        ("policyTypes: [Ingress]", "policyTypes: [Egress]", "ingress without its policy type"),
        ("protocol: TCP, ", "", "no protocol"),
        ("port: 80", "port: http", "no number"),
        ("from: [{podSelector: {}}]", "from: []", "an empty `from`"),
        ("{from: [{podSelector: {}}], ports: [{protocol: TCP, port: 80}]}", "{}", "an empty ingress rule"),
        ("{podSelector: {}}", "{namespaceSelector: {matchLabels: {name: a}}}", "a namespace not by its name"),
        ("{podSelector: {}}", "{namespaceSelector: {}}", "a namespace not by its name"),
        ("{podSelector: {}}", "{ipBlock: {cidr: 10.0.0.5/24}}", "host bits"),
        (
            "{podSelector: {}}",
            "{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8]}}",
            "the internet has 172.16.0.0/12",
        ),
        (
            "{podSelector: {}}",
            "{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8]}}",
            "the internet has 203.0.113.7/32",
        ),
    ] {
        let changed = good.replace(old, new);
        let said_all = spec(&changed);
        assert!(said_all.iter().any(|one| one.starts_with(said)), "{changed}: {said_all:?}");
    }
}

#[test]
fn what_a_person_leaves_to_the_api_server_is_written_out() {
    let text = plan::check::scaffold(
        "[namespaces.web]\npolicy = \"open\"\n\n[policies.out]\nmetadata = { namespace = \"web\" }\n\
         spec = { podSelector = {}, egress = [{ ports = [{ port = 443 }, { protocol = \"UDP\", port = 53 }, { port = 53 }] }] }\n",
    );
    let output = plan::compile(&plan::Inputs::new(Source::new("migration.toml", text))).output;
    let tree = output.expect("a tree").tree;
    let (_, bytes) =
        tree.iter().find(|(path, _)| path.as_str().ends_with("/networkpolicy-out.yaml")).unwrap();
    let policy: Value = serde_yaml::from_slice(bytes).unwrap();
    assert!(wrong(&policy, &[]).is_empty(), "{:?}", wrong(&policy, &[]));
    assert_eq!(policy["spec"]["policyTypes"], serde_json::json!(["Ingress", "Egress"]));
    assert_eq!(policy["spec"]["egress"][0]["ports"][1]["protocol"], "UDP");
}
