//! Another release of Calico, MetalLB, Seldon or a chart restarts what it is made of.

use super::{Effect, Rule};
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use crate::diff::upgrade::{Upgrade, upgrade};
use serde_json::Value;

pub static RULE: Rule =
    Rule { name: "upstream-release", about: "a chart is installed in another release than before", find };

fn find(_: &Context<'_>, change: &Change) -> Vec<Effect> {
    let Some((old, new)) = change.both() else { return Vec::new() };
    let (was, is) = (charts(&old.value), charts(&new.value));
    let mut effects = Vec::new();
    for (chart, old) in &was {
        let Some((_, new)) = is.iter().find(|(other, _)| other == chart) else { continue };
        let Some(step) = upgrade(old, new) else { continue };
        let sentence =
            format!("chart `{chart}` goes from {old} to {new}, {}: {}", step.words(), restarts(chart));
        let danger = match step {
            Upgrade::Patch | Upgrade::Minor => Danger::Restart,
            // What a newer release wrote, an older one may not read.
            Upgrade::Down => Danger::Irreversible,
            Upgrade::Skipped(_) | Upgrade::Major => Danger::Disruptive,
        };
        let advice = match step {
            Upgrade::Patch | Upgrade::Minor => "",
            Upgrade::Down => {
                "upstream supports upgrades alone: CRDs and what is stored in them stay in the newer form"
            }
            Upgrade::Skipped(_) => {
                "go over each minor release, or read the upgrade notes of all that are passed over"
            }
            Upgrade::Major => "read the upgrade notes: values and CRDs change with a major release",
        };
        effects.push(Effect::new(danger, sentence).advice(advice));
    }
    effects
}

/// Chart and release of an Application or a HelmRelease.
fn charts(value: &Value) -> Vec<(String, String)> {
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let mut found = Vec::new();
    let spec = value.get("spec").unwrap_or(&Value::Null);
    let sources =
        spec.get("sources").and_then(Value::as_array).into_iter().flatten().chain(spec.get("source"));
    for source in sources {
        found.extend(text(source, "chart").zip(text(source, "targetRevision")));
    }
    if let Some(chart) = spec.pointer("/chart/spec") {
        found.extend(text(chart, "chart").zip(text(chart, "version")));
    }
    found
}

fn restarts(chart: &str) -> &'static str {
    match chart {
        "metallb" => {
            "the controller and the speaker of every node are replaced, and each address is silent while the node that answers for it restarts"
        }
        "tigera-operator" => {
            "the operator replaces calico-node on every node, one after the other; running pods keep their connections"
        }
        "seldon-core-v2-crds" => "the definitions of Seldon's objects change under those that exist",
        "seldon-core-v2-setup" => "the controller restarts, and every runtime gets the new images",
        "seldon-core-v2-runtime" | "seldon-core-v2-servers" => {
            "the pods of the runtime restart, and models are loaded again"
        }
        _ => "its pods are replaced",
    }
}
