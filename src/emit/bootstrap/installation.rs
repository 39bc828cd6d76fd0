//! The operator writes its defaults back into the Installation, so every one of them is written here first.
//!
//! A field that Git leaves out is there in the cluster, and a list is compared whole: an IP pool without all of its ten
//! fields is out of sync for ever (tigera/operator `pkg/controller/installation/core_controller.go`, "poor-man's
//! defaulting", and `pkg/controller/ippool/defaults.go`).

use super::{default_of, pull_secrets, registry};
use crate::addresses::{Cidr, Family};
use crate::emit::overlay;
use crate::model::values::NodeAddress;
use crate::model::{Allocation, Dataplane, Encapsulation, PoolUse};
use crate::objects::operator::{
    self, CNI, CNILogging, CalicoNetwork, IPAM, IPPool, Installation, InstallationSpec, Logging,
    NodeAddressAutodetection, RollingUpdate, Switch, UpdateStrategy,
};
use crate::objects::{AnyObject, IntOrString, merge};
use crate::resolve::{CalicoPool, CalicoSettings, Cluster, Resolved};
use crate::upstream::calico::{Feature, has};

/// The Installation `default` of a cluster.
pub fn installation(
    resolved: &Resolved<'_>,
    cluster: &Cluster<'_>,
    calico: &CalicoSettings<'_>,
) -> AnyObject {
    let written = calico.written;
    let spec = InstallationSpec {
        variant: Some(operator::Variant::Calico),
        registry: registry(calico),
        image_pull_secrets: image_pull_secrets(calico),
        // No `kubernetesProvider`: K3s and kubeadm have no value of their own, and `K3s` is refused.
        cni: Some(CNI {
            plugin: Some(operator::Plugin::Calico),
            ipam: Some(IPAM { plugin: Some(operator::IPAMPlugin::Calico) }),
            // containerd's own folders, which K3s uses too once its flannel is off (k3s `pkg/agent/config/config.go`).
            bin_dir: Some("/opt/cni/bin".to_owned()),
            conf_dir: Some("/etc/cni/net.d".to_owned()),
        }),
        calico_network: Some(network(cluster, calico)),
        // No plugin of either sort is in use, and `None` keeps the operator from preparing host folders for them.
        flex_volume_path: Some("None".to_owned()),
        kubelet_volume_plugin_path: Some("None".to_owned()),
        control_plane_replicas: Some(u32::from(written.control_plane_replicas())),
        node_metrics_port: written.node_metrics_port.as_ref().map(|port| port.value.0),
        typha_metrics_port: written.typha_metrics_port.as_ref().map(|port| port.value.0),
        node_update_strategy: Some(UpdateStrategy {
            strategy: Some("RollingUpdate".to_owned()),
            rolling_update: Some(RollingUpdate {
                max_unavailable: Some(IntOrString::Int(1)),
                max_surge: None,
            }),
        }),
        logging: Some(Logging {
            cni: Some(CNILogging {
                log_severity: Some("Info".to_owned()),
                log_file_max_size: Some("100Mi".to_owned()),
                log_file_max_age_days: Some(30),
                log_file_max_count: Some(10),
            }),
        }),
        ..InstallationSpec::default()
    };
    let installation = AnyObject::new(&Installation { metadata: default_of(resolved), spec });
    overlay::with_spec(with_pool_overrides(installation, calico), written.installation.as_ref())
}

/// The tables that an Installation comes from.
pub fn from(cluster: &Cluster<'_>) -> Vec<String> {
    vec![format!("clusters.{}", cluster.name), format!("clusters.{}.calico", cluster.name), "lan".to_owned()]
}

fn network(cluster: &Cluster<'_>, calico: &CalicoSettings<'_>) -> CalicoNetwork {
    let written = calico.written;
    let pools: Vec<IPPool> = installed(calico).map(|pool| item(pool, calico)).collect();
    let detection = |family| {
        let there = cluster.pods.iter().any(|cidr| cidr.family() == family)
            || installed(calico).any(|pool| pool.cidr.family() == family);
        there.then(|| autodetection(&written.node_address(), family))
    };
    let dataplane = written.dataplane();
    CalicoNetwork {
        linux_dataplane: Some(match dataplane {
            Dataplane::Iptables => operator::Dataplane::Iptables,
            Dataplane::Nftables => operator::Dataplane::Nftables,
            Dataplane::Bpf => operator::Dataplane::BPF,
        }),
        bgp: Some(switch(calico.bgp)),
        // The operator's own default knows that eBPF has no host ports.
        host_ports: Some(switch(dataplane != Dataplane::Bpf)),
        container_ip_forwarding: Some(switch(calico.ip_forwarding)),
        multi_interface_mode: Some(operator::MultiInterfaceMode::None),
        mtu: Some(u32::from(calico.mtu)),
        node_address_autodetection_v4: detection(Family::V4),
        node_address_autodetection_v6: detection(Family::V6),
        ip_pools: Some(pools),
        windows_dataplane: Some(operator::WindowsDataplane::Disabled),
        ..CalicoNetwork::default()
    }
}

