//! The timeline for programs.

use crate::facts::Facts;
use crate::facts::stages::is_held;
use serde_json::{Value, json};

/// Seconds are counted from the beginning; `begins` is there when the plan says when that is.
pub fn json(facts: &Facts<'_>) -> String {
    let stages = &facts.stages;
    let resolved = &facts.resolved;
    let names = |list: &[usize]| list.iter().map(|at| resolved.stages[*at].name).collect::<Vec<_>>();
    let rows: Vec<Value> = (resolved.stages.iter().enumerate())
        .map(|(at, stage)| {
            let slot = stages.schedule.slots[at];
            json!({
                "stage": stage.name,
                "on": stage.on.map(|on| resolved.cluster(on).name),
                "after": names(&stages.graph.after[at]),
                "start": slot.start,
                "end": slot.end,
                "latest_start": slot.latest_start,
                "slack": slot.slack(),
                "critical": slot.critical,
                "hold": is_held(stage),
            })
        })
        .collect();
    let outages: Vec<Value> = (stages.outages.iter())
        .map(|outage| {
            json!({
                "service": resolved.service(outage.service).path(),
                "cluster": resolved.cluster(resolved.service(outage.service).cluster).name,
                "from": outage.from,
                "to": outage.to,
            })
        })
        .collect();
    let document = json!({
        "format_version": 1,
        "plan": resolved.name,
        "begins": stages.start.map(|start| start.to_string()),
        "length": stages.schedule.length,
        "allowed": stages.allowed,
        "critical_path": names(&stages.schedule.critical),
        "stages": rows,
        "outages": outages,
    });
    format!("{document:#}\n")
}
