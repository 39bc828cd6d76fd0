//! Which `kubectl get` a comparison needs, by the kinds that the plan has at that stage.

use super::asked::Asked;
use super::kinds::{KINDS, Kind};
use super::planned::planned;
use crate::tree::Tree;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// Kinds of which an unplanned object matters, so they are asked for wherever the plan has one of their group.
const FOREIGN: &[(&str, &str)] = &[
    ("", "Namespace"),
    ("", "Node"),
    ("", "Service"),
    ("metallb.io", "BGPAdvertisement"),
    ("metallb.io", "BGPPeer"),
    ("metallb.io", "IPAddressPool"),
    ("metallb.io", "L2Advertisement"),
    ("networking.k8s.io", "NetworkPolicy"),
    ("projectcalico.org", "BGPPeer"),
    ("projectcalico.org", "GlobalNetworkPolicy"),
    ("projectcalico.org", "IPPool"),
    ("projectcalico.org", "NetworkPolicy"),
];

/// A pipe for a shell: kubectl reads each kind, and `plan verify` compares. Kinds of one API group are read by one
/// command, for a group that the cluster does not serve yet fails as a whole.
pub fn commands(asked: &Asked, tree: Option<&Tree>, plan: &str) -> String {
    let mut wanted: BTreeSet<(String, String)> = BTreeSet::new();
    let objects = tree.into_iter().flat_map(|tree| planned(asked, tree));
    for object in objects.chain(asked.described.iter().cloned()).filter(|object| asked.is_due(object.due)) {
        wanted.insert((object.identity.group, object.identity.kind));
    }
    let served = |group: &str| {
        ["", "networking.k8s.io"].contains(&group) || wanted.iter().any(|(known, _)| known == group)
    };
    let foreign: Vec<_> = FOREIGN.iter().filter(|(group, _)| served(group)).collect();
    wanted.extend(foreign.into_iter().map(|(group, kind)| ((*group).to_owned(), (*kind).to_owned())));
    let mut groups: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (group, kind) in &wanted {
        let known = |known: &&&Kind| known.group == group && known.kind == kind;
        let resource = match KINDS.iter().find(known) {
            Some(kind) => kind.resource.to_owned(),
            None if group.is_empty() => format!("{}s", kind.to_lowercase()),
            None => format!("{}s.{group}", kind.to_lowercase()),
        };
        groups.entry(group).or_default().push(resource);
    }
    let mut text = String::from("{\n");
    for resources in groups.values() {
        let _ = writeln!(text, "kubectl get {} --all-namespaces --output json", resources.join(","));
    }
    if groups.contains_key("metallb.io") {
        text.push_str("# which node announces an address; older releases of MetalLB do not say\n");
        text.push_str("kubectl get servicel2statuses.metallb.io --all-namespaces --output json || true\n");
    }
    let stage = asked.stage.as_ref().map(|stage| format!(" --stage {stage}")).unwrap_or_default();
    let _ = writeln!(text, "}} | plan verify {plan}{stage} --cluster {} --live -", asked.cluster);
    text
}
