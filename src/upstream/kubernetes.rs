//! A cluster answers on fixed ports, and k3s spells its settings as flags.
//!
//! Sources: kubernetes/kubernetes `pkg/apis/core/validation`, `pkg/registry/core/service/portallocator`;
//! k3s-io/docs `docs/cli/server.md`, `docs/networking/*.md`, `docs/installation/requirements.md`.

use std::ops::RangeInclusive;

use super::{Minor, Version};

/// The API server's own port on a control-plane node; the `kubernetes` Service has 443 before it.
pub const API_PORT: u16 = 6443;
/// The kubelet's port on every node.
pub const KUBELET_PORT: u16 = 10250;
/// etcd between servers, only with more than one.
pub const ETCD_PORTS: RangeInclusive<u16> = 2379..=2380;
/// k3s embedded registry mirror (Spegel) between nodes, only with `--embedded-registry`.
pub const K3S_REGISTRY_PORT: u16 = 5001;
/// `--service-node-port-range` when nothing is said.
pub const NODE_PORTS: RangeInclusive<u16> = 30000..=32767;
/// The label that Kubernetes itself puts on every namespace; `name` is on none.
pub const NAMESPACE_LABEL: &str = "kubernetes.io/metadata.name";
/// Kubernetes minors that the tables of this module were read for, oldest and newest.
pub const MINORS: RangeInclusive<Minor> = Minor(1, 27)..=Minor(1, 36);
/// From here on kubeadm reads `v1beta4`, whose arguments are lists (cmd/kubeadm/app/apis/kubeadm/v1beta4/types.go).
pub const KUBEADM_LISTS_SINCE: Minor = Minor(1, 31);
/// The first minor with MutatingAdmissionPolicy v1beta1, which Calico's native API needs.
pub const MUTATING_POLICIES_SINCE: Minor = Minor(1, 34);
/// From this minor kube-proxy has its nftables mode on by default, and Calico's needs that one.
pub const NFTABLES_SINCE: Minor = Minor(1, 31);
/// From this minor the ipvs mode of kube-proxy is deprecated (KEP-5495).
pub const IPVS_DEPRECATED: Minor = Minor(1, 35);

/// Which program runs the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Distribution {
    K3s,
    Kubeadm,
}

/// What a distribution does when nothing is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Defaults {
    pub pods: Option<&'static str>,
    pub services: &'static str,
    /// Whether kube-proxy runs as a DaemonSet that an operator can switch off.
    pub kube_proxy_daemonset: bool,
    /// A load balancer that takes every Service without a class.
    pub service_load_balancer: bool,
    /// Whether NetworkPolicy is enforced by the distribution itself.
    pub network_policy: bool,
}

/// A setting of a k3s server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flag {
    /// Without the dashes, as in `config.yaml`.
    pub name: &'static str,
    /// Whether all servers of a cluster must agree (`docs/cli/server.md`, critical configuration values).
    pub critical: bool,
}

/// The flags of a k3s server that this compiler writes or reads, by name.
pub const K3S_FLAGS: &[Flag] = &[
    Flag { name: "cluster-cidr", critical: true },
    Flag { name: "cluster-dns", critical: true },
    Flag { name: "cluster-domain", critical: true },
    Flag { name: "cluster-init", critical: false },
    Flag { name: "disable", critical: true },
    Flag { name: "disable-cloud-controller", critical: true },
    Flag { name: "disable-kube-proxy", critical: true },
    Flag { name: "disable-network-policy", critical: true },
    Flag { name: "egress-selector-mode", critical: true },
    Flag { name: "embedded-registry", critical: true },
    Flag { name: "flannel-backend", critical: true },
    Flag { name: "kube-apiserver-arg", critical: false },
    Flag { name: "kube-controller-manager-arg", critical: false },
    Flag { name: "kube-proxy-arg", critical: false },
    Flag { name: "kubelet-arg", critical: false },
    Flag { name: "node-ip", critical: false },
    Flag { name: "node-label", critical: false },
    Flag { name: "node-name", critical: false },
    Flag { name: "server", critical: false },
    Flag { name: "service-cidr", critical: true },
    Flag { name: "service-node-port-range", critical: false },
    Flag { name: "tls-san", critical: false },
    Flag { name: "token", critical: false },
    Flag { name: "write-kubeconfig-mode", critical: false },
];

/// What `disable` of k3s takes (`docs/installation/packaged-components.md`), by name.
pub const K3S_COMPONENTS: &[&str] =
    &["coredns", "local-storage", "metrics-server", "runtimes", "servicelb", "traefik"];

/// The defaults of a distribution.
pub fn defaults(distribution: Distribution) -> Defaults {
    match distribution {
        Distribution::K3s => Defaults {
            pods: Some("10.42.0.0/16"),
            services: "10.43.0.0/16",
            // Embedded in the k3s process.
            kube_proxy_daemonset: false,
            service_load_balancer: true,
            network_policy: true,
        },
        Distribution::Kubeadm => Defaults {
            pods: None,
            services: "10.96.0.0/12",
            kube_proxy_daemonset: true,
            service_load_balancer: false,
            network_policy: false,
        },
    }
}

/// The Kubernetes minor of a release of Kubernetes or of k3s, whose releases carry its number.
pub fn minor(release: &Version) -> Minor {
    release.minor_line()
}

/// The low part of a node port range, which the API server does not hand out by itself while the rest has room.
///
/// Size is `min(max(16, size / 32), 128)`, and none under 16 ports (`portallocator/allocator.go`,
/// ServiceNodePortStaticSubrange, stable since 1.29).
pub fn static_node_ports(range: &RangeInclusive<u16>) -> Option<RangeInclusive<u16>> {
    let size = u32::from(*range.end()).checked_sub(u32::from(*range.start()))? + 1;
    let band = (size / 32).clamp(16, 128);
    if size <= band {
        return None;
    }
    let last = u32::from(*range.start()) + band - 1;
    Some(*range.start()..=u16::try_from(last).expect("broken promise: a band lies inside its range"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_k3s_release_carries_the_kubernetes_minor() {
        let release: Version = "v1.33.1+k3s1".parse().expect("a release");
        assert_eq!(minor(&release), Minor(1, 33));
        assert!(MINORS.contains(&minor(&release)));
    }

    #[test]
    fn the_static_band_of_the_default_range_ends_at_30085() {
        // kubernetes.io "Avoid collisions assigning ports to NodePort Services": 86 ports, 30000-30085.
        assert_eq!(static_node_ports(&NODE_PORTS), Some(30000..=30085));
        assert_eq!(static_node_ports(&(30000..=30127)), Some(30000..=30015));
        assert_eq!(static_node_ports(&(1..=65535)), Some(1..=128));
        assert_eq!(static_node_ports(&(30000..=30015)), None);
        assert_eq!(static_node_ports(&(30000..=30007)), None);
    }

    #[test]
    fn rows_are_sorted_and_unique() {
        assert!(K3S_FLAGS.windows(2).all(|rows| rows[0].name < rows[1].name));
        assert!(K3S_COMPONENTS.windows(2).all(|rows| rows[0] < rows[1]));
    }
}
