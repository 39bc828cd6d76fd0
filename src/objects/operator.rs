//! What the Tigera operator reads: the installation of Calico and of its optional parts (`operator.tigera.io/v1`).
//!
//! Mirrors tigera/operator v1.42 `api/v1`. The operator writes defaults back into `spec`, and lists are compared
//! whole, so every field that it fills in (all ten of an [`IPPool`]) can be stated here.

use super::IntOrString;
use super::fields::{Named, choices, kinds, parts};
use serde_json::Value;
use std::collections::BTreeMap;

kinds! {
    /// How Calico is installed; the operator accepts the name `default`.
    Installation: "operator.tigera.io/v1", InstallationSpec;
    /// Serves `projectcalico.org/v3`; the operator accepts the name `default`.
    APIServer: "operator.tigera.io/v1", APIServerSpec;
    /// Collects flows; the operator accepts the name `default`.
    Goldmane: "operator.tigera.io/v1", GoldmaneSpec;
    /// Shows the flows that [`Goldmane`] collects; the operator accepts the name `default`.
    Whisker: "operator.tigera.io/v1", WhiskerSpec;
}

parts! {
    InstallationSpec {
        variant: Option<Variant>,
        /// Ends in `/`.
        registry: Option<String>,
        image_path: Option<String>,
        image_prefix: Option<String>,
        /// Secrets that exist in `tigera-operator`.
        image_pull_secrets: Vec<Named>,
        /// Left out on k3s and kubeadm, which have no value of their own.
        kubernetes_provider: Option<Provider>,
        cni: Option<CNI>,
        calico_network: Option<CalicoNetwork>,
        #[serde(rename = "serviceCIDRs")]
        service_cidrs: Vec<String>,
        /// A path, or `None` as a word.
        flex_volume_path: Option<String>,
        /// A path, or `None` as a word.
        kubelet_volume_plugin_path: Option<String>,
        control_plane_replicas: Option<u32>,
        control_plane_node_selector: BTreeMap<String, String>,
        node_metrics_port: Option<u16>,
        typha_metrics_port: Option<u16>,
        node_update_strategy: Option<UpdateStrategy>,
        logging: Option<Logging>,
        component_resources: Vec<ComponentResources>,
        /// Overrides of single workloads, in the shape of the upstream type of that name.
        calico_node_daemon_set: Option<Value>,
        calico_kube_controllers_deployment: Option<Value>,
        typha_deployment: Option<Value>,
        csi_node_driver_daemon_set: Option<Value>,
    }
    CNI {
        #[serde(rename = "type")]
        plugin: Option<Plugin>,
        ipam: Option<IPAM>,
        bin_dir: Option<String>,
        conf_dir: Option<String>,
    }
    IPAM {
        #[serde(rename = "type")]
        plugin: Option<IPAMPlugin>,
    }
    CalicoNetwork {
        linux_dataplane: Option<Dataplane>,
        bgp: Option<Switch>,
        cluster_routing_mode: Option<RoutingMode>,
        host_ports: Option<Switch>,
        #[serde(rename = "containerIPForwarding")]
        container_ip_forwarding: Option<Switch>,
        multi_interface_mode: Option<MultiInterfaceMode>,
        /// The MTU of pods and tunnels, not of the host's interface.
        mtu: Option<u32>,
        #[serde(rename = "nodeAddressAutodetectionV4")]
        node_address_autodetection_v4: Option<NodeAddressAutodetection>,
        #[serde(rename = "nodeAddressAutodetectionV6")]
        node_address_autodetection_v6: Option<NodeAddressAutodetection>,
        /// `None` lets the operator invent a pool, an empty list asks for none.
        ip_pools: Option<Vec<IPPool>>,
        sysctl: Vec<Sysctl>,
        linux_policy_setup_timeout_seconds: Option<u32>,
        bpf_network_bootstrap: Option<Switch>,
        kube_proxy_management: Option<Switch>,
        windows_dataplane: Option<WindowsDataplane>,
    }
    /// At most one method; `first_found: Some(false)` is none, and keeps the operator from adding its default.
    NodeAddressAutodetection {
        first_found: Option<bool>,
        kubernetes: Option<NodeAddress>,
        /// A regular expression.
        interface: Option<String>,
        /// A regular expression.
        skip_interface: Option<String>,
        can_reach: Option<String>,
        cidrs: Vec<String>,
    }
    /// The operator's spelling of a pool; [`super::calico::IPPool`] is Calico's own.
    IPPool {
        name: Option<String>,
        cidr: String,
        block_size: Option<u8>,
        encapsulation: Option<Encapsulation>,
        nat_outgoing: Option<Switch>,
        node_selector: Option<String>,
        allowed_uses: Vec<AllowedUse>,
        assignment_mode: Option<AssignmentMode>,
        #[serde(rename = "disableBGPExport")]
        disable_bgp_export: Option<bool>,
        disable_new_allocations: Option<bool>,
    }
    Sysctl {
        key: String,
        value: String,
    }
    UpdateStrategy {
        #[serde(rename = "type")]
        strategy: Option<String>,
        rolling_update: Option<RollingUpdate>,
    }
    RollingUpdate {
        max_unavailable: Option<IntOrString>,
        max_surge: Option<IntOrString>,
    }
    Logging {
        cni: Option<CNILogging>,
    }
    CNILogging {
        /// `Error`, `Warning`, `Info`, `Debug` or `All`.
        log_severity: Option<String>,
        /// A quantity, as in `100Mi`.
        log_file_max_size: Option<String>,
        log_file_max_age_days: Option<u32>,
        log_file_max_count: Option<u32>,
    }
    ComponentResources {
        component_name: Option<Component>,
        resource_requirements: Resources,
    }
    /// Quantities by resource name.
    Resources {
        requests: BTreeMap<String, String>,
        limits: BTreeMap<String, String>,
    }
    APIServerSpec {
        api_server_deployment: Option<Value>,
    }
    GoldmaneSpec {
        metrics_port: Option<u16>,
        goldmane_deployment: Option<Value>,
    }
    WhiskerSpec {
        /// `Enabled`, the default, calls a service on the internet.
        notifications: Option<Switch>,
        whisker_deployment: Option<Value>,
    }
}

choices! {
    Switch { Enabled, Disabled, }
    Variant { Calico, TigeraSecureEnterprise, }
    Provider { EKS, GKE, AKS, OpenShift, DockerEnterprise, RKE2, TKG, Kind, }
    Plugin { Calico, GKE, AmazonVPC, AzureVNET, }
    IPAMPlugin { Calico, HostLocal, AmazonVPC, AzureVNET, }
    Dataplane { Iptables, BPF, VPP, Nftables, }
    WindowsDataplane { HNS, Disabled, }
    RoutingMode { BIRD, Felix, }
    MultiInterfaceMode { None, Multus, }
    NodeAddress { NodeInternalIP, }
    Encapsulation { IPIPCrossSubnet, IPIP, VXLAN, VXLANCrossSubnet, None, }
    AllowedUse { Workload, Tunnel, LoadBalancer, }
    AssignmentMode { Automatic, Manual, }
    Component { Node, Typha, KubeControllers, }
}
