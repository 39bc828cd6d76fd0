//! A policy of one's own is about pods and namespaces that the plan knows.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::raw::is_network_policy;
use crate::facts::{ClusterWorld, Facts};
use crate::upstream::kubernetes::NAMESPACE_LABEL as NAMESPACE_NAME;
use serde_json::Value;
use std::collections::BTreeMap;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P5003",
    name: "policy-selects-nothing",
    level: Level::Warning,
    summary: "each selector of a policy under `[policies]` matches something",
    explanation: "A label that no pod and no namespace has matches nothing, and nothing says so: the rule is dead, or the flow \
                  that it was to allow is denied. `name: x` is the usual case: no namespace has that label unless somebody \
                  sets it, while `kubernetes.io/metadata.name` is always there. Pods that the plan does not know, such as \
                  those of a chart's own jobs, may have labels of their own: accept the finding then.",
    fails: r#"[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }

[policies.probe]
apiVersion = "networking.k8s.io/v1"
kind = "NetworkPolicy"
metadata = { name = "probe", namespace = "web" }
spec = { podSelector = { matchLabels = { app = "wbe" } }, policyTypes = ["Ingress"] }
"#,
    passes: r#"[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }
clients = []

[policies.probe]
apiVersion = "networking.k8s.io/v1"
kind = "NetworkPolicy"
metadata = { name = "probe", namespace = "web" }
spec = { podSelector = { matchLabels = { app = "web" } }, policyTypes = ["Ingress"] }
"#,
    covers: &["POL-05", "N-07", "N-03", "POL-02", "CAL090"],
};

/// Namespaces of every cluster, and those that Calico's operator makes.
const BUILT_IN: &[&str] = &[
    "calico-apiserver",
    "calico-system",
    "default",
    "kube-node-lease",
    "kube-public",
    "kube-system",
    "tigera-operator",
];

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    if resolved.plan.policies.is_none() {
        return;
    }
    let worlds: Vec<ClusterWorld> =
        resolved.targets().map(|cluster| ClusterWorld::new(facts, cluster, true)).collect();
    let has = |labels: &crate::connectivity::Labels, wanted: &BTreeMap<&str, &str>| {
        wanted.iter().all(|(key, value)| labels.get(*key).is_some_and(|own| own == value))
    };
    let pods = |wanted: &BTreeMap<&str, &str>, namespace: Option<&str>| {
        worlds.iter().flat_map(|world| &world.world.workloads).any(|pod| {
            namespace.is_none_or(|namespace| pod.namespace == namespace) && has(&pod.labels, wanted)
        })
    };
    let namespaces = |wanted: &BTreeMap<&str, &str>| {
        let by_name = wanted.get(NAMESPACE_NAME).filter(|_| wanted.len() == 1);
        let built_in = by_name.is_some_and(|name| BUILT_IN.contains(name));
        built_in
            || worlds.iter().flat_map(|world| &world.world.namespaces).any(|namespace| {
                // The API server sets this label on every namespace.
                let mut labels = namespace.labels.clone();
                labels.insert(NAMESPACE_NAME.to_owned(), namespace.name.clone());
                has(&labels, wanted)
            })
    };
    let policies = resolved.plan.policies.iter().flat_map(|policies| policies.value.iter());
    for policy in policies.filter(|policy| is_network_policy(&policy.value)) {
        let object = policy.value.to_json();
        let home = object.pointer("/metadata/namespace").and_then(Value::as_str);
        let mut selectors = vec![("/spec/podSelector".to_owned(), false, home)];
        for (list, peers) in [("ingress", "from"), ("egress", "to")] {
            let rules = object.pointer(&format!("/spec/{list}")).and_then(Value::as_array);
            for (at, rule) in rules.into_iter().flatten().enumerate() {
                let all = rule.get(peers).and_then(Value::as_array);
                for (peer_at, peer) in all.into_iter().flatten().enumerate() {
                    let at = format!("/spec/{list}/{at}/{peers}/{peer_at}");
                    let elsewhere = peer.get("namespaceSelector").is_some();
                    selectors.push((format!("{at}/namespaceSelector"), true, None));
                    selectors.push((format!("{at}/podSelector"), false, home.filter(|_| !elsewhere)));
                }
            }
        }
        for (pointer, of_namespace, home) in selectors {
            let pointer = format!("{pointer}/matchLabels");
            let Some(labels) = object.pointer(&pointer).and_then(Value::as_object) else { continue };
            let wanted: BTreeMap<&str, &str> =
                labels.iter().filter_map(|(key, value)| Some((key.as_str(), value.as_str()?))).collect();
            if wanted.is_empty() || if of_namespace { namespaces(&wanted) } else { pods(&wanted, home) } {
                continue;
            }
            let what = if of_namespace { "namespace" } else { "pod" };
            let path = format!("policies.{}", policy.name.value);
            let span = policy.value.place(&pointer, policy.span);
            let help = match of_namespace {
                true => "write: \"kubernetes.io/metadata.name\" = \"NAMESPACE\"",
                false => "take the labels of the `selector` of a service",
            };
            let finding =
                Diagnostic::new(&RULE, span, format!("a selector of `{path}` matches no {what} of the plan"))
                    .here(format!("no {what} has these labels"))
                    .help(help)
                    .on(path);
            found.push(finding);
        }
    }
}
