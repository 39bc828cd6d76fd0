//! An Application is what is planned, synced and healthy.

use super::{Comparison, Kind, conditions, nothing_foreign, spec_only};
use crate::verify::asked::Asked;
use crate::verify::identity::Identity;
use serde_json::Value;

pub const APPLICATION: Kind = Kind {
    group: "argoproj.io",
    kind: "Application",
    resource: "applications.argoproj.io",
    everywhere: false,
    compare,
    foreign,
};
pub const PROJECT: Kind = Kind {
    kind: "AppProject",
    resource: "appprojects.argoproj.io",
    compare: spec_only,
    foreign: nothing_foreign,
    ..APPLICATION
};

fn compare(comparison: &mut Comparison<'_>) {
    comparison.fields("spec", &|path, _| path == "spec.syncPolicy.automated");
    let text = |pointer: &str| comparison.live_text(pointer).map(str::to_owned);
    let (sync, health) = (text("/status/sync/status"), text("/status/health/status"));
    let (phase, message) = (text("/status/operationState/phase"), text("/status/operationState/message"));
    for (path, wanted, live) in
        [("status.sync.status", "Synced", sync), ("status.health.status", "Healthy", health)]
    {
        if live.as_deref() != Some(wanted) {
            comparison.differs(path, Some(wanted.to_owned()), live);
        }
    }
    if let Some(phase) = phase.filter(|phase| phase != "Succeeded") {
        let live = [Some(phase), message].into_iter().flatten().collect::<Vec<_>>().join(": ");
        comparison.differs("status.operationState.phase", Some("Succeeded".to_owned()), Some(live));
    }
    // What was compared is not what is wanted: the status is of another revision of the spec.
    let compared = comparison.live_text("/status/sync/comparedTo/source/targetRevision");
    let wanted = comparison.planned.value.pointer("/spec/source/targetRevision").and_then(Value::as_str);
    if let (Some(compared), Some(wanted)) = (compared, wanted)
        && compared != wanted
    {
        let path = "status.sync.comparedTo.source.targetRevision";
        comparison.differs(path, Some(wanted.to_owned()), Some(compared.to_owned()));
    }
    for condition in conditions(comparison.live) {
        let kind = condition["type"].as_str().unwrap_or_default();
        if kind.ends_with("Error") || kind == "SharedResourceWarning" {
            let message = condition["message"].as_str().unwrap_or_default().to_owned();
            comparison.differs(&format!("status.conditions[{kind}]"), None, Some(message));
        }
    }
}

/// An Application of the plan's own project that the plan does not have would still apply what it applied once.
fn foreign(asked: &Asked, _: &Identity, application: &Value) -> Option<String> {
    let project = application.pointer("/spec/project").and_then(Value::as_str);
    (project == Some(asked.platform.as_str()))
        .then(|| "in the plan's project, and the plan does not have it".to_owned())
}
