//! An API server drops a key that its schema does not name, or refuses the object; these schemas refuse it earlier.
//!
//! The files under `data/schemas` are the upstream CRDs, made strict by `.ci/compact_schemas.py`; those of the core
//! kinds are written by hand after Kubernetes 1.33. A schema describes a whole object, without `status`.

use std::sync::OnceLock;

use serde_json::Value;

use super::Release;

/// A kind of object with a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    pub api_version: &'static str,
    pub kind: &'static str,
    /// The upstream release whose fields these are: an older one may know fewer.
    pub fields_of: &'static str,
    text: &'static str,
}

/// A field that only newer releases know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    pub api_version: &'static str,
    pub kind: &'static str,
    /// Dotted path from the root of the object.
    pub path: &'static str,
    /// The first release of the project that [`Kind::fields_of`] names.
    pub since: Release,
}

macro_rules! kinds {
    ($($api_version:literal $kind:literal $fields_of:literal $file:literal;)*) => {
        &[$(Kind {
            api_version: $api_version,
            kind: $kind,
            fields_of: $fields_of,
            text: include_str!(concat!("data/schemas/", $file, ".json")),
        }),*]
    };
}

/// All kinds with a schema, by API version and kind.
pub const KINDS: &[Kind] = kinds! {
    "argoproj.io/v1alpha1" "AppProject" "Argo CD v3.5.1" "argo-appproject";
    "argoproj.io/v1alpha1" "Application" "Argo CD v3.5.1" "argo-application";
    "helm.toolkit.fluxcd.io/v2" "HelmRelease" "Flux v2.9.4" "flux-helmrelease";
    "kustomize.toolkit.fluxcd.io/v1" "Kustomization" "Flux v2.9.4" "flux-kustomization";
    "metallb.io/v1beta1" "BFDProfile" "MetalLB v0.16.1" "metallb-bfdprofile";
    "metallb.io/v1beta1" "BGPAdvertisement" "MetalLB v0.16.1" "metallb-bgpadvertisement";
    "metallb.io/v1beta1" "Community" "MetalLB v0.16.1" "metallb-community";
    "metallb.io/v1beta1" "IPAddressPool" "MetalLB v0.16.1" "metallb-ipaddresspool";
    "metallb.io/v1beta1" "L2Advertisement" "MetalLB v0.16.1" "metallb-l2advertisement";
    "metallb.io/v1beta2" "BGPPeer" "MetalLB v0.16.1" "metallb-bgppeer";
    "networking.k8s.io/v1" "NetworkPolicy" "Kubernetes v1.33" "core-networkpolicy";
    "operator.tigera.io/v1" "APIServer" "Calico v3.32.1" "operator-apiserver";
    "operator.tigera.io/v1" "Goldmane" "Calico v3.32.1" "operator-goldmane";
    "operator.tigera.io/v1" "Installation" "Calico v3.32.1" "operator-installation";
    "operator.tigera.io/v1" "Whisker" "Calico v3.32.1" "operator-whisker";
    "projectcalico.org/v3" "BGPConfiguration" "Calico v3.32.1" "calico-bgpconfiguration";
    "projectcalico.org/v3" "BGPPeer" "Calico v3.32.1" "calico-bgppeer";
    "projectcalico.org/v3" "FelixConfiguration" "Calico v3.32.1" "calico-felixconfiguration";
    "projectcalico.org/v3" "IPAMConfiguration" "Calico v3.32.1" "calico-ipamconfiguration";
    "projectcalico.org/v3" "IPPool" "Calico v3.32.1" "calico-ippool";
    "projectcalico.org/v3" "KubeControllersConfiguration" "Calico v3.32.1" "calico-kubecontrollersconfiguration";
    "projectcalico.org/v3" "StagedKubernetesNetworkPolicy" "Calico v3.32.1" "calico-stagedkubernetesnetworkpolicy";
    "projectcalico.org/v3" "Tier" "Calico v3.32.1" "calico-tier";
    "source.toolkit.fluxcd.io/v1" "GitRepository" "Flux v2.9.4" "flux-gitrepository";
    "source.toolkit.fluxcd.io/v1" "HelmRepository" "Flux v2.9.4" "flux-helmrepository";
    "v1" "Namespace" "Kubernetes v1.33" "core-namespace";
    "v1" "Service" "Kubernetes v1.33" "core-service";
};

