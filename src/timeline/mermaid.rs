//! A Gantt chart in Mermaid, which Git forges draw.

use crate::facts::Facts;
use crate::facts::stages::is_held;
use std::fmt::Write;

/// The chart, without a fence. Without a beginning in the plan it begins at midnight of the first day of 2000, and the axis
/// shows hours alone.
pub fn mermaid(facts: &Facts<'_>) -> String {
    let stages = &facts.stages;
    let start = stages.start.or_else(|| crate::time::Moment::parse("2000-01-01 00:00"));
    let Some(start) = start else { return String::new() };
    let axis = if stages.start.is_some() { "%a %H:%M" } else { "%d. %H:%M" };
    let mut text = format!(
        "gantt\n    title {}\n    dateFormat YYYY-MM-DD HH:mm\n    axisFormat {axis}\n",
        facts.resolved.name
    );
    let mut section = None;
    for (at, stage) in facts.resolved.stages.iter().enumerate() {
        let on = stage.on.map(|on| facts.resolved.cluster(on).name);
        if section != Some(on) {
            let _ = writeln!(text, "    section {}", on.unwrap_or("every cluster"));
            section = Some(on);
        }
        let slot = stages.schedule.slots[at];
        let tags = if slot.critical { "crit, " } else { "" };
        if is_held(stage) {
            let _ = writeln!(text, "    go for {} :milestone, {}, 0m", stage.name, start.plus(slot.start));
        }
        let _ = writeln!(
            text,
            "    {} :{tags}s{}, {}, {}m",
            stage.name,
            at + 1,
            start.plus(slot.start),
            (slot.end - slot.start) / 60
        );
    }
    text
}
