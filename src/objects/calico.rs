//! Calico's own configuration and policy (`projectcalico.org/v3`).
//!
//! Mirrors calico v3.32 `api/pkg/apis/projectcalico/v3`. Fields that the operator writes (`nftablesMode`, `bpfEnabled`,
//! `programClusterRoutes`) are missing on purpose: whoever else sets them fights it.

use super::fields::{choices, kinds, parts};
use super::{
    IntOrString, LabelSelector, NetworkPolicyEgressRule, NetworkPolicyIngressRule, NetworkPolicySpec,
};
use std::collections::BTreeMap;

kinds! {
    IPPool: "projectcalico.org/v3", IPPoolSpec;
    /// The name is `default`.
    IPAMConfiguration: "projectcalico.org/v3", IPAMConfigurationSpec;
    /// The name is `default`, or `node.NAME` for one node.
    FelixConfiguration: "projectcalico.org/v3", FelixConfigurationSpec;
    /// The name is `default`, or `node.NAME` for one node.
    BGPConfiguration: "projectcalico.org/v3", BGPConfigurationSpec;
    BGPPeer: "projectcalico.org/v3", BGPPeerSpec;
    /// The name is `default`.
    KubeControllersConfiguration: "projectcalico.org/v3", KubeControllersConfigurationSpec;
    Tier: "projectcalico.org/v3", TierSpec;
    GlobalNetworkSet: "projectcalico.org/v3", GlobalNetworkSetSpec;
    GlobalNetworkPolicy: "projectcalico.org/v3", GlobalNetworkPolicySpec;
    /// A NetworkPolicy that only counts what it would have done.
    StagedKubernetesNetworkPolicy: "projectcalico.org/v3", StagedKubernetesNetworkPolicySpec;
}

// Addresses and routes.
parts! {
    IPPoolSpec {
        cidr: String,
        /// A prefix length; it cannot change later.
        block_size: Option<u8>,
        vxlan_mode: Option<Tunnel>,
        ipip_mode: Option<Tunnel>,
        nat_outgoing: Option<bool>,
        node_selector: Option<String>,
        /// Since 3.31.
        namespace_selector: Option<String>,
        allowed_uses: Vec<AllowedUse>,
        assignment_mode: Option<AssignmentMode>,
        #[serde(rename = "disableBGPExport")]
        disable_bgp_export: Option<bool>,
        disabled: Option<bool>,
    }
    /// Both flags are required upstream.
    IPAMConfigurationSpec {
        strict_affinity: bool,
        auto_allocate_blocks: bool,
        max_blocks_per_host: Option<u32>,
    }
    BGPConfigurationSpec {
        log_severity_screen: Option<String>,
        node_to_node_mesh_enabled: Option<bool>,
        as_number: Option<u32>,
        #[serde(rename = "serviceLoadBalancerIPs")]
        service_load_balancer_ips: Vec<Block>,
        #[serde(rename = "serviceExternalIPs")]
        service_external_ips: Vec<Block>,
        #[serde(rename = "serviceClusterIPs")]
        service_cluster_ips: Vec<Block>,
        service_load_balancer_aggregation: Option<Switch>,
        communities: Vec<Community>,
        prefix_advertisements: Vec<PrefixAdvertisement>,
        listen_port: Option<u16>,
        bind_mode: Option<BindMode>,
        node_mesh_password: Option<Password>,
        node_mesh_max_restart_time: Option<String>,
        ignored_interfaces: Vec<String>,
    }
    /// One prefix of addresses.
    Block {
        cidr: String,
    }
    Community {
        name: String,
        value: String,
    }
    PrefixAdvertisement {
        cidr: String,
        communities: Vec<String>,
    }
    BGPPeerSpec {
        /// Either this or `node_selector`; neither is every node.
        node: Option<String>,
        node_selector: Option<String>,
        /// Either this or `peer_selector`.
        #[serde(rename = "peerIP")]
        peer_ip: Option<String>,
        as_number: Option<u32>,
        peer_selector: Option<String>,
        keep_original_next_hop: Option<bool>,
        next_hop_mode: Option<NextHop>,
        password: Option<Password>,
        source_address: Option<SourceAddress>,
        max_restart_time: Option<String>,
        keepalive_time: Option<String>,
        #[serde(rename = "numAllowedLocalASNumbers")]
        num_allowed_local_as_numbers: Option<u32>,
        ttl_security: Option<u8>,
        reachable_by: Option<String>,
        filters: Vec<String>,
        #[serde(rename = "localASNumber")]
        local_as_number: Option<u32>,
    }
    /// Names a Secret in `calico-system`; the password itself is never written into a tree.
    Password {
        secret_key_ref: SecretKey,
    }
    SecretKey {
        name: String,
        key: String,
    }
}