/// Fields of the schemas that older releases in the tables do not have, beside those of [`super::metallb::FIELDS`].
const NEWER_FIELDS: &[Field] = &[
    Field {
        api_version: "operator.tigera.io/v1",
        kind: "Installation",
        path: "spec.calicoNetwork.bpfNetworkBootstrap",
        since: (3, 31, 0),
    },
    Field {
        api_version: "operator.tigera.io/v1",
        kind: "Installation",
        path: "spec.calicoNetwork.clusterRoutingMode",
        since: (3, 32, 0),
    },
    Field {
        api_version: "operator.tigera.io/v1",
        kind: "Installation",
        path: "spec.calicoNetwork.kubeProxyManagement",
        since: (3, 31, 0),
    },
    Field {
        api_version: "projectcalico.org/v3",
        kind: "IPPool",
        path: "spec.namespaceSelector",
        since: (3, 31, 0),
    },
];

/// The schema of a kind, parsed once; `None` when there is none.
pub fn schema(api_version: &str, kind: &str) -> Option<&'static Value> {
    static PARSED: [OnceLock<Value>; KINDS.len()] = [const { OnceLock::new() }; KINDS.len()];
    let at = KINDS.iter().position(|known| known.api_version == api_version && known.kind == kind)?;
    let parse = || serde_json::from_str(KINDS[at].text).expect("broken promise: an embedded schema is JSON");
    Some(PARSED[at].get_or_init(parse))
}

