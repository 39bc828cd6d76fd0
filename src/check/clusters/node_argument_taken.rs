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
    summary: "`server_args` and `agent_args` say nothing that the plan computes or the kubelet refuses",
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
    ("cluster-cidr", "pods"),
    ("service-cidr", "services"),
    ("cluster-dns", "services"),
    ("cluster-domain", "domain"),
    ("service-node-port-range", "node_port_range"),
    ("https-listen-port", "api_port"),
    ("advertise-port", "api_port"),
    // What the Service `kubernetes` leads to, and policies let pods through to.
    ("advertise-address", "hosts"),
    ("cluster-init", "servers"),
    ("server", "servers"),
    ("node-name", "hosts"),
    ("node-ip", "hosts"),
];

/// The same, where Calico is the network.
const WITH_CALICO: &[(&str, &str)] = &[
    ("flannel-backend", "cni"),
    ("disable-network-policy", "cni"),
    ("disable-kube-proxy", "calico.dataplane"),
];

/// Arguments that K3s hands to one of the programs inside, by its flag for that program.
const OF_COMPONENTS: &[(&str, &[(&str, &str)])] = &[
    ("kube-apiserver-arg", OF_API_SERVER),
    ("kube-controller-manager-arg", &[("cluster-cidr", "pods"), ("service-cluster-ip-range", "services")]),
    (
        "kube-proxy-arg",
        &[("cluster-cidr", "pods"), ("ipvs-strict-arp", "kube_proxy"), ("proxy-mode", "kube_proxy")],
    ),
    ("kubelet-arg", OF_KUBELET),
];

/// kubeadm gives `server_args` to the API server.
const OF_API_SERVER: &[(&str, &str)] = &[
    ("advertise-address", "hosts"),
    ("secure-port", "api_port"),
    ("service-cluster-ip-range", "services"),
    ("service-node-port-range", "node_port_range"),
];

/// kubeadm gives `agent_args` to the kubelet.
const OF_KUBELET: &[(&str, &str)] = &[
    ("cluster-dns", "services"),
    ("cluster-domain", "domain"),
    ("max-pods", "max_pods"),
    ("node-ip", "hosts"),
];

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for cluster in facts.resolved.targets() {
        for (key, list) in
            [("server_args", &cluster.written.server_args), ("agent_args", &cluster.written.agent_args)]
        {
            let list = list.as_ref().map_or(&[][..], |list| &list.value);
            for (at, argument) in list.iter().enumerate() {
                let (flag, mut value) = split(&argument.value);
                // A flag and its value may be two items.
                if let (true, Some(next)) = (value.is_empty(), list.get(at + 1)) {
                    value = if next.value.starts_with('-') { "" } else { next.value.as_str() };
                }
                let problem = match cluster.distribution {
                    Distribution::K3s => of_k3s(cluster, flag, value),
                    Distribution::Kubeadm if key == "server_args" => computed(flag, OF_API_SERVER),
                    Distribution::Kubeadm => computed(flag, OF_KUBELET)
                        .or_else(|| (flag == "node-labels").then(|| label(value)).flatten()),
                };
                let Some((here, help)) = problem else { continue };
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

/// `--flag=value`, `--flag value` or `--flag`, without the dashes.
fn split(argument: &str) -> (&str, &str) {
    let plain = argument.trim_start_matches('-');
    plain.split_once(['=', ' ']).unwrap_or((plain, ""))
}

/// What is wrong with an argument of K3s, and what to do.
fn of_k3s(cluster: &Cluster<'_>, flag: &str, value: &str) -> Option<(String, String)> {
    if let Some((_, rows)) = OF_COMPONENTS.iter().find(|(component, _)| *component == flag) {
        return computed(split(value).0, rows);
    }
    let calico = if cluster.cni == Cni::Calico { WITH_CALICO } else { &[] };
    computed(flag, COMPUTED).or_else(|| computed(flag, calico)).or_else(|| match flag {
        "egress-selector-mode" if value == "pod" && cluster.cni == Cni::Calico => Some((
            "Calico does not use the node's `podCIDR`".to_owned(),
            "write: \"--egress-selector-mode=cluster\"".to_owned(),
        )),
        "node-label" => label(value),
        _ => None,
    })
}

fn computed(flag: &str, rows: &[(&str, &str)]) -> Option<(String, String)> {
    let (_, key) = rows.iter().find(|(own, _)| *own == flag)?;
    Some((format!("the plan computes it from `{key}`"), format!("remove it; `{key}` is where it is said")))
}

fn label(value: &str) -> Option<(String, String)> {
    value.split(',').any(|label| label.starts_with("node-role.kubernetes.io")).then(|| {
        (
            "a kubelet may not give itself this label".to_owned(),
            "write it under `labels` of the host: it is set once the node has joined".to_owned(),
        )
    })
}
