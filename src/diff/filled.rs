//! What the API server and controllers fill in says nothing that anybody wanted.

use super::field::{Field, Step};

/// apimachinery `meta/v1/types.go`: set by the API server alone.
const METADATA: [&str; 6] =
    ["creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid"];

/// What kubectl and the controller of Deployments write down for themselves.
const ANNOTATIONS: [&str; 2] =
    ["deployment.kubernetes.io/revision", "kubectl.kubernetes.io/last-applied-configuration"];

/// Whether a difference of an object is such a field, or below one. The address that a load balancer got is not: it is
/// where clients find the Service.
pub fn is_filled(field: &Field) -> bool {
    let keys: Vec<&str> = (field.path.iter())
        .map(|step| match step {
            Step::Key(key) => key.as_str(),
            _ => "",
        })
        .collect();
    match keys[..] {
        ["metadata", "annotations", key, ..] => ANNOTATIONS.contains(&key),
        ["metadata", key, ..] => METADATA.contains(&key),
        ["status", "loadBalancer", ..] => false,
        ["status"] => [&field.old, &field.new]
            .into_iter()
            .flatten()
            .all(|value| value.pointer("/loadBalancer/ingress/0").is_none()),
        ["status", ..] => true,
        _ => false,
    }
}
