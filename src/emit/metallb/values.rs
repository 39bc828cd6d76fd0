//! The chart's defaults install BGP for a network that has none, so the backend is always said.
//!
//! Keys of metallb/metallb `charts/metallb/values.yaml`, v0.13 to v0.16.

use crate::facts::{Facts, announced};
use crate::model::Backend as Written;
use crate::model::Metallb;
use crate::objects::merge;
use crate::resolve::Cluster;
use crate::upstream::metallb::{Backend, FRR_K8S_DEFAULT_SINCE, backend_values};
use serde_json::{Value, json};

/// Values for the MetalLB chart of the cluster's release.
pub fn chart(facts: &Facts<'_>, cluster: &Cluster<'_>, metallb: &Metallb) -> Value {
    let version = &metallb.version.value;
    let pools: Vec<_> = facts.resolved.pools_of(cluster.id).collect();
    let speaks_bgp = pools.iter().any(|pool| announced::by_metallb_bgp(cluster, pool));
    let speaks = speaks_bgp || pools.iter().any(|pool| announced::by_l2(cluster, pool));
    let mut values = json!({});
    if let Some(class) = &metallb.load_balancer_class {
        values["loadBalancerClass"] = json!(class.value.as_str());
    }
    if !speaks && !pools.is_empty() {
        // Somebody else announces every address: only the controller is needed (metallb `configuration/calico.md`).
        merge(&mut values, &json!({ "speaker": { "enabled": false } }));
    }
    if announced::from_excluded_nodes(cluster) {
        merge(&mut values, &json!({ "speaker": { "ignoreExcludeLB": true } }));
    }
    let wanted = match metallb.backend.as_ref().map(|backend| backend.value) {
        Some(Written::Native) => Backend::Native,
        Some(Written::Frr) => Backend::Frr,
        Some(Written::FrrK8s) => Backend::FrrK8s,
        None if !speaks_bgp => Backend::Native,
        // FRR in the speaker is deprecated from the release that makes frr-k8s the default.
        None if version.at_least(FRR_K8S_DEFAULT_SINCE) => Backend::FrrK8s,
        None => Backend::Frr,
    };
    let chosen = backend_values(version, wanted).or_else(|| backend_values(version, Backend::Frr));
    for (path, on) in chosen.into_iter().flatten() {
        let nested = path.rsplit('.').fold(json!(on), |inner, key| json!({ key: inner }));
        merge(&mut values, &nested);
    }
    if let Some(raw) = &metallb.values {
        merge(&mut values, &raw.value.to_json());
    }
    values
}
