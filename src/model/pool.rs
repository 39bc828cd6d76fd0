//! A pool of addresses that MetalLB hands out, and how they are announced.

use super::values::{DnsLabel, DnsSubdomain, LabelKey, LabelValue, PoolEntry, Taken};
use crate::decode::{Entries, OneOrMany, Raw};
use crate::source::Located;
use crate::{table, words};

words! {
    /// How the addresses of a pool become reachable.
    Advertise {
        /// One node answers ARP and neighbour discovery for each address.
        L2 = "l2",
        /// Every node announces the addresses to its BGP peers.
        Bgp = "bgp",
        /// MetalLB only assigns; somebody else announces.
        Nobody = "none",
    }
}

table! {
    /// An address pool.
    Pool {
        /// The cluster that hands it out.
        required cluster: DnsLabel = "\"after\"";
        /// The addresses: ranges with both ends in full, or networks; of both families for dual stack.
        required addresses: Vec<Located<PoolEntry>> = "[\"192.168.1.200-192.168.1.250\"]";
        /// How they are announced.
        default(OneOrMany::of(Advertise::L2)) advertise: OneOrMany<Advertise> = "\"l2\"";
        /// Whether a Service that asks for no pool gets an address of this one. `plan` pins every address itself, so `false`
        /// is safe: a stranger gets no address instead of somebody else's.
        default(false) auto_assign: bool = "true";
        /// Addresses of the pool that `plan` never gives out. A pin may name one only after it left this list.
        optional reserve: OneOrMany<Taken> = "[\"192.168.1.203\"]";
        /// Whether IPv4 addresses that end in .0 and .255 are left alone, for old clients.
        default(false) avoid_buggy_ips: bool = "true";
        /// Whether services that name no pool use this one. A cluster's only pool is its default.
        default(false) default: bool = "true";
        /// The namespaces whose Services may use it; without it all.
        optional namespaces: Vec<Located<DnsLabel>> = "[\"ingress-nginx\"]";
        /// Which pool MetalLB tries first; lower is earlier. Needs `namespaces`.
        optional priority: u32 = "10";
        /// The nodes that announce it, by labels; without it all.
        optional nodes: Entries<LabelKey, LabelValue> = "{ \"topology.kubernetes.io/zone\" = \"rack-1\" }";
        /// The interfaces that answer, in L2 mode; without it all.
        optional interfaces: Vec<Located<String>> = "[\"eno1\"]";
        /// The BGP peers that hear of it; without it all.
        optional peers: Vec<Located<DnsSubdomain>> = "[\"tor\"]";
        /// BGP communities: names of `metallb.communities`, or values.
        optional communities: Vec<Located<String>> = "[\"no-advertise\"]";
        /// The BGP local preference.
        optional local_pref: u32 = "100";
        /// The prefix length of announced IPv4 routes, 1 to 32.
        default(32) aggregation_length: u8 = "32";
        /// The prefix length of announced IPv6 routes, 1 to 128.
        default(128) aggregation_length_v6: u8 = "128";
        /// Overrides of `IPAddressPool.spec` (metallb.io/v1beta1), merged last.
        optional ip_address_pool: Raw = "{ serviceAllocation = { priority = 50 } }";
        /// Overrides of `L2Advertisement.spec` (metallb.io/v1beta1), merged last.
        optional l2_advertisement: Raw = "{ interfaces = [\"eno1\"] }";
        /// Overrides of `BGPAdvertisement.spec` (metallb.io/v1beta1), merged last.
        optional bgp_advertisement: Raw = "{ localPref = 200 }";
    }
}
