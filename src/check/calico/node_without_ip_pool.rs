//! Every node has a pool from which its pods get addresses.

use super::capacity::gives_to_pods;
use super::{path, with_calico};
use crate::addresses::Cidr;
use crate::check::Check;
use crate::check::metallb::nodes;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::upstream::selector::Selector;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3141",
    name: "node-without-ip-pool",
    level: Level::Error,
    summary: "every node is chosen by a pool of each family of the pods",
    explanation: "A pod gets its address from the pools whose `node_selector` chooses its node. On a node that none chooses, \
                  the CNI plugin fails for every pod (\"no configured Calico pools\"), CoreDNS and the pods of the operator \
                  among them, and they stay in `ContainerCreating`. Labels are those that the plan knows: of the host, of \
                  `server_args` and `agent_args`, and those of Kubernetes itself.",
    fails: r#"[hosts]
node-1 = { ip = "192.168.1.11", labels = { rack = "r-1" } }
node-2 = { ip = "192.168.1.12" }

[clusters.main.calico]
version = "v3.30.7"
pools = { rack-1 = { cidr = "10.42.0.0/17", node_selector = "rack == 'r-1'" } }
"#,
    passes: r#"[hosts]
node-1 = { ip = "192.168.1.11", labels = { rack = "r-1" } }
node-2 = { ip = "192.168.1.12", labels = { rack = "r-2" } }

[clusters.main.calico]
version = "v3.30.7"

[clusters.main.calico.pools]
rack-1 = { cidr = "10.42.0.0/17", node_selector = "rack == 'r-1'" }
rack-2 = { cidr = "10.42.128.0/17", node_selector = "rack == 'r-2'" }
"#,
    covers: &["CAL029"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts) {
        for family in cluster.pods.iter().map(Cidr::family) {
            let pools: Vec<_> = (settings.pools.iter())
                .filter(|pool| pool.cidr.family() == family && gives_to_pods(pool))
                .filter_map(|pool| Some((pool, Selector::parse(&pool.node_selector).ok()?)))
                .collect();
            // Where there is none at all, or one that cannot be read, other rules speak.
            if pools.is_empty()
                || settings.pools.iter().any(|pool| Selector::parse(&pool.node_selector).is_err())
            {
                continue;
            }
            let chosen = |node| {
                let label = |name: &str| nodes::label(facts, cluster, node, name);
                pools.iter().any(|(_, selector)| selector.matches(&label) != Some(false))
            };
            let left: Vec<_> = cluster.nodes().filter(|node| !chosen(*node)).collect();
            let Some(first) = left.first() else { continue };
            let host = facts.resolved.host(*first);
            let more = match left.len() {
                1 => String::new(),
                count => format!(" and {} more", count - 1),
            };
            let message =
                format!("no {family} pool of `{}` is for the node `{}`{more}", cluster.name, host.name);
            let mut finding = Diagnostic::new(&RULE, host.written.ip.span, message)
                .here("pods on it get no address")
                .help("let one pool choose the node, or leave `node_selector` out of one")
                .on(path(cluster));
            for (pool, _) in pools.iter().take(3) {
                let selector = pool.written.and_then(|written| written.node_selector.as_ref());
                finding = finding.label(selector.map_or(pool.span, |text| text.span), "does not choose it");
            }
            found.push(finding);
        }
    }
}
