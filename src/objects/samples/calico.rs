//! Calico's own kinds.

use super::*;
use crate::objects::calico::*;

pub(super) fn calico() -> Vec<AnyObject> {
    let pool = IPPool {
        metadata: Metadata::named("loadbalancer"),
        spec: IPPoolSpec {
            cidr: "192.168.1.192/26".into(),
            block_size: Some(32),
            vxlan_mode: Some(Tunnel::CrossSubnet),
            ipip_mode: Some(Tunnel::Never),
            nat_outgoing: Some(false),
            node_selector: some("all()"),
            namespace_selector: some("kubernetes.io/metadata.name == 'mlflow'"),
            allowed_uses: vec![AllowedUse::LoadBalancer],
            assignment_mode: Some(AssignmentMode::Manual),
            disable_bgp_export: Some(false),
            disabled: Some(false),
        },
    };
    let ipam = IPAMConfiguration {
        metadata: default(),
        spec: IPAMConfigurationSpec {
            strict_affinity: true,
            auto_allocate_blocks: true,
            max_blocks_per_host: Some(4),
        },
    };
    let block = |cidr: &str| vec![Block { cidr: cidr.into() }];
    let password =
        || Some(Password { secret_key_ref: SecretKey { name: "bgp".into(), key: "password".into() } });
    let bgp = BGPConfiguration {
        metadata: default(),
        spec: BGPConfigurationSpec {
            log_severity_screen: some("Info"),
            node_to_node_mesh_enabled: Some(true),
            as_number: Some(64512),
            service_load_balancer_ips: block("192.168.1.200/29"),
            service_external_ips: block("192.168.2.0/24"),
            service_cluster_ips: block("10.43.0.0/16"),
            service_load_balancer_aggregation: Some(Switch::Enabled),
            communities: vec![Community { name: "blackhole".into(), value: "65535:666".into() }],
            prefix_advertisements: vec![PrefixAdvertisement {
                cidr: "10.42.0.0/16".into(),
                communities: list(&["blackhole", "64512:100"]),
            }],
            listen_port: Some(179),
            bind_mode: Some(BindMode::NodeIP),
            node_mesh_password: password(),
            node_mesh_max_restart_time: some("120s"),
            ignored_interfaces: list(&["docker*"]),
        },
    };
    let peer = BGPPeer {
        metadata: Metadata::named("router"),
        spec: BGPPeerSpec {
            node: some("nuc8i5behs"),
            node_selector: some("has(edge)"),
            peer_ip: some("192.168.1.1"),
            as_number: Some(64513),
            peer_selector: some("has(reflector)"),
            keep_original_next_hop: Some(false),
            next_hop_mode: Some(NextHop::Itself),
            password: password(),
            source_address: Some(SourceAddress::UseNodeIP),
            max_restart_time: some("120s"),
            keepalive_time: some("30s"),
            num_allowed_local_as_numbers: Some(1),
            ttl_security: Some(1),
            reachable_by: some("192.168.1.254"),
            filters: list(&["export-only"]),
            local_as_number: Some(64514),
        },
    };
    let period = || Some(Controller { reconciler_period: some("5m") });
    let controllers = KubeControllersConfiguration {
        metadata: default(),
        spec: KubeControllersConfigurationSpec {
            log_severity_screen: some("Info"),
            health_checks: Some(Switch::Enabled),
            prometheus_metrics_port: Some(9094),
            controllers: Controllers {
                node: Some(NodeController {
                    reconciler_period: some("5m"),
                    sync_labels: Some(Switch::Enabled),
                    host_endpoint: Some(AutoHostEndpoint { auto_create: Some(Switch::Disabled) }),
                    leak_grace_period: some("15m"),
                }),
                policy: period(),
                workload_endpoint: period(),
                service_account: period(),
                namespace: period(),
                load_balancer: Some(LoadBalancerController {
                    assign_ips: Some(AssignIPs::RequestedServicesOnly),
                }),
            },
        },
    };
    let tier = Tier {
        metadata: Metadata::named("platform"),
        spec: TierSpec { order: Some(200), default_action: Some(Action::Pass) },
    };
    let set = GlobalNetworkSet {
        metadata: Metadata { labels: table(&[("role", "lan")]), ..Metadata::named("lan") },
        spec: GlobalNetworkSetSpec { nets: list(&["192.168.1.0/24", "fd00::/64"]) },
    };
    let side = |selector: &str| EntityRule {
        namespace_selector: some("all()"),
        selector: some(selector),
        not_selector: some("has(quarantine)"),
        service_accounts: Some(ServiceAccounts { names: list(&["mlflow"]), selector: some("has(trusted)") }),
        nets: list(&["192.168.1.0/24"]),
        not_nets: list(&["192.168.1.1/32"]),
        ports: vec![IntOrString::Int(5000), IntOrString::String("8080:8090".into())],
        not_ports: vec![IntOrString::Int(22)],
        services: None,
    };
    let policy = GlobalNetworkPolicy {
        metadata: Metadata::named("platform.lan"),
        spec: GlobalNetworkPolicySpec {
            tier: some("platform"),
            order: Some(10),
            namespace_selector: some("kubernetes.io/metadata.name != 'kube-system'"),
            service_account_selector: some("all()"),
            selector: some("app == 'mlflow'"),
            types: vec![PolicyType::Ingress, PolicyType::Egress],
            apply_on_forward: Some(true),
            do_not_track: Some(false),
            pre_dnat: Some(false),
            ingress: vec![Rule {
                action: Some(Action::Allow),
                metadata: Some(RuleMetadata { annotations: table(&[("from", "lan")]) }),
                ip_version: Some(4),
                protocol: Some(IntOrString::String("TCP".into())),
                not_protocol: Some(IntOrString::Int(17)),
                icmp: Some(ICMP { message: Some(8), code: Some(0) }),
                not_icmp: Some(ICMP { message: Some(0), code: None }),
                source: Some(side("role == 'lan'")),
                destination: Some(side("app == 'mlflow'")),
            }],
            egress: vec![Rule {
                action: Some(Action::Allow),
                destination: Some(EntityRule {
                    services: Some(ServiceReference {
                        name: "kube-dns".into(),
                        namespace: some("kube-system"),
                    }),
                    ..EntityRule::default()
                }),
                ..Rule::default()
            }],
        },
    };
    let staged = StagedKubernetesNetworkPolicy {
        metadata: Metadata::namespaced("mlflow", "mlflow"),
        spec: StagedKubernetesNetworkPolicySpec::staging(super::core::policy_spec()),
    };
    vec![
        (&pool).into(),
        (&ipam).into(),
        (&felix::felix()).into(),
        (&bgp).into(),
        (&peer).into(),
        (&controllers).into(),
        (&tier).into(),
        (&set).into(),
        (&policy).into(),
        (&staged).into(),
    ]
}
