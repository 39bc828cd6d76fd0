//! What every node was told when it joined stays what it knows.

use super::{Effect, Rule};
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use crate::diff::side::Side;
use crate::resolve::Cluster;

pub static RULE: Rule = Rule {
    name: "control-plane",
    about: "the API server gets another address, or kube-proxy another mode, on every node",
    find,
};

/// Asked once for a cluster: of the configuration of kubeadm, or of the variables for all hosts of K3s.
fn find(context: &Context<'_>, change: &Change) -> Vec<Effect> {
    let id = change.id();
    let Some(name) = id.cluster.as_deref().filter(|_| id.is_file() && change.both().is_some()) else {
        return Vec::new();
    };
    let file = id.name.rsplit('/').next().unwrap_or_default();
    let (Some(old), Some(new)) = (cluster(context.old, name), cluster(context.new, name)) else {
        return Vec::new();
    };
    let has_own = context.new.files.keys().any(|path| *path == format!("ansible/{name}/kubeadm.yaml"));
    let is_asked =
        if has_own { file == "kubeadm.yaml" } else { id.name.ends_with("/group_vars/all/plan.yaml") };
    if !is_asked {
        return Vec::new();
    }
    let mut effects = Vec::new();
    let (was, is) = (endpoint(old), endpoint(new));
    if was != is {
        // kubernetes docs, kubeadm: controlPlaneEndpoint is in the certificate and in the kubeconfig of every kubelet.
        let sentence = format!(
            "the API server of `{name}` is called {is} and no longer {was}: nodes that have joined, certificates and \
             everybody's kubeconfig know the old address"
        );
        effects.push(Effect::new(Danger::Disruptive, sentence).advice(
            "keep the old address alive until every kubelet and every kubeconfig has the new one, and renew the certificate first",
        ));
    }
    let (was, is) = (old.written.kube_proxy().word(), new.written.kube_proxy().word());
    if was != is {
        let sentence = format!(
            "kube-proxy of `{name}` goes from `{was}` to `{is}` on every node: Services are programmed anew, and open \
             connections to them may break"
        );
        effects.push(Effect::new(Danger::Disruptive, sentence).advice(
            "do it node by node, drained, with a restart of each: rules of the old mode stay until then",
        ));
    }
    effects
}

fn cluster<'s>(side: &Side<'s>, name: &str) -> Option<&'s Cluster<'s>> {
    side.facts()?.resolved.clusters.iter().find(|cluster| cluster.name == name)
}

fn endpoint(cluster: &Cluster<'_>) -> String {
    match &cluster.written.api_address {
        Some(address) => format!("`{}`, port {}", address.value, cluster.api_port),
        None => format!("by its first server, port {}", cluster.api_port),
    }
}
