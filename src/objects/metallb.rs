//! Pools of LoadBalancer addresses and who announces them (`metallb.io`).
//!
//! Mirrors metallb v0.16 `api/v1beta1` and `api/v1beta2`. A field's first release, where a plan may pin an older one,
//! is in `upstream`.

use super::LabelSelector;
use super::fields::{choices, kinds, parts};

kinds! {
    IPAddressPool: "metallb.io/v1beta1", IPAddressPoolSpec;
    L2Advertisement: "metallb.io/v1beta1", L2AdvertisementSpec;
    BGPAdvertisement: "metallb.io/v1beta1", BGPAdvertisementSpec;
    /// v1beta2: v1beta1 is deprecated, and a webhook converts it.
    BGPPeer: "metallb.io/v1beta2", BGPPeerSpec;
    BFDProfile: "metallb.io/v1beta1", BFDProfileSpec;
    Community: "metallb.io/v1beta1", CommunitySpec;
}

parts! {
    IPAddressPoolSpec {
        /// Prefixes (`192.168.1.0/27`) or ranges (`192.168.1.200-192.168.1.219`).
        addresses: Vec<String>,
        auto_assign: Option<bool>,
        /// Leaves out IPv4 addresses that end in .0 and .255.
        #[serde(rename = "avoidBuggyIPs")]
        avoid_buggy_ips: Option<bool>,
        service_allocation: Option<ServiceAllocation>,
    }
    ServiceAllocation {
        /// Lower comes first, 0 last.
        priority: Option<u32>,
        namespaces: Vec<String>,
        namespace_selectors: Vec<LabelSelector>,
        service_selectors: Vec<LabelSelector>,
    }
    /// No pool and no pool selector means all pools; no node selector, all nodes; no interface, all interfaces.
    L2AdvertisementSpec {
        #[serde(rename = "ipAddressPools")]
        ip_address_pools: Vec<String>,
        #[serde(rename = "ipAddressPoolSelectors")]
        ip_address_pool_selectors: Vec<LabelSelector>,
        node_selectors: Vec<LabelSelector>,
        service_selectors: Vec<LabelSelector>,
        interfaces: Vec<String>,
    }
    BGPAdvertisementSpec {
        #[serde(rename = "ipAddressPools")]
        ip_address_pools: Vec<String>,
        #[serde(rename = "ipAddressPoolSelectors")]
        ip_address_pool_selectors: Vec<LabelSelector>,
        /// A prefix length of IPv4.
        aggregation_length: Option<u8>,
        /// A prefix length of IPv6.
        #[serde(rename = "aggregationLengthV6")]
        aggregation_length_v6: Option<u8>,
        local_pref: Option<u32>,
        /// `65535:666`, `large:1:2:3` or the name of an alias in a [`Community`].
        communities: Vec<String>,
        peers: Vec<String>,
        node_selectors: Vec<LabelSelector>,
        service_selectors: Vec<LabelSelector>,
    }
    BGPPeerSpec {
        #[serde(rename = "myASN")]
        my_asn: u32,
        #[serde(rename = "localASN")]
        local_asn: Option<u32>,
        /// Either this or `dynamic_asn`.
        #[serde(rename = "peerASN")]
        peer_asn: Option<u32>,
        #[serde(rename = "dynamicASN")]
        dynamic_asn: Option<DynamicASN>,
        /// Either this or `interface`.
        peer_address: Option<String>,
        interface: Option<String>,
        peer_port: Option<u16>,
        source_address: Option<String>,
        /// Durations: `90s`.
        hold_time: Option<String>,
        keepalive_time: Option<String>,
        connect_time: Option<String>,
        #[serde(rename = "routerID")]
        router_id: Option<String>,
        node_selectors: Vec<LabelSelector>,
        password_secret: Option<SecretReference>,
        bfd_profile: Option<String>,
        ebgp_multi_hop: Option<bool>,
        vrf: Option<String>,
        enable_graceful_restart: Option<bool>,
        /// Deprecated in 0.15, where it does nothing.
        #[serde(rename = "disableMP")]
        disable_mp: Option<bool>,
        dual_stack_address_family: Option<bool>,
    }
    /// A Secret of type `kubernetes.io/basic-auth`. The password itself is never written into a tree.
    SecretReference {
        name: String,
        namespace: Option<String>,
    }
    /// Intervals in milliseconds.
    BFDProfileSpec {
        receive_interval: Option<u32>,
        transmit_interval: Option<u32>,
        detect_multiplier: Option<u8>,
        echo_interval: Option<u32>,
        echo_mode: Option<bool>,
        passive_mode: Option<bool>,
        minimum_ttl: Option<u8>,
    }
    CommunitySpec {
        communities: Vec<CommunityAlias>,
    }
    CommunityAlias {
        name: String,
        value: String,
    }
}

choices! {
    /// The AS of a peer that announces it.
    DynamicASN {
        #[serde(rename = "internal")] Internal,
        #[serde(rename = "external")] External,
    }
}
