//! An argument that the plan computes is not written a second time, and none keeps a node from starting.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::{Cni, Distribution};
use crate::resolve::Cluster;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3012",
    name: "node-argument-taken",
    level: Level::Error,
    summary: "`server_args` and `agent_args` of K3s say nothing that the plan computes or the kubelet refuses",
    explanation: "K3s takes the last of two values, so an argument of yours would win over the one that Calico, the firewall \
                  and the policies were made from, and servers that differ in one of them do not join (k3s \
                  `docs/cli/server.md`, critical configuration values). With `--egress-selector-mode=pod` the servers look \
                  for pods by the node's `podCIDR`, which Calico does not use. A kubelet that is to give itself a label of \
                  `node-role.kubernetes.io` does not start (kubernetes `--node-labels`).",
    fails: r#"[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
server_args = ["--flannel-backend=vxlan"]
agent_args = ["--node-label=node-role.kubernetes.io/worker=true"]
"#,
    passes: r#"[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
server_args = ["--tls-san=k8s.test"]
agent_args = ["--node-label=disk=ssd"]
"#,
    covers: &["CAL057", "CAL058", "K3S-07"],
};

/// Flag of K3s, and the key of the plan that it follows from.
const COMPUTED: &[(&str, &str)] = &[
    ("--cluster-cidr", "pods"),
    ("--service-cidr", "services"),
    ("--cluster-dns", "services"),
    ("--cluster-domain", "domain"),
    ("--service-node-port-range", "node_port_range"),
    ("--https-listen-port", "api_port"),
    ("--cluster-init", "servers"),
    ("--server", "servers"),
    ("--node-name", "hosts"),
];

/// The same, where Calico is the network.
const WITH_CALICO: &[(&str, &str)] = &[("--flannel-backend", "cni"), ("--disable-network-policy", "cni")];

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for cluster in facts.resolved.targets().filter(|cluster| cluster.distribution == Distribution::K3s) {
        for (key, list) in
            [("server_args", &cluster.written.server_args), ("agent_args", &cluster.written.agent_args)]
        {
            for argument in list.iter().flat_map(|list| &list.value) {
                let Some((here, help)) = problem(cluster, &argument.value) else { continue };
                let message = format!("`{}` of `{}` has {}", key, cluster.name, argument.value);
                let finding = Diagnostic::new(&RULE, argument.span, message)
                    .here(here)
                    .help(help)
                    .on(format!("clusters.{}.{key}", cluster.name));
                found.push(finding);
            }
        }
    }
}

/// What is wrong with an argument, and what to do.
fn problem(cluster: &Cluster<'_>, argument: &str) -> Option<(String, String)> {
    let (flag, value) = argument.split_once('=').unwrap_or((argument, ""));
    let calico = if cluster.cni == Cni::Calico { WITH_CALICO } else { &[] };
    if let Some((_, key)) = COMPUTED.iter().chain(calico).find(|(own, _)| *own == flag) {
        return Some((
            format!("the plan computes it from `{key}`"),
            format!("remove it; `{key}` is where it is said"),
        ));
    }
    match flag {
        "--egress-selector-mode" if value == "pod" && cluster.cni == Cni::Calico => Some((
            "Calico does not use the node's `podCIDR`".to_owned(),
            "write: \"--egress-selector-mode=cluster\"".to_owned(),
        )),
        "--node-label" if value.starts_with("node-role.kubernetes.io") => Some((
            "a kubelet may not give itself this label".to_owned(),
            "write it under `labels` of the host: it is set once the node has joined".to_owned(),
        )),
        _ => None,
    }
}
