//! Objects of every kind that between them fill every field, printed in `samples/` and compared byte for byte.
//!
//! They show the printing, and give a check against the upstream schemas something to refuse; most are no sensible
//! configuration, since fields that exclude each other stand side by side.

use super::{argocd, calico, flux, kustomize, metallb, operator, seldon, *};
use serde_json::json;
use std::collections::BTreeMap;

/// Every sample; some kinds have two, where one cannot show all.
pub fn samples() -> Vec<AnyObject> {
    [core(), operator(), calico(), metallb(), argocd(), flux(), seldon()].concat()
}

/// Group, kind and name: a kind alone would name two upstreams, as `BGPPeer` does.
fn file_name(object: &AnyObject) -> String {
    let group = object.api_version().split_once('/').map_or("core", |(group, _)| group);
    let name = format!("{group}-{}-{}", object.kind().to_lowercase(), object.name());
    name.trim_end_matches('-').to_string() + ".yaml"
}

fn some(text: &str) -> Option<String> {
    Some(text.into())
}

fn list(texts: &[&str]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

fn table(entries: &[(&str, &str)]) -> BTreeMap<String, String> {
    entries.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect()
}

fn labelled(entries: &[(&str, &str)]) -> LabelSelector {
    LabelSelector { match_labels: Some(table(entries)), match_expressions: None }
}

fn default() -> Metadata {
    Metadata::named("default")
}

/// What a fully labelled object says.
fn labels() -> BTreeMap<String, String> {
    table(&[
        ("app.kubernetes.io/name", "mlflow"),
        ("app.kubernetes.io/component", "tracking"),
        ("app.kubernetes.io/part-of", "homelab"),
        ("app.kubernetes.io/managed-by", "plan"),
    ])
}

fn core() -> Vec<AnyObject> {
    let namespace = Namespace {
        metadata: Metadata {
            labels: table(&[("pod-security.kubernetes.io/enforce", "privileged")]),
            ..Metadata::named("tigera-operator")
        }
        .into(),
        ..Namespace::default()
    };
    let service = Service {
        metadata: Metadata {
            labels: labels(),
            annotations: table(&[("metallb.io/loadBalancerIPs", "192.168.1.215"), ("example.com/on", "on")]),
            ..Metadata::namespaced("mlflow", "mlflow")
        }
        .into(),
        spec: Some(ServiceSpec {
            type_: some("LoadBalancer"),
            load_balancer_class: some("metallb.io/metallb"),
            allocate_load_balancer_node_ports: Some(false),
            external_traffic_policy: some("Cluster"),
            ip_family_policy: some("SingleStack"),
            ip_families: Some(list(&["IPv4"])),
            selector: Some(table(&[("app", "mlflow")])),
            ports: Some(vec![ServicePort {
                name: some("http"),
                protocol: some("TCP"),
                port: 80,
                target_port: Some(IntOrString::Int(5000)),
                ..ServicePort::default()
            }]),
            ..ServiceSpec::default()
        }),
        ..Service::default()
    };
    let config_map = ConfigMap {
        metadata: Metadata::namespaced("kube-system", "coredns-custom").into(),
        data: Some(table(&[
            ("test.server", "test:53 {\n    errors\n    cache 30\n}\n"),
            ("version", "1.10"),
        ])),
        ..ConfigMap::default()
    };
    let secret = Secret {
        metadata: Metadata::namespaced("metallb-system", "peer").into(),
        type_: some("kubernetes.io/basic-auth"),
        data: Some(BTreeMap::from([("password".into(), ByteString(b"y".to_vec()))])),
        ..Secret::default()
    };
    let policy = NetworkPolicy {
        metadata: Metadata { labels: labels(), ..Metadata::namespaced("mlflow", "mlflow") }.into(),
        spec: Some(policy_spec()),
    };
    let slice = EndpointSlice {
        metadata: Metadata {
            labels: table(&[("kubernetes.io/service-name", "postgres")]),
            ..Metadata::namespaced("mlflow", "postgres-1")
        }
        .into(),
        address_type: "IPv4".into(),
        endpoints: vec![Endpoint {
            addresses: list(&["192.168.1.100"]),
            conditions: Some(EndpointConditions { ready: Some(true), ..EndpointConditions::default() }),
            ..Endpoint::default()
        }],
        ports: Some(vec![EndpointPort {
            name: some("postgres"),
            port: Some(5432),
            ..EndpointPort::default()
        }]),
    };
    let account = ServiceAccount {
        metadata: Metadata::namespaced("mlflow", "mlflow").into(),
        image_pull_secrets: Some(vec![LocalObjectReference { name: "registry".into() }]),
        ..ServiceAccount::default()
    };
    let folder =
        kustomize::Kustomization { resources: list(&["namespace-mlflow.yaml", "service-mlflow.yaml"]) };
    vec![
        (&namespace).into(),
        (&service).into(),
        (&config_map).into(),
        (&secret).into(),
        (&policy).into(),
        (&slice).into(),
        (&account).into(),
        (&folder).into(),
    ]
}

fn policy_spec() -> NetworkPolicySpec {
    let port =
        |protocol, port, end_port| NetworkPolicyPort { protocol: some(protocol), port: Some(port), end_port };
    NetworkPolicySpec {
        pod_selector: Some(labelled(&[("app", "mlflow")])),
        policy_types: Some(list(&["Ingress", "Egress"])),
        ingress: Some(vec![NetworkPolicyIngressRule {
            from: Some(vec![
                NetworkPolicyPeer {
                    ip_block: Some(IPBlock {
                        cidr: "192.168.1.0/24".into(),
                        except: Some(list(&["192.168.1.1/32"])),
                    }),
                    ..NetworkPolicyPeer::default()
                },
                NetworkPolicyPeer {
                    namespace_selector: Some(labelled(&[("kubernetes.io/metadata.name", "monitoring")])),
                    pod_selector: Some(LabelSelector {
                        match_labels: Some(table(&[("app", "prometheus")])),
                        match_expressions: Some(vec![LabelSelectorRequirement {
                            key: "tier".into(),
                            operator: "In".into(),
                            values: Some(list(&["on", "off"])),
                        }]),
                    }),
                    ip_block: None,
                },
            ]),
            ports: Some(vec![port("TCP", IntOrString::String("http".into()), None)]),
        }]),
        egress: Some(vec![NetworkPolicyEgressRule {
            to: Some(vec![NetworkPolicyPeer {
                namespace_selector: Some(LabelSelector::default()),
                ..NetworkPolicyPeer::default()
            }]),
            ports: Some(vec![port("UDP", IntOrString::Int(8080), Some(8090))]),
        }]),
    }
}

fn operator() -> Vec<AnyObject> {
    use operator::*;
    let autodetection = |cidr: &str| NodeAddressAutodetection {
        first_found: Some(false),
        cidrs: list(&[cidr]),
        ..NodeAddressAutodetection::default()
    };
    let installation = Installation {
        metadata: default(),
        spec: InstallationSpec {
            variant: Some(Variant::Calico),
            registry: some("registry.test/"),
            image_path: some("library"),
            image_prefix: some("calico-"),
            image_pull_secrets: vec![fields::Named { name: "registry".into() }],
            kubernetes_provider: Some(Provider::RKE2),
            cni: Some(CNI {
                plugin: Some(Plugin::Calico),
                ipam: Some(IPAM { plugin: Some(IPAMPlugin::Calico) }),
                bin_dir: some("/opt/cni/bin"),
                conf_dir: some("/etc/cni/net.d"),
            }),
            calico_network: Some(CalicoNetwork {
                linux_dataplane: Some(Dataplane::Iptables),
                bgp: Some(Switch::Disabled),
                cluster_routing_mode: Some(RoutingMode::BIRD),
                host_ports: Some(Switch::Enabled),
                container_ip_forwarding: Some(Switch::Disabled),
                multi_interface_mode: Some(MultiInterfaceMode::None),
                mtu: Some(1450),
                node_address_autodetection_v4: Some(autodetection("192.168.1.0/24")),
                node_address_autodetection_v6: Some(autodetection("fd00::/64")),
                ip_pools: Some(vec![IPPool {
                    name: some("default-ipv4-ippool"),
                    cidr: "10.42.0.0/16".into(),
                    block_size: Some(26),
                    encapsulation: Some(Encapsulation::VXLAN),
                    nat_outgoing: Some(Switch::Enabled),
                    node_selector: some("all()"),
                    allowed_uses: vec![AllowedUse::Workload, AllowedUse::Tunnel],
                    assignment_mode: Some(AssignmentMode::Automatic),
                    disable_bgp_export: Some(false),
                    disable_new_allocations: Some(false),
                }]),
                sysctl: vec![Sysctl { key: "net.ipv4.tcp_keepalive_time".into(), value: "40".into() }],
                linux_policy_setup_timeout_seconds: Some(0),
                bpf_network_bootstrap: Some(Switch::Disabled),
                kube_proxy_management: Some(Switch::Disabled),
                windows_dataplane: Some(WindowsDataplane::Disabled),
            }),
            service_cidrs: list(&["10.43.0.0/16"]),
            flex_volume_path: some("None"),
            kubelet_volume_plugin_path: some("None"),
            control_plane_replicas: Some(2),
            control_plane_node_selector: table(&[("node-role.kubernetes.io/control-plane", "true")]),
            node_metrics_port: Some(9091),
            typha_metrics_port: Some(9093),
            node_update_strategy: Some(UpdateStrategy {
                strategy: some("RollingUpdate"),
                rolling_update: Some(RollingUpdate {
                    max_unavailable: Some(IntOrString::Int(1)),
                    max_surge: Some(IntOrString::String("0%".into())),
                }),
            }),
            logging: Some(Logging {
                cni: Some(CNILogging {
                    log_severity: some("Info"),
                    log_file_max_size: some("100Mi"),
                    log_file_max_age_days: Some(30),
                    log_file_max_count: Some(10),
                }),
            }),
            component_resources: vec![ComponentResources {
                component_name: Some(Component::Node),
                resource_requirements: Resources {
                    requests: table(&[("cpu", "250m"), ("memory", "1")]),
                    limits: table(&[("memory", "1Gi")]),
                },
            }],
            calico_node_daemon_set: Some(json!({ "metadata": { "labels": { "a": "b" } } })),
            calico_kube_controllers_deployment: Some(json!({ "spec": { "minReadySeconds": 5 } })),
            typha_deployment: Some(json!({ "spec": { "minReadySeconds": 5 } })),
            csi_node_driver_daemon_set: Some(json!({ "spec": { "minReadySeconds": 5 } })),
        },
    };
    let methods = Installation {
        metadata: Metadata::named("overlay"),
        spec: InstallationSpec {
            calico_network: Some(CalicoNetwork {
                node_address_autodetection_v4: Some(NodeAddressAutodetection {
                    first_found: None,
                    kubernetes: Some(NodeAddress::NodeInternalIP),
                    interface: some("eth.*"),
                    skip_interface: some("docker.*"),
                    can_reach: some("192.168.1.1"),
                    cidrs: Vec::new(),
                }),
                ip_pools: Some(Vec::new()),
                ..CalicoNetwork::default()
            }),
            ..InstallationSpec::default()
        },
    };
    let spec = APIServerSpec { api_server_deployment: Some(json!({ "spec": { "minReadySeconds": 5 } })) };
    let api_server = APIServer { metadata: default(), spec };
    let deployment = Some(json!({ "spec": { "minReadySeconds": 5 } }));
    let spec = GoldmaneSpec { metrics_port: Some(9096), goldmane_deployment: deployment.clone() };
    let goldmane = Goldmane { metadata: default(), spec };
    let spec = WhiskerSpec { notifications: Some(Switch::Disabled), whisker_deployment: deployment };
    let whisker = Whisker { metadata: default(), spec };
    // What most plans write: nothing but the name.
    let plain = APIServer { metadata: Metadata::named("tigera-secure"), spec: APIServerSpec::default() };
    vec![
        (&installation).into(),
        (&methods).into(),
        (&api_server).into(),
        (&plain).into(),
        (&goldmane).into(),
        (&whisker).into(),
    ]
}

fn calico() -> Vec<AnyObject> {
    use calico::*;
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
        spec: StagedKubernetesNetworkPolicySpec::staging(policy_spec()),
    };
    vec![
        (&pool).into(),
        (&ipam).into(),
        (&felix()).into(),
        (&bgp).into(),
        (&peer).into(),
        (&controllers).into(),
        (&tier).into(),
        (&set).into(),
        (&policy).into(),
        (&staged).into(),
    ]
}

