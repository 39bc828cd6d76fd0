//! The routers that MetalLB talks to, how fast it notices that one is gone, and names for what it tells them.

use super::{Here, selectors};
use crate::emit::files::Files;
use crate::model::values::{Duration, HostAddress, Interface};
use crate::model::{BfdProfile, DynamicAsn, MetallbPeer};
use crate::objects::metallb::{
    BFDProfile, BFDProfileSpec, BGPPeer, BGPPeerSpec, Community, CommunityAlias, CommunitySpec, DynamicASN,
    SecretReference,
};
use crate::resolve::Cluster;
use crate::source::Located;

pub fn emit(here: &Here<'_, '_>, cluster: &Cluster<'_>, files: &mut Files) {
    let path = format!("clusters.{}.metallb", cluster.name);
    for peer in here.metallb.peers.iter().flat_map(|peers| peers.value.iter()) {
        let name = peer.name.value.as_str();
        let object = BGPPeer { metadata: here.metadata(name), spec: bgp(here, &peer.value) };
        here.place(files, &object, peer.value.raw.as_ref(), &[format!("{path}.peers.{name}")]);
    }
    for profile in here.metallb.bfd_profiles.iter().flat_map(|profiles| profiles.value.iter()) {
        let name = profile.name.value.as_str();
        let object = BFDProfile { metadata: here.metadata(name), spec: bfd(&profile.value) };
        here.place(files, &object, profile.value.raw.as_ref(), &[format!("{path}.bfd_profiles.{name}")]);
    }
    for community in here.metallb.communities.iter().flat_map(|communities| communities.value.iter()) {
        let name = community.name.value.as_str();
        let alias = CommunityAlias { name: name.to_owned(), value: community.value.clone() };
        let object =
            Community { metadata: here.metadata(name), spec: CommunitySpec { communities: vec![alias] } };
        here.place(files, &object, None, &[format!("{path}.communities")]);
    }
}

fn bgp(here: &Here<'_, '_>, peer: &MetallbPeer) -> BGPPeerSpec {
    let text = |value: &Option<Located<Interface>>| value.as_ref().map(|text| text.value.to_string());
    let address =
        |value: &Option<Located<HostAddress>>| value.as_ref().map(|address| address.value.to_string());
    let ours = peer.my_asn.as_ref().or(here.metallb.asn.as_ref());
    BGPPeerSpec {
        // 64512 is Calico's own default, and the first number for private use.
        my_asn: ours.map_or(64512, |asn| asn.value),
        peer_asn: peer.asn.as_ref().map(|asn| asn.value),
        dynamic_asn: peer.dynamic_asn.as_ref().map(|kind| match kind.value {
            DynamicAsn::Internal => DynamicASN::Internal,
            DynamicAsn::External => DynamicASN::External,
        }),
        peer_address: address(&peer.address),
        interface: text(&peer.interface),
        peer_port: peer.port.as_ref().map(|port| port.value),
        source_address: address(&peer.source_address),
        hold_time: seconds(&peer.hold_time),
        keepalive_time: seconds(&peer.keepalive_time),
        connect_time: seconds(&peer.connect_time),
        router_id: address(&peer.router_id),
        node_selectors: selectors(peer.nodes.as_ref()),
        password_secret: peer.password_secret.as_ref().map(|secret| SecretReference {
            name: secret.value.as_str().to_owned(),
            namespace: Some(here.namespace()),
        }),
        bfd_profile: peer.bfd.as_ref().map(|profile| profile.value.as_str().to_owned()),
        ebgp_multi_hop: peer.ebgp_multi_hop().then_some(true),
        vrf: text(&peer.vrf),
        enable_graceful_restart: peer.graceful_restart.as_ref().map(|restart| restart.value),
        ..BGPPeerSpec::default()
    }
}

/// A duration as Go reads it.
fn seconds(duration: &Option<Located<Duration>>) -> Option<String> {
    duration.as_ref().map(|duration| format!("{}s", duration.value.seconds))
}

fn bfd(profile: &BfdProfile) -> BFDProfileSpec {
    let number = |value: &Option<Located<u32>>| value.as_ref().map(|number| number.value);
    // What does not fit is far outside of the range that MetalLB takes, and stays outside.
    let small = |value: &Option<Located<u32>>| number(value).map(|it| u8::try_from(it).unwrap_or(u8::MAX));
    let switch = |value: &Option<Located<bool>>| value.as_ref().map(|switch| switch.value);
    BFDProfileSpec {
        receive_interval: number(&profile.receive_interval),
        transmit_interval: number(&profile.transmit_interval),
        detect_multiplier: small(&profile.detect_multiplier),
        echo_interval: number(&profile.echo_interval),
        echo_mode: switch(&profile.echo_mode),
        passive_mode: switch(&profile.passive_mode),
        minimum_ttl: small(&profile.minimum_ttl),
    }
}
