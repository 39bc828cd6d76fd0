//! Pods are replaced when their template changes, and only then.

use super::{Effect, Rule};
use crate::diff::change::{Change, What};
use crate::diff::context::Context;
use crate::diff::danger::Danger;

pub static RULE: Rule = Rule { name: "pods-restart", about: "pods of a workload are replaced", find };

fn find(_: &Context<'_>, change: &Change) -> Vec<Effect> {
    let id = change.id();
    if change.both().is_none() {
        return Vec::new();
    }
    // By another name it is another one, and the old pods know nothing of it.
    if change.what() == What::Renamed {
        let is_workload =
            ["Deployment", "StatefulSet", "DaemonSet"].iter().any(|kind| change.is("apps", kind));
        let sentence = "for Kubernetes it is another workload: the old pods go and new ones come, and neither waits for the other";
        return is_workload.then(|| Effect::new(Danger::Disruptive, sentence)).into_iter().collect();
    }
    let below = |path: &[&str]| change.fields.iter().any(|field| field.is_below(path));
    let effect = match (id.group.as_str(), id.kind.as_str()) {
        ("apps", "Deployment" | "StatefulSet" | "DaemonSet") if below(&["spec", "template"]) => {
            let how = match id.kind.as_str() {
                "Deployment" => "its pods are replaced, a few at a time",
                "StatefulSet" => "its pods are replaced one after the other, the last first",
                _ => "its pods are replaced on every node, one after the other",
            };
            Effect::new(Danger::Restart, how)
        }
        ("batch", "CronJob") if below(&["spec"]) => Effect::new(Danger::Note, "the next run is another one; those that run go on"),
        ("", "ConfigMap" | "Secret") if below(&["data"]) || below(&["stringData"]) || below(&["binaryData"]) => {
            Effect::new(Danger::Note, "pods that mount it see the new content within a minute; those that read it as variables, or once, need a restart")
                .advice("restart the workloads that use it: `kubectl rollout restart`")
        }
        ("mlops.seldon.io", "SeldonRuntime" | "ServerConfig" | "Server" | "SeldonConfig") if below(&["spec"]) => {
            Effect::new(Danger::Restart, "pods of the runtime restart: models are loaded again, and requests fail until they are")
        }
        _ => return Vec::new(),
    };
    vec![effect]
}
