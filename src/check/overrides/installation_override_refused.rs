//! The operator refuses some Installations that its schema lets through.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::values::NodeAddress;
use crate::model::{Dataplane, Distribution, Encapsulation};
use crate::resolve::{CalicoSettings, Cluster};
use serde_json::Value;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3507",
    name: "installation-override-refused",
    level: Level::Error,
    summary: "an override of the Installation is one that the operator accepts",
    explanation: "The API server knows the schema alone; the operator looks again and reports `Degraded`, and the cluster has \
                  no network (tigera/operator `pkg/controller/installation/validation.go`). A volume path is `None` or \
                  absolute. Two methods of finding the address of a node are one too many. \
                  IPAM by `HostLocal` routes by node and works with no VXLAN pool. `kubeProxyManagement` patches \
                  the DaemonSet `kube-proxy`, which K3s does not have. `bpfNetworkBootstrap` is for eBPF alone, and never \
                  beside the ConfigMap `kubernetes-services-endpoint`, which `plan` writes for eBPF. `kubernetesProvider` is for \
                  products with other paths and another CNI; for K3s and kubeadm it stays empty.",
    fails: "[clusters.main.calico]\nversion = \"v3.30.7\"\ninstallation = { flexVolumePath = \"usr/libexec/kubernetes\" }\n",
    passes: "[clusters.main.calico]\nversion = \"v3.30.7\"\ninstallation = { flexVolumePath = \"/usr/libexec/kubernetes\" }\n",
    covers: &["CAL020", "CAL036", "CAL040", "CAL043", "CAL046", "CAL047", "CAL-07"],
};

/// Products with a network of their own making (tigera/operator `api/v1/installation_types.go`).
const PROVIDERS: &[&str] = &["AKS", "DockerEnterprise", "EKS", "GKE", "Kind", "OpenShift", "RKE2", "TKG"];

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for cluster in facts.resolved.targets() {
        let Some(calico) = &cluster.calico else { continue };
        let Some(raw) = &calico.written.installation else { continue };
        let value = raw.value.to_json();
        for (pointer, here) in problems(cluster, calico, &value) {
            let path = format!("clusters.{}.calico.installation", cluster.name);
            let field = pointer.trim_start_matches('/').replace('/', ".");
            let message = match field.as_str() {
                "kubernetesProvider" => format!("`{field}` of `{path}` is for neither K3s nor kubeadm"),
                _ => format!("the operator refuses `{field}` of `{path}`"),
            };
            let finding = Diagnostic::new(&RULE, raw.value.place(&pointer, raw.span), message)
                .here(here)
                .help("remove it: what `plan` writes is accepted")
                .on(path);
            found.push(finding);
        }
    }
}

fn problems(
    cluster: &Cluster<'_>,
    calico: &CalicoSettings<'_>,
    value: &Value,
) -> Vec<(String, &'static str)> {
    let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str);
    let mut problems = Vec::new();
    for pointer in ["/flexVolumePath", "/kubeletVolumePluginPath"] {
        if text(pointer).is_some_and(|path| path != "None" && !path.starts_with('/')) {
            problems.push((pointer.to_owned(), "neither `None` nor absolute"));
        }
    }
    let vxlan =
        |encapsulation| matches!(encapsulation, Encapsulation::Vxlan | Encapsulation::VxlanCrossSubnet);
    if text("/cni/ipam/type") == Some("HostLocal")
        && calico.pools.iter().any(|pool| vxlan(pool.encapsulation))
    {
        problems.push(("/cni/ipam/type".to_owned(), "does not work with VXLAN"));
    }
    let enabled = |pointer: &str| text(pointer) == Some("Enabled");
    let managed = "/calicoNetwork/kubeProxyManagement";
    if enabled(managed) && cluster.distribution == Distribution::K3s {
        problems.push((managed.to_owned(), "K3s has no kube-proxy DaemonSet"));
    }
    let ebpf = calico.written.dataplane() == Dataplane::Bpf;
    if enabled(managed) && cluster.distribution == Distribution::Kubeadm && ebpf {
        problems.push((managed.to_owned(), "kubeadm is told to make no kube-proxy"));
    }
    let bootstrap = "/calicoNetwork/bpfNetworkBootstrap";
    if enabled(bootstrap) {
        let why = match ebpf {
            true => "a ConfigMap has the address of the API server already",
            false => "needs the dataplane BPF",
        };
        problems.push((bootstrap.to_owned(), why));
    }
    // What is no provider at all, the schema refuses.
    if text("/kubernetesProvider").is_some_and(|provider| PROVIDERS.contains(&provider)) {
        problems
            .push(("/kubernetesProvider".to_owned(), "the network of a product that this cluster is not"));
    }
    for family in ["V4", "V6"] {
        let detection = format!("/calicoNetwork/nodeAddressAutodetection{family}");
        let methods = value.pointer(&detection).and_then(Value::as_object);
        let ours = method(&calico.written.node_address());
        let other = methods
            .into_iter()
            .flatten()
            .find(|(name, value)| *name != ours && **value != Value::Bool(false));
        if let Some((name, _)) = other {
            problems.push((format!("{detection}/{name}"), "a second method beside that of `node_address`"));
        }
    }
    problems
}

/// The key of the Installation for a way of finding the address of a node.
fn method(written: &NodeAddress) -> &'static str {
    match written {
        NodeAddress::NodeInternalIp => "kubernetes",
        NodeAddress::FirstFound => "firstFound",
        NodeAddress::Cidrs(_) => "cidrs",
        NodeAddress::Interface(_) => "interface",
        NodeAddress::SkipInterface(_) => "skipInterface",
        NodeAddress::CanReach(_) => "canReach",
    }
}