// The agents.
parts! {
    FelixConfigurationSpec {
        ipv6_support: Option<bool>,
        /// Durations: `90s`.
        route_refresh_interval: Option<String>,
        interface_refresh_interval: Option<String>,
        iptables_refresh_interval: Option<String>,
        iptables_backend: Option<IptablesBackend>,
        feature_detect_override: Option<String>,
        feature_gates: Option<String>,
        ip_forwarding: Option<Switch>,
        interface_prefix: Option<String>,
        interface_exclude: Option<String>,
        /// `insert` or `append`, in any case.
        chain_insert_mode: Option<String>,
        default_endpoint_to_host_action: Option<String>,
        log_prefix: Option<String>,
        log_severity_screen: Option<String>,
        ipip_enabled: Option<bool>,
        #[serde(rename = "ipipMTU")]
        ipip_mtu: Option<u32>,
        vxlan_enabled: Option<bool>,
        #[serde(rename = "vxlanMTU")]
        vxlan_mtu: Option<u32>,
        #[serde(rename = "vxlanMTUV6")]
        vxlan_mtu_v6: Option<u32>,
        vxlan_port: Option<u16>,
        #[serde(rename = "vxlanVNI")]
        vxlan_vni: Option<u32>,
        #[serde(rename = "allowVXLANPacketsFromWorkloads")]
        allow_vxlan_packets_from_workloads: Option<bool>,
        reporting_interval: Option<String>,
        disable_conntrack_invalid_check: Option<bool>,
        health_enabled: Option<bool>,
        health_port: Option<u16>,
        prometheus_metrics_enabled: Option<bool>,
        prometheus_metrics_host: Option<String>,
        prometheus_metrics_port: Option<u16>,
        /// `None` keeps the built-in list, an empty list opens nothing.
        failsafe_inbound_host_ports: Option<Vec<FailsafePort>>,
        failsafe_outbound_host_ports: Option<Vec<FailsafePort>>,
        /// At most seven.
        kube_node_port_ranges: Vec<IntOrString>,
        policy_sync_path_prefix: Option<String>,
        nat_port_range: Option<IntOrString>,
        nat_outgoing_address: Option<String>,
        nat_outgoing_exclusions: Option<NATExclusions>,
        device_route_source_address: Option<String>,
        #[serde(rename = "deviceRouteSourceAddressIPv6")]
        device_route_source_address_ipv6: Option<String>,
        remove_external_routes: Option<bool>,
        external_nodes_list: Vec<String>,
        bpf_data_iface_pattern: Option<String>,
        bpf_external_service_mode: Option<String>,
        bpf_kube_proxy_iptables_cleanup_enabled: Option<bool>,
        route_source: Option<String>,
        route_table_ranges: Vec<RouteTableRange>,
        service_loop_prevention: Option<String>,
        workload_source_spoofing: Option<String>,
        mtu_iface_pattern: Option<String>,
        #[serde(rename = "floatingIPs")]
        floating_ips: Option<Switch>,
        wireguard_enabled: Option<bool>,
        wireguard_enabled_v6: Option<bool>,
        wireguard_listening_port: Option<u16>,
        wireguard_listening_port_v6: Option<u16>,
        #[serde(rename = "wireguardMTU")]
        wireguard_mtu: Option<u32>,
        #[serde(rename = "wireguardMTUV6")]
        wireguard_mtu_v6: Option<u32>,
        wireguard_host_encryption_enabled: Option<bool>,
        wireguard_keep_alive: Option<String>,
        flow_logs_flush_interval: Option<String>,
        flow_logs_goldmane_server: Option<String>,
    }
    /// A port that stays open whatever the policies say.
    FailsafePort {
        protocol: String,
        port: u16,
        net: Option<String>,
    }
    RouteTableRange {
        min: u32,
        max: u32,
    }
    KubeControllersConfigurationSpec {
        log_severity_screen: Option<String>,
        health_checks: Option<Switch>,
        prometheus_metrics_port: Option<u16>,
        controllers: Controllers,
    }
    Controllers {
        node: Option<NodeController>,
        policy: Option<Controller>,
        workload_endpoint: Option<Controller>,
        service_account: Option<Controller>,
        namespace: Option<Controller>,
        load_balancer: Option<LoadBalancerController>,
    }
    Controller {
        reconciler_period: Option<String>,
    }
    NodeController {
        reconciler_period: Option<String>,
        sync_labels: Option<Switch>,
        host_endpoint: Option<AutoHostEndpoint>,
        leak_grace_period: Option<String>,
    }
    AutoHostEndpoint {
        auto_create: Option<Switch>,
    }
    LoadBalancerController {
        #[serde(rename = "assignIPs")]
        assign_ips: Option<AssignIPs>,
    }
}

