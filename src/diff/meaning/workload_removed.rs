//! Pods go with the workload that made them.

use super::{Effect, Rule};
use crate::diff::change::{Change, What};
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use crate::diff::departure::Departure;

pub static RULE: Rule = Rule { name: "workload-removed", about: "a workload goes, with all its pods", find };

const WORKLOADS: [(&str, &str); 5] = [
    ("apps", "Deployment"),
    ("apps", "DaemonSet"),
    ("apps", "ReplicaSet"),
    ("", "Pod"),
    ("batch", "CronJob"),
];

fn find(context: &Context<'_>, change: &Change) -> Vec<Effect> {
    let is_workload = WORKLOADS.iter().any(|(group, kind)| change.is(group, kind));
    let Some(old) = change.old.as_ref().filter(|_| is_workload && change.what() == What::Removed) else {
        return Vec::new();
    };
    let what = if old.id.kind == "CronJob" {
        "it never runs again"
    } else {
        "its pods stop, and nothing takes their place"
    };
    match context.departure(old) {
        None | Some(Departure::Pruned) => vec![Effect::new(Danger::Disruptive, what)],
        Some(departure) => {
            let sentence = format!("{}: then {what}", departure.words(context.controller()));
            vec![Effect::new(Danger::Note, sentence).advice(departure.advice(old))]
        }
    }
}
