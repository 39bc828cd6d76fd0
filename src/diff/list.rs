//! Which lists of Kubernetes have keys, which are sets, and in which the order counts.
//!
//! Keys are upstream's `x-kubernetes-list-map-keys` and `patchMergeKey` (k8s.io/api, projectcalico/calico,
//! metallb/metallb, argo-cd and fluxcd CRDs); sets are what their controllers read without an order.

use serde_json::Value;
use std::collections::BTreeSet;

/// How two lists are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// Items with the same values of these keys are the same item. The first choice that tells all items apart counts.
    Keyed(&'static [&'static [&'static str]]),
    /// Only what is in it counts.
    Set,
    /// The order counts.
    Ordered,
}

/// A list: the kind that has it (any, where it is empty), and the end of its path.
type Row = (&'static str, &'static str, List);

const BY_NAME: List = List::Keyed(&[&["name"]]);

/// The first row that fits counts.
const LISTS: &[Row] = &[
    // Rules of policies add up, in whatever order: networking/v1 types.go.
    ("", "spec.ingress", List::Set),
    ("", "spec.ingress.from", List::Set),
    ("", "spec.ingress.ports", List::Set),
    ("", "spec.egress", List::Set),
    ("", "spec.egress.to", List::Set),
    ("", "spec.egress.ports", List::Set),
    ("", "policyTypes", List::Set),
    ("", "spec.types", List::Set),
    ("", "ipBlock.except", List::Set),
    ("", "matchExpressions", List::Set),
    ("", "matchExpressions.values", List::Set),
    // core/v1 types.go; the first of the families is the primary one, so that their order counts.
    ("Service", "spec.ports", List::Keyed(&[&["name"], &["port", "protocol"]])),
    ("Service", "loadBalancerSourceRanges", List::Set),
    ("Service", "externalIPs", List::Set),
    ("", "containers", BY_NAME),
    ("", "ephemeralContainers", BY_NAME),
    ("", "containers.ports", List::Keyed(&[&["containerPort", "protocol"]])),
    ("", "containers.env", BY_NAME),
    ("", "containers.volumeMounts", List::Keyed(&[&["mountPath"]])),
    ("", "spec.volumes", BY_NAME),
    ("", "imagePullSecrets", BY_NAME),
    ("", "tolerations", List::Set),
    ("", "topologySpreadConstraints", List::Keyed(&[&["topologyKey", "whenUnsatisfiable"]])),
    ("", "volumeClaimTemplates", List::Keyed(&[&["metadata"]])),
    ("", "finalizers", List::Set),
    ("", "ownerReferences", List::Keyed(&[&["uid"]])),
    ("", "conditions", List::Keyed(&[&["type"]])),
    ("", "rules.verbs", List::Set),
    ("", "rules.resources", List::Set),
    ("", "rules.apiGroups", List::Set),
    ("ClusterRole", "rules", List::Set),
    ("Role", "rules", List::Set),
    ("", "subjects", List::Set),
    // metallb v0.16 api/v1beta1, api/v1beta2.
    ("IPAddressPool", "spec.addresses", List::Set),
    ("", "serviceAllocation.namespaces", List::Set),
    ("", "serviceAllocation.namespaceSelectors", List::Set),
    ("", "serviceAllocation.serviceSelectors", List::Set),
    ("", "spec.ipAddressPools", List::Set),
    ("", "spec.ipAddressPoolSelectors", List::Set),
    ("", "spec.interfaces", List::Set),
    ("", "nodeSelectors", List::Set),
    ("", "spec.communities", List::Set),
    ("", "spec.peers", List::Set),
    // Calico v3.30 api/v1, api/v3.
    ("Installation", "calicoNetwork.ipPools", List::Keyed(&[&["name"], &["cidr"]])),
    ("", "nodeAddressAutodetectionV4.cidrs", List::Set),
    ("", "nodeAddressAutodetectionV6.cidrs", List::Set),
    ("Installation", "componentResources", List::Keyed(&[&["componentName"]])),
    ("BGPConfiguration", "serviceLoadBalancerIPs", List::Set),
    ("BGPConfiguration", "serviceExternalIPs", List::Set),
    ("BGPConfiguration", "serviceClusterIPs", List::Set),
    ("IPPool", "allowedUses", List::Set),
    ("GlobalNetworkSet", "spec.nets", List::Set),
    ("NetworkSet", "spec.nets", List::Set),
    // argo-cd v3 applicationset and application types.go.
    ("Application", "syncOptions", List::Set),
    ("Application", "ignoreDifferences", List::Set),
    ("AppProject", "destinations", List::Set),
    ("AppProject", "sourceRepos", List::Set),
    ("AppProject", "clusterResourceWhitelist", List::Set),
    ("AppProject", "namespaceResourceWhitelist", List::Set),
    // fluxcd kustomize-controller v1, helm-controller v2.
    ("Kustomization", "spec.dependsOn", BY_NAME),
    ("HelmRelease", "spec.dependsOn", BY_NAME),
    ("Kustomization", "healthChecks", List::Set),
    ("Kustomization", "resources", List::Set),
];

/// How the list at this path of keys, joined by dots, is compared in objects of this kind. In a file that is no object,
/// nobody knows what an order means, so that it counts.
pub fn list(kind: &str, path: &str, lists: &[&[Value]]) -> List {
    if kind.is_empty() {
        return List::Ordered;
    }
    // Rules of Calico and of AdminNetworkPolicy allow, deny or pass: the first that fits decides.
    let is_rules = path == "spec.ingress" || path == "spec.egress";
    if is_rules && lists.iter().any(|items| items.iter().any(|item| item.get("action").is_some())) {
        return List::Ordered;
    }
    let fits = |row: &&Row| {
        let ends = path.strip_suffix(row.1).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        ends && (row.0.is_empty() || row.0 == kind)
    };
    LISTS.iter().find(fits).map_or(List::Ordered, |row| row.2)
}

/// The values of an item's keys. A port without a protocol is TCP.
pub fn key(item: &Value, keys: &[&str]) -> Option<Vec<(String, String)>> {
    let map = item.as_object()?;
    let value = |key: &&str| {
        let text = match map.get(*key) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::Object(map)) => map.get("name")?.as_str()?.to_owned(),
            None if *key == "protocol" => "TCP".to_owned(),
            _ => return None,
        };
        Some(((*key).to_owned(), text))
    };
    keys.iter().map(value).collect()
}

