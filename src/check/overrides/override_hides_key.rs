//! What the plan has a key for is not overridden behind its back.

use super::list::overrides;
use super::schema::refusals;
use crate::check::Check;
use crate::decode::{Raw, RawValue};
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::{Facts, ansible, ansible::Profile};
use crate::model::Firewall;
use crate::resolve::Cluster;
use crate::source::{Located, Span};
use crate::upstream::calico::{WIREGUARD, WIREGUARD_V6};
use crate::upstream::metallb::MEMBERLIST_PORT;
use std::collections::BTreeSet;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3508",
    name: "override-hides-key",
    level: Level::Warning,
    summary: "an override says nothing that a key of the plan says",
    explanation: "The firewall, the policies, the arguments of the nodes and the addresses are made from the keys of the plan. \
                  An override of the same field changes one object and none of these: with `bgp` overridden in the \
                  Installation, Calico speaks BGP behind a firewall that keeps port 179 closed, and with other `addresses` in \
                  an IPAddressPool MetalLB gives out what `plan` believes to be somebody else's.",
    fails: r#"[clusters.main.calico]
version = "v3.30.7"
installation = { calicoNetwork = { bgp = "Enabled" } }
"#,
    passes: r#"[clusters.main.calico]
version = "v3.30.7"
installation = { calicoNetwork = { linuxPolicySetupTimeoutSeconds = 30 } }
"#,
    covers: &["CAL034", "CAL101", "P-08", "P-14"],
};

/// Leaves out what another rule speaks of, the same field or the whole override: that it hides a key is the lesser fault.
pub fn forget_repeated(found: &mut Vec<Diagnostic>) {
    let is_ours = |finding: &Diagnostic| std::ptr::eq(finding.rule, &RULE);
    let worse: BTreeSet<Span> = found.iter().filter(|one| !is_ours(one)).map(Diagnostic::span).collect();
    found.retain(|finding| {
        !is_ours(finding) || !finding.labels.iter().any(|label| worse.contains(&label.span))
    });
}

/// A field as a JSON pointer into the override, and the key of the plan that means it.
type Row = (&'static str, &'static str);

/// By how the key path of an override ends, or by what is in it.
const TABLES: &[(&str, &[Row])] = &[
    (
        ".calico.installation",
        &[
            ("/calicoNetwork/bgp", "bgp"),
            ("/calicoNetwork/containerIPForwarding", "ip_forwarding"),
            ("/calicoNetwork/ipPools", "pools"),
            ("/calicoNetwork/linuxDataplane", "dataplane"),
            ("/calicoNetwork/mtu", "mtu"),
            ("/imagePullSecrets", "pull_secrets"),
            ("/nodeMetricsPort", "node_metrics_port"),
            ("/registry", "registry"),
            ("/typhaMetricsPort", "typha_metrics_port"),
        ],
    ),
    (
        ".calico.felix_configuration",
        &[
            ("/ipipMTU", "mtu"),
            ("/kubeNodePortRanges", "node_port_range"),
            ("/prometheusMetricsEnabled", "node_metrics_port"),
            ("/prometheusMetricsPort", "node_metrics_port"),
            ("/vxlanMTU", "mtu"),
            ("/vxlanMTUV6", "mtu"),
        ],
    ),
    (
        ".calico.bgp_configuration",
        &[
            ("/asNumber", "asn"),
            ("/nodeToNodeMeshEnabled", "node_mesh"),
            ("/serviceLoadBalancerIPs", "announce_pools"),
        ],
    ),
    (
        ".calico.peers.",
        &[
            ("/asNumber", "asn"),
            ("/nodeSelector", "node_selector"),
            ("/peerIP", "address"),
            ("/peerSelector", "peer_selector"),
        ],
    ),
    (
        ".calico.pools.",
        &[
            ("/allowedUses", "uses"),
            ("/assignmentMode", "assignment"),
            ("/blockSize", "block_size"),
            ("/cidr", "cidr"),
            ("/disableBGPExport", "disable_bgp_export"),
            ("/disableNewAllocations", "disable_new_allocations"),
            ("/disabled", "disable_new_allocations"),
            ("/encapsulation", "encapsulation"),
            ("/ipipMode", "encapsulation"),
            ("/natOutgoing", "nat_outgoing"),
            ("/nodeSelector", "node_selector"),
            ("/vxlanMode", "encapsulation"),
        ],
    ),
    (
        ".metallb.peers.",
        &[
            ("/bfdProfile", "bfd"),
            ("/dynamicASN", "dynamic_asn"),
            ("/interface", "interface"),
            ("/myASN", "my_asn"),
            ("/nodeSelectors", "nodes"),
            ("/peerASN", "asn"),
            ("/peerAddress", "address"),
        ],
    ),
    (
        ".ip_address_pool",
        &[("/addresses", "addresses"), ("/autoAssign", "auto_assign"), ("/avoidBuggyIPs", "avoid_buggy_ips")],
    ),
    (".l2_advertisement", &[("/nodeSelectors", "nodes")]),
    (
        ".bgp_advertisement",
        &[
            ("/aggregationLength", "aggregation_length"),
            ("/aggregationLengthV6", "aggregation_length_v6"),
            ("/nodeSelectors", "nodes"),
            ("/peers", "peers"),
        ],
    ),
];

