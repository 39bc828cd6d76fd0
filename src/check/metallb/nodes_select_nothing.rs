//! A choice of nodes chooses at least one that may announce.

use super::nodes::{announces, may_match};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::{Facts, announced};
use crate::upstream::metallb::OBJECTS_SINCE;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4028",
    name: "nodes-select-nothing",
    level: Level::Error,
    summary: "`nodes` of a pool or a peer selects a node of the cluster that may announce",
    explanation: "An advertisement whose node selector matches no node announces nothing, and MetalLB does not say so. \
                  Nodes with the label node.kubernetes.io/exclude-from-external-load-balancers never announce: kubeadm \
                  gives it to its control plane. For a cluster of such servers alone `plan` sets `speaker.ignoreExcludeLB` \
                  in the chart (MetalLB v0.14 and newer). `plan` knows the labels of `hosts`, of \
                  `--node-label` arguments, and those that Kubernetes sets by itself.",
    fails: "[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\nnodes = { rack = \"1\" }\n",
    passes: "[hosts]\nnode-1 = { ip = \"192.168.1.11\", labels = { rack = \"1\" } }\nnode-2 = { ip = \"192.168.1.12\", labels = { rack = \"1\" } }\n\n[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\nnodes = { rack = \"1\" }\n",
    covers: &["AD011"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, metallb) in super::installed(facts) {
        // A release that is too old is the mistake, not what it cannot be told.
        if !metallb.version.value.at_least(OBJECTS_SINCE) {
            continue;
        }
        let able: Vec<_> = cluster.nodes().filter(|node| announces(facts, cluster, *node)).collect();
        for pool in facts.resolved.pools_of(cluster.id) {
            if !announced::by_l2(cluster, pool) && !announced::by_metallb_bgp(cluster, pool) {
                continue;
            }
            let Some(labels) = &pool.written.nodes else {
                if able.is_empty() {
                    let message =
                        format!("no node of `{}` may announce the pool `{}`", cluster.name, pool.name);
                    let finding = Diagnostic::new(&RULE, pool.span, message)
                        .here("every node is excluded from load balancers")
                        .help(format!(
                            "add to the table [clusters.{}.metallb]:\nvalues = {{ speaker = {{ ignoreExcludeLB = true }} }}",
                            cluster.name
                        ))
                        .on(super::pool_path(pool));
                    found.push(finding);
                }
                continue;
            };
            if able.iter().any(|node| may_match(facts, cluster, *node, &labels.value)) {
                continue;
            }
            let path = format!("{}.nodes", super::pool_path(pool));
            let message = format!("`{path}` selects no node of `{}` that may announce", cluster.name);
            let finding = Diagnostic::new(&RULE, labels.span, message)
                .here("no declared node has these labels")
                .help(format!("add to the hosts that shall announce: labels = {}", written(&labels.value)))
                .on(path);
            found.push(finding);
        }
        for peer in super::peers(metallb) {
            let Some(labels) = &peer.value.nodes else { continue };
            if cluster.nodes().any(|node| may_match(facts, cluster, node, &labels.value)) {
                continue;
            }
            let path = format!("{}.nodes", super::peer_path(cluster, peer));
            let finding = Diagnostic::new(
                &RULE,
                labels.span,
                format!("`{path}` selects no node of `{}`", cluster.name),
            )
            .here("no declared node has these labels")
            .help(format!("add to the hosts that have this peer: labels = {}", written(&labels.value)))
            .on(path);
            found.push(finding);
        }
    }
}

/// Labels as a person writes them.
fn written(
    labels: &crate::decode::Entries<crate::model::values::LabelKey, crate::model::values::LabelValue>,
) -> String {
    let pairs: Vec<String> =
        labels.iter().map(|label| format!("\"{}\" = \"{}\"", label.name.value, label.value)).collect();
    format!("{{ {} }}", pairs.join(", "))
}