/// The keys that tell all items of all these lists apart.
pub fn telling(
    choices: &'static [&'static [&'static str]],
    lists: &[&[Value]],
) -> Option<&'static [&'static str]> {
    let tells = |keys: &&&'static [&'static str]| {
        lists.iter().all(|list| {
            let mut seen = BTreeSet::new();
            list.iter().all(|item| key(item, keys).is_some_and(|key| seen.insert(key)))
        })
    };
    choices.iter().find(tells).copied()
}

/// A text that is the same for two values exactly when they say the same: keys and sets are sorted.
pub fn normal(kind: &str, path: &str, value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let mut parts: Vec<String> = map
                .iter()
                .map(|(key, value)| {
                    format!("{}:{}", Value::from(key.as_str()), normal(kind, &below(path, key), value))
                })
                .collect();
            parts.sort();
            format!("{{{}}}", parts.join(","))
        }
        Value::Array(items) => {
            let mut parts: Vec<String> = items.iter().map(|item| normal(kind, path, item)).collect();
            let sorted = match list(kind, path, &[items]) {
                List::Keyed(choices) => telling(choices, &[items]).is_some(),
                List::Set => true,
                List::Ordered => false,
            };
            if sorted {
                parts.sort();
            }
            format!("[{}]", parts.join(","))
        }
        scalar => scalar.to_string(),
    }
}

/// A path one key deeper.
pub fn below(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_end_of_a_path_decides() {
        assert_eq!(list("NetworkPolicy", "spec.ingress.from", &[]), List::Set);
        assert_eq!(list("Deployment", "spec.template.spec.containers", &[]), BY_NAME);
        assert_eq!(list("Deployment", "spec.template.spec.initContainers", &[]), List::Ordered);
        assert_eq!(list("Service", "spec.ipFamilies", &[]), List::Ordered);
        assert_eq!(list("Kustomization", "myresources", &[]), List::Ordered);
        assert_eq!(list("", "spec.ingress", &[]), List::Ordered);
    }

    #[test]
    fn rules_that_deny_have_an_order() {
        let rules = [json!({ "action": "Allow" }), json!({ "action": "Deny" })];
        assert_eq!(list("NetworkPolicy", "spec.ingress", &[&rules]), List::Ordered);
        assert_eq!(list("NetworkPolicy", "spec.ingress", &[&[json!({ "from": [] })]]), List::Set);
    }

    #[test]
    fn ports_without_names_are_told_apart_by_number_and_protocol() {
        let ports = json!([{ "port": 53, "protocol": "UDP" }, { "port": 53 }]);
        let List::Keyed(choices) = list("Service", "spec.ports", &[]) else { panic!() };
        assert_eq!(telling(choices, &[ports.as_array().unwrap()]), Some(&["port", "protocol"][..]));
    }

    #[test]
    fn an_order_that_does_not_count_is_not_normal() {
        let one = json!({ "b": 1, "a": { "policyTypes": ["Ingress", "Egress"] }, "args": ["x", "y"] });
        let two = json!({ "args": ["x", "y"], "a": { "policyTypes": ["Egress", "Ingress"] }, "b": 1 });
        let three = json!({ "args": ["y", "x"], "a": { "policyTypes": ["Egress", "Ingress"] }, "b": 1 });
        assert_eq!(normal("NetworkPolicy", "", &one), normal("NetworkPolicy", "", &two));
        assert_ne!(normal("NetworkPolicy", "", &two), normal("NetworkPolicy", "", &three));
    }
}
