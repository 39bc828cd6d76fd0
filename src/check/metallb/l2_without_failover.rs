//! An address that is announced by ARP can move to another node.

use super::nodes::{announces, may_match};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::Advertise;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4029",
    name: "l2-without-failover",
    level: Level::Warning,
    summary: "at least two nodes may answer for an L2 pool, where the cluster has two",
    explanation: "In L2 mode one node answers ARP for an address, and another takes over when it fails. A choice of nodes \
                  that leaves one takes that away: its reboot is an outage of every address of the pool.",
    fails: "[hosts]\nnode-1 = { ip = \"192.168.1.11\", labels = { edge = \"yes\" } }\nnode-2 = { ip = \"192.168.1.12\" }\n\n[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\nnodes = { edge = \"yes\" }\n",
    passes: "[hosts]\nnode-1 = { ip = \"192.168.1.11\", labels = { edge = \"yes\" } }\nnode-2 = { ip = \"192.168.1.12\", labels = { edge = \"yes\" } }\n\n[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\nnodes = { edge = \"yes\" }\n",
    covers: &["AD012"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, _, pool) in super::pools(facts) {
        // A cluster of one node has no failover of anything.
        if !pool.is_advertised_by(Advertise::L2) || cluster.nodes().count() < 2 {
            continue;
        }
        let chosen = |node| {
            pool.written.nodes.as_ref().is_none_or(|labels| may_match(facts, cluster, node, &labels.value))
        };
        let able: Vec<_> =
            cluster.nodes().filter(|node| chosen(*node) && announces(facts, cluster, *node)).collect();
        let [only] = able.as_slice() else { continue };
        let only = facts.resolved.host(*only).name;
        let span = pool.written.nodes.as_ref().map_or(pool.span, |labels| labels.span);
        let path = super::pool_path(pool);
        let help = match pool.written.nodes {
            Some(_) => "give the label to a second host, or remove `nodes`",
            // MetalLB leaves out nodes with `node.kubernetes.io/exclude-from-external-load-balancers`.
            None => "add a host to `agents`: kubeadm keeps load balancers off the servers",
        };
        let finding =
            Diagnostic::new(&RULE, span, format!("only `{only}` may answer for the pool `{}`", pool.name))
                .here("leaves one node")
                .help(help)
                .on(path);
        found.push(finding);
    }
}