const METALLB_VALUES: &[Row] = &[
    ("/frrk8s/enabled", "backend"),
    ("/loadBalancerClass", "load_balancer_class"),
    ("/speaker/frr/enabled", "backend"),
];

const SELDON_SETUP: &[Row] = &[
    ("/controller/clusterwide", "tenants"),
    ("/controller/watchNamespaces", "tenants"),
    ("/imagePullSecrets", "pull_secrets"),
    ("/opentelemetry/disable", "telemetry"),
    ("/opentelemetry/endpoint", "telemetry"),
    ("/services/defaultServiceType", "mesh"),
];

const SELDON_RUNTIME: &[Row] = &[
    ("/config/serviceConfig/serviceType", "mesh"),
    ("/config/kafkaConfig/bootstrap", "kafka"),
    ("/config/tracingConfig/disable", "telemetry"),
    ("/envoy/serviceType", "mesh"),
    ("/scheduler/serviceType", "scheduler"),
];

/// Without a broker these crash in a loop.
const PIPELINES: &[Row] = &[
    ("/dataflow/disable", "kafka"),
    ("/modelgateway/disable", "kafka"),
    ("/pipelinegateway/disable", "kafka"),
];

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    // What is refused has no effect to speak of.
    for part in overrides(facts).into_iter().filter(|part| refusals(part).is_empty()) {
        let table = TABLES.iter().find(|(mark, _)| match mark.ends_with('.') {
            true => part.path.contains(mark),
            false => part.path.ends_with(mark),
        });
        for row in table.iter().flat_map(|(_, rows)| rows.iter()) {
            report(part.raw, part.span, &part.path, *row, found);
        }
    }
    for cluster in resolved.targets() {
        for (word, raw, pointer, opened) in ports(cluster) {
            let (above, field) = pointer.rsplit_once('/').unwrap_or(("", pointer));
            let Some(span) = raw.and_then(|raw| raw.value.key_place(above, field)) else { continue };
            let path = format!("clusters.{}.{word}", cluster.name);
            let field = pointer.trim_start_matches('/').replace('/', ".");
            let finding = Diagnostic::new(&RULE, span, format!("`{path}` overrides `{field}`"))
                .here(format!("the firewall of the plan opens {opened}"))
                .help("remove it, or write: firewall = \"none\"")
                .on(path);
            found.push(finding);
        }
        if let Some(values) = cluster.metallb().and_then(|metallb| metallb.values.as_ref()) {
            let path = format!("clusters.{}.metallb.values", cluster.name);
            for row in METALLB_VALUES {
                report(&values.value, values.span, &path, *row, found);
            }
        }
    }
    variables(facts, found);
    seldon(facts, found);
}

fn seldon(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    // One `[seldon]` is for every cluster.
    let mut seen = BTreeSet::new();
    for install in &resolved.installs {
        let Some(values) = &install.settings.values else { continue };
        let broker = |raw: &Raw| raw.to_json().pointer("/kafka/bootstrap").is_some();
        let own_broker = values.value.setup.as_ref().is_some_and(|setup| broker(&setup.value));
        let kafka: &[Row] = if install.kafka.is_some() { &[("/kafka/bootstrap", "kafka")] } else { &[] };
        let pipelines = if install.kafka.is_some() || own_broker { &[] } else { PIPELINES };
        for (word, raw, rows) in [
            ("setup", &values.value.setup, [SELDON_SETUP, kafka]),
            ("runtime", &values.value.runtime, [SELDON_RUNTIME, pipelines]),
        ] {
            let Some(raw) = raw.as_ref().filter(|raw| seen.insert(raw.span)) else { continue };
            for row in rows.into_iter().flatten() {
                report(&raw.value, raw.span, &format!("seldon.values.{word}"), *row, found);
            }
        }
    }
}

