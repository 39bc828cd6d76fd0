//! Calico: the operator's Installation, its pools, BGP and the rest.

use super::values::{DnsLabel, DnsSubdomain, HostAddress, NodeAddress, PortNumber, Registry, Release};
use crate::addresses::Cidr;
use crate::decode::{Entries, Raw};
use crate::source::Located;
use crate::{table, words};

words! {
    /// How packets between nodes are wrapped.
    Encapsulation {
        /// Always VXLAN; needs no BGP.
        Vxlan = "VXLAN",
        /// VXLAN only between subnets.
        VxlanCrossSubnet = "VXLANCrossSubnet",
        /// Always IP in IP; needs BGP; IPv4 only.
        Ipip = "IPIP",
        /// IP in IP only between subnets; needs BGP; IPv4 only.
        IpipCrossSubnet = "IPIPCrossSubnet",
        /// Plain routing; needs BGP.
        Unencapsulated = "None",
    }
}

words! {
    /// How Felix programs the kernel.
    Dataplane {
        /// The default.
        Iptables = "Iptables",
        /// General availability from Calico 3.31; needs kube-proxy in nftables mode.
        Nftables = "Nftables",
        /// eBPF; no IPIP, no SCTP.
        Bpf = "BPF",
    }
}

words! {
    /// How `projectcalico.org/v3` is served.
    ApiMode {
        /// By the aggregated API server that the operator runs.
        ApiServer = "apiserver",
        /// As native CRDs: a technical preview from 3.32, and Kubernetes 1.34 or newer.
        Native = "native",
    }
}

words! {
    /// What the addresses of an IP pool are for.
    PoolUse {
        /// Pods.
        Workload = "Workload",
        /// The tunnel address of each node.
        Tunnel = "Tunnel",
        /// Services of type LoadBalancer, allocated by Calico itself.
        LoadBalancer = "LoadBalancer",
    }
}

words! {
    /// Whether pods get addresses of a pool without asking for it.
    Allocation {
        /// They do.
        Automatic = "Automatic",
        /// Only by annotation.
        Manual = "Manual",
    }
}

words! {
    /// What happens at the end of a tier whose policies select a pod and none of them decides.
    TierAction {
        /// The next tier decides.
        Pass = "Pass",
        /// Dropped.
        Deny = "Deny",
    }
}

table! {
    /// Calico in a cluster.
    Calico {
        /// The Calico release.
        required version: Release = "\"v3.30.7\"";
        /// How packets between nodes are wrapped.
        default(Encapsulation::Vxlan) encapsulation: Encapsulation = "\"VXLAN\"";
        /// Whether the nodes speak BGP. VXLAN does not need it.
        default(false) bgp: bool = "true";
        /// The prefix length of the blocks of IPv4 addresses that nodes claim, 20 to 32; 26 is 64 addresses.
        default(26) block_size: u8 = "26";
        /// The same for IPv6, 116 to 128.
        default(122) block_size_v6: u8 = "122";
        /// Whether traffic that leaves the pod network gets the node's address.
        default(true) nat_outgoing: bool = "true";
        /// How Calico finds the address of a node.
        default(NodeAddress::NodeInternalIp) node_address: NodeAddress = "\"cidr:192.168.1.0/24\"";
        /// The MTU of pods and tunnels. Without it: the LAN's MTU minus the encapsulation.
        optional mtu: u16 = "1450";
        /// How Felix programs the kernel.
        default(Dataplane::Iptables) dataplane: Dataplane = "\"Iptables\"";
        /// Whether containers may forward packets. K3s wants it; elsewhere the default is `false`.
        optional ip_forwarding: bool = "true";
        /// How `projectcalico.org/v3` is served.
        default(ApiMode::ApiServer) api: ApiMode = "\"apiserver\"";
        /// The registry of all images, for a mirror.
        optional registry: Registry = "\"quay.io/\"";
        /// Pull secrets in the `tigera-operator` namespace.
        optional pull_secrets: Vec<Located<DnsSubdomain>> = "[\"registry\"]";
        /// Whether Goldmane collects flows, which is where staged policies show. From 3.30.
        default(false) goldmane: bool = "true";
        /// Whether Whisker shows them. Needs Goldmane.
        default(false) whisker: bool = "true";
        /// The port of Felix' metrics on each node; without it there are none.
        optional node_metrics_port: PortNumber = "9091";
        /// The port of Typha's metrics; without it there are none.
        optional typha_metrics_port: PortNumber = "9093";
        /// The number of kube-controllers and API server replicas.
        default(2) control_plane_replicas: u8 = "2";
        /// The cluster's autonomous system. Used with `bgp = true`.
        default(64512) asn: u32 = "64512";
        /// Whether every node peers with every other. Used with `bgp = true`.
        default(true) node_mesh: bool = "true";
        /// Whether Calico announces the addresses of MetalLB's pools over its own BGP sessions. MetalLB then only assigns.
        default(false) announce_pools: bool = "true";
        /// BGP peers: routers and route reflectors.
        optional peers: Entries<DnsLabel, BgpPeer> = "{ tor = { address = \"192.168.1.1\", asn = 65000 } }";
        /// IP pools, in place of the one pool for each family that `pods` makes.
        optional pools: Entries<DnsSubdomain, IpPool> = "{ rack-1 = { cidr = \"10.42.0.0/18\", node_selector = \"rack == '1'\" } }";
        /// Tiers for policies of your own.
        optional tiers: Entries<DnsLabel, Tier> = "{ platform = { order = 200 } }";
        /// Whether a node never uses addresses of another node's block (`IPAMConfiguration.strictAffinity`).
        optional strict_affinity: bool = "true";
        /// The most blocks that a node claims. Without it Calico's limit is 20.
        optional max_blocks_per_host: u32 = "20";
        /// Overrides of `Installation.spec` (operator.tigera.io/v1), merged last.
        optional installation: Raw = "{ controlPlaneReplicas = 3 }";
        /// Overrides of `APIServer.spec` (operator.tigera.io/v1), merged last.
        optional api_server: Raw = "{ }";
        /// Overrides of `FelixConfiguration.spec` (projectcalico.org/v3), merged last.
        optional felix_configuration: Raw = "{ logSeverityScreen = \"Warning\" }";
        /// Overrides of `BGPConfiguration.spec` (projectcalico.org/v3), merged last.
        optional bgp_configuration: Raw = "{ listenPort = 179 }";
        /// Overrides of `Goldmane.spec` (operator.tigera.io/v1), merged last.
        optional goldmane_spec: Raw = "{ }";
        /// Overrides of `Whisker.spec` (operator.tigera.io/v1), merged last.
        optional whisker_spec: Raw = "{ notifications = \"Disabled\" }";
    }
}

