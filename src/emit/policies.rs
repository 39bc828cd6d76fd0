//! NetworkPolicies, printed one to one from the values that the evaluator judges.
//!
//! A namespace that is only observed gets them as `StagedKubernetesNetworkPolicy`, which Calico evaluates and does not
//! enforce.

use super::ClusterEmitter;
use super::files::{Files, labels, metadata};
use crate::connectivity::{
    Direction, NamespaceScope, Peer, Peers, PortMatch, PortSpec, Ports, Requirement, Rule, Selector,
};
use crate::facts::{Facts, Guard, Layer};
use crate::objects::calico::{StagedKubernetesNetworkPolicy, StagedKubernetesNetworkPolicySpec};
use crate::objects::{
    AnyObject, IPBlock, IntOrString, LabelSelector, LabelSelectorRequirement, NetworkPolicy,
    NetworkPolicyEgressRule, NetworkPolicyIngressRule, NetworkPolicyPeer, NetworkPolicyPort,
    NetworkPolicySpec,
};
use crate::resolve::Cluster;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

pub const EMITTER: ClusterEmitter = ClusterEmitter { name: "policies", emit };

fn emit(facts: &Facts<'_>, cluster: &Cluster<'_>, files: &mut Files) {
    let folder = format!("clusters/{}/{}", cluster.name, facts.order.name(cluster.id, Layer::Policies));
    for guard in facts.guards_of(cluster.id) {
        files.object_by_namespace(&folder, object(guard, facts.resolved.name), &guard.from);
    }
    for (key, object) in raw(facts, cluster) {
        files.object_by_namespace(&folder, object, &[format!("policies.{key}")]);
    }
}

/// The policies that a person wrote, in every generated cluster that has their namespace.
fn raw<'a>(facts: &'a Facts<'_>, cluster: &'a Cluster<'_>) -> impl Iterator<Item = (&'a str, AnyObject)> {
    let written = facts.resolved.plan.policies.iter().flat_map(|policies| policies.value.iter());
    written.filter_map(|entry| {
        let key = entry.name.value.as_str();
        let mut object = json!({
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": { "name": key },
        });
        crate::objects::merge(&mut object, &entry.value.to_json());
        explicit(&mut object);
        let namespace = object.pointer("/metadata/namespace")?.as_str()?;
        facts.resolved.find_namespace(cluster.id, namespace)?;
        AnyObject::from_value(&object).ok().map(|object| (key, object))
    })
}

/// Writes out what the API server would assume (`pkg/apis/networking/v1/defaults.go`): tools and other plugins differ in
/// what they make of a policy without types or a port without a protocol.
fn explicit(policy: &mut Value) {
    let Some(spec) = policy.get_mut("spec").and_then(Value::as_object_mut) else { return };
    let rules =
        |spec: &Map<String, Value>, key: &str| spec.get(key).and_then(Value::as_array).map_or(0, Vec::len);
    if rules(spec, "policyTypes") == 0 {
        let egress = (rules(spec, "egress") > 0).then_some("Egress");
        spec.insert("policyTypes".to_owned(), ["Ingress"].into_iter().chain(egress).collect());
    }
    for key in ["ingress", "egress"] {
        let rules = spec.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten();
        let ports = rules.filter_map(|rule| rule.get_mut("ports")?.as_array_mut()).flatten();
        for port in ports.filter_map(Value::as_object_mut) {
            port.entry("protocol").or_insert_with(|| Value::from("TCP"));
        }
    }
}

fn object(guard: &Guard, platform: &str) -> AnyObject {
    let policy = &guard.policy;
    let labels = labels(&policy.name, guard.part.component(), platform);
    let metadata = metadata(policy.name.as_str(), Some(policy.namespace.as_str()), labels);
    let spec = spec(guard);
    if guard.staged {
        let spec = StagedKubernetesNetworkPolicySpec::staging(spec);
        return AnyObject::new(&StagedKubernetesNetworkPolicy { metadata, spec });
    }
    AnyObject::new(&NetworkPolicy { metadata: metadata.into(), spec: Some(spec) })
}

