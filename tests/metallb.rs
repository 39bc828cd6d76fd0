//! What a cluster gets of MetalLB: pools, who announces them, and the values of its chart.

use crate::compiled::{Compiled, compile, reference};
use serde_json::json;

fn plan(cluster: &str, metallb: &str) -> Compiled {
    compile(&text(cluster, metallb))
}

/// A plan with one cluster; `metallb` and what follows is put behind it.
fn text(cluster: &str, metallb: &str) -> String {
    format!(
        r#"
schema = 1
name = "lab"
[lan]
cidr = ["192.168.1.0/24", "fd00:1::/64"]
gateway = "192.168.1.1"
[hosts]
a = {{ ip = ["192.168.1.11", "fd00:1::11"], labels = {{ rack = "1" }} }}
b = {{ ip = ["192.168.1.12", "fd00:1::12"], labels = {{ rack = "1" }} }}
c = {{ ip = ["192.168.1.13", "fd00:1::13"] }}
[clusters.main]
cni = "flannel"
{cluster}
[clusters.main.metallb]
{metallb}
"#
    )
}

const K3S: &str = "distribution = \"k3s\"\nversion = \"v1.34.1+k3s1\"\nservers = [\"a\"]\nagents = [\"b\"]\npods = \"10.42.0.0/16\"\nservices = \"10.43.0.0/16\"";
const L2: &str = "[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.219\"]\n";

#[test]
fn the_reference_plan_has_one_pinned_pool() {
    let tree = reference("ml-platform");
    let pool = tree.object("clusters/after/20-metallb/ipaddresspool-homelab.yaml");
    assert_eq!(
        pool["spec"],
        json!({ "addresses": ["192.168.1.200-192.168.1.250"], "autoAssign": false, "avoidBuggyIPs": false })
    );
    assert_eq!(pool["metadata"]["namespace"], "metallb-system");
    let advertisement = tree.object("clusters/after/20-metallb/l2advertisement-homelab.yaml");
    assert_eq!(advertisement["spec"], json!({ "ipAddressPools": ["homelab"] }));
    let values = tree.object("values/after/metallb.yaml");
    assert_eq!(values, json!({ "frrk8s": { "enabled": false }, "speaker": { "frr": { "enabled": false } } }));
    assert!(
        tree.text("clusters/after/20-metallb/ipaddresspool-homelab.yaml")
            .starts_with("# from: pools.homelab\n")
    );
}

#[test]
fn the_article_has_the_pool_that_it_names() {
    let tree = reference("article");
    assert!(tree.has("clusters/production-v2/20-metallb/ipaddresspool-production-pool.yaml"));
    assert!(!tree.paths().any(|path| path.starts_with("clusters/production/")));
    let kustomization = tree.object("clusters/production-v2/20-metallb/kustomization.yaml");
    assert_eq!(
        kustomization["resources"],
        json!(["ipaddresspool-production-pool.yaml", "l2advertisement-production-pool.yaml"])
    );
}

#[test]
fn pools_are_sorted_and_keep_to_their_namespaces_nodes_and_interfaces() {
    let tree = plan(
        K3S,
        r#"version = "v0.15.3"
[pools.edge]
cluster = "main"
addresses = ["fd00:1::c8-fd00:1::cf", "192.168.1.224/28", "192.168.1.200-192.168.1.210"]
auto_assign = true
avoid_buggy_ips = true
namespaces = ["web", "ingress"]
priority = 10
nodes = { rack = "1" }
interfaces = ["eno1", "eno2"]
ip_address_pool = { serviceAllocation = { serviceSelectors = [{ matchLabels = { edge = "yes" } }] } }
l2_advertisement = { interfaces = ["eno9"] }
[pools.quiet]
cluster = "main"
addresses = ["192.168.1.250/32"]
advertise = "none"
[namespaces.ingress]
[namespaces.web]
"#,
    );
    let pool = tree.object("clusters/main/20-metallb/ipaddresspool-edge.yaml");
    assert_eq!(
        pool["spec"],
        json!({
            "addresses": ["192.168.1.200-192.168.1.210", "192.168.1.224/28", "fd00:1::c8/125"],
            "autoAssign": true, "avoidBuggyIPs": true,
            "serviceAllocation": {
                "priority": 10, "namespaces": ["ingress", "web"],
                "serviceSelectors": [{ "matchLabels": { "edge": "yes" } }],
            },
        })
    );
    let advertisement = tree.object("clusters/main/20-metallb/l2advertisement-edge.yaml");
    assert_eq!(
        advertisement["spec"],
        json!({
            "ipAddressPools": ["edge"], "nodeSelectors": [{ "matchLabels": { "rack": "1" } }],
            "interfaces": ["eno9"],
        })
    );
    assert!(tree.has("clusters/main/20-metallb/ipaddresspool-quiet.yaml"));
    assert!(!tree.has("clusters/main/20-metallb/l2advertisement-quiet.yaml"));
}