/// The pools that the operator makes, in the order of the plan.
fn installed<'a, 'p>(calico: &'a CalicoSettings<'p>) -> impl Iterator<Item = &'a CalicoPool<'p>> {
    calico.pools.iter().filter(|pool| !pool.is_standalone())
}

/// All ten fields of a pool.
fn item(pool: &CalicoPool<'_>, calico: &CalicoSettings<'_>) -> IPPool {
    IPPool {
        name: Some(pool.name.clone()),
        cidr: pool.cidr.to_string(),
        block_size: Some(pool.block_size),
        encapsulation: Some(match pool.encapsulation {
            Encapsulation::Vxlan => operator::Encapsulation::VXLAN,
            Encapsulation::VxlanCrossSubnet => operator::Encapsulation::VXLANCrossSubnet,
            Encapsulation::Ipip => operator::Encapsulation::IPIP,
            Encapsulation::IpipCrossSubnet => operator::Encapsulation::IPIPCrossSubnet,
            Encapsulation::Unencapsulated => operator::Encapsulation::None,
        }),
        nat_outgoing: Some(switch(pool.nat_outgoing)),
        node_selector: Some(pool.node_selector.clone()),
        allowed_uses: pool.uses.iter().map(allowed_use).collect(),
        // The field came with Calico's own load balancer addresses.
        assignment_mode: has(calico.version, Feature::LoadBalancerPools).then_some(match pool.assignment {
            Allocation::Automatic => operator::AssignmentMode::Automatic,
            Allocation::Manual => operator::AssignmentMode::Manual,
        }),
        disable_bgp_export: Some(pool.disable_bgp_export),
        disable_new_allocations: Some(pool.disable_new_allocations),
    }
}

fn allowed_use(used: &PoolUse) -> operator::AllowedUse {
    match used {
        PoolUse::Workload => operator::AllowedUse::Workload,
        PoolUse::Tunnel => operator::AllowedUse::Tunnel,
        PoolUse::LoadBalancer => operator::AllowedUse::LoadBalancer,
    }
}

/// Exactly one method. `firstFound: false` counts as none, and keeps the operator from adding `true`, which would be a
/// second method and an error (`validation.go`; rancher/rke2-charts#382).
fn autodetection(method: &NodeAddress, family: Family) -> NodeAddressAutodetection {
    let none = || NodeAddressAutodetection { first_found: Some(false), ..Default::default() };
    let kubernetes =
        || NodeAddressAutodetection { kubernetes: Some(operator::NodeAddress::NodeInternalIP), ..none() };
    match method {
        NodeAddress::NodeInternalIp => kubernetes(),
        NodeAddress::FirstFound => NodeAddressAutodetection { first_found: Some(true), ..Default::default() },
        NodeAddress::Cidrs(cidrs) => {
            let ours = |cidr: &&Cidr| cidr.family() == family;
            let cidrs: Vec<String> = cidrs.iter().filter(ours).map(Cidr::to_string).collect();
            // A network of one family says nothing about the other.
            if cidrs.is_empty() { kubernetes() } else { NodeAddressAutodetection { cidrs, ..none() } }
        }
        NodeAddress::Interface(name) => NodeAddressAutodetection { interface: Some(name.clone()), ..none() },
        NodeAddress::SkipInterface(name) => {
            NodeAddressAutodetection { skip_interface: Some(name.clone()), ..none() }
        }
        NodeAddress::CanReach(target) => match crate::addresses::address::parse(target) {
            Ok(address) if crate::addresses::address::family(address) != family => kubernetes(),
            _ => NodeAddressAutodetection { can_reach: Some(target.clone()), ..none() },
        },
    }
}

/// Lays the override of each pool over its item: a list is replaced whole, so this cannot be left to the override of
/// the Installation.
fn with_pool_overrides(installation: AnyObject, calico: &CalicoSettings<'_>) -> AnyObject {
    let raws: Vec<_> =
        installed(calico).map(|pool| pool.written.and_then(|written| written.raw.as_ref())).collect();
    if raws.iter().all(Option::is_none) {
        return installation;
    }
    let mut value = installation.to_value();
    for (at, raw) in raws.into_iter().enumerate() {
        let pool = value.pointer_mut(&format!("/spec/calicoNetwork/ipPools/{at}"));
        if let (Some(pool), Some(raw)) = (pool, raw) {
            merge(pool, &raw.value.to_json());
        }
    }
    AnyObject::from_value(&value).expect("broken promise: an override of a pool has no float")
}

fn switch(on: bool) -> Switch {
    if on { Switch::Enabled } else { Switch::Disabled }
}

fn image_pull_secrets(calico: &CalicoSettings<'_>) -> Vec<crate::objects::Named> {
    pull_secrets(calico).into_iter().map(|name| crate::objects::Named { name: name.to_owned() }).collect()
}
