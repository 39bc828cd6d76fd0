//! The namespaces of the network itself are neither isolated nor held to a Pod Security Standard.

use crate::check::Check;
use crate::connectivity::Selector;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::{Facts, RawPolicy};
use crate::model::{PodSecurity, PolicyMode};
use crate::resolve::Cluster;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3016",
    name: "system-namespace-restricted",
    level: Level::Error,
    summary: "the namespaces of Kubernetes, Calico and MetalLB are neither isolated nor below `privileged`",
    explanation: "Their pods are on the network of the host or change it: a Pod Security Standard below `privileged` refuses \
                  calico-node, the operator, kube-proxy and MetalLB's speaker when they are made the next time (tigera/operator \
                  and metallb both label their namespaces `privileged`). And the plan does not know what these pods call: \
                  behind a default deny CoreDNS reaches no resolver, and no name of the cluster resolves (Calico's \
                  documentation leaves `kube-system` and `calico-system` out of every global default deny).",
    fails: "[namespaces.kube-system]\npolicy = \"isolated\"\n",
    passes: "[namespaces.kube-system]\npolicy = \"open\"\n",
    covers: &["CAL081", "SV017"],
};

/// Whether the plan does not know what the pods of a namespace do.
fn is_of_the_system(cluster: &Cluster<'_>, name: &str) -> bool {
    let of_calico = ["calico-apiserver", "calico-system", "tigera-operator"].contains(&name);
    let of_metallb = cluster.metallb().is_some_and(|metallb| metallb.namespace().as_str() == name);
    name == "kube-system" || of_metallb || (of_calico && cluster.calico.is_some())
}

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    for cluster in resolved.targets() {
        for namespace in resolved.namespaces_of(cluster.id) {
            let name = namespace.name.as_str();
            if !is_of_the_system(cluster, name) {
                continue;
            }
            closed(facts, cluster, name, found);
            let mut report = |key: &str, value: &str, span: crate::source::Span, instead: &str| {
                let message = format!(
                    "`{name}` is of the system, and `{key} = \"{value}\"` keeps its pods from working"
                );
                let mut finding = Diagnostic::new(&RULE, span, message)
                    .here("the plan does not know all of its pods")
                    .help(format!("write:\n[namespaces.{name}]\n{key} = \"{instead}\""))
                    .on(format!("namespaces.{name}"));
                if span != namespace.span {
                    finding = finding.label(namespace.span, "makes it a namespace of the plan");
                }
                found.push(finding);
            };
            if namespace.policy == PolicyMode::Isolated {
                let span = namespace.shared.policy.as_ref().map_or(namespace.span, |policy| policy.span);
                report("policy", PolicyMode::Isolated.word(), span, PolicyMode::Open.word());
            }
            if let Some(level) = namespace.pod_security.filter(|level| *level != PodSecurity::Privileged) {
                let span = namespace.shared.pod_security.as_ref().map_or(namespace.span, |level| level.span);
                report("pod_security", level.word(), span, PodSecurity::Privileged.word());
            }
        }
    }
}

/// A policy of the plan's own that lets a direction of every pod through to nobody, while no other opens any of it.
fn closed(facts: &Facts<'_>, cluster: &Cluster<'_>, name: &str, found: &mut Vec<Diagnostic>) {
    let is_here = |raw: &&RawPolicy| raw.cluster == cluster.id && raw.policy.namespace == name;
    let here: Vec<&RawPolicy> = facts.raw_policies.iter().filter(is_here).collect();
    let ways: [fn(&RawPolicy) -> Option<usize>; 2] =
        [|raw| raw.policy.ingress.as_ref().map(Vec::len), |raw| raw.policy.egress.as_ref().map(Vec::len)];
    let is_shut = |raw: &RawPolicy, rules: fn(&RawPolicy) -> Option<usize>| {
        rules(raw) == Some(0) && here.iter().all(|other| rules(other).unwrap_or(0) == 0)
    };
    for raw in &here {
        if raw.policy.pods != Selector::default() || !ways.iter().any(|rules| is_shut(raw, *rules)) {
            continue;
        }
        let message = format!("`{name}` is of the system, and `{}` keeps its pods from working", raw.path);
        let finding = Diagnostic::new(&RULE, raw.places.name, message)
            .here("denies everything")
            .help("remove it: the plan does not know what these pods call, and who calls them")
            .on(raw.path.clone());
        found.push(finding);
    }
}
