//! With BGP the nodes tell each other, and routers, where pods are, and Services where Calico announces them.

use super::{named, passwords};
use crate::addresses::Cidr;
use crate::emit::files::Files;
use crate::emit::overlay;
use crate::facts::announced;
use crate::model::CalicoPeer;
use crate::objects::AnyObject;
use crate::objects::calico::{
    BGPConfiguration, BGPConfigurationSpec, BGPPeer, BGPPeerSpec, Block, Password, SecretKey, Switch,
};
use crate::resolve::{CalicoSettings, Cluster, Resolved};
use crate::upstream::calico::{Feature, has};
use std::collections::BTreeSet;

pub fn emit(
    resolved: &Resolved<'_>,
    cluster: &Cluster<'_>,
    calico: &CalicoSettings<'_>,
    folder: &str,
    files: &mut Files,
) {
    if !calico.bgp {
        return;
    }
    let path = format!("clusters.{}.calico", cluster.name);
    let (object, from) = configuration(resolved, cluster, calico);
    let mut secrets: BTreeSet<String> = passwords::secret(&object).into_iter().collect();
    files.object(folder, object, &[vec![path.clone()], from].concat());
    for peer in calico.written.peers.iter().flat_map(|peers| peers.value.iter()) {
        let name = peer.name.value.as_str();
        let object = AnyObject::new(&BGPPeer { metadata: named(resolved, name), spec: spec(&peer.value) });
        let object = overlay::with_spec(object, peer.value.raw.as_ref());
        secrets.extend(passwords::secret(&object));
        files.object(folder, object, &[format!("{path}.peers.{name}")]);
    }
    passwords::emit(resolved, secrets, &[path], folder, files);
}

/// The BGPConfiguration `default`, and the pools whose addresses it names.
fn configuration(
    resolved: &Resolved<'_>,
    cluster: &Cluster<'_>,
    calico: &CalicoSettings<'_>,
) -> (AnyObject, Vec<String>) {
    let pools: Vec<_> =
        resolved.pools_of(cluster.id).filter(|pool| announced::by_calico(cluster, pool)).collect();
    // Exactly the addresses of the pools: Calico announces the blocks themselves, used or not.
    let mut blocks: Vec<Cidr> =
        pools.iter().flat_map(|pool| pool.addresses.ranges()).flat_map(|range| range.to_cidrs()).collect();
    // Those that Calico hands out itself are announced by nobody else.
    let of_calico = calico.pools.iter().filter(|pool| super::pool::is_for_services(pool));
    blocks.extend(of_calico.map(|pool| pool.cidr));
    blocks.sort();
    blocks.dedup();
    // Newer releases can announce single addresses instead, so that two clusters may share a network.
    let single = !blocks.is_empty() && has(calico.version, Feature::SingleRoutes);
    let spec = BGPConfigurationSpec {
        node_to_node_mesh_enabled: Some(calico.written.node_mesh()),
        as_number: Some(calico.written.asn()),
        service_load_balancer_ips: blocks.iter().map(|cidr| Block { cidr: cidr.to_string() }).collect(),
        service_load_balancer_aggregation: single.then_some(Switch::Disabled),
        ..BGPConfigurationSpec::default()
    };
    let object = AnyObject::new(&BGPConfiguration { metadata: named(resolved, "default"), spec });
    let of_calico = calico.pools.iter().filter(|pool| super::pool::is_for_services(pool));
    let of_calico = of_calico.map(|pool| format!("clusters.{}.calico.pools.{}", cluster.name, pool.name));
    let from = pools.iter().map(|pool| format!("pools.{}", pool.name)).chain(of_calico).collect();
    (overlay::with_spec(object, calico.written.bgp_configuration.as_ref()), from)
}

fn spec(peer: &CalicoPeer) -> BGPPeerSpec {
    let text = |value: &Option<crate::source::Located<String>>| value.as_ref().map(|text| text.value.clone());
    let secret = peer.password_secret.as_ref().map(|secret| {
        let (name, key) = secret.value.split_once('/').unwrap_or((&secret.value, "password"));
        Password { secret_key_ref: SecretKey { name: name.to_owned(), key: key.to_owned() } }
    });
    BGPPeerSpec {
        node_selector: text(&peer.node_selector),
        peer_ip: peer.address.as_ref().map(|address| address.value.to_string()),
        as_number: peer.asn.as_ref().map(|asn| asn.value),
        peer_selector: text(&peer.peer_selector),
        password: secret,
        ..BGPPeerSpec::default()
    }
}
