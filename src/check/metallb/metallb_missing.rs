//! A pool has a MetalLB that hands it out.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4003",
    name: "metallb-missing",
    level: Level::Error,
    summary: "a cluster with pools has MetalLB",
    explanation: "Nobody else reads an IPAddressPool. Without MetalLB's CRDs the API server refuses the pool, and every \
                  Service of type LoadBalancer stays `<pending>`.",
    fails: "[clusters.second]\ndistribution = \"k3s\"\nversion = \"v1.33.1+k3s1\"\nservers = [\"node-3\"]\ncni = \"flannel\"\npods = \"10.52.0.0/16\"\nservices = \"10.53.0.0/16\"\n\n[pools.second]\ncluster = \"second\"\naddresses = [\"192.168.1.100-192.168.1.110\"]\n",
    passes: "[clusters.second]\ndistribution = \"k3s\"\nversion = \"v1.33.1+k3s1\"\nservers = [\"node-3\"]\ncni = \"flannel\"\npods = \"10.52.0.0/16\"\nservices = \"10.53.0.0/16\"\n\n[clusters.second.metallb]\nversion = \"v0.15.3\"\n\n[pools.second]\ncluster = \"second\"\naddresses = [\"192.168.1.100-192.168.1.110\"]\n",
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for cluster in facts.resolved.targets().filter(|cluster| cluster.metallb().is_none()) {
        let Some(pool) = facts.resolved.pools_of(cluster.id).next() else { continue };
        let message = format!("the pool `{}` is in `{}`, which has no MetalLB", pool.name, cluster.name);
        let finding = Diagnostic::new(&RULE, cluster.span, message)
            .here("nobody hands its addresses out")
            .label(pool.span, "the pool")
            .help(format!("add:\n[clusters.{}.metallb]\nversion = \"v0.15.3\"", cluster.name))
            .on(format!("clusters.{}", cluster.name));
        found.push(finding);
    }
}
