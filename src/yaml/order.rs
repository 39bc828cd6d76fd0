//! Core objects are written in the order of a careful engineer, not of the alphabet.
//!
//! k8s-openapi serializes every struct alphabetically: `egress` before `podSelector`, `data` before `metadata`. A row
//! here names a struct as k8s-openapi passes it to `serialize_struct`, and the fields that come first. The order is
//! that of the Go types (`k8s.io/api`), except where manifests written by hand agree on another: what selects comes
//! first, lists come last.

/// The fields of one struct that come first, in order.
#[derive(Clone, Copy, Debug)]
pub struct Row(&'static [&'static str]);

impl Row {
    /// The place of a field; all that the row does not name share the last.
    pub fn rank(self, field: &str) -> usize {
        self.0.iter().position(|listed| *listed == field).unwrap_or(self.0.len())
    }

    /// The fields that the row names.
    pub fn fields(self) -> &'static [&'static str] {
        self.0
    }
}

/// The order for the struct that serde calls `name`, if it has one.
pub fn row(name: &str) -> Option<Row> {
    let fields: &'static [&'static str] = match name {
        // k8s.io/apimachinery/pkg/apis/meta/v1
        "ObjectMeta" => &["name", "generateName", "namespace", "labels", "annotations"],
        "LabelSelector" => &["matchLabels", "matchExpressions"],
        // k8s.io/api/core/v1
        "ConfigMap" => &["apiVersion", "kind", "metadata", "immutable", "data", "binaryData"],
        "Secret" => &["apiVersion", "kind", "metadata", "type", "immutable", "data", "stringData"],
        "ServiceAccount" => &["apiVersion", "kind", "metadata", "secrets", "imagePullSecrets"],
        "ServiceSpec" => &[
            "type",
            "loadBalancerClass",
            "loadBalancerIP",
            "loadBalancerSourceRanges",
            "allocateLoadBalancerNodePorts",
            "externalTrafficPolicy",
            "internalTrafficPolicy",
            "externalName",
            "externalIPs",
            "clusterIP",
            "clusterIPs",
            "ipFamilyPolicy",
            "ipFamilies",
            "publishNotReadyAddresses",
            "sessionAffinity",
            "sessionAffinityConfig",
            "healthCheckNodePort",
            "selector",
            "ports",
        ],
        "ServicePort" => &["name", "protocol", "appProtocol", "port", "targetPort", "nodePort"],
        "PodSpec" => &[
            "serviceAccountName",
            "automountServiceAccountToken",
            "imagePullSecrets",
            "hostNetwork",
            "restartPolicy",
            "priorityClassName",
            "nodeSelector",
            "affinity",
            "tolerations",
            "securityContext",
            "initContainers",
            "containers",
            "volumes",
        ],
        "Container" => &[
            "name",
            "image",
            "imagePullPolicy",
            "command",
            "args",
            "workingDir",
            "ports",
            "envFrom",
            "env",
            "resources",
            "startupProbe",
            "livenessProbe",
            "readinessProbe",
            "securityContext",
            "volumeMounts",
        ],
        "ContainerPort" => &["name", "protocol", "containerPort"],
        "ResourceRequirements" => &["requests", "limits"],
        "Volume" | "VolumeMount" => &["name"],
        // k8s.io/api/apps/v1, batch/v1
        "DeploymentSpec" => &["replicas", "selector", "strategy", "template"],
        "DaemonSetSpec" => &["selector", "updateStrategy", "template"],
        // k8s.io/api/discovery/v1
        "EndpointSlice" => &["apiVersion", "kind", "metadata", "addressType", "endpoints", "ports"],
        "EndpointPort" => &["name", "protocol", "appProtocol", "port"],
        // k8s.io/api/networking/v1
        "NetworkPolicySpec" => &["podSelector", "policyTypes", "ingress", "egress"],
        "NetworkPolicyIngressRule" => &["from", "ports"],
        "NetworkPolicyEgressRule" => &["to", "ports"],
        "NetworkPolicyPeer" => &["namespaceSelector", "podSelector", "ipBlock"],
        "NetworkPolicyPort" => &["protocol", "port", "endPort"],
        // k8s.io/api/rbac/v1
        "Role" => &["apiVersion", "kind", "metadata", "rules"],
        "RoleBinding" => &["apiVersion", "kind", "metadata", "roleRef", "subjects"],
        "ClusterRole" => &["apiVersion", "kind", "metadata", "aggregationRule", "rules"],
        "PolicyRule" => &["apiGroups", "resources", "resourceNames", "nonResourceURLs", "verbs"],
        _ => return None,
    };
    Some(Row(fields))
}

#[cfg(test)]
mod tests {
    use super::row;
    use serde::de::{Deserialize, Deserializer, Visitor, value::Error};

    /// Asks a type for the name and the fields that it hands to serde.
    struct Asked<'a>(&'a mut Option<(&'static str, &'static [&'static str])>);

    impl<'de> Deserializer<'de> for Asked<'_> {
        type Error = Error;
        fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
            Err(serde::de::Error::custom("not a struct"))
        }
        fn deserialize_struct<V: Visitor<'de>>(
            self,
            name: &'static str,
            fields: &'static [&'static str],
            _: V,
        ) -> Result<V::Value, Error> {
            *self.0 = Some((name, fields));
            Err(serde::de::Error::custom("only asked"))
        }
        serde::forward_to_deserialize_any! {
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
            unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
        }
    }

    #[track_caller]
    fn check<'de, T: Deserialize<'de>>() {
        let mut shape = None;
        let _ = T::deserialize(Asked(&mut shape));
        let (name, fields) = shape.expect("the type is a struct");
        let row = row(name).unwrap_or_else(|| panic!("`{name}` has no row"));
        for listed in row.fields() {
            assert!(fields.contains(listed), "`{name}` has no field `{listed}`");
        }
    }

    /// A row whose name or field is misspelled would change nothing and nobody would see it.
    #[test]
    fn every_row_names_a_struct_of_k8s_openapi_and_its_fields() {
        use k8s_openapi::api::{apps, core::v1, discovery, networking::v1 as networking, rbac::v1 as rbac};
        use k8s_openapi::apimachinery::pkg::apis::meta::v1 as meta;
        check::<meta::ObjectMeta>();
        check::<meta::LabelSelector>();
        check::<v1::ConfigMap>();
        check::<v1::Secret>();
        check::<v1::ServiceAccount>();
        check::<v1::ServiceSpec>();
        check::<v1::ServicePort>();
        check::<v1::PodSpec>();
        check::<v1::Container>();
        check::<v1::ContainerPort>();
        check::<v1::ResourceRequirements>();
        check::<v1::Volume>();
        check::<v1::VolumeMount>();
        check::<apps::v1::DeploymentSpec>();
        check::<apps::v1::DaemonSetSpec>();
        check::<discovery::v1::EndpointSlice>();
        check::<discovery::v1::EndpointPort>();
        check::<networking::NetworkPolicySpec>();
        check::<networking::NetworkPolicyIngressRule>();
        check::<networking::NetworkPolicyEgressRule>();
        check::<networking::NetworkPolicyPeer>();
        check::<networking::NetworkPolicyPort>();
        check::<rbac::Role>();
        check::<rbac::RoleBinding>();
        check::<rbac::ClusterRole>();
        check::<rbac::PolicyRule>();
    }
}
