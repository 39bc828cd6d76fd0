//! A machine is a node of one cluster at a time, once.

use crate::check::{Check, alive_together};
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::Strategy;
use crate::resolve::{Cluster, HostId};
use crate::source::Span;
use std::collections::BTreeMap;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3003",
    name: "host-in-two-clusters",
    level: Level::Error,
    summary: "a host is a node of one cluster at a time",
    explanation: "Two clusters on one machine fight over the kubelet's port, /etc/cni/net.d and the \
        routes; installing the \
                  second K3s over the first one takes the first one down while the plan says that it is alive. A rebuild \
                  uses the same machines one after the other, and is meant to.",
    fails: r#"[clusters.second]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-2"]
cni = "flannel"
pods = "10.52.0.0/16"
services = "10.53.0.0/16"
"#,
    passes: r#"[clusters.second]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-3"]
cni = "flannel"
pods = "10.52.0.0/16"
services = "10.53.0.0/16"
"#,
    covers: &["K3S-08"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    let mut nodes: BTreeMap<HostId, Vec<(&Cluster<'_>, Span)>> = BTreeMap::new();
    for cluster in &resolved.clusters {
        let servers = cluster.written.servers.value.iter();
        let agents = cluster.written.agents.iter().flat_map(|agents| agents.value.iter());
        for (host, name) in cluster.nodes().zip(servers.chain(agents)) {
            let before = nodes.entry(host).or_default();
            let clash =
                before.iter().find(|(other, _)| other.id == cluster.id || alive_together(other, cluster));
            let host = resolved.host(host).name;
            if let Some((other, span)) = clash {
                let message = if other.id == cluster.id {
                    format!("`{host}` is twice a node of `{}`", cluster.name)
                } else {
                    format!(
                        "`{host}` is a node of `{}` and of `{}`, which are alive at once",
                        other.name, cluster.name
                    )
                };
                let parallel = cluster.strategy == Some(Strategy::Parallel)
                    || other.strategy == Some(Strategy::Parallel);
                let help = match (other.id == cluster.id, parallel) {
                    (true, _) => "a server runs pods as well: remove it from `agents`",
                    (false, true) => "use other machines, or write: strategy = \"rebuild\"",
                    (false, false) => "give each cluster machines of its own",
                };
                let finding = Diagnostic::new(&RULE, name.span, message)
                    .here("already a node")
                    .label(*span, format!("of `{}`", other.name))
                    .help(help)
                    .on(format!("clusters.{}", cluster.name));
                found.push(finding);
            }
            before.push((cluster, name.span));
        }
    }
}