fn felix() -> calico::FelixConfiguration {
    use calico::*;
    let failsafe =
        |port| Some(vec![FailsafePort { protocol: "TCP".into(), port, net: some("192.168.1.0/24") }]);
    FelixConfiguration {
        metadata: default(),
        spec: FelixConfigurationSpec {
            ipv6_support: Some(true),
            route_refresh_interval: some("90s"),
            interface_refresh_interval: some("90s"),
            iptables_refresh_interval: some("3m"),
            iptables_backend: Some(IptablesBackend::NFT),
            feature_detect_override: some("ChecksumOffloadBroken=true"),
            feature_gates: some("A=1"),
            ip_forwarding: Some(Switch::Enabled),
            interface_prefix: some("cali"),
            interface_exclude: some("kube-ipvs0"),
            chain_insert_mode: some("Insert"),
            default_endpoint_to_host_action: some("Accept"),
            log_prefix: some("calico-packet"),
            log_severity_screen: some("Info"),
            ipip_enabled: Some(false),
            ipip_mtu: Some(1480),
            vxlan_enabled: Some(true),
            vxlan_mtu: Some(1450),
            vxlan_mtu_v6: Some(1430),
            vxlan_port: Some(4789),
            vxlan_vni: Some(4096),
            allow_vxlan_packets_from_workloads: Some(false),
            reporting_interval: some("0s"),
            disable_conntrack_invalid_check: Some(false),
            health_enabled: Some(true),
            health_port: Some(9099),
            prometheus_metrics_enabled: Some(true),
            prometheus_metrics_host: some("0.0.0.0"),
            prometheus_metrics_port: Some(9091),
            failsafe_inbound_host_ports: failsafe(22),
            failsafe_outbound_host_ports: failsafe(6443),
            kube_node_port_ranges: vec![IntOrString::String("30000:32767".into())],
            policy_sync_path_prefix: some("/var/run/nodeagent"),
            nat_port_range: Some(IntOrString::String("32768:65535".into())),
            nat_outgoing_address: some("192.168.1.85"),
            nat_outgoing_exclusions: Some(NATExclusions::IPPoolsAndHostIPs),
            device_route_source_address: some("192.168.1.85"),
            device_route_source_address_ipv6: some("fd00::55"),
            remove_external_routes: Some(true),
            external_nodes_list: list(&["192.168.1.100"]),
            bpf_data_iface_pattern: some("^bond.*"),
            bpf_external_service_mode: some("DSR"),
            bpf_kube_proxy_iptables_cleanup_enabled: Some(false),
            route_source: some("CalicoIPAM"),
            route_table_ranges: vec![RouteTableRange { min: 1, max: 250 }],
            service_loop_prevention: some("Drop"),
            workload_source_spoofing: some("Disabled"),
            mtu_iface_pattern: some("^bond0$"),
            floating_ips: Some(Switch::Disabled),
            wireguard_enabled: Some(true),
            wireguard_enabled_v6: Some(false),
            wireguard_listening_port: Some(51820),
            wireguard_listening_port_v6: Some(51821),
            wireguard_mtu: Some(1440),
            wireguard_mtu_v6: Some(1420),
            wireguard_host_encryption_enabled: Some(false),
            wireguard_keep_alive: some("25s"),
            flow_logs_flush_interval: some("15s"),
            flow_logs_goldmane_server: some("goldmane.calico-system.svc:7443"),
        },
    }
}

