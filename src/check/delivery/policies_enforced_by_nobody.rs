//! Where policies are written, something enforces them.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::{Cni, Distribution, PolicyMode};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8012",
    name: "policies-enforced-by-nobody",
    level: Level::Error,
    summary: "an isolated namespace is in a cluster that enforces NetworkPolicies",
    explanation: "Flannel routes and enforces nothing. K3s brings a controller of its own for NetworkPolicies, kubeadm brings \
                  none: there the API server takes every policy, and all pods reach each other as before.",
    fails: "[clusters.second]\ndistribution = \"kubeadm\"\nversion = \"v1.33.1\"\nservers = [\"node-3\"]\ncni = \"flannel\"\npods = \"10.52.0.0/16\"\nservices = \"10.53.0.0/16\"\n\n[tenants.fraud]\ncluster = \"second\"\npolicy = \"isolated\"\n",
    passes: "[clusters.second]\ndistribution = \"k3s\"\nversion = \"v1.33.1+k3s1\"\nservers = [\"node-3\"]\ncni = \"flannel\"\npods = \"10.52.0.0/16\"\nservices = \"10.53.0.0/16\"\n\n[tenants.fraud]\ncluster = \"second\"\npolicy = \"isolated\"\n",
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    for namespace in resolved.namespaces.iter().filter(|namespace| namespace.policy == PolicyMode::Isolated) {
        let cluster = resolved.cluster(namespace.cluster);
        if !cluster.is_target()
            || cluster.cni != Cni::Flannel
            || cluster.distribution != Distribution::Kubeadm
        {
            continue;
        }
        let place = cluster.written.cni.as_ref().map_or(cluster.span, |cni| cni.span);
        let path = namespace.from.first().cloned().unwrap_or_default();
        let message =
            format!("`{}` is isolated, and `{}` enforces no policies", namespace.name, cluster.name);
        let finding = Diagnostic::new(&RULE, namespace.span, message)
            .here("every pod of the cluster reaches it")
            .label(place, "flannel with kubeadm enforces nothing")
            .help("write in the cluster's table: cni = \"calico\"")
            .on(path);
        found.push(finding);
    }
}
