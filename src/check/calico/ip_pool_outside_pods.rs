//! Pods live inside the pod network.

use super::{pool_path, with_calico};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::PoolUse;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3114",
    name: "ip-pool-outside-pods",
    level: Level::Error,
    summary: "an IP pool for pods lies inside the pod network",
    explanation: "kube-proxy takes an address outside of `--cluster-cidr` for a machine outside of the \
        cluster \
                  and rewrites the source of its traffic, and the host firewall that is made from `pods` drops \
                  it: DNS times out, and only for pods of that pool. With kubeadm the operator refuses it \
                  outright: \"not within the platform's configured pod network CIDR(s)\". K3s with \
                      10.42.0.0/16 \
                  beside a Calico pool copied from a manual (10.244.0.0/16) is the classic one (k3s#2999).",
    fails: r#"[clusters.main.calico]
version = "v3.30.7"

[clusters.main.calico.pools.main]
cidr = "10.244.0.0/16"
"#,
    passes: r#"[clusters.main.calico]
version = "v3.30.7"

[clusters.main.calico.pools.main]
cidr = "10.42.0.0/16"
"#,
    covers: &["CAL007", "CAL008", "NET-01"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts) {
        for pool in settings.pools.iter().filter(|pool| !pool.uses.contains(&PoolUse::LoadBalancer)) {
            if cluster.pods.iter().any(|pods| pods.contains_cidr(&pool.cidr)) {
                continue;
            }
            let pods: Vec<String> = cluster.pods.iter().map(|pods| pods.to_string()).collect();
            let message = format!(
                "the IP pool `{}` ({}) lies outside of the pods of `{}` ({})",
                pool.name,
                pool.cidr,
                cluster.name,
                pods.join(", ")
            );
            let span = pool.written.map_or(pool.span, |written| written.cidr.span);
            let finding = Diagnostic::new(&RULE, span, message)
                .here("outside of the pod network")
                .label(cluster.written.pods.span, "the pod network, as kube-proxy and the firewall know it")
                .help(format!("write a network inside {}, or widen `pods`", pods.join(", ")))
                .on(pool_path(cluster, pool));
            found.push(finding);
        }
    }
}