table! {
    /// A Calico IP pool.
    IpPool {
        /// The pool's network, inside the cluster's `pods` unless it is for load balancers.
        required cidr: Cidr = "\"10.42.0.0/18\"";
        /// How packets are wrapped; without it the cluster's encapsulation.
        optional encapsulation: Encapsulation = "\"VXLAN\"";
        /// The prefix length of its blocks; without it the cluster's.
        optional block_size: u8 = "26";
        /// Whether traffic that leaves the pod network gets the node's address; without it the cluster's.
        optional nat_outgoing: bool = "true";
        /// Which nodes use it, in Calico's selector language.
        default("all()".to_owned()) node_selector: String = "\"topology.kubernetes.io/zone == 'rack-1'\"";
        /// What its addresses are for.
        optional uses: Vec<Located<PoolUse>> = "[\"Workload\", \"Tunnel\"]";
        /// Whether pods get its addresses without asking.
        default(Allocation::Automatic) assignment: Allocation = "\"Automatic\"";
        /// Whether BGP keeps quiet about it.
        default(false) disable_bgp_export: bool = "false";
        /// Whether no new addresses are given out, as the first step of removing a pool.
        default(false) disable_new_allocations: bool = "false";
        /// Overrides of the pool (its item in the Installation, or `IPPool.spec`), merged last.
        optional raw: Raw = "{ }";
    }
}

table! {
    /// A BGP peer of Calico.
    BgpPeer {
        /// The peer's address.
        optional address: HostAddress = "\"192.168.1.1\"";
        /// The peer's autonomous system.
        optional asn: u32 = "65000";
        /// Peers chosen by label, in Calico's selector language, in place of `address` and `asn`.
        optional peer_selector: String = "\"route-reflector == 'true'\"";
        /// The nodes that have this peer, in Calico's selector language; without it all.
        optional node_selector: String = "\"rack == '1'\"";
        /// The Secret in `calico-system` and its key, as `name/key`, that hold the password.
        optional password_secret: String = "\"bgp/password\"";
        /// Overrides of `BGPPeer.spec` (projectcalico.org/v3), merged last.
        optional raw: Raw = "{ keepOriginalNextHop = true }";
    }
}

table! {
    /// A tier.
    Tier {
        /// Lower is earlier; the default tier is 1000000.
        required order: u32 = "200";
        /// What happens to a pod that a policy of the tier selects and none decides about.
        default(TierAction::Pass) default_action: TierAction = "\"Pass\"";
    }
}