/// The fields of a kind that came with a later release than the first one in the tables, by path.
pub fn newer_fields(api_version: &str, kind: &str) -> Vec<Field> {
    let row = KINDS.iter().find(|known| known.api_version == api_version && known.kind == kind);
    let Some(row) = row else { return Vec::new() };
    if row.api_version.starts_with("metallb.io/") {
        let fields = super::metallb::FIELDS.iter().filter(|field| field.kind == kind);
        return fields
            .map(|field| Field {
                api_version: row.api_version,
                kind: row.kind,
                path: field.path,
                since: field.since,
            })
            .collect();
    }
    let fields = NEWER_FIELDS.iter().filter(|field| field.api_version == api_version && field.kind == kind);
    fields.copied().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refusals(object: &Value) -> Vec<String> {
        let text = |key: &str| object[key].as_str().expect("a text").to_owned();
        let schema = schema(&text("apiVersion"), &text("kind")).expect("a schema");
        let validator = jsonschema::validator_for(schema).expect("a schema that compiles");
        validator.iter_errors(object).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }

    #[test]
    fn every_schema_compiles_and_is_for_its_kind() {
        for row in KINDS {
            let schema = schema(row.api_version, row.kind).expect("a schema");
            jsonschema::validator_for(schema).unwrap_or_else(|error| panic!("{}: {error}", row.kind));
            assert_eq!(schema["properties"]["kind"]["const"], row.kind);
            assert_eq!(schema["properties"]["apiVersion"]["const"], row.api_version, "{}", row.kind);
            assert_eq!(schema["additionalProperties"], false, "{}", row.kind);
            assert!(schema["properties"].get("status").is_none(), "{}", row.kind);
        }
    }

    #[test]
    fn keys_that_people_write_in_an_installation_are_refused() {
        let mut installation = json!({
            "apiVersion": "operator.tigera.io/v1",
            "kind": "Installation",
            "metadata": {"name": "default"},
            "spec": {
                "calicoNetwork": {
                    "bgp": "Disabled",
                    "nodeAddressAutodetectionV4": {"cidrs": ["192.168.1.0/24"]},
                    "ipPools": [{"cidr": "10.42.0.0/16", "blockSize": 26, "encapsulation": "VXLAN"}],
                },
                "calicoNodeDaemonSet": {"spec": {"template": {"spec": {"containers": [
                    {"name": "calico-node", "resources": {"limits": {"cpu": 1, "memory": "1Gi"}}},
                ]}}}},
            },
        });
        assert_eq!(refusals(&installation), Vec::<String>::new());
        installation["spec"]["calicoVersion"] = json!("v3.30.2");
        installation["spec"]["kubernetesProvider"] = json!("k3s");
        installation["spec"]["calicoNodeDaemonSet"]["spec"]["template"]["spec"]["container"] = json!([]);
        assert_eq!(refusals(&installation).len(), 3);
    }

    #[test]
    fn a_pool_has_no_advertisement_fields() {
        let mut pool = json!({
            "apiVersion": "metallb.io/v1beta1",
            "kind": "IPAddressPool",
            "metadata": {"name": "homelab", "namespace": "metallb-system"},
            "spec": {"addresses": ["192.168.1.200-192.168.1.250"], "autoAssign": false},
        });
        assert_eq!(refusals(&pool), Vec::<String>::new());
        pool["spec"]["aggregationLength"] = json!(32);
        assert_eq!(refusals(&pool).len(), 1);
    }

    #[test]
    fn core_kinds_are_strict_too() {
        let mut service = json!({
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "mlflow", "annotations": {"metallb.io/loadBalancerIPs": "192.168.1.201"}},
            "spec": {
                "type": "LoadBalancer",
                "allocateLoadBalancerNodePorts": false,
                "ports": [{"name": "http", "port": 80, "targetPort": "http"}, {"name": "https", "port": 443, "targetPort": 8443}],
            },
        });
        assert_eq!(refusals(&service), Vec::<String>::new());
        service["spec"]["externalTrafficPolicy"] = json!("local");
        service["spec"]["loadbalancerIP"] = json!("192.168.1.201");
        service["spec"]["ports"][0]["port"] = json!(65536);
        assert_eq!(refusals(&service).len(), 3);

        let mut policy = json!({
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {"name": "baseline", "namespace": "a"},
            "spec": {
                "podSelector": {},
                "policyTypes": ["Ingress", "Egress"],
                "egress": [{"to": [{"namespaceSelector": {"matchLabels": {"a": "b"}}}], "ports": [{"protocol": "UDP", "port": 53}]}],
                "ingress": [{"from": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8"]}}]}],
            },
        });
        assert_eq!(refusals(&policy), Vec::<String>::new());
        policy["spec"]["egress"][0]["from"] = json!([]);
        policy["spec"]["ingress"][0]["from"][0]["ipBlocks"] = json!({});
        assert_eq!(refusals(&policy).len(), 2);
    }

    #[test]
    fn free_maps_stay_free() {
        let release = json!({
            "apiVersion": "helm.toolkit.fluxcd.io/v2",
            "kind": "HelmRelease",
            "metadata": {"name": "metallb"},
            "spec": {
                "interval": "10m",
                "chart": {"spec": {"chart": "metallb", "sourceRef": {"kind": "HelmRepository", "name": "metallb"}}},
                "values": {"speaker": {"frr": {"enabled": false}}},
            },
        });
        assert_eq!(refusals(&release), Vec::<String>::new());
    }

    #[test]
    fn rows_are_sorted_and_name_fields_that_exist() {
        assert!(
            KINDS
                .windows(2)
                .all(|rows| (rows[0].api_version, rows[0].kind) < (rows[1].api_version, rows[1].kind))
        );
        let mut count = 0;
        for row in KINDS {
            let root = schema(row.api_version, row.kind).expect("a schema");
            for field in newer_fields(row.api_version, row.kind) {
                let mut at = root;
                for name in field.path.split('.') {
                    at = &at["properties"][name];
                    if let Some(reference) = at["$ref"].as_str() {
                        at = root.pointer(&reference[1..]).expect("a definition");
                    }
                    assert!(at.is_object(), "{} has no {}", row.kind, field.path);
                }
                count += 1;
            }
        }
        assert_eq!(count, NEWER_FIELDS.len() + super::super::metallb::FIELDS.len());
    }
}
