//! Nothing answers where no pod runs.

use super::{Effect, Rule};
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use serde_json::Value;

pub static RULE: Rule = Rule { name: "replicas", about: "a workload runs more or fewer pods, or none", find };

fn find(_: &Context<'_>, change: &Change) -> Vec<Effect> {
    if change.both().is_none()
        || !matches!(change.id().kind.as_str(), "Deployment" | "StatefulSet" | "Server")
    {
        return Vec::new();
    }
    let Some((old, new)) = change.differs(&["spec", "replicas"]) else { return Vec::new() };
    let number = |value: Option<&Value>| value.and_then(Value::as_u64).unwrap_or(1);
    let (was, is) = (number(old), number(new));
    let effect = match (was, is) {
        (_, 0) => Effect::new(
            Danger::Disruptive,
            format!("all {was} pods are stopped, and nothing takes their place"),
        ),
        (was, is) if is < was => {
            Effect::new(Danger::Restart, format!("{} of {was} pods are stopped", was - is))
        }
        _ => Effect::new(Danger::Note, format!("{is} pods run in place of {was}")),
    };
    vec![effect]
}
