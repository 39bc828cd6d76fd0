//! Values of a chart end in the pods that it makes.

use super::{Effect, Rule};
use crate::diff::change::{Change, What};
use crate::diff::context::Context;
use crate::diff::danger::Danger;

pub static RULE: Rule = Rule {
    name: "chart-values",
    about: "a chart gets other values: MetalLB's speakers, Seldon's runtimes, or the chart of a service",
    find,
};

fn find(_: &Context<'_>, change: &Change) -> Vec<Effect> {
    let id = change.id();
    let is_values = id.is_file() && id.name.starts_with("values/");
    if !is_values || change.both().is_none() || change.what() == What::Moved || change.fields.is_empty() {
        return Vec::new();
    }
    let file = id.name.rsplit('/').next().unwrap_or_default();
    // What only the Service of the chart gets restarts no pod.
    let only_service = change.fields.iter().all(|field| {
        let name = field.name();
        [
            "annotations",
            "loadBalancer",
            "externalTrafficPolicy",
            "allocateLoadBalancerNodePorts",
            "type",
            "nodePort",
        ]
        .iter()
        .any(|part| name.contains(part))
    });
    let effect = match file {
        "metallb.yaml" => Effect::new(
            Danger::Restart,
            "MetalLB's controller or speakers restart: each address is silent while the node that answers for it restarts",
        ),
        "tigera-operator.yaml" => {
            Effect::new(Danger::Restart, "Calico's operator restarts; the network goes on without it")
        }
        "seldon-core-v2-setup.yaml" => {
            Effect::new(Danger::Restart, "Seldon's controller restarts, and runtimes get what it is told")
        }
        "seldon-core-v2-runtime.yaml" | "seldon-core-v2-servers.yaml" => Effect::new(
            Danger::Restart,
            "the pods of this Seldon runtime restart: models are loaded again, and requests fail until they are",
        ),
        _ if only_service => Effect::new(Danger::Note, "the chart writes its Service anew; its pods stay"),
        _ => Effect::new(
            Danger::Restart,
            "the chart is upgraded with other values, which may replace its pods",
        ),
    };
    vec![effect.advice(match file {
        "metallb.yaml" | "tigera-operator.yaml" => "",
        file if file.starts_with("seldon") => "",
        _ => "if the controller does not install this chart itself, run `helm upgrade` with the new values",
    })]
}
