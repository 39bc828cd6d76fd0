//! calico-node runs on every node, and everything that is in its pod template restarts it everywhere.

use super::{Effect, Rule};
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use serde_json::Value;

pub static RULE: Rule = Rule {
    name: "calico-node",
    about: "the network agent changes on every node: data plane, BGP, how it finds its address, images",
    find,
};

fn find(_: &Context<'_>, change: &Change) -> Vec<Effect> {
    if !change.is("operator.tigera.io", "Installation") || change.both().is_none() {
        return Vec::new();
    }
    let mut effects = Vec::new();
    let network = |key: &str| change.differs(&["spec", "calicoNetwork", key]);
    let word =
        |value: Option<&Value>, default: &str| value.and_then(Value::as_str).unwrap_or(default).to_owned();
    if let Some((old, new)) = network("linuxDataplane") {
        let (was, is) = (word(old, "Iptables"), word(new, "Iptables"));
        let mut advice =
            "drain each node before its calico-node changes, and restart it where rules are left over"
                .to_owned();
        match is.as_str() {
            "BPF" => advice
                .push_str("; kube-proxy has to be off, and the API server's own address has to be known"),
            "Nftables" => advice.push_str("; kube-proxy has to be in nftables mode first"),
            _ if was == "BPF" => advice.push_str("; kube-proxy has to run again"),
            _ if was == "Nftables" => advice.push_str("; kube-proxy must no longer be in nftables mode"),
            _ => {}
        }
        effects.push(Effect::new(
            Danger::Disruptive,
            format!("the data plane goes from `{was}` to `{is}` on every node: open connections break, and policies and Services are programmed anew"),
        ).advice(advice));
    }
    if let Some((old, new)) = network("bgp") {
        let (was, is) = (word(old, "Enabled"), word(new, "Enabled"));
        let sentence = match is.as_str() {
            "Disabled" => format!(
                "BGP goes from `{was}` to `{is}`: every session ends, and routes that only BGP carried are gone"
            ),
            _ => {
                format!("BGP goes from `{was}` to `{is}`: every node opens TCP 179 and peers with all others")
            }
        };
        effects
            .push(Effect::new(if is == "Disabled" { Danger::Disruptive } else { Danger::Restart }, sentence));
    }
    for family in ["nodeAddressAutodetectionV4", "nodeAddressAutodetectionV6"] {
        if network(family).is_some() {
            effects.push(Effect::new(
                Danger::Disruptive,
                "nodes look for their own address in another way: one that finds another address than before loses its tunnels until all others know it, and one that finds none does not start",
            ).advice("look at `kubectl get nodes -o wide` and at the address that each node would find, before it is applied"));
            break;
        }
    }
    if network("containerIPForwarding").is_some() || change.differs(&["spec", "cni"]).is_some() {
        effects.push(Effect::new(Danger::Restart, "the configuration of the network plugin changes on every node; pods get it when they start again"));
    }
    if network("hostPorts").is_some() {
        effects.push(Effect::new(Danger::Disruptive, "host ports of pods open or close on every node"));
    }
    let images = ["variant", "registry", "imagePath", "imagePrefix", "imagePullSecrets"];
    if images.iter().any(|key| change.differs(&["spec", key]).is_some()) {
        effects.push(Effect::new(Danger::Restart, "every pod of Calico is replaced by one with an image from elsewhere, node by node")
            .advice("pull one of the images by hand on a node first: a node whose calico-node has no image has no network"));
    }
    let templates = [
        "calicoNodeDaemonSet",
        "typhaDeployment",
        "componentResources",
        "nodeMetricsPort",
        "typhaMetricsPort",
        "flexVolumePath",
        "kubeletVolumePluginPath",
        "logging",
    ];
    if templates.iter().any(|key| change.differs(&["spec", key]).is_some()) {
        effects.push(Effect::new(
            Danger::Restart,
            "calico-node restarts on every node, one after the other; running pods keep their connections",
        ));
    }
    if change.differs(&["spec", "nodeUpdateStrategy"]).is_some() {
        effects.push(Effect::new(
            Danger::Note,
            "the next rollout of calico-node takes more, or fewer, nodes at once",
        ));
    }
    effects
}
