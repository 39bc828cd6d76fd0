//! Kubernetes goes from one minor release to the next, the control plane before the nodes.

use super::{Effect, Rule};
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use crate::diff::side::Side;
use crate::diff::upgrade::{Upgrade, upgrade};

pub static RULE: Rule =
    Rule { name: "kubernetes-release", about: "a cluster runs another release of Kubernetes", find };

/// Asked once for a cluster: of its variables for all hosts.
fn find(context: &Context<'_>, change: &Change) -> Vec<Effect> {
    let id = change.id();
    if !id.is_file() || !id.name.ends_with("/group_vars/all/plan.yaml") {
        return Vec::new();
    }
    let Some(cluster) = id.cluster.as_deref() else { return Vec::new() };
    let (Some(was), Some(is)) = (release(context.old, cluster), release(context.new, cluster)) else {
        return Vec::new();
    };
    let Some(step) = upgrade(&was, &is) else { return Vec::new() };
    let sentence = format!(
        "Kubernetes of `{cluster}` goes from {was} to {is}, {}: the API server restarts, and each node when it is upgraded",
        step.words()
    );
    // kubernetes docs, setup/release/version-skew-policy.
    vec![match step {
        Upgrade::Patch | Upgrade::Minor => Effect::new(Danger::Restart, sentence).advice("upgrade the servers first, then one agent after the other"),
        Upgrade::Down => Effect::new(Danger::Irreversible, sentence).advice("a downgrade is not supported: etcd and stored objects stay in the newer form; restore a snapshot instead"),
        Upgrade::Skipped(_) | Upgrade::Major => Effect::new(Danger::Disruptive, sentence).advice("go over each minor release: `plan diff --stage` writes the steps"),
    }]
}

/// The release of a cluster as it is written.
pub fn release(side: &Side<'_>, cluster: &str) -> Option<String> {
    let resolved = &side.facts()?.resolved;
    let cluster = resolved.clusters.iter().find(|other| other.name == cluster)?;
    Some(cluster.version.to_string())
}
