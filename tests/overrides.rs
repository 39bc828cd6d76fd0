//! Whatever is said in upstream's words is read by upstream's schema: a key that the object does not have, a value of
//! another type and a word that is none of its words are found at their place in the plan, with what was meant.

use plan::diagnostics::Diagnostic;
use plan::source::Source;

/// A plan in which every object that can be overridden is there, with a mark where its override goes.
const PLAN: &str = r#"
[lan]
cidr = "192.168.1.0/24"
gateway = "192.168.1.1"

[clusters.main]
distribution = "k3s"
version = "v1.31.9+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"

[clusters.main.calico]
version = "v3.30.7"
encapsulation = "None"
bgp = true
goldmane = true
whisker = true
#installation#
#api_server#
#felix_configuration#
#bgp_configuration#
#goldmane_spec#
#whisker_spec#

[clusters.main.calico.peers.core]
address = "192.168.1.2"
asn = 65001
#calico_peer#

[clusters.main.calico.pools.pods]
cidr = "10.42.0.0/16"
#calico_pool#

[clusters.main.metallb]
version = "v0.16.1"
asn = 64512

[clusters.main.metallb.peers.tor]
address = "192.168.1.3"
asn = 65000
#metallb_peer#

[clusters.main.metallb.bfd_profiles.quick]
receive_interval = 300
#bfd_profile#

[pools.lan]
cluster = "main"
addresses = ["192.168.1.200-192.168.1.250"]
advertise = ["l2", "bgp"]
#ip_address_pool#
#l2_advertisement#
#bgp_advertisement#

