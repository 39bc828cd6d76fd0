//! Every raw override of the plan, with the object that it is laid over.

use crate::decode::Raw;
use crate::facts::Facts;
use crate::model::Owner;
use crate::source::{Located, Span};
use crate::upstream::Version;
use serde_json::{Value, json};

/// A raw table and what it becomes a part of.
pub struct Override<'a> {
    pub raw: &'a Raw,
    /// The whole table.
    pub span: Span,
    /// Its key path.
    pub path: String,
    /// The kinds that it may be a part of; it is right when one of them takes it.
    pub kinds: Vec<Kind>,
    /// The release of the project that the kinds belong to.
    pub release: Option<&'a Version>,
}

/// An object of upstream, and where in it the table lies.
#[derive(Clone, Copy)]
pub struct Kind {
    pub api_version: &'static str,
    pub kind: &'static str,
    /// A JSON pointer; empty when the table is the object itself.
    pub at: &'static str,
}

impl Override<'_> {
    /// The object with nothing in it but the table.
    pub fn object(&self, kind: Kind) -> Value {
        let raw = self.raw.to_json();
        match kind.at {
            "" => raw,
            "/spec" => wrapped(kind, raw),
            // The only list that a table is an item of.
            _ => wrapped(kind, json!({ "calicoNetwork": { "ipPools": [raw] } })),
        }
    }
}

fn wrapped(kind: Kind, spec: Value) -> Value {
    json!({ "apiVersion": kind.api_version, "kind": kind.kind, "metadata": { "name": "x" }, "spec": spec })
}

const fn spec(api_version: &'static str, kind: &'static str) -> Kind {
    Kind { api_version, kind, at: "/spec" }
}

/// All overrides of what is generated, in the order of the tables.
pub fn overrides<'a>(facts: &'a Facts<'_>) -> Vec<Override<'a>> {
    let resolved = &facts.resolved;
    let mut all = Vec::new();
    let mut add =
        |raw: &'a Option<Located<Raw>>, path: String, kinds: Vec<Kind>, release: Option<&'a Version>| {
            if let Some(raw) = raw {
                all.push(Override { raw: &raw.value, span: raw.span, path, kinds, release });
            }
        };
    for cluster in resolved.targets() {
        if let Some(calico) = &cluster.calico {
            let (written, release) = (calico.written, Some(calico.version));
            let path = |key: &str| format!("clusters.{}.calico.{key}", cluster.name);
            let operator = "operator.tigera.io/v1";
            let calico_api = "projectcalico.org/v3";
            let tables = [
                (&written.installation, "installation", spec(operator, "Installation")),
                (&written.api_server, "api_server", spec(operator, "APIServer")),
                (&written.felix_configuration, "felix_configuration", spec(calico_api, "FelixConfiguration")),
                (&written.bgp_configuration, "bgp_configuration", spec(calico_api, "BGPConfiguration")),
                (&written.goldmane_spec, "goldmane_spec", spec(operator, "Goldmane")),
                (&written.whisker_spec, "whisker_spec", spec(operator, "Whisker")),
            ];
            for (raw, key, kind) in tables {
                add(raw, path(key), vec![kind], release);
            }
            for peer in written.peers.iter().flat_map(|peers| peers.value.iter()) {
                let path = path(&format!("peers.{}.raw", peer.name.value));
                add(&peer.value.raw, path, vec![spec(calico_api, "BGPPeer")], release);
            }
            for pool in &calico.pools {
                let Some(written) = pool.written else { continue };
                let item =
                    Kind { api_version: operator, kind: "Installation", at: "/spec/calicoNetwork/ipPools/0" };
                let kind = if pool.is_standalone() { spec(calico_api, "IPPool") } else { item };
                add(&written.raw, path(&format!("pools.{}.raw", pool.name)), vec![kind], release);
            }
        }
        let Some(metallb) = cluster.metallb() else { continue };
        let release = Some(&metallb.version.value);
        for peer in metallb.peers.iter().flat_map(|peers| peers.value.iter()) {
            let path = format!("clusters.{}.metallb.peers.{}.raw", cluster.name, peer.name.value);
            add(&peer.value.raw, path, vec![spec("metallb.io/v1beta2", "BGPPeer")], release);
        }
        for profile in metallb.bfd_profiles.iter().flat_map(|profiles| profiles.value.iter()) {
            let path = format!("clusters.{}.metallb.bfd_profiles.{}.raw", cluster.name, profile.name.value);
            add(&profile.value.raw, path, vec![spec("metallb.io/v1beta1", "BFDProfile")], release);
        }
        for pool in resolved.pools_of(cluster.id) {
            let tables = [
                (&pool.written.ip_address_pool, "ip_address_pool", "IPAddressPool"),
                (&pool.written.l2_advertisement, "l2_advertisement", "L2Advertisement"),
                (&pool.written.bgp_advertisement, "bgp_advertisement", "BGPAdvertisement"),
            ];
            for (raw, key, kind) in tables {
                let path = format!("pools.{}.{key}", pool.name);
                add(raw, path, vec![spec("metallb.io/v1beta1", kind)], release);
            }
        }
    }
    let mut before = None;
    for service in resolved.services.iter().filter(|service| service.owner == Owner::Plan) {
        // The copies of a service in several clusters have one table.
        if before.replace(service.key) != Some(service.key) {
            add(
                &service.written.service,
                format!("{}.service", service.path()),
                vec![spec("v1", "Service")],
                None,
            );
        }
    }
    for policy in resolved.plan.policies.iter().flat_map(|policies| policies.value.iter()) {
        let kind = Kind { api_version: "networking.k8s.io/v1", kind: "NetworkPolicy", at: "" };
        let path = format!("policies.{}", policy.name.value);
        all.push(Override { raw: &policy.value, span: policy.span, path, kinds: vec![kind], release: None });
    }
    all
}