/// Ports of which only the firewall knows: the table, the override, the field, and the port that is opened.
fn ports<'c>(
    cluster: &'c Cluster<'_>,
) -> impl Iterator<Item = (&'static str, Option<&'c Located<Raw>>, &'static str, u16)> {
    let calico = cluster.calico.as_ref().map(|calico| calico.written);
    let felix = calico.and_then(|calico| calico.felix_configuration.as_ref());
    let bgp = calico.and_then(|calico| calico.bgp_configuration.as_ref());
    let metallb = cluster.metallb().and_then(|metallb| metallb.values.as_ref());
    let rows = [
        ("calico.felix_configuration", felix, "/vxlanPort", 4789),
        ("calico.felix_configuration", felix, "/wireguardListeningPort", WIREGUARD),
        ("calico.felix_configuration", felix, "/wireguardListeningPortV6", WIREGUARD_V6),
        ("calico.bgp_configuration", bgp, "/listenPort", 179),
        ("metallb.values", metallb, "/speaker/memberlist/mlBindPort", MEMBERLIST_PORT),
    ];
    rows.into_iter().filter(|_| cluster.written.firewall() != Firewall::Disabled)
}

/// Of a profile whose roles have variables for everything, those that other parts of the tree are made from as well.
const OF_ROLES: &[&str] = &[
    "k3s_agent_args",
    "k3s_cluster_dns",
    "k3s_pod_cidr",
    "k3s_server_args",
    "k3s_service_cidr",
    "metallb_ip_range",
];

/// Variables of the inventory that are made from the tables of a cluster; those of `[ansible] vars` win over them.
fn variables(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let Some(vars) = facts.resolved.delivery.ansible.and_then(|ansible| ansible.vars.as_ref()) else {
        return;
    };
    let mut made = BTreeSet::new();
    for cluster in facts.resolved.targets() {
        let files = facts.ansible_of(cluster).0.iter();
        for file in files.filter(|file| !file.own && file.name.starts_with("group_vars/")) {
            let keys = file.text.lines().filter_map(|line| line.split_once(':')).map(|(key, _)| key);
            made.extend(keys.filter(|key| key.starts_with(|first: char| first.is_ascii_lowercase())));
        }
    }
    let roles = ansible::profile_of(facts).is_some_and(Profile::has_roles);
    for (name, value) in &vars.value.0 {
        let refers = matches!(&value.value, RawValue::Text(text) if text.contains("{{"));
        let known = if roles { OF_ROLES.contains(&&*name.value) } else { made.contains(name.value.as_str()) };
        if !known || refers {
            continue;
        }
        let path = format!("ansible.vars.{}", name.value);
        let finding = Diagnostic::new(&RULE, name.span, format!("`ansible.vars` overrides `{}`", name.value))
            .here("the rest of the tree does not know of it")
            .label(vars.span, "read after what the plan gives")
            .help("remove it, and say it in the plan's own words, in the table of the cluster")
            .on(path);
        found.push(finding);
    }
}

fn report(raw: &Raw, whole: Span, path: &str, (pointer, key): Row, found: &mut Vec<Diagnostic>) {
    let (above, field) = pointer.rsplit_once('/').unwrap_or(("", pointer));
    let Some(span) = raw.key_place(above, field) else { return };
    // Watching more than the plan knows of is no harm; watching less leaves tenants alone.
    if field == "clusterwide" && raw.to_json().pointer(pointer) != Some(&serde_json::Value::Bool(false)) {
        return;
    }
    // What `plan` writes itself is no other word.
    let is_type = field == "serviceType" || field == "defaultServiceType";
    if is_type && raw.to_json().pointer(pointer).is_some_and(|word| word == "ClusterIP") {
        return;
    }
    let field = pointer.trim_start_matches('/').replace('/', ".");
    let help = match key {
        "tenants" => {
            "remove it: the controller watches the namespaces of the tenants with `seldon = true`".to_owned()
        }
        "mesh" | "scheduler" => format!("remove it, and write for an address: {key} = true"),
        "node_port_range" => "remove it and write `node_port_range` in the cluster's table".to_owned(),
        key => format!("remove it and write `{key}` in the plan's own words"),
    };
    let finding =
        Diagnostic::new(&RULE, span, format!("`{path}` overrides `{field}` behind the key `{key}`"))
            .here("the rest of the tree does not know of it")
            .label(whole, "in this override")
            .help(help)
            .on(path);
    found.push(finding);
}
