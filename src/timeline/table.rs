//! One line a stage, in the order of the plan, and the critical path below.

use super::long;
use crate::facts::Facts;
use crate::facts::stages::is_held;
use std::fmt::Write;

/// The timeline as columns.
pub fn table(facts: &Facts<'_>) -> String {
    let stages = &facts.stages;
    let header =
        ["stage", "on", "starts", "ends", "takes", "slack", "critical", "waits for"].map(str::to_owned);
    let mut rows = vec![header.to_vec()];
    for (at, stage) in facts.resolved.stages.iter().enumerate() {
        let slot = stages.schedule.slots[at];
        let names = |list: &[usize]| {
            list.iter().map(|at| facts.resolved.stages[*at].name).collect::<Vec<_>>().join(", ")
        };
        let mut waits = names(&stages.graph.after[at]);
        if is_held(stage) {
            waits.push_str(if waits.is_empty() { "a person" } else { ", a person" });
        }
        if let Some(window) = &stage.written.window {
            let _ = write!(waits, "{}{}", if waits.is_empty() { "" } else { ", " }, window.value);
        }
        rows.push(vec![
            stage.name.to_owned(),
            stage.on.map_or("-".to_owned(), |on| facts.resolved.cluster(on).name.to_owned()),
            stages.clock(slot.start),
            stages.clock(slot.end),
            stage.written.takes.as_ref().map_or("-".to_owned(), |takes| takes.value.to_string()),
            long(slot.slack()),
            if slot.critical { "yes" } else { "-" }.to_owned(),
            if waits.is_empty() { "-".to_owned() } else { waits },
        ]);
    }
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let cells: Vec<String> =
            row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    let path: Vec<&str> = stages.schedule.critical.iter().map(|at| facts.resolved.stages[*at].name).collect();
    let _ = writeln!(text, "\ncritical path: {}, {}", path.join(" -> "), long(stages.schedule.length));
    if let Some(allowed) = stages.allowed {
        let _ = writeln!(text, "allowed: {}", long(allowed));
    }
    text
}
