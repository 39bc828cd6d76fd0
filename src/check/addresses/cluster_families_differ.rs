//! Pods and Services of a cluster have the same families, in the same order.

use crate::addresses::{Cidr, Family};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P2015",
    name: "cluster-families-differ",
    level: Level::Error,
    summary: "pods and Services have the same families in the same order",
    explanation: "K3s and kubeadm refuse a dual-stack pod network with a single-stack Service network, \
        and the first family of \
                  both is the one that nodes and Services use by default: with another order the `kubernetes` Service has \
                  an address of a family that nodes do not report. Dual stack is chosen when the cluster is made; it \
                  cannot be added to a K3s cluster later.",
    fails: r#"[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
pods = "10.42.0.0/16"
services = ["10.43.0.0/16", "fd00:43::/112"]
"#,
    passes: r#"[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
"#,
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for cluster in &facts.resolved.clusters {
        let pods: Vec<Family> = cluster.pods.iter().map(Cidr::family).collect();
        let services: Vec<Family> = cluster.services.iter().map(Cidr::family).collect();
        let twice = |list: &[Family]| list.len() > 2 || (list.len() == 2 && list[0] == list[1]);
        // Two of one family is a finding of its own.
        if pods == services || twice(&pods) || twice(&services) {
            continue;
        }
        let words = |list: &[Family]| {
            list.iter().map(Family::to_string).collect::<Vec<_>>().join(
                ", \
            then ",
            )
        };
        let message = format!(
            "the pods of `{}` are {} and its Services {}",
            cluster.name,
            words(&pods),
            words(&services)
        );
        let finding = Diagnostic::new(&RULE, cluster.written.services.span, message)
            .here(words(&services))
            .label(cluster.written.pods.span, words(&pods))
            .help(
                "write one network of each family for both, the main family first: pods = \
                [\"10.42.0.0/16\", \"fd00:42::/56\"], services = [\"10.43.0.0/16\", \"fd00:43::/112\"]",
            )
            .on(format!("clusters.{}", cluster.name));
        found.push(finding);
    }
}