const BGP: &str = r#"asn = 64512
namespace = "lb"
load_balancer_class = "metallb.io/metallb"
values = { speaker = { logLevel = "warn" } }
peers.tor = { address = "192.168.1.1", asn = 65000, hold_time = "90s", keepalive_time = "30s", connect_time = "10s", password_secret = "bgp", bfd = "fast", ebgp_multi_hop = true, nodes = { rack = "1" }, raw = { peerPort = 1179 } }
peers.unnumbered = { interface = "eno1", dynamic_asn = "external", my_asn = 64600, vrf = "edge" }
bfd_profiles.fast = { receive_interval = 50, detect_multiplier = 3, echo_mode = false }
communities.no-advertise = "65535:65282"
[pools.routed]
cluster = "main"
addresses = ["10.99.0.0/24"]
advertise = ["l2", "bgp"]
peers = ["tor"]
communities = ["no-advertise", "65000:1"]
local_pref = 200
aggregation_length = 26
"#;

#[test]
fn bgp_has_peers_profiles_communities_and_advertisements() {
    let tree = plan(K3S, &format!("version = \"v0.15.3\"\n{BGP}"));
    let folder = "clusters/main/20-metallb";
    let tor = tree.object(&format!("{folder}/bgppeer-tor.yaml"));
    assert_eq!(tor["apiVersion"], "metallb.io/v1beta2");
    assert_eq!(
        tor["spec"],
        json!({
            "myASN": 64512, "peerASN": 65000, "peerAddress": "192.168.1.1", "holdTime": "90s",
            "keepaliveTime": "30s", "connectTime": "10s",
            "nodeSelectors": [{ "matchLabels": { "rack": "1" } }],
            "passwordSecret": { "name": "bgp", "namespace": "lb" }, "bfdProfile": "fast", "ebgpMultiHop": true,
            "peerPort": 1179,
        })
    );
    let unnumbered = tree.object(&format!("{folder}/bgppeer-unnumbered.yaml"));
    assert_eq!(
        unnumbered["spec"],
        json!({ "myASN": 64600, "dynamicASN": "external", "interface": "eno1", "vrf": "edge" })
    );
    let profile = tree.object(&format!("{folder}/bfdprofile-fast.yaml"));
    assert_eq!(profile["spec"], json!({ "receiveInterval": 50, "detectMultiplier": 3, "echoMode": false }));
    let community = tree.object(&format!("{folder}/community-no-advertise.yaml"));
    assert_eq!(community["spec"]["communities"], json!([{ "name": "no-advertise", "value": "65535:65282" }]));
    let advertisement = tree.object(&format!("{folder}/bgpadvertisement-routed.yaml"));
    assert_eq!(
        advertisement["spec"],
        json!({
            "ipAddressPools": ["routed"], "aggregationLength": 26, "localPref": 200,
            "communities": ["no-advertise", "65000:1"], "peers": ["tor"],
        })
    );
    assert!(tree.has(&format!("{folder}/l2advertisement-routed.yaml")));
    assert_eq!(
        tree.object("values/main/metallb.yaml"),
        json!({
            "loadBalancerClass": "metallb.io/metallb",
            "speaker": { "frr": { "enabled": true }, "logLevel": "warn" },
            "frrk8s": { "enabled": false },
        })
    );
}