fn spec(guard: &Guard) -> NetworkPolicySpec {
    let policy = &guard.policy;
    let isolates = |direction| policy.rules(direction).is_some();
    let types = [(Direction::Ingress, "Ingress"), (Direction::Egress, "Egress")];
    let types =
        types.into_iter().filter(|(direction, _)| isolates(*direction)).map(|(_, word)| word.to_owned());
    let ingress: Vec<_> = (policy.ingress.iter().flatten())
        .map(|rule| NetworkPolicyIngressRule { from: peers(rule), ports: ports(rule) })
        .collect();
    let egress: Vec<_> = (policy.egress.iter().flatten())
        .map(|rule| NetworkPolicyEgressRule { to: peers(rule), ports: ports(rule) })
        .collect();
    NetworkPolicySpec {
        pod_selector: Some(selector(&policy.pods)),
        policy_types: Some(types.collect()),
        ingress: (!ingress.is_empty()).then_some(ingress),
        egress: (!egress.is_empty()).then_some(egress),
    }
}

fn peers(rule: &Rule) -> Option<Vec<NetworkPolicyPeer>> {
    let Peers::Listed(peers) = &rule.peers else { return None };
    let peer = |peer: &Peer| match peer {
        Peer::Pods { namespaces, pods } => NetworkPolicyPeer {
            namespace_selector: match namespaces {
                NamespaceScope::Own => None,
                NamespaceScope::Matching(namespaces) => Some(selector(namespaces)),
            },
            // In its own namespace a peer has to be written; elsewhere the namespace alone means all of its pods.
            pod_selector: (*namespaces == NamespaceScope::Own || !pods.requirements.is_empty())
                .then(|| selector(pods)),
            ..Default::default()
        },
        Peer::Block { cidr, except } => NetworkPolicyPeer {
            ip_block: Some(IPBlock {
                cidr: cidr.to_string(),
                except: (!except.is_empty()).then(|| except.iter().map(ToString::to_string).collect()),
            }),
            ..Default::default()
        },
    };
    Some(peers.iter().map(peer).collect())
}

fn ports(rule: &Rule) -> Option<Vec<NetworkPolicyPort>> {
    let Ports::Listed(ports) = &rule.ports else { return None };
    let port = |matched: &PortMatch| {
        let (port, end_port) = match &matched.port {
            PortSpec::Any => (None, None),
            PortSpec::Range(first, last) => {
                (Some(IntOrString::Int(i32::from(*first))), (first != last).then_some(i32::from(*last)))
            }
            PortSpec::Named(name) => (Some(IntOrString::String(name.clone())), None),
        };
        NetworkPolicyPort { protocol: Some(matched.protocol.name().to_owned()), port, end_port }
    };
    Some(ports.iter().map(port).collect())
}

/// Labels where every requirement is one label with one value, expressions for the rest.
fn selector(selector: &Selector) -> LabelSelector {
    let mut labels = BTreeMap::new();
    let mut expressions = Vec::new();
    for requirement in &selector.requirements {
        let (operator, values) = match requirement {
            Requirement::In { key, values } if values.len() == 1 => {
                labels.extend(values.iter().map(|value| (key.clone(), value.clone())));
                continue;
            }
            Requirement::In { values, .. } => ("In", Some(values)),
            Requirement::NotIn { values, .. } => ("NotIn", Some(values)),
            Requirement::Exists { .. } => ("Exists", None),
            Requirement::DoesNotExist { .. } => ("DoesNotExist", None),
        };
        expressions.push(LabelSelectorRequirement {
            key: requirement.key().to_owned(),
            operator: operator.to_owned(),
            values: values.map(|values| values.iter().cloned().collect()),
        });
    }
    LabelSelector {
        match_labels: (!labels.is_empty()).then_some(labels),
        match_expressions: (!expressions.is_empty()).then_some(expressions),
    }
}
