//! Felix and kube-proxy write to the same tables of the kernel.

use super::{path, with_calico};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::{Dataplane, KubeProxy};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3125",
    name: "nftables-dataplane",
    level: Level::Error,
    summary: "Calico's nftables dataplane has kube-proxy in nftables mode beside it",
    explanation: "With `linuxDataplane: Nftables` Felix writes its rules with nft and expects those of \
                  kube-proxy there as well, so Calico's documentation requires kube-proxy in nftables mode. \
                  Beside iptables rules the two tables are evaluated one after the other, and a packet that one \
                  accepts is still judged by the other.",
    fails: r#"[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
kube_proxy = "iptables"

[clusters.main.calico]
version = "v3.31.7"
dataplane = "Nftables"
"#,
    passes: r#"[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
kube_proxy = "nftables"

[clusters.main.calico]
version = "v3.31.7"
dataplane = "Nftables"
"#,
    covers: &["CAL044"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts) {
        let Some(dataplane) = &settings.written.dataplane else { continue };
        if dataplane.value != Dataplane::Nftables || cluster.written.kube_proxy() == KubeProxy::Nftables {
            continue;
        }
        let word = cluster.written.kube_proxy().word();
        let message = format!("Calico in `{}` uses nftables, and kube-proxy {word}", cluster.name);
        let mut finding = Diagnostic::new(&RULE, dataplane.span, message)
            .here("needs kube-proxy in nftables mode")
            .help("add to the cluster: kube_proxy = \"nftables\"; or write: dataplane = \"Iptables\"")
            .on(path(cluster));
        if let Some(proxy) = &cluster.written.kube_proxy {
            finding = finding.label(proxy.span, "kube-proxy");
        }
        found.push(finding);
    }
}
