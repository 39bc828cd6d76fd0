//! What Calico's operator reads.

use super::*;
use crate::objects::operator::*;

pub(super) fn operator() -> Vec<AnyObject> {
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
