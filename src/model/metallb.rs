//! MetalLB: its release, how it speaks BGP, and to whom.

use super::values::{
    DnsLabel, DnsSubdomain, Duration, HostAddress, Interface, LabelKey, LabelValue, LoadBalancerClass,
    Release,
};
use crate::decode::{Entries, Raw};
use crate::{table, words};

words! {
    /// What speaks BGP.
    Backend {
        /// MetalLB's own code: L2, and plain BGP without BFD or IPv6.
        Native = "native",
        /// FRR beside the speaker; deprecated from 0.16.
        Frr = "frr",
        /// FRR as a daemon of its own; the default from 0.16.
        FrrK8s = "frr-k8s",
    }
}

words! {
    /// Which autonomous system a peer may have, when its number is not written.
    DynamicAsn {
        /// The same as ours.
        Internal = "internal",
        /// Any other.
        External = "external",
    }
}

table! {
    /// MetalLB in a cluster.
    Metallb {
        /// The MetalLB release. It decides the annotation prefix: `metallb.io/` is read from v0.14.9 on.
        required version: Release = "\"v0.15.3\"";
        /// Its namespace.
        default(DnsLabel::metallb_system()) namespace: DnsLabel = "\"metallb-system\"";
        /// What speaks BGP. Without it: `native` for L2 alone, `frr-k8s` (or `frr` before 0.16) once a pool is announced
        /// by BGP.
        optional backend: Backend = "\"native\"";
        /// Serve only Services of this class. Without it MetalLB serves those that have no class.
        optional load_balancer_class: LoadBalancerClass = "\"metallb.io/metallb\"";
        /// Our autonomous system, for every peer that does not say another.
        optional asn: u32 = "64512";
        /// BGP peers.
        optional peers: Entries<DnsSubdomain, BgpPeer> = "{ tor = { address = \"192.168.1.1\", asn = 65000 } }";
        /// BFD profiles, for failover in less than a second.
        optional bfd_profiles: Entries<DnsSubdomain, BfdProfile> = "{ fast = { receive_interval = 50 } }";
        /// Names for BGP communities: `65000:100` or `large:65000:1:2`.
        optional communities: Entries<DnsLabel, String> = "{ no-advertise = \"65535:65282\" }";
        /// Values for the MetalLB chart, merged last.
        optional values: Raw = "{ speaker = { logLevel = \"info\" } }";
    }
}

table! {
    /// A BGP peer of MetalLB (BGPPeer, metallb.io/v1beta2).
    BgpPeer {
        /// The peer's address. One of `address` and `interface` is written.
        optional address: HostAddress = "\"192.168.1.1\"";
        /// The interface of an unnumbered session. From 0.15.0.
        optional interface: Interface = "\"eno1\"";
        /// The peer's autonomous system. One of `asn` and `dynamic_asn` is written.
        optional asn: u32 = "65000";
        /// Accept any system of this kind. From 0.14.9.
        optional dynamic_asn: DynamicAsn = "\"external\"";
        /// Our autonomous system, when it is not the cluster's `metallb.asn`.
        optional my_asn: u32 = "64512";
        /// The peer's port, 1 to 16384.
        optional port: u16 = "179";
        /// The session's hold time, 3 s or more.
        optional hold_time: Duration = "\"90s\"";
        /// The keepalive time, not more than the hold time.
        optional keepalive_time: Duration = "\"30s\"";
        /// How long to wait before connecting again, 1 s to 65535 s. From 0.14.4.
        optional connect_time: Duration = "\"10s\"";
        /// The address that the session comes from.
        optional source_address: HostAddress = "\"192.168.1.11\"";
        /// The router id.
        optional router_id: HostAddress = "\"192.168.1.11\"";
        /// The Secret (type `kubernetes.io/basic-auth`) in MetalLB's namespace that holds the password.
        optional password_secret: DnsSubdomain = "\"bgp-password\"";
        /// The BFD profile.
        optional bfd: DnsSubdomain = "\"fast\"";
        /// Whether an external peer is more than one hop away.
        default(false) ebgp_multi_hop: bool = "true";
        /// Whether routes survive a restart of the speaker. It cannot change later.
        optional graceful_restart: bool = "true";
        /// The VRF of the session.
        optional vrf: Interface = "\"red\"";
        /// The nodes that have this peer, by labels; without it all.
        optional nodes: Entries<LabelKey, LabelValue> = "{ \"topology.kubernetes.io/zone\" = \"rack-1\" }";
        /// Overrides of `BGPPeer.spec` (metallb.io/v1beta2), merged last.
        optional raw: Raw = "{ disableMP = false }";
    }
}

table! {
    /// A BFD profile (metallb.io/v1beta1).
    BfdProfile {
        /// Milliseconds between received packets, 10 to 60000.
        optional receive_interval: u32 = "300";
        /// Milliseconds between sent packets, 10 to 60000.
        optional transmit_interval: u32 = "300";
        /// Packets that may be lost, 2 to 255.
        optional detect_multiplier: u32 = "3";
        /// Milliseconds between echo packets, 10 to 60000.
        optional echo_interval: u32 = "50";
        /// Whether echo packets are used; not with IPv6 pools.
        optional echo_mode: bool = "true";
        /// Whether the peer starts the session.
        optional passive_mode: bool = "true";
        /// The least TTL of a packet that is accepted, 1 to 254.
        optional minimum_ttl: u32 = "254";
        /// Overrides of `BFDProfile.spec` (metallb.io/v1beta1), merged last.
        optional raw: Raw = "{ }";
    }
}
