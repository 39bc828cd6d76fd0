//! A namespace takes everything in it along.

use super::{Effect, Rule};
use crate::diff::change::{Change, What};
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use crate::diff::departure::Departure;
use crate::diff::user::few;
use std::collections::BTreeMap;

pub static RULE: Rule =
    Rule { name: "namespace-removed", about: "a namespace goes, with everything in it", find };

/// Objects that are counted; what else was made in the namespace, nobody knows.
const KINDS: [&str; 10] = [
    "Service",
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "PersistentVolumeClaim",
    "Secret",
    "ConfigMap",
    "NetworkPolicy",
    "StagedKubernetesNetworkPolicy",
    "SeldonRuntime",
];

fn find(context: &Context<'_>, change: &Change) -> Vec<Effect> {
    let Some(old) = change.old.as_ref().filter(|_| change.is("", "Namespace")) else { return Vec::new() };
    if !matches!(change.what(), What::Removed | What::Renamed) {
        return Vec::new();
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for kind in KINDS {
        let objects = context.old.of_kind(kind);
        let inside = |id: &crate::diff::Id| {
            id.cluster == old.id.cluster && id.namespace.as_deref() == Some(&old.id.name)
        };
        let many = objects.iter().filter(|object| inside(&object.id)).count();
        if many > 0 {
            counts.insert(kind, many);
        }
    }
    let inside: Vec<String> = counts.iter().map(|(kind, many)| format!("{many} {kind}")).collect();
    let with = match inside.is_empty() {
        true => "everything that was made in it".to_owned(),
        false => format!("{} and everything else that was made in it, volumes and Secrets too", few(&inside)),
    };
    let controller = context.controller();
    let Some(departure) = context.departure(old) else {
        let sentence =
            format!("the namespace goes, with {with}, if whoever applies this deletes what leaves");
        return vec![Effect::new(Danger::Irreversible, sentence).advice("back up what holds data")];
    };
    let effect = match departure {
        Departure::Pruned => Effect::new(
            Danger::Irreversible,
            format!("{} deletes the namespace, with {with}", controller.word()),
        )
        .advice("back up what holds data; keep the namespace in the plan until it is empty"),
        Departure::Asked => Effect::new(
            Danger::Irreversible,
            format!("Argo CD waits until a person confirms; then it deletes the namespace, with {with}"),
        )
        .advice("confirm only when nothing in it is needed: volumes are not coming back"),
        Departure::Kept => Effect::new(
            Danger::Note,
            format!("the namespace `{}` stays until a person deletes it, with {with}", old.id.name),
        )
        .advice(departure.advice(old)),
    };
    vec![effect]
}
