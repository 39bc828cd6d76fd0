//! MetalLB has something to hand out.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4004",
    name: "metallb-unused",
    level: Level::Warning,
    summary: "MetalLB runs only where there is a pool",
    explanation: "MetalLB without an IPAddressPool gives no Service an address, while its speaker runs with NET_RAW on the \
                  host network of every node and its controller answers for every Service of type LoadBalancer.",
    fails: "[clusters.second]\ndistribution = \"k3s\"\nversion = \"v1.33.1+k3s1\"\nservers = [\"node-3\"]\ncni = \"flannel\"\npods = \"10.52.0.0/16\"\nservices = \"10.53.0.0/16\"\n\n[clusters.second.metallb]\nversion = \"v0.15.3\"\n",
    passes: "[clusters.second]\ndistribution = \"k3s\"\nversion = \"v1.33.1+k3s1\"\nservers = [\"node-3\"]\ncni = \"flannel\"\npods = \"10.52.0.0/16\"\nservices = \"10.53.0.0/16\"\n",
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, metallb) in super::installed(facts) {
        if facts.resolved.pools_of(cluster.id).next().is_some() {
            continue;
        }
        let path = format!("clusters.{}.metallb", cluster.name);
        let message = format!("`{path}` is declared, and no pool is in `{}`", cluster.name);
        let finding = Diagnostic::new(&RULE, metallb.version.span, message)
            .here("has no address to give")
            .help(format!(
                "remove the table, or add:\n[pools.{}]\ncluster = \"{}\"\naddresses = [\"192.168.1.200-192.168.1.250\"]",
                cluster.name, cluster.name
            ))
            .on(path);
        found.push(finding);
    }
}
