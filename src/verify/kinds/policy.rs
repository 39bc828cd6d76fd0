//! A policy says exactly what is planned: one more rule, or one less, is another policy.

use super::{Comparison, Kind, nothing_foreign};
use crate::verify::asked::Asked;
use crate::verify::identity::Identity;
use serde_json::{Value, json};

const fn kind(group: &'static str, kind: &'static str, resource: &'static str) -> Kind {
    Kind { group, kind, resource, everywhere: false, compare, foreign }
}

pub const NETWORK_POLICY: Kind =
    kind("networking.k8s.io", "NetworkPolicy", "networkpolicies.networking.k8s.io");
pub const STAGED: Kind = kind(
    "projectcalico.org",
    "StagedKubernetesNetworkPolicy",
    "stagedkubernetesnetworkpolicies.projectcalico.org",
);
pub const CALICO: Kind = kind("projectcalico.org", "NetworkPolicy", "networkpolicies.projectcalico.org");
pub const GLOBAL: Kind = Kind {
    foreign: global,
    ..kind("projectcalico.org", "GlobalNetworkPolicy", "globalnetworkpolicies.projectcalico.org")
};
pub const STAGED_CALICO: Kind = Kind {
    foreign: nothing_foreign,
    ..kind("projectcalico.org", "StagedNetworkPolicy", "stagednetworkpolicies.projectcalico.org")
};

fn compare(comparison: &mut Comparison<'_>) {
    let planned = filled_in(&comparison.planned.value);
    let live = filled_in(comparison.live);
    comparison.values("spec", &planned, &live, &|_, _| true);
}

/// What the API server and Calico fill in (kubernetes `pkg/apis/networking/v1/defaults.go`,
/// `projectcalico.org_stagedkubernetesnetworkpolicies.yaml`), on both sides. An empty list of peers or ports means the
/// same as none, so empty values are dropped by the comparison itself.
fn filled_in(object: &Value) -> Value {
    let mut spec = object.get("spec").cloned().unwrap_or_default();
    let Value::Object(fields) = &mut spec else { return spec };
    if !fields.contains_key("policyTypes") {
        let egress = fields.get("egress").is_some_and(|rules| !rules.is_null());
        fields.insert(
            "policyTypes".to_owned(),
            if egress { json!(["Ingress", "Egress"]) } else { json!(["Ingress"]) },
        );
    }
    if object.get("kind").is_some_and(|kind| kind == "StagedKubernetesNetworkPolicy") {
        fields.entry("stagedAction").or_insert_with(|| json!("Set"));
    }
    for direction in ["ingress", "egress"] {
        let rules = fields.get_mut(direction).and_then(Value::as_array_mut);
        for port in
            rules.into_iter().flatten().filter_map(|rule| rule.get_mut("ports")?.as_array_mut()).flatten()
        {
            if let Value::Object(port) = port {
                port.entry("protocol").or_insert_with(|| json!("TCP"));
            }
        }
        // A rule without anything allows everything, which is not the same as no rule.
        for rule in fields.get_mut(direction).and_then(Value::as_array_mut).into_iter().flatten() {
            *rule = spelled_out(rule.take(), direction);
        }
    }
    spec
}

/// Peers and ports that say nothing mean all of them, and a selector that says nothing every pod: written out, so that
/// they do not look absent.
fn spelled_out(mut rule: Value, direction: &str) -> Value {
    let Value::Object(fields) = &mut rule else { return rule };
    let peers = if direction == "ingress" { "from" } else { "to" };
    for key in [peers, "ports"] {
        let empty = fields.get(key).is_none_or(|list| list.as_array().is_none_or(Vec::is_empty));
        if empty {
            fields.insert(key.to_owned(), json!("all"));
        }
    }
    for peer in fields.get_mut(peers).and_then(Value::as_array_mut).into_iter().flatten() {
        for key in ["podSelector", "namespaceSelector"] {
            if peer
                .get(key)
                .is_some_and(|selector| selector.as_object().is_some_and(|s| s.values().all(is_empty)))
            {
                peer[key] = json!("all");
            }
        }
    }
    rule
}

fn is_empty(value: &Value) -> bool {
    value.is_null()
        || value.as_object().is_some_and(|map| map.is_empty())
        || value.as_array().is_some_and(Vec::is_empty)
}

/// One more policy in a namespace of the plan allows what the plan does not, or denies it.
fn foreign(asked: &Asked, identity: &Identity, _: &Value) -> Option<String> {
    // Calico's API lists those of Kubernetes once more under this name (`libcalico-go` names.K8sNetworkPolicyNamePrefix).
    if identity.group == "projectcalico.org" && identity.name.starts_with("knp.") {
        return None;
    }
    let namespace = identity.namespace.as_ref()?;
    asked
        .namespaces
        .contains(namespace)
        .then(|| "changes who may connect to whom in a namespace of the plan".to_owned())
}

fn global(_: &Asked, identity: &Identity, _: &Value) -> Option<String> {
    // Admin policies of Kubernetes appear here under these names.
    let shown_again = ["kanp.", "kbanp.", "kcnp."].iter().any(|prefix| identity.name.starts_with(prefix));
    (!shown_again).then(|| "changes who may connect to whom in every namespace".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::difference::differences;

    fn paths(planned: Value, live: Value) -> Vec<String> {
        let spec = |spec: Value| filled_in(&json!({ "kind": "NetworkPolicy", "spec": spec }));
        let found = differences("spec", &spec(planned), &spec(live), &|_, _| true);
        found.into_iter().map(|found| found.path).collect()
    }

    #[test]
    fn defaults_are_no_difference() {
        let planned = json!({ "podSelector": {}, "ingress": [{ "ports": [{ "port": 80 }] }] });
        let live = json!({
            "podSelector": {}, "policyTypes": ["Ingress"],
            "ingress": [{ "from": [], "ports": [{ "port": 80, "protocol": "TCP" }] }],
        });
        assert!(paths(planned, live).is_empty());
    }

    #[test]
    fn a_rule_for_all_is_not_no_rule_and_not_a_rule_for_some() {
        let none = json!({ "podSelector": {}, "policyTypes": ["Ingress"] });
        let all = json!({ "podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{}] });
        let every = json!({ "podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{ "from": [{ "podSelector": {} }] }] });
        assert_eq!(paths(none.clone(), all.clone()), ["spec.ingress"]);
        assert_eq!(paths(all.clone(), none), ["spec.ingress"]);
        assert_eq!(paths(every, all), ["spec.ingress[0].from"]);
    }

    #[test]
    fn one_more_namespace_is_another_rule() {
        let from = |names: &[&str]| {
            let peers: Vec<Value> = names.iter().map(|name| json!({ "namespaceSelector": { "matchLabels": { "kubernetes.io/metadata.name": name } } })).collect();
            json!({ "podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{ "from": peers }] })
        };
        assert!(paths(from(&["a", "b"]), from(&["b", "a"])).is_empty());
        assert_eq!(paths(from(&["a"]), from(&["a", "b"])), ["spec.ingress[0].from[1]"]);
    }
}