fn metallb() -> Vec<AnyObject> {
    use metallb::*;
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

fn argocd() -> Vec<AnyObject> {
    use argocd::*;
    let at = |name: &str| Metadata::namespaced("argocd", name);
    let any = || vec![GroupKind { group: "*".into(), kind: "*".into() }];
    let project = AppProject {
        metadata: at("homelab"),
        spec: AppProjectSpec {
            description: some("Generated from migration.toml"),
            source_repos: list(&["https://example.com/gitops.git", "*"]),
            source_namespaces: list(&["argocd"]),
            destinations: vec![Destination { server: None, name: some("after"), namespace: some("*") }],
            cluster_resource_whitelist: vec![ClusterResource {
                group: String::new(),
                kind: "Namespace".into(),
                name: some("mlflow"),
            }],
            cluster_resource_blacklist: vec![ClusterResource {
                group: "*".into(),
                kind: "Node".into(),
                name: None,
            }],
            namespace_resource_whitelist: any(),
            namespace_resource_blacklist: any(),
            orphaned_resources: Some(OrphanedResources { warn: Some(true) }),
        },
    };
    let source = || Source {
        repo_url: "https://example.com/gitops.git".into(),
        target_revision: some("main"),
        ..Source::default()
    };
    let policy = SyncPolicy {
        automated: Some(Automated {
            enabled: Some(true),
            prune: Some(true),
            self_heal: Some(true),
            allow_empty: Some(false),
        }),
        sync_options: list(&["ServerSideApply=true", "CreateNamespace=true"]),
        managed_namespace_metadata: Some(NamespaceMetadata {
            labels: table(&[("pod-security.kubernetes.io/enforce", "privileged")]),
            annotations: table(&[("a", "1")]),
        }),
        retry: Some(Retry {
            limit: Some(5),
            backoff: Some(Backoff { duration: some("10s"), factor: Some(2), max_duration: some("3m") }),
            refresh: Some(true),
        }),
    };
    let one = Application {
        metadata: Metadata {
            annotations: table(&[("argocd.argoproj.io/sync-wave", "-10")]),
            finalizers: list(&["resources-finalizer.argocd.argoproj.io"]),
            ..at("after-metallb-config")
        },
        spec: ApplicationSpec {
            project: "homelab".into(),
            source: Some(Source {
                path: some("out/homelab/clusters/after/20-metallb-config"),
                directory: Some(Directory {
                    recurse: Some(false),
                    include: some("*.yaml"),
                    exclude: some("kustomization.yaml"),
                }),
                ..source()
            }),
            destination: Destination {
                server: some("https://kubernetes.default.svc"),
                name: None,
                namespace: some("metallb-system"),
            },
            info: vec![Info { name: "plan".into(), value: "migration.toml".into() }],
            sync_policy: Some(policy),
            ignore_differences: vec![IgnoreDifferences {
                group: some("operator.tigera.io"),
                kind: "Installation".into(),
                name: some("default"),
                namespace: some("tigera-operator"),
                json_pointers: list(&["/spec/calicoNetwork/ipPools"]),
                jq_path_expressions: list(&[".spec.calicoNetwork.ipPools[]?.name"]),
                managed_fields_managers: list(&["operator"]),
            }],
            revision_history_limit: Some(3),
            ..ApplicationSpec::default()
        },
    };
    let two = Application {
        metadata: at("after-seldon"),
        spec: ApplicationSpec {
            project: "homelab".into(),
            sources: vec![
                Source {
                    repo_url: "https://storage.googleapis.com/seldon-charts".into(),
                    target_revision: some("2.10.1"),
                    chart: some("seldon-core-v2-setup"),
                    helm: Some(Helm {
                        release_name: some("seldon"),
                        value_files: list(&["$values/out/homelab/values/after/seldon.yaml"]),
                        ignore_missing_value_files: Some(false),
                        values_object: Some(json!({ "controller": { "clusterwide": true } })),
                        skip_crds: Some(true),
                        skip_tests: Some(true),
                        skip_schema_validation: Some(false),
                        namespace: some("seldon-mesh"),
                        kube_version: some("1.33"),
                        api_versions: list(&["v1"]),
                    }),
                    name: some("chart"),
                    ..Source::default()
                },
                Source { reference: some("values"), ..source() },
            ],
            destination: Destination { name: some("after"), namespace: some("seldon-mesh"), server: None },
            ..ApplicationSpec::default()
        },
    };
    vec![(&project).into(), (&one).into(), (&two).into()]
}

fn flux() -> Vec<AnyObject> {
    use flux::*;
    let at = |name: &str| Metadata::namespaced("flux-system", name);
    let named = |name: &str| Some(fields::Named { name: name.into() });
    let git = GitRepository {
        metadata: at("gitops"),
        spec: GitRepositorySpec {
            interval: "1m".into(),
            url: "https://example.com/gitops.git".into(),
            reference: Some(GitReference {
                branch: some("main"),
                tag: some("v1"),
                semver: some(">=1.0.0"),
                name: some("refs/heads/main"),
                commit: some("0123456789abcdef0123456789abcdef01234567"),
            }),
            secret_ref: named("gitops"),
            timeout: some("60s"),
            suspend: Some(false),
            ignore: some("/*\n!/out/homelab\n"),
            sparse_checkout: list(&["out/homelab"]),
        },
    };
    let helm = HelmRepository {
        metadata: at("metallb"),
        spec: HelmRepositorySpec {
            form: Some(HelmRepositoryForm::Default),
            interval: some("1h"),
            url: "https://metallb.github.io/metallb".into(),
            secret_ref: named("metallb"),
            timeout: some("60s"),
            suspend: Some(false),
            insecure: Some(false),
        },
    };
    let oci = OCIRepository {
        metadata: at("calico"),
        spec: OCIRepositorySpec {
            interval: "1h".into(),
            url: "oci://quay.io/calico/charts/tigera-operator".into(),
            reference: Some(OCIReference {
                tag: some("v3.32.1"),
                semver: some("3.32.x"),
                digest: some("sha256:00"),
            }),
            layer_selector: Some(LayerSelector {
                media_type: some("application/vnd.cncf.helm.chart.content.v1.tar+gzip"),
                operation: Some(LayerOperation::Copy),
            }),
            secret_ref: named("calico"),
            timeout: some("60s"),
            suspend: Some(false),
            insecure: Some(false),
        },
    };
    let reference = |kind: &str, api_version: Option<String>| SourceReference {
        api_version,
        kind: kind.into(),
        name: "gitops".into(),
        namespace: some("flux-system"),
    };
    let depends_on = || {
        vec![Dependency {
            name: "after-metallb".into(),
            namespace: some("flux-system"),
            ready_expr: some("dep.status.observedGeneration >= 0"),
        }]
    };
    let kube_config =
        || Some(KubeConfig { secret_ref: Some(SecretKey { name: "after".into(), key: some("value") }) });
    let expressions = || {
        vec![HealthCheckExpression {
            api_version: "operator.tigera.io/v1".into(),
            kind: some("Installation"),
            current: "status.conditions.exists(e, e.type == 'Ready' && e.status == 'True')".into(),
            in_progress: some("!has(status.conditions)"),
            failed: some("status.conditions.exists(e, e.type == 'Degraded' && e.status == 'True')"),
        }]
    };
    let kustomization = Kustomization {
        metadata: at("after-metallb-config"),
        spec: KustomizationSpec {
            interval: "10m".into(),
            retry_interval: some("1m"),
            timeout: some("5m"),
            suspend: Some(false),
            depends_on: depends_on(),
            source_ref: reference("GitRepository", some("source.toolkit.fluxcd.io/v1")),
            path: some("./out/homelab/clusters/after/20-metallb-config"),
            prune: true,
            deletion_policy: Some(DeletionPolicy::Orphan),
            force: Some(false),
            target_namespace: some("metallb-system"),
            service_account_name: some("flux"),
            kube_config: kube_config(),
            common_metadata: Some(CommonMetadata { labels: labels(), annotations: table(&[("a", "1")]) }),
            decryption: Some(Decryption { provider: "sops".into(), secret_ref: named("age") }),
            wait: Some(true),
            health_checks: vec![HealthCheck {
                api_version: some("apps/v1"),
                kind: "Deployment".into(),
                name: "controller".into(),
                namespace: some("metallb-system"),
            }],
            health_check_exprs: expressions(),
        },
    };
    let release = HelmRelease {
        metadata: at("metallb"),
        spec: HelmReleaseSpec {
            interval: "1h".into(),
            timeout: some("10m"),
            suspend: Some(false),
            depends_on: depends_on(),
            chart: Some(Chart {
                spec: ChartSpec {
                    chart: "metallb".into(),
                    version: some("0.14.8"),
                    source_ref: reference("HelmRepository", None),
                    interval: some("1h"),
                    values_files: list(&["values.yaml"]),
                },
            }),
            chart_ref: Some(reference("OCIRepository", None)),
            release_name: some("metallb"),
            target_namespace: some("metallb-system"),
            storage_namespace: some("metallb-system"),
            service_account_name: some("flux"),
            kube_config: kube_config(),
            max_history: Some(5),
            install: Some(Install {
                create_namespace: Some(true),
                crds: Some(CRDs::Create),
                disable_wait: Some(false),
                replace: Some(false),
                strategy: Some(Strategy {
                    name: Some(StrategyName::RetryOnFailure),
                    retry_interval: some("1m"),
                }),
                remediation: Some(InstallRemediation {
                    retries: Some(-1),
                    remediate_last_failure: Some(false),
                }),
                timeout: some("10m"),
            }),
            upgrade: Some(Upgrade {
                crds: Some(CRDs::CreateReplace),
                cleanup_on_fail: Some(true),
                disable_wait: Some(false),
                force: Some(false),
                preserve_values: Some(false),
                strategy: Some(Strategy {
                    name: Some(StrategyName::RemediateOnFailure),
                    retry_interval: None,
                }),
                remediation: Some(UpgradeRemediation {
                    retries: Some(3),
                    remediate_last_failure: Some(true),
                    strategy: Some(RemediationStrategy::Rollback),
                }),
                timeout: some("10m"),
            }),
            drift_detection: Some(DriftDetection {
                mode: Some(DriftMode::Warn),
                ignore: vec![DriftIgnore {
                    paths: list(&["/spec/replicas"]),
                    target: Some(DriftTarget {
                        group: some("apps"),
                        version: some("v1"),
                        kind: some("Deployment"),
                        name: some("controller"),
                        namespace: some("metallb-system"),
                    }),
                }],
            }),
            health_check_exprs: expressions(),
            values_from: vec![ValuesReference {
                kind: "ConfigMap".into(),
                name: "metallb".into(),
                values_key: some("values.yaml"),
                target_path: some("speaker.tag"),
                optional: Some(true),
            }],
            values: Some(json!({ "speaker": { "frr": { "enabled": false }, "logLevel": "off" } })),
        },
    };
    vec![(&git).into(), (&helm).into(), (&oci).into(), (&kustomization).into(), (&release).into()]
}

fn seldon() -> Vec<AnyObject> {
    use seldon::*;
    let pod = || Some(json!({ "nodeSelector": { "gpu": "yes" }, "terminationGracePeriodSeconds": 30 }));
    let runtime = SeldonRuntime {
        metadata: Metadata::namespaced("seldon-mesh", "seldon"),
        spec: SeldonRuntimeSpec {
            seldon_config: "default".into(),
            overrides: vec![Override {
                name: "seldon-envoy".into(),
                disable: Some(false),
                replicas: Some(1),
                service_type: some("ClusterIP"),
                pod_spec: pod(),
            }],
            config: Some(
                json!({ "serviceConfig": { "grpcServicePrefix": "http2-", "serviceType": "LoadBalancer" } }),
            ),
            disable_auto_update: Some(false),
        },
    };
    let server = Server {
        metadata: Metadata::namespaced("seldon-mesh", "mlserver"),
        spec: ServerSpec {
            server_config: "mlserver".into(),
            replicas: Some(1),
            min_replicas: Some(1),
            max_replicas: Some(2),
            capabilities: list(&["mlserver"]),
            extra_capabilities: list(&["alibi"]),
            pod_spec: pod(),
            disable_auto_update: Some(false),
        },
    };
    vec![(&runtime).into(), (&server).into()]
}

/// Compares with the files beside this one, which were read by a person. `PLAN_SAMPLES_DIR` names a folder that gets
/// the prints as well: pointed at `src/objects/samples` it accepts them, pointed elsewhere it feeds a schema check.
#[test]
fn samples_are_printed_as_reviewed() {
    let reviewed = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/objects/samples");
    if let Some(folder) = std::env::var_os("PLAN_SAMPLES_DIR").map(std::path::PathBuf::from) {
        std::fs::create_dir_all(&folder).unwrap();
        for object in samples() {
            std::fs::write(folder.join(file_name(&object)), object.yaml()).unwrap();
        }
    }
    let mut names = Vec::new();
    for object in samples() {
        let name = file_name(&object);
        let expected = std::fs::read_to_string(reviewed.join(&name)).unwrap_or_default();
        assert_print(&name, &expected, object.yaml());
        names.push(name);
    }
    names.sort();
    let mut files = std::fs::read_dir(reviewed)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect::<Vec<_>>();
    files.sort();
    assert_eq!(files, names, "`src/objects/samples` holds one file per sample");
}

#[track_caller]
fn assert_print(name: &str, expected: &str, printed: &str) {
    let diff = similar::TextDiff::from_lines(expected, printed);
    assert!(expected == printed, "`{name}` is printed differently:\n{}", diff.unified_diff());
}
