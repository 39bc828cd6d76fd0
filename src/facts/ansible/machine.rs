//! A machine is ready for Calico when its kernel forwards, nobody else touches Calico's interfaces, and flannel is gone.
//!
//! Sources: Calico `operations/troubleshoot/troubleshooting.mdx` (NetworkManager), `getting-started/kubernetes/k3s`;
//! projectcalico/calico#12920 (chains that flannel leaves); k3s-io/docs `docs/networking/networking-services.md` (chains
//! of the embedded policy controller).

use crate::addresses::Family;
use crate::model::{Cni, Distribution, Encapsulation, KubeProxy, Strategy};
use crate::resolve::{Cluster, Host, Resolved};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What every machine of a cluster needs before Kubernetes starts.
#[derive(Clone, Debug, Serialize)]
pub struct Machine {
    pub kernel_modules: Vec<String>,
    pub sysctls: BTreeMap<String, u8>,
    /// Interface names that NetworkManager must leave alone.
    pub unmanaged_interfaces: Vec<String>,
    /// Bytes that a link of the LAN carries.
    pub lan_mtu: u16,
    /// Bytes that a pod's interface carries; none without Calico.
    pub pod_mtu: Option<u16>,
}

/// What flannel leaves on a machine that is installed again.
#[derive(Clone, Debug, Serialize)]
pub struct Residue {
    pub interfaces: Vec<String>,
    pub files: Vec<String>,
    pub chains: Vec<Chains>,
    /// Paths that a teardown must leave alone.
    pub keep: Vec<String>,
}

/// Chains of one table of iptables, by the beginning of their names.
#[derive(Clone, Debug, Serialize)]
pub struct Chains {
    pub table: &'static str,
    pub prefix: &'static str,
}

/// The values with commas between them.
pub(super) fn joined<T: ToString>(values: &[T]) -> String {
    values.iter().map(T::to_string).collect::<Vec<_>>().join(",")
}

/// Labels that a kubelet may give to its own node.
pub(super) fn labels_at_start<'h>(host: &'h Host<'_>) -> impl Iterator<Item = (&'h str, &'h str)> {
    host.labels().filter(|(key, _)| kubelet_may_set(key))
}

/// Whether the kubelet starts with a label of that key (kubernetes/kubernetes `pkg/apis/core/v1/helper/node` and
/// kubelet `--node-labels`): its own prefixes and a few keys of `kubernetes.io`, and everything outside of it.
pub(super) fn kubelet_may_set(key: &str) -> bool {
    let Some((prefix, _)) = key.split_once('/') else { return true };
    let of = |domain: &str| prefix == domain || prefix.ends_with(&format!(".{domain}"));
    if !of("kubernetes.io") && !of("k8s.io") {
        return true;
    }
    let own = ["kubelet.kubernetes.io", "node.kubernetes.io"];
    let own = own.iter().any(|own| prefix == *own || prefix.ends_with(&format!(".{own}")));
    own || [
        "kubernetes.io/hostname",
        "kubernetes.io/arch",
        "kubernetes.io/os",
        "beta.kubernetes.io/instance-type",
        "failure-domain.beta.kubernetes.io/region",
        "failure-domain.beta.kubernetes.io/zone",
        "topology.kubernetes.io/region",
        "topology.kubernetes.io/zone",
    ]
    .contains(&key)
}

pub fn machine(resolved: &Resolved<'_>, cluster: &Cluster<'_>) -> Machine {
    let mut modules = BTreeSet::from(["br_netfilter", "overlay"]);
    if cluster.written.kube_proxy() == KubeProxy::Ipvs {
        modules.extend(["ip_vs", "ip_vs_rr", "ip_vs_sh", "ip_vs_wrr", "nf_conntrack"]);
    }
    let mut sysctls = BTreeMap::from([("net.bridge.bridge-nf-call-iptables".to_owned(), 1)]);
    let families: BTreeSet<Family> = cluster.pods.iter().map(|network| network.family()).collect();
    for family in &families {
        let key = match family {
            Family::V4 => "net.ipv4.ip_forward",
            Family::V6 => "net.ipv6.conf.all.forwarding",
        };
        sysctls.insert(key.to_owned(), 1);
    }
    if families.contains(&Family::V6) {
        sysctls.insert("net.bridge.bridge-nf-call-ip6tables".to_owned(), 1);
    }
    let mut interfaces = Vec::new();
    if let Some(calico) = &cluster.calico {
        for pool in &calico.pools {
            match pool.encapsulation {
                Encapsulation::Vxlan | Encapsulation::VxlanCrossSubnet => modules.insert("vxlan"),
                Encapsulation::Ipip | Encapsulation::IpipCrossSubnet => modules.insert("ipip"),
                Encapsulation::Unencapsulated => false,
            };
        }
        let names = ["cali*", "tunl*", "vxlan.calico", "vxlan-v6.calico", "wireguard.cali", "wg-v6.cali"];
        interfaces.extend(names.map(str::to_owned));
    }
    Machine {
        kernel_modules: modules.into_iter().map(str::to_owned).collect(),
        sysctls,
        unmanaged_interfaces: interfaces,
        lan_mtu: resolved.lan.mtu,
        pod_mtu: cluster.calico.as_ref().map(|calico| calico.mtu),
    }
}

/// What to remove before Calico starts on machines that ran flannel; nothing for other machines.
pub fn residue(resolved: &Resolved<'_>, cluster: &Cluster<'_>) -> Option<Residue> {
    let old = cluster.replaces.map(|old| resolved.cluster(old))?;
    if cluster.strategy != Some(Strategy::Rebuild) || old.cni != Cni::Flannel || cluster.cni == Cni::Flannel {
        return None;
    }
    let mut files = vec!["/etc/cni/net.d/10-flannel.conflist", "/run/flannel", "/var/lib/cni/networks/cbr0"];
    let mut chains = vec![
        Chains { table: "filter", prefix: "FLANNEL-FWD" },
        // Its masquerade rule hides the pods' addresses, so that policies stop matching between nodes.
        Chains { table: "nat", prefix: "FLANNEL-POSTRTG" },
    ];
    if old.distribution == Distribution::K3s {
        files.push("/var/lib/rancher/k3s/agent/etc/cni/net.d/10-flannel.conflist");
        // K3s' own policy controller leaves its chains when it is switched off.
        chains.push(Chains { table: "filter", prefix: "KUBE-ROUTER-" });
        chains.push(Chains { table: "filter", prefix: "KUBE-POD-FW-" });
        chains.push(Chains { table: "filter", prefix: "KUBE-NWPLCY-" });
    }
    let kept = resolved.externals.iter().filter(|external| external.written.keep_on_teardown());
    let keep = kept.filter_map(|external| external.written.path.as_ref()).map(|path| path.value.to_string());
    Some(Residue {
        interfaces: ["cni0", "flannel-v6.1", "flannel.1"].map(str::to_owned).to_vec(),
        files: files.into_iter().map(str::to_owned).collect(),
        chains,
        keep: keep.collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::kubelet_may_set;

    #[test]
    fn a_kubelet_starts_with_its_own_labels_only() {
        for key in ["disk", "example.com/rack", "topology.kubernetes.io/zone", "node.kubernetes.io/pool"] {
            assert!(kubelet_may_set(key), "{key}");
        }
        for key in ["node-role.kubernetes.io/worker", "kubernetes.io/role", "x.k8s.io/y"] {
            assert!(!kubelet_may_set(key), "{key}");
        }
    }
}