[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80:8080" }
traffic = "Local"
#service#

[seldon]
version = "2.9.1"
#seldon_setup#
#seldon_runtime#

[policies.probe]
#policy_kind#
metadata = { namespace = "web" }
spec = { podSelector = { }, policyTypes = ["Ingress"], ingress = [{ #policy# }] }
"#;

/// A mark; what is written in its place; the rule; the text at whose place the finding is; a word of the help.
type Row = (&'static str, &'static str, &'static str, &'static str, &'static str);

const ROWS: &[Row] = &[
    // Installation
    (
        "installation",
        "installation = { controlPlaneReplica = 2 }",
        "unknown-field",
        "controlPlaneReplica",
        "controlPlaneReplicas",
    ),
    (
        "installation",
        "installation = { calicoNetwork = { hostPort = \"Enabled\" } }",
        "unknown-field",
        "hostPort",
        "hostPorts",
    ),
    (
        "installation",
        "installation = { controlPlaneReplicas = \"2\" }",
        "refused-value",
        "\"2\"",
        "a whole number",
    ),
    (
        "installation",
        "installation = { calicoNetwork = { hostPorts = \"on\" } }",
        "refused-value",
        "\"on\"",
        "Enabled",
    ),
    ("installation", "installation = { kubernetesProvider = \"k3s\" }", "refused-value", "\"k3s\"", "one of"),
    // APIServer
    (
        "api_server",
        "api_server = { apiServerDeploymen = { } }",
        "unknown-field",
        "apiServerDeploymen",
        "apiServerDeployment",
    ),
    ("api_server", "api_server = { apiServerDeployment = \"x\" }", "refused-value", "\"x\"", "a table"),
    // FelixConfiguration
    (
        "felix_configuration",
        "felix_configuration = { logSeverityScren = \"Info\" }",
        "unknown-field",
        "logSeverityScren",
        "logSeverityScreen",
    ),
    (
        "felix_configuration",
        "felix_configuration = { wireguardEnabled = \"yes\" }",
        "refused-value",
        "\"yes\"",
        "`true` or `false`",
    ),
    (
        "felix_configuration",
        "felix_configuration = { floatingIPs = \"Maybe\" }",
        "refused-value",
        "\"Maybe\"",
        "Enabled",
    ),
    // BGPConfiguration
    (
        "bgp_configuration",
        "bgp_configuration = { logSeverityScren = \"Info\" }",
        "unknown-field",
        "logSeverityScren",
        "logSeverityScreen",
    ),
    (
        "bgp_configuration",
        "bgp_configuration = { listenPort = \"179\" }",
        "refused-value",
        "\"179\"",
        "a whole number",
    ),
    (
        "bgp_configuration",
        "bgp_configuration = { bindMode = \"Node\" }",
        "refused-value",
        "\"Node\"",
        "NodeIP",
    ),
    // Goldmane and Whisker
    (
        "goldmane_spec",
        "goldmane_spec = { goldmaneDeploymnt = { } }",
        "unknown-field",
        "goldmaneDeploymnt",
        "goldmaneDeployment",
    ),
    ("goldmane_spec", "goldmane_spec = { goldmaneDeployment = 3 }", "refused-value", "3", "a table"),
    (
        "whisker_spec",
        "whisker_spec = { notification = \"Disabled\" }",
        "unknown-field",
        "notification",
        "notifications",
    ),
    ("whisker_spec", "whisker_spec = { notifications = true }", "refused-value", "true", ""),
    // BGPPeer of Calico
    (
        "calico_peer",
        "raw = { keepOriginalNexthop = true }",
        "unknown-field",
        "keepOriginalNexthop",
        "keepOriginalNextHop",
    ),
    (
        "calico_peer",
        "raw = { keepOriginalNextHop = \"true\" }",
        "refused-value",
        "\"true\"",
        "`true` or `false`",
    ),
    ("calico_peer", "raw = { sourceAddress = \"Mine\" }", "refused-value", "\"Mine\"", "UseNodeIP"),
    // IPPool
    (
        "calico_pool",
        "raw = { disableBgpExport = true }",
        "unknown-field",
        "disableBgpExport",
        "disableBGPExport",
    ),
    ("calico_pool", "raw = { disableBGPExport = 1 }", "refused-value", "1", "`true` or `false`"),
    (
        "calico_pool",
        "raw = { encapsulation = \"Geneve\" }",
        "refused-value",
        "\"Geneve\"",
        "VXLANCrossSubnet",
    ),
    // BGPPeer and BFDProfile of MetalLB
    ("metallb_peer", "raw = { peerPrt = 179 }", "unknown-field", "peerPrt", "peerPort"),
    ("metallb_peer", "raw = { peerPort = \"179\" }", "refused-value", "\"179\"", "a whole number"),
    ("metallb_peer", "raw = { dynamicASN = \"any\" }", "refused-value", "\"any\"", "internal"),
    ("bfd_profile", "raw = { echoInterva = 50 }", "unknown-field", "echoInterva", "echoInterval"),
    ("bfd_profile", "raw = { echoMode = \"on\" }", "refused-value", "\"on\"", "`true` or `false`"),
    ("bfd_profile", "raw = { receiveInterval = 5 }", "refused-value", "5", "10"),
    // IPAddressPool and its advertisements
    ("ip_address_pool", "ip_address_pool = { autoAsign = true }", "unknown-field", "autoAsign", "autoAssign"),
    (
        "ip_address_pool",
        "ip_address_pool = { serviceAllocation = { priorty = 1 } }",
        "unknown-field",
        "priorty",
        "priority",
    ),
    (
        "ip_address_pool",
        "ip_address_pool = { serviceAllocation = { priority = \"1\" } }",
        "refused-value",
        "\"1\"",
        "a whole number",
    ),
    (
        "l2_advertisement",
        "l2_advertisement = { interface = [\"eno1\"] }",
        "unknown-field",
        "interface",
        "interfaces",
    ),
    (
        "l2_advertisement",
        "l2_advertisement = { interfaces = \"eno1\" }",
        "refused-value",
        "\"eno1\"",
        "a list",
    ),
    ("bgp_advertisement", "bgp_advertisement = { localpref = 1 }", "unknown-field", "localpref", "localPref"),
    (
        "bgp_advertisement",
        "bgp_advertisement = { localPref = \"high\" }",
        "refused-value",
        "\"high\"",
        "a whole number",
    ),
    // Service
    (
        "service",
        "service = { publishNotReadyAddress = true }",
        "unknown-field",
        "publishNotReadyAddress",
        "publishNotReadyAddresses",
    ),
    (
        "service",
        "service = { publishNotReadyAddresses = \"yes\" }",
        "refused-value",
        "\"yes\"",
        "`true` or `false`",
    ),
    (
        "service",
        "service = { healthCheckNodePort = \"31000\" }",
        "refused-value",
        "\"31000\"",
        "a whole number",
    ),
    // Values of Seldon
    (
        "seldon_setup",
        "values = { setup = { scheduler = { logLevl = \"debug\" } } }",
        "seldon-key-unread",
        "logLevl",
        "logLevel",
    ),
    (
        "seldon_setup",
        "values = { setup = { controller = { clusterwide = \"yes\" } } }",
        "seldon-value-refused",
        "\"yes\"",
        "`true` or `false`",
    ),
    (
        "seldon_runtime",
        "values = { runtime = { envoy = { replica = 2 } } }",
        "seldon-key-unread",
        "replica",
        "replicas",
    ),
    // NetworkPolicy
    ("policy", "form = [{ podSelector = { } }]", "unknown-field", "form", "from"),
    (
        "policy",
        "ports = { protocol = \"TCP\", port = 80 }",
        "refused-value",
        "{ protocol = \"TCP\", port = 80 }",
        "a list",
    ),
    ("policy", "ports = [{ protocol = \"HTTP\", port = 80 }]", "refused-value", "\"HTTP\"", ""),
    (
        "policy_kind",
        "kind = \"GlobalNetworkPolicy\"",
        "refused-value",
        "\"GlobalNetworkPolicy\"",
        "NetworkPolicy",
    ),
];

fn with(mark: &str, text: &str) -> String {
    let plan = PLAN.replace(&format!("#{mark}#"), text);
    // The marks that are left: comments in their own line, nothing within one.
    plan.replace("#policy#", "")
}

fn found(plan: &str) -> (String, Vec<Diagnostic>) {
    let text = plan::check::scaffold(plan);
    let inputs = plan::Inputs::new(Source::new("migration.toml", text.as_str()));
    (text, plan::judge(&inputs, |_, _| {}))
}

#[test]
fn the_plan_without_overrides_is_good() {
    let (_, found) = found(&with("none", ""));
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn each_mistake_is_found_at_its_place_and_alone() {
    let mut wrong = Vec::new();
    for (mark, written, rule, place, help) in ROWS {
        let (text, found) = found(&with(mark, written));
        let said = |finding: &Diagnostic| {
            let labels: Vec<&str> =
                finding.labels.iter().filter_map(|label| text.get(label.span.range())).collect();
            format!("{}: {} {labels:?} help {:?}", finding.rule.name, finding.message, finding.help)
        };
        let [one] = found.as_slice() else {
            wrong.push(format!("{mark}: {written} gives {:#?}", found.iter().map(said).collect::<Vec<_>>()));
            continue;
        };
        let there = text.get(one.span().range()).is_some_and(|text| text == *place);
        let words = format!("{} {}", one.help.as_deref().unwrap_or_default(), one.labels[0].text);
        if one.rule.name != *rule || !there || !words.contains(help) {
            wrong.push(format!("{mark}: {written} gives {}", said(one)));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), ROWS.len(), wrong.join("\n"));
}
