//! kube-proxy speaks nftables from Kubernetes 1.31 on.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::KubeProxy;
use crate::upstream::kubernetes;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3008",
    name: "nftables-proxy-too-early",
    level: Level::Error,
    summary: "kube-proxy in nftables mode runs on Kubernetes 1.31 or newer",
    explanation: "Before 1.31 the mode is behind a feature gate that is off, and kube-proxy exits: no Service of \
                  the cluster works, DNS included.",
    fails: r#"[clusters.main]
distribution = "k3s"
version = "v1.30.9+k3s1"
servers = ["node-1"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
kube_proxy = "nftables"

[clusters.main.calico]
version = "v3.29.7"
"#,
    passes: r#"[clusters.main]
distribution = "k3s"
version = "v1.31.9+k3s1"
servers = ["node-1"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
kube_proxy = "nftables"

[clusters.main.calico]
version = "v3.29.7"
"#,
    covers: &["CAL044"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for cluster in facts.resolved.targets() {
        let minor = kubernetes::minor(cluster.version);
        let Some(proxy) = cluster.written.kube_proxy.as_ref() else { continue };
        if proxy.value != KubeProxy::Nftables || minor >= kubernetes::NFTABLES_SINCE {
            continue;
        }
        let message =
            format!("`{}` runs Kubernetes {minor}, whose kube-proxy has no nftables mode", cluster.name);
        let finding = Diagnostic::new(&RULE, proxy.span, message)
            .here("from Kubernetes 1.31")
            .label(cluster.written.version.span, format!("this is {minor}"))
            .help("write: kube_proxy = \"iptables\"")
            .on(format!("clusters.{}", cluster.name));
        found.push(finding);
    }
}
