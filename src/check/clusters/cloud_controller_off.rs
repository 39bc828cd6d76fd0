//! A cluster without its cloud controller has another one.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::Distribution;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3013",
    name: "cloud-controller-off",
    level: Level::Warning,
    summary: "K3s' own cloud controller is not switched off without a successor",
    explanation: "It takes the taint `node.cloudprovider.kubernetes.io/uninitialized` from new nodes and gives them their \
                  addresses. Without it, and without another one, nodes stay tainted, or have no InternalIP, which is what \
                  Calico looks at; the load balancer that people want to be rid of goes with `--disable=servicelb`.",
    fails: r#"[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
server_args = ["--disable-cloud-controller"]
"#,
    passes: r#"[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
server_args = ["--disable-helm-controller"]
"#,
    covers: &["K3S-04"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for cluster in facts.resolved.targets().filter(|cluster| cluster.distribution == Distribution::K3s) {
        for argument in cluster.written.server_args.iter().flat_map(|list| &list.value) {
            if argument.value.split('=').next() != Some("--disable-cloud-controller") {
                continue;
            }
            let message = format!("`{}` has no cloud controller", cluster.name);
            let finding = Diagnostic::new(&RULE, argument.span, message)
                .here("who gives nodes their addresses?")
                .help("remove it, unless a cloud controller of yours is installed before any node joins")
                .on(format!("clusters.{}.server_args", cluster.name));
            found.push(finding);
        }
    }
}
