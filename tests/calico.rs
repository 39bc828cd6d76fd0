//! What a cluster gets of Calico: the bootstrap, and the objects of Calico's own API.

use crate::compiled::{Compiled, compile, reference};
use serde_json::json;

/// A plan with one cluster; `calico` and what follows is put behind it.
fn plan(cluster: &str, calico: &str) -> Compiled {
    compile(&format!(
        r#"
schema = 1
name = "lab"
[lan]
cidr = ["192.168.1.0/24", "fd00:1::/64"]
gateway = "192.168.1.1"
[hosts]
a = {{ ip = ["192.168.1.11", "fd00:1::11"] }}
b = {{ ip = ["192.168.1.12", "fd00:1::12"] }}
c = {{ ip = ["192.168.1.13", "fd00:1::13"] }}
[clusters.main]
servers = ["a", "b", "c"]
{cluster}
[clusters.main.calico]
{calico}
"#
    ))
}

const K3S: &str = "distribution = \"k3s\"\nversion = \"v1.34.1+k3s1\"\npods = \"10.42.0.0/16\"\nservices = \"10.43.0.0/16\"";
const DUAL: &str = "distribution = \"kubeadm\"\nversion = \"v1.34.1\"\npods = [\"10.244.0.0/16\", \"fd00:42::/56\"]\nservices = [\"10.96.0.0/16\", \"fd00:43::/112\"]";
const INSTALLATION: &str = "bootstrap/main/10-calico/installation-default.yaml";
const SCRIPT: &str = "bootstrap/main/bootstrap.sh";

#[test]
fn the_reference_plan_gets_an_installation_that_does_not_drift() {
    let tree = reference("ml-platform");
    let installation = tree.object("bootstrap/after/10-calico/installation-default.yaml");
    assert_eq!(
        installation["spec"]["calicoNetwork"]["ipPools"],
        json!([{
            "name": "default-ipv4-ippool", "cidr": "10.42.0.0/16", "blockSize": 26, "encapsulation": "VXLAN",
            "natOutgoing": "Enabled", "nodeSelector": "all()", "allowedUses": ["Workload", "Tunnel"],
            "assignmentMode": "Automatic", "disableBGPExport": false, "disableNewAllocations": false,
        }])
    );
    let network = &installation["spec"]["calicoNetwork"];
    assert_eq!(network["mtu"], 1450);
    assert_eq!(network["bgp"], "Disabled");
    assert_eq!(
        network["nodeAddressAutodetectionV4"],
        json!({ "firstFound": false, "cidrs": ["192.168.1.0/24"] })
    );
    assert!(network.get("nodeAddressAutodetectionV6").is_none());
    assert!(installation["spec"].get("kubernetesProvider").is_none());
    let annotation = &installation["metadata"]["annotations"]["argocd.argoproj.io/sync-options"];
    assert_eq!(annotation, "Prune=false,Delete=false");
    let script = tree.text("bootstrap/after/bootstrap.sh");
    let crds = script.find("$MANIFESTS/operator-crds.yaml").expect("the kinds");
    let operator = script.find("$MANIFESTS/tigera-operator.yaml").expect("the operator");
    let calico = script.find("-k \"$here/10-calico\"").expect("Calico");
    assert!(crds < operator && operator < calico);
    assert!(script.contains("projectcalico/calico/v3.30.2/manifests}"));
    // Nothing of Calico's own API is needed, so the layer is not there.
    assert!(!tree.paths().any(|path| path.starts_with("clusters/after/10-calico")));
    let values = tree.object("values/after/tigera-operator.yaml");
    let off = json!({ "enabled": false });
    assert_eq!(
        values,
        json!({ "apiServer": off, "goldmane": off, "installation": off, "manageCRDs": false, "whisker": off })
    );
}

