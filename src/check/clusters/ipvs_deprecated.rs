//! The ipvs mode of kube-proxy goes away.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::KubeProxy;
use crate::upstream::kubernetes;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3009",
    name: "ipvs-deprecated",
    level: Level::Warning,
    summary: "kube-proxy does not use a mode that upstream removes",
    explanation: "Kubernetes 1.35 deprecates the ipvs mode (KEP-5495) and a later release removes it. It \
        also binds every load \
                  balancer address to a dummy interface on every node, which is why MetalLB in L2 mode needs `strictARP`.",
    fails: r#"[clusters.main]
distribution = "k3s"
version = "v1.35.1+k3s1"
servers = ["node-1"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
kube_proxy = "ipvs"
"#,
    passes: r#"[clusters.main]
distribution = "k3s"
version = "v1.35.1+k3s1"
servers = ["node-1"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
kube_proxy = "iptables"
"#,
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for cluster in facts.resolved.targets() {
        let minor = kubernetes::minor(cluster.version);
        let Some(proxy) = cluster.written.kube_proxy.as_ref() else { continue };
        if proxy.value != KubeProxy::Ipvs || minor < kubernetes::IPVS_DEPRECATED {
            continue;
        }
        let message = format!(
            "`{}` uses the ipvs mode of kube-proxy, which is deprecated in Kubernetes {minor}",
            cluster.name
        );
        let finding = Diagnostic::new(&RULE, proxy.span, message)
            .here("deprecated from 1.35")
            .label(cluster.written.version.span, format!("this is {minor}"))
            .help(
                "write: kube_proxy = \"iptables\", or \"nftables\" together with Calico's `dataplane = \
                \"Nftables\"`",
            )
            .on(format!("clusters.{}", cluster.name));
        found.push(finding);
    }
}