// Policy.
parts! {
    TierSpec {
        /// Lower comes first. Upstream allows a fraction; a whole number leaves room enough.
        order: Option<u32>,
        default_action: Option<Action>,
    }
    GlobalNetworkSetSpec {
        nets: Vec<String>,
    }
    GlobalNetworkPolicySpec {
        tier: Option<String>,
        order: Option<u32>,
        namespace_selector: Option<String>,
        service_account_selector: Option<String>,
        selector: Option<String>,
        types: Vec<PolicyType>,
        apply_on_forward: Option<bool>,
        do_not_track: Option<bool>,
        #[serde(rename = "preDNAT")]
        pre_dnat: Option<bool>,
        ingress: Vec<Rule>,
        egress: Vec<Rule>,
    }
    Rule {
        action: Option<Action>,
        metadata: Option<RuleMetadata>,
        /// 4 or 6.
        ip_version: Option<u8>,
        /// `TCP`, `UDP`, `ICMP`, `ICMPv6`, `SCTP`, `UDPLite` or a number from 1 to 255.
        protocol: Option<IntOrString>,
        icmp: Option<ICMP>,
        not_protocol: Option<IntOrString>,
        #[serde(rename = "notICMP")]
        not_icmp: Option<ICMP>,
        source: Option<EntityRule>,
        destination: Option<EntityRule>,
    }
    RuleMetadata {
        annotations: BTreeMap<String, String>,
    }
    ICMP {
        #[serde(rename = "type")]
        message: Option<u8>,
        code: Option<u8>,
    }
    /// One side of the traffic; all that is said must hold.
    EntityRule {
        namespace_selector: Option<String>,
        selector: Option<String>,
        not_selector: Option<String>,
        service_accounts: Option<ServiceAccounts>,
        services: Option<ServiceReference>,
        nets: Vec<String>,
        not_nets: Vec<String>,
        /// Numbers, names, or ranges as `8080:8090`.
        ports: Vec<IntOrString>,
        not_ports: Vec<IntOrString>,
    }
    ServiceAccounts {
        names: Vec<String>,
        selector: Option<String>,
    }
    ServiceReference {
        name: String,
        namespace: Option<String>,
    }
    StagedKubernetesNetworkPolicySpec {
        staged_action: Option<StagedAction>,
        /// Required upstream; the default selects every pod of the namespace.
        pod_selector: Option<LabelSelector>,
        policy_types: Vec<String>,
        /// `Some` of nothing is written: a policy without rules denies.
        ingress: Option<Vec<NetworkPolicyIngressRule>>,
        egress: Option<Vec<NetworkPolicyEgressRule>>,
    }
}

impl StagedKubernetesNetworkPolicySpec {
    /// Stages what a NetworkPolicy would enforce.
    pub fn staging(policy: NetworkPolicySpec) -> Self {
        Self {
            staged_action: Some(StagedAction::Set),
            pod_selector: Some(policy.pod_selector.unwrap_or_default()),
            policy_types: policy.policy_types.unwrap_or_default(),
            ingress: policy.ingress,
            egress: policy.egress,
        }
    }
}

choices! {
    Switch { Enabled, Disabled, }
    /// When a pool's traffic is wrapped.
    Tunnel { Never, Always, CrossSubnet, }
    AllowedUse { Workload, Tunnel, LoadBalancer, }
    AssignmentMode { Automatic, Manual, }
    AssignIPs { AllServices, RequestedServicesOnly, }
    BindMode { None, NodeIP, }
    NextHop { Auto, #[serde(rename = "Self")] Itself, Keep, }
    SourceAddress { UseNodeIP, None, }
    IptablesBackend { Legacy, NFT, Auto, }
    NATExclusions { IPPoolsOnly, IPPoolsAndHostIPs, }
    Action { Allow, Deny, Log, Pass, }
    PolicyType { Ingress, Egress, }
    StagedAction { Set, Delete, Learn, Ignore, }
}
