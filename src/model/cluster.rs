//! A Kubernetes cluster: how it is installed, which machines it has, which networks its pods and Services get.

use super::calico::Calico;
use super::metallb::Metallb;
use super::seldon::Seldon;
use super::values::{DnsLabel, DnsSubdomain, HostAddress, PortNumber, Release};
use crate::addresses::Cidr;
use crate::decode::OneOrMany;
use crate::source::Located;
use crate::{table, words};

words! {
    /// How Kubernetes is installed.
    Distribution {
        /// One binary with its own defaults: 10.42.0.0/16, 10.43.0.0/16, flannel, ServiceLB.
        K3s = "k3s",
        /// Upstream's installer.
        Kubeadm = "kubeadm",
    }
}

words! {
    /// The network plugin.
    Cni {
        /// A VXLAN without policies of its own; K3s enforces NetworkPolicy beside it.
        Flannel = "flannel",
        /// Routing or an overlay, and NetworkPolicy.
        Calico = "calico",
    }
}

words! {
    /// How one cluster takes the place of another.
    Strategy {
        /// The same machines: torn down and installed again. K3s cannot change its CNI on a running cluster.
        Rebuild = "rebuild",
        /// Other machines: both clusters are alive until the cutover.
        Parallel = "parallel",
    }
}

words! {
    /// The host firewall that Ansible configures.
    Firewall {
        /// None: nothing is generated.
        Disabled = "none",
        /// Ubuntu's.
        Ufw = "ufw",
        /// Red Hat's.
        Firewalld = "firewalld",
    }
}

words! {
    /// How kube-proxy programs Services.
    KubeProxy {
        /// The default of K3s and kubeadm.
        Iptables = "iptables",
        /// Needs `strictARP` with MetalLB in L2 mode; deprecated from Kubernetes 1.35.
        Ipvs = "ipvs",
        /// From Kubernetes 1.31; Calico's nftables dataplane needs it.
        Nftables = "nftables",
    }
}

table! {
    /// A cluster.
    Cluster {
        /// How Kubernetes is installed.
        required distribution: Distribution = "\"k3s\"";
        /// The Kubernetes release.
        required version: Release = "\"v1.33.1+k3s1\"";
        /// The hosts that run the control plane.
        required servers: Vec<Located<DnsLabel>> = "[\"node-1\"]";
        /// The other hosts.
        optional agents: Vec<Located<DnsLabel>> = "[\"node-2\", \"node-3\"]";
        /// The network plugin.
        default(Cni::Calico) cni: Cni = "\"calico\"";
        /// The pod network; one of each family for dual stack. K3s, Calico, the firewall and the policies all get this one.
        required pods: OneOrMany<Cidr> = "\"10.42.0.0/16\"";
        /// The Service network; one of each family for dual stack. The cluster's DNS gets its tenth address.
        required services: OneOrMany<Cidr> = "\"10.43.0.0/16\"";
        /// The DNS domain inside the cluster.
        default(DnsSubdomain::cluster_local()) domain: DnsSubdomain = "\"cluster.local\"";
        /// The cluster that this one takes the place of.
        optional replaces: DnsLabel = "\"before\"";
        /// How it takes that place. Written if, and only if, `replaces` is.
        optional strategy: Strategy = "\"rebuild\"";
        /// The host firewall that Ansible configures; every port and source is computed.
        default(Firewall::Disabled) firewall: Firewall = "\"ufw\"";
        /// The address that all API servers share, when a load balancer or kube-vip gives one.
        optional api_address: HostAddress = "\"192.168.1.80\"";
        /// The port of the API server.
        default(PortNumber(6443)) api_port: PortNumber = "6443";
        /// The most pods that a node runs, for the arithmetic of address blocks.
        default(110) max_pods: u16 = "110";
        /// How kube-proxy programs Services.
        default(KubeProxy::Iptables) kube_proxy: KubeProxy = "\"iptables\"";
        /// The node ports, as `first-last`.
        default("30000-32767".to_owned()) node_port_range: String = "\"30000-32767\"";
        /// More arguments for the servers: K3s flags, or kubeadm API server arguments.
        optional server_args: Vec<Located<String>> = "[\"--tls-san=k8s.test\"]";
        /// More arguments for the agents.
        optional agent_args: Vec<Located<String>> = "[\"--node-label=disk=ssd\"]";
        /// The name under which Argo CD knows this cluster. A plan with one target cluster runs Argo CD in it.
        optional destination: String = "\"in-cluster\"";
        /// Calico. Written if, and only if, `cni` is `calico` and the cluster is generated.
        optional calico: Calico = "{ version = \"v3.30.7\" }";
        /// MetalLB.
        optional metallb: Metallb = "{ version = \"v0.15.3\" }";
        /// Seldon in this cluster, where it differs from `[seldon]`.
        optional seldon: Seldon = "{ mesh = \"192.168.1.202\" }";
    }
}
