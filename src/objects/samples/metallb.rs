//! MetalLB's kinds.

use super::*;
use crate::objects::metallb::*;

pub(super) fn metallb() -> Vec<AnyObject> {
    let at = |name: &str| Metadata::namespaced("metallb-system", name);
    let selector = || vec![labelled(&[("pool", "pinned")])];
    let pool = IPAddressPool {
        metadata: at("homelab"),
        spec: IPAddressPoolSpec {
            addresses: list(&["192.168.1.200-192.168.1.250", "fd00:1::/120"]),
            auto_assign: Some(false),
            avoid_buggy_ips: Some(true),
            service_allocation: Some(ServiceAllocation {
                priority: Some(50),
                namespaces: list(&["mlflow"]),
                namespace_selectors: selector(),
                service_selectors: selector(),
            }),
        },
    };
    let l2 = L2Advertisement {
        metadata: at("homelab"),
        spec: L2AdvertisementSpec {
            ip_address_pools: list(&["homelab"]),
            ip_address_pool_selectors: selector(),
            node_selectors: selector(),
            service_selectors: selector(),
            interfaces: list(&["eth0"]),
        },
    };
    let bgp = BGPAdvertisement {
        metadata: at("homelab"),
        spec: BGPAdvertisementSpec {
            ip_address_pools: list(&["homelab"]),
            ip_address_pool_selectors: selector(),
            aggregation_length: Some(32),
            aggregation_length_v6: Some(128),
            local_pref: Some(100),
            communities: list(&["65535:666", "large:64512:1:2", "blackhole"]),
            peers: list(&["router"]),
            node_selectors: selector(),
            service_selectors: selector(),
        },
    };
    let peer = BGPPeer {
        metadata: at("router"),
        spec: BGPPeerSpec {
            my_asn: 64512,
            local_asn: Some(64514),
            peer_asn: Some(4200000000),
            peer_address: some("192.168.1.1"),
            peer_port: Some(179),
            source_address: some("192.168.1.85"),
            hold_time: some("90s"),
            keepalive_time: some("30s"),
            connect_time: some("10s"),
            router_id: some("192.168.1.85"),
            node_selectors: selector(),
            password_secret: Some(SecretReference { name: "peer".into(), namespace: some("metallb-system") }),
            bfd_profile: some("fast"),
            ebgp_multi_hop: Some(false),
            vrf: some("red"),
            enable_graceful_restart: Some(true),
            disable_mp: Some(false),
            dual_stack_address_family: Some(false),
            ..BGPPeerSpec::default()
        },
    };
    let unnumbered = BGPPeer {
        metadata: at("unnumbered"),
        spec: BGPPeerSpec {
            my_asn: 64512,
            dynamic_asn: Some(DynamicASN::External),
            interface: some("eth1"),
            ..BGPPeerSpec::default()
        },
    };
    let bfd = BFDProfile {
        metadata: at("fast"),
        spec: BFDProfileSpec {
            receive_interval: Some(300),
            transmit_interval: Some(300),
            detect_multiplier: Some(3),
            echo_interval: Some(50),
            echo_mode: Some(false),
            passive_mode: Some(false),
            minimum_ttl: Some(254),
        },
    };
    let community = Community {
        metadata: at("wellknown"),
        spec: CommunitySpec {
            communities: vec![CommunityAlias { name: "blackhole".into(), value: "65535:666".into() }],
        },
    };
    vec![
        (&pool).into(),
        (&l2).into(),
        (&bgp).into(),
        (&peer).into(),
        (&unnumbered).into(),
        (&bfd).into(),
        (&community).into(),
    ]
}