#[test]
fn the_article_is_kept_by_flux() {
    let tree = reference("article");
    let namespace = tree.object("bootstrap/production-v2/00-operator/namespace-tigera-operator.yaml");
    assert_eq!(namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"], "privileged");
    assert_eq!(namespace["metadata"]["annotations"]["kustomize.toolkit.fluxcd.io/prune"], "disabled");
    let script = tree.text("bootstrap/production-v2/bootstrap.sh");
    // The script knows the new cluster by its server, so it cannot be run on the old one.
    assert!(script.contains("\nhas_node 192.168.1.95\n"));
    assert!(!tree.paths().any(|path| path.starts_with("bootstrap/production/")));
}

#[test]
fn dual_stack_has_a_pool_and_a_node_address_for_each_family() {
    let tree = plan(DUAL, "version = \"v3.31.7\"\nnode_address = \"cidr:192.168.1.0/24\"");
    let installation = tree.object(INSTALLATION);
    let network = &installation["spec"]["calicoNetwork"];
    let pools = network["ipPools"].as_array().expect("pools");
    assert_eq!(pools[1]["name"], "default-ipv6-ippool");
    assert_eq!(pools[1]["blockSize"], 122);
    assert_eq!(network["mtu"], 1430);
    // A network of one family finds no address of the other.
    let kubernetes = json!({ "firstFound": false, "kubernetes": "NodeInternalIP" });
    assert_eq!(network["nodeAddressAutodetectionV6"], kubernetes);
    assert_eq!(network["nodeAddressAutodetectionV4"]["cidrs"], json!(["192.168.1.0/24"]));
    // Without K3s there is nothing that forwards.
    assert_eq!(network["containerIPForwarding"], "Disabled");
    assert!(
        tree.text(SCRIPT).contains("\nhas_node 192.168.1.11\nhas_node 192.168.1.12\nhas_node 192.168.1.13\n")
    );
}

#[test]
fn each_way_to_find_a_node_address_is_the_only_one() {
    let ways = [
        ("first-found", json!({ "firstFound": true })),
        ("interface:eth.*", json!({ "firstFound": false, "interface": "eth.*" })),
        ("skip-interface:docker.*", json!({ "firstFound": false, "skipInterface": "docker.*" })),
        ("can-reach:192.168.1.1", json!({ "firstFound": false, "canReach": "192.168.1.1" })),
        (
            "cidr:192.168.1.0/24,192.168.2.0/24",
            json!({ "firstFound": false, "cidrs": ["192.168.1.0/24", "192.168.2.0/24"] }),
        ),
    ];
    for (way, expected) in ways {
        let tree = plan(K3S, &format!("version = \"v3.31.7\"\nnode_address = \"{way}\""));
        let network = &tree.object(INSTALLATION)["spec"]["calicoNetwork"];
        assert_eq!(network["nodeAddressAutodetectionV4"], expected, "{way}");
    }
}

#[test]
fn a_pool_for_services_comes_after_the_api_server_and_leaves_metallb_alone() {
    let tree = plan(
        K3S,
        r#"version = "v3.31.7"
bgp = true
encapsulation = "IPIP"
[clusters.main.calico.pools.pods]
cidr = "10.42.0.0/17"
raw = { disableBGPExport = true }
[clusters.main.calico.pools.services]
cidr = "192.168.1.192/26"
block_size = 28
uses = ["LoadBalancer"]
[clusters.main.calico.pools.team]
cidr = "10.42.128.0/18"
uses = ["Workload"]
raw = { namespaceSelector = "team == 'a'" }
[clusters.main.metallb]
version = "v0.15.3"
"#,
    );
    let installation = tree.object(INSTALLATION);
    let pools = installation["spec"]["calicoNetwork"]["ipPools"].as_array().expect("pools");
    assert_eq!(pools.len(), 1);
    assert_eq!(pools[0]["encapsulation"], "IPIP");
    assert_eq!(pools[0]["disableBGPExport"], true);
    assert_eq!(installation["spec"]["calicoNetwork"]["bgp"], "Enabled");
    let services = tree.object("clusters/main/10-calico/ippool-services.yaml");
    assert_eq!(
        services["spec"],
        json!({
            "cidr": "192.168.1.192/26", "blockSize": 28, "vxlanMode": "Never", "ipipMode": "Never",
            "natOutgoing": false, "nodeSelector": "all()", "allowedUses": ["LoadBalancer"],
            "assignmentMode": "Automatic", "disableBGPExport": false, "disabled": false,
        })
    );
    let team = tree.object("clusters/main/10-calico/ippool-team.yaml");
    assert_eq!(team["spec"]["namespaceSelector"], "team == 'a'");
    assert_eq!(team["spec"]["ipipMode"], "Always");
    assert_eq!(team["spec"]["natOutgoing"], true);
    let controllers = tree.object("clusters/main/10-calico/kubecontrollersconfiguration-default.yaml");
    let assign = &controllers["spec"]["controllers"]["loadBalancer"]["assignIPs"];
    assert_eq!(assign, "RequestedServicesOnly");
}

#[test]
fn bgp_has_a_system_peers_and_the_pools_that_calico_announces() {
    let tree = plan(
        K3S,
        r#"version = "v3.30.7"
bgp = true
encapsulation = "None"
asn = 64600
node_mesh = false
announce_pools = true
bgp_configuration = { listenPort = 1179 }
peers.tor = { address = "192.168.1.1", asn = 65000, node_selector = "rack == '1'", password_secret = "bgp/tor" }
peers.reflectors = { peer_selector = "route-reflector == 'true'" }
[clusters.main.metallb]
version = "v0.15.3"
[pools.routed]
cluster = "main"
addresses = ["10.99.0.8-10.99.0.15", "10.99.0.20-10.99.0.21"]
[pools.switched]
cluster = "main"
addresses = ["192.168.1.200-192.168.1.201"]
advertise = "l2"
"#,
    );
    let bgp = tree.object("clusters/main/10-calico/bgpconfiguration-default.yaml");
    assert_eq!(
        bgp["spec"],
        json!({
            "nodeToNodeMeshEnabled": false, "asNumber": 64600,
            "serviceLoadBalancerIPs": [{ "cidr": "10.99.0.8/29" }, { "cidr": "10.99.0.20/31" }],
            "listenPort": 1179,
        })
    );
    let tor = tree.object("clusters/main/10-calico/bgppeer-tor.yaml");
    assert_eq!(
        tor["spec"],
        json!({
            "nodeSelector": "rack == '1'", "peerIP": "192.168.1.1", "asNumber": 65000,
            "password": { "secretKeyRef": { "name": "bgp", "key": "tor" } },
        })
    );
    let reflectors = tree.object("clusters/main/10-calico/bgppeer-reflectors.yaml");
    assert_eq!(reflectors["spec"], json!({ "peerSelector": "route-reflector == 'true'" }));
    // MetalLB still announces the pool that says so, and only that one.
    assert!(tree.has("clusters/main/20-metallb/l2advertisement-switched.yaml"));
    assert!(!tree.has("clusters/main/20-metallb/l2advertisement-routed.yaml"));
}

#[test]
fn what_is_said_in_upstreams_words_is_laid_over_last() {
    let tree = plan(
        &format!("{K3S}\nnode_port_range = \"30000-31000\""),
        r#"version = "v3.31.7"
strict_affinity = true
max_blocks_per_host = 8
installation = { controlPlaneReplicas = 3, calicoNetwork = { hostPorts = "Disabled" } }
felix_configuration = { logSeverityScreen = "Warning" }
goldmane = true
whisker = true
whisker_spec = { notifications = "Enabled" }
tiers.platform = { order = 200 }
"#,
    );
    let spec = &tree.object(INSTALLATION)["spec"];
    assert_eq!(spec["controlPlaneReplicas"], 3);
    assert_eq!(spec["calicoNetwork"]["hostPorts"], "Disabled");
    assert_eq!(spec["calicoNetwork"]["mtu"], 1450);
    let felix = tree.object("clusters/main/10-calico/felixconfiguration-default.yaml");
    assert_eq!(
        felix["spec"],
        json!({ "kubeNodePortRanges": ["30000:31000"], "logSeverityScreen": "Warning" })
    );
    let ipam = tree.object("clusters/main/10-calico/ipamconfiguration-default.yaml");
    let expected = json!({ "strictAffinity": true, "autoAllocateBlocks": true, "maxBlocksPerHost": 8 });
    assert_eq!(ipam["spec"], expected);
    let whisker = tree.object("bootstrap/main/10-calico/whisker-default.yaml");
    assert_eq!(whisker["spec"]["notifications"], "Enabled");
    let tier = tree.object("clusters/main/10-calico/tier-platform.yaml");
    assert_eq!(tier["spec"], json!({ "order": 200, "defaultAction": "Pass" }));
    assert!(tree.text(SCRIPT).contains("for status in calico apiserver goldmane whisker; do"));
}

#[test]
fn a_mirror_serves_the_operator_too() {
    let tree = plan(
        K3S,
        r#"version = "3.31.7"
registry = "registry.lab:5000/mirror"
pull_secrets = ["lab"]
"#,
    );
    let spec = &tree.object(INSTALLATION)["spec"];
    assert_eq!(spec["registry"], "registry.lab:5000/mirror/");
    assert_eq!(spec["imagePullSecrets"], json!([{ "name": "lab" }]));
    let script = tree.text(SCRIPT);
    assert!(script.contains(r#""tigera-operator="'registry.lab:5000/mirror/'"${image#*/}""#), "{script}");
    assert!(script.contains("get secret 'lab'"));
    // A tag has a `v`, whatever a person writes.
    assert!(script.contains("calico/v3.31.7/manifests}"));
}

#[test]
fn a_release_gets_only_what_it_knows() {
    let old = plan(&K3S.replace("v1.34.1", "v1.32.1"), "version = \"v3.29.7\"");
    let pool = &old.object(INSTALLATION)["spec"]["calicoNetwork"]["ipPools"][0];
    assert!(pool.get("assignmentMode").is_none());
    assert!(!old.has("bootstrap/main/10-calico/goldmane-default.yaml"));
    assert!(!old.text(SCRIPT).contains("operator-crds.yaml"));

    let new = plan(K3S, "version = \"v3.32.1\"");
    assert!(new.text(SCRIPT).contains("$MANIFESTS/v1_crd_projectcalico_org.yaml"));
    let native = plan(K3S, "version = \"v3.32.1\"\napi = \"native\"");
    assert!(native.text(SCRIPT).contains("$MANIFESTS/v3_projectcalico_org.yaml"));
    assert!(!native.text(SCRIPT).contains("v1_crd"));
}

#[test]
fn ebpf_has_no_host_ports() {
    let network = &plan(K3S, "version = \"v3.31.7\"\ndataplane = \"BPF\"").object(INSTALLATION)["spec"]["calicoNetwork"];
    assert_eq!(network["linuxDataplane"], "BPF");
    assert_eq!(network["hostPorts"], "Disabled");
}

#[test]
fn ebpf_knows_where_the_api_server_is_before_anything_translates_its_address() {
    const ENDPOINT: &str = "bootstrap/main/00-operator/configmap-kubernetes-services-endpoint.yaml";
    let ebpf = "version = \"v3.31.7\"\ndataplane = \"BPF\"";
    let data = |cluster: &str| plan(cluster, ebpf).object(ENDPOINT)["data"].clone();
    let first = json!({ "KUBERNETES_SERVICE_HOST": "192.168.1.11", "KUBERNETES_SERVICE_PORT": "6443" });
    assert_eq!(data(K3S), first);
    let shared = format!("{K3S}\napi_address = \"192.168.1.80\"\napi_port = 7443");
    assert_eq!(
        data(&shared),
        json!({ "KUBERNETES_SERVICE_HOST": "192.168.1.80", "KUBERNETES_SERVICE_PORT": "7443" })
    );
    assert!(!plan(K3S, "version = \"v3.31.7\"").has(ENDPOINT));
}

#[test]
fn another_plugin_has_no_bootstrap() {
    let tree = compile(
        r#"
schema = 1
name = "lab"
[lan]
cidr = "192.168.1.0/24"
[hosts]
a = { ip = "192.168.1.11" }
[clusters.main]
distribution = "k3s"
version = "v1.34.1+k3s1"
servers = ["a"]
cni = "flannel"
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
"#,
    );
    assert!(!tree.paths().any(|path| path.starts_with("bootstrap/")));
}

/// Runs the script of a plan with a kubectl that only writes down what it is asked.
#[cfg(unix)]
fn run(tree: &Compiled, nodes: &str, flannel: &str) -> (bool, String) {
    use std::process::Command;
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    let fake = format!(
        "#!/bin/sh\necho \"$*\" >>'{}'\ncase $* in\n*InternalIP*) printf %s '{nodes}' ;;\n*flannel*) printf %s '{flannel}' ;;\n*containers*) printf %s quay.io/tigera/operator:v1.40.15 ;;\nesac\n",
        here.join("asked").display()
    );
    std::fs::write(here.join("kubectl"), fake).expect("kubectl");
    std::fs::write(here.join("bootstrap.sh"), tree.text(SCRIPT)).expect("the script");
    let output = Command::new("sh")
        .arg(here.join("bootstrap.sh"))
        .env("KUBECTL", format!("sh {}", here.join("kubectl").display()))
        .output()
        .expect("sh");
    (output.status.success(), std::fs::read_to_string(here.join("asked")).unwrap_or_default())
}

#[cfg(unix)]
#[test]
fn the_script_runs_to_its_end_and_stops_before_harm() {
    let tree =
        plan(K3S, "version = \"v3.31.7\"\nregistry = \"registry.lab/mirror\"\npull_secrets = [\"a\", \"b\"]");
    let nodes = "192.168.1.11 192.168.1.12 192.168.1.13";
    let (done, asked) = run(&tree, nodes, "");
    assert!(done, "{asked}");
    assert!(asked.contains("tigera-operator=registry.lab/mirror/tigera/operator:v1.40.15"), "{asked}");
    assert!(asked.contains(r#"{"imagePullSecrets":[{"name":"a"},{"name":"b"}]}"#), "{asked}");
    let place = |what: &str| asked.find(what).unwrap_or_else(|| panic!("{what} is not in {asked}"));
    assert!(place("00-operator") < place("operator-crds.yaml"));
    assert!(place("rollout status") < place("10-calico"));
    assert!(place("10-calico") < place("tigerastatus/apiserver"));

    // 192.168.1.110 is not 192.168.1.11.
    let (done, asked) = run(&tree, "192.168.1.110 192.168.1.12 192.168.1.13", "");
    assert!(!done && !asked.contains("apply"), "{asked}");
    let (done, asked) = run(&tree, nodes, "vxlan");
    assert!(!done && !asked.contains("apply"), "{asked}");
}

#[test]
fn nodes_may_read_the_passwords_of_their_peers_and_no_other_secret() {
    let plan = plan::check::scaffold(
        "[clusters.main.calico]\nversion = \"v3.30.7\"\nbgp = true\nencapsulation = \"None\"\n\n\
         [clusters.main.calico.peers]\na = { address = \"192.168.1.1\", asn = 65000, password_secret = \"bgp/a\" }\n\
         b = { address = \"192.168.1.2\", asn = 65000, raw = { password = { secretKeyRef = { name = \"other\", key = \"b\" } } } }\n\
         c = { address = \"192.168.1.3\", asn = 65000 }\n",
    );
    let output = plan::compile(&plan::Inputs::new(plan::source::Source::new("migration.toml", plan))).output;
    let tree = output.expect("a tree").tree;
    let read = |name: &str| -> serde_json::Value {
        let path = format!("clusters/main/10-calico/{name}-plan-bgp-passwords.yaml");
        let file = tree.iter().find(|(found, _)| found.as_str() == path).expect("a file").1;
        serde_yaml::from_slice(file).expect("YAML")
    };
    let rule = &read("role")["rules"][0];
    assert_eq!(rule["resources"], serde_json::json!(["secrets"]));
    assert_eq!(rule["resourceNames"], serde_json::json!(["bgp", "other"]));
    let binding = read("rolebinding");
    assert_eq!(binding["metadata"]["namespace"], "calico-system");
    assert_eq!(binding["subjects"][0]["name"], "calico-node");
    assert_eq!(binding["roleRef"]["name"], "plan-bgp-passwords");
}

#[test]
fn reflectors_get_an_id_and_calico_announces_the_addresses_it_hands_out() {
    let text = std::fs::read_to_string("tests/plans/campus/migration.toml").expect("the plan");
    let output =
        plan::compile(&plan::Inputs::new(plan::source::Source::new("migration.toml", text.clone()))).output;
    let tree = output.expect("a tree").tree;
    let read = |tree: &plan::tree::Tree, path: &str| {
        String::from_utf8(tree.get(path).expect(path).to_vec()).expect("UTF-8")
    };
    let script = read(&tree, "bootstrap/research/bootstrap.sh");
    for node in ["r1", "r2"] {
        assert!(
            script.contains(&format!("node {node} projectcalico.org/RouteReflectorClusterID=")),
            "{script}"
        );
    }
    assert_eq!(script.matches("RouteReflectorClusterID").count(), 2);
    let settings = read(&tree, "clusters/research/10-calico/bgpconfiguration-default.yaml");
    assert!(settings.contains("- cidr: 10.61.0.0/24"), "{settings}");
    // In a mesh nobody has to hand anything on.
    let mesh = text.replace("node_mesh     = false", "node_mesh     = true");
    let output = plan::compile(&plan::Inputs::new(plan::source::Source::new("migration.toml", mesh))).output;
    let script = read(&output.expect("a tree").tree, "bootstrap/research/bootstrap.sh");
    assert!(!script.contains("RouteReflectorClusterID"));
}

#[test]
fn calico_is_the_only_load_balancer_where_it_hands_out_addresses() {
    let plan = plan::check::scaffold(
        "[clusters.main.metallb]\nversion = \"v0.15.3\"\n\n[clusters.main.calico]\nversion = \"v3.30.7\"\nbgp = true\n\n\
         [clusters.main.calico.pools.pods]\ncidr = \"10.42.0.0/16\"\n\n[clusters.main.calico.pools.edge]\n\
         cidr = \"192.168.50.0/24\"\nuses = [\"LoadBalancer\"]\n\n[clusters.main.calico.peers.tor]\naddress = \"192.168.1.1\"\nasn = 65000\n",
    );
    let plan = plan.replace("[clusters.main.metallb]\nversion = \"v0.15.3\"\n", "");
    let plan =
        plan.replace("[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\n", "");
    let output = plan::compile(&plan::Inputs::new(plan::source::Source::new("migration.toml", plan)));
    let tree = output.output.expect("a tree").tree;
    let servers: Vec<String> = (tree.iter())
        .filter(|(path, _)| path.as_str().starts_with("ansible/"))
        .map(|(_, bytes)| String::from_utf8(bytes.to_vec()).expect("UTF-8"))
        .filter(|text| text.contains("--disable=servicelb"))
        .collect();
    assert!(!servers.is_empty());
}