#[test]
fn an_old_release_is_asked_for_nothing_that_it_does_not_know() {
    let text = |connect_time: &str| {
        text(
            K3S,
            &format!(
                "version = \"v0.14.3\"\nasn = 64512\npeers.tor = {{ address = \"192.168.1.1\", asn = 65000, hold_time = \"90s\"{connect_time} }}\n[pools.routed]\ncluster = \"main\"\naddresses = [\"10.99.0.0/24\"]\nadvertise = \"bgp\"\n"
            ),
        )
    };
    let spec = &compile(&text("")).object("clusters/main/20-metallb/bgppeer-tor.yaml")["spec"];
    assert_eq!(
        *spec,
        json!({ "myASN": 64512, "peerASN": 65000, "peerAddress": "192.168.1.1", "holdTime": "90s" })
    );
    // connectTime came with v0.14.4.
    let inputs =
        plan::Inputs::new(plan::source::Source::new("migration.toml", text(", connect_time = \"10s\"")));
    let refused = plan::compile(&inputs);
    assert!(refused.output.is_none());
    assert_eq!(refused.diagnostics[0].rule.name, "metallb-field-too-new");
}

#[test]
fn the_backend_follows_the_release_and_the_need() {
    let enabled = |tree: &Compiled| {
        let values = tree.object("values/main/metallb.yaml");
        (values["speaker"]["frr"]["enabled"].as_bool(), values["frrk8s"]["enabled"].as_bool())
    };
    let routed = "[pools.routed]\ncluster = \"main\"\naddresses = [\"10.99.0.0/24\"]\nadvertise = \"bgp\"\n";
    let peer = "asn = 64512\npeers.tor = { address = \"192.168.1.1\", asn = 65000 }\n";
    let cases = [
        ("v0.16.1", "", L2, (Some(false), Some(false))),
        ("v0.16.1", "", routed, (Some(false), Some(true))),
        ("v0.15.3", "", routed, (Some(true), Some(false))),
        ("v0.15.3", "backend = \"native\"\n", routed, (Some(false), Some(false))),
        ("v0.15.3", "backend = \"frr-k8s\"\n", routed, (Some(false), Some(true))),
        // The chart of 0.13 has no such key.
        ("v0.13.12", "", L2, (Some(false), None)),
    ];
    for (version, backend, pool, expected) in cases {
        let tree = plan(K3S, &format!("version = \"{version}\"\n{backend}{peer}{pool}"));
        assert_eq!(enabled(&tree), expected, "{version} {backend} {pool}");
    }
}

#[test]
fn a_cluster_of_servers_only_still_answers() {
    let kubeadm = "distribution = \"kubeadm\"\nversion = \"v1.34.1\"\nservers = [\"a\", \"b\", \"c\"]\npods = \"10.42.0.0/16\"\nservices = \"10.43.0.0/16\"";
    let tree = plan(kubeadm, &format!("version = \"v0.15.3\"\n{L2}"));
    assert_eq!(tree.object("values/main/metallb.yaml")["speaker"]["ignoreExcludeLB"], true);
    let tree = plan(K3S, &format!("version = \"v0.15.3\"\n{L2}"));
    assert!(tree.object("values/main/metallb.yaml")["speaker"].get("ignoreExcludeLB").is_none());
}

#[test]
fn no_speaker_runs_where_calico_announces_everything() {
    let tree = compile(
        r#"
schema = 1
name = "lab"
[lan]
cidr = "192.168.1.0/24"
gateway = "192.168.1.1"
[hosts]
a = { ip = "192.168.1.11" }
[clusters.main]
distribution = "k3s"
version = "v1.34.1+k3s1"
servers = ["a"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
[clusters.main.calico]
version = "v3.31.7"
bgp = true
encapsulation = "None"
announce_pools = true
peers.tor = { address = "192.168.1.1", asn = 65000 }
[clusters.main.metallb]
version = "v0.15.3"
[pools.routed]
cluster = "main"
addresses = ["10.99.0.0/24"]
advertise = "bgp"
"#,
    );
    assert!(tree.has("clusters/main/20-metallb/ipaddresspool-routed.yaml"));
    assert!(!tree.has("clusters/main/20-metallb/bgpadvertisement-routed.yaml"));
    assert_eq!(tree.object("values/main/metallb.yaml")["speaker"]["enabled"], false);
}
