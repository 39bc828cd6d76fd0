//! A picture of the timeline: a bar for each stage, what it may be late by behind it, and the hours below.

use super::long;
use crate::facts::Facts;
use crate::facts::stages::is_held;
use std::fmt::Write;

/// A letter of a name.
const LETTER: u64 = 8;
const WIDTH: u64 = 760;
const ROW: u64 = 34;
const TOP: u64 = 40;

/// One `<svg>` with its own style, on a light and on a dark page.
pub fn svg(facts: &Facts<'_>) -> String {
    let stages = &facts.stages;
    let length = stages.schedule.length.max(1);
    let count = facts.resolved.stages.len() as u64;
    let height = TOP + count * ROW + 40;
    let longest = facts.resolved.stages.iter().map(|stage| stage.name.len() as u64).max().unwrap_or_default();
    let left = 30 + longest.max(8) * LETTER;
    let at = |seconds: u64| left + seconds * WIDTH / length;
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {height}\" width=\"{}\" height=\"{height}\" role=\"img\" \
         aria-label=\"{}\" class=\"timeline\">\n{STYLE}",
        left + WIDTH + 30,
        left + WIDTH + 30,
        escaped(&format!("Timeline of {}, {}", facts.resolved.name, long(stages.schedule.length)))
    );
    let step = tick(length);
    let mut mark = 0;
    while mark <= length {
        let _ = writeln!(
            text,
            "<line class=\"grid\" x1=\"{x}\" x2=\"{x}\" y1=\"{TOP}\" y2=\"{bottom}\"/><text class=\"tick\" x=\"{x}\" y=\"{label}\">{}</text>",
            clock(facts, mark),
            x = at(mark),
            bottom = TOP + count * ROW,
            label = TOP + count * ROW + 18,
        );
        mark += step;
    }
    for (index, stage) in facts.resolved.stages.iter().enumerate() {
        let slot = stages.schedule.slots[index];
        let y = TOP + index as u64 * ROW;
        let (start, end) = (at(slot.start), at(slot.end).max(at(slot.start) + 2));
        let title = format!(
            "{}: {} to {}, {}{}",
            stage.name,
            stages.clock(slot.start),
            stages.clock(slot.end),
            if slot.critical {
                "on the critical path".to_owned()
            } else {
                format!("slack {}", long(slot.slack()))
            },
            if is_held(stage) { ", waits for a person" } else { "" },
        );
        let _ = writeln!(text, "<g><title>{}</title>", escaped(&title));
        let _ = writeln!(
            text,
            "<text class=\"name\" x=\"{}\" y=\"{}\">{}</text>",
            left - 10,
            y + 20,
            escaped(stage.name)
        );
        if slot.slack() > 0 {
            let late = at(slot.latest_start + (slot.end - slot.start));
            let _ = writeln!(
                text,
                "<rect class=\"slack\" x=\"{end}\" y=\"{}\" width=\"{}\" height=\"6\"/>",
                y + 12,
                late.saturating_sub(end)
            );
        }
        let class = if slot.critical { "stage critical" } else { "stage" };
        let _ = writeln!(
            text,
            "<rect class=\"{class}\" x=\"{start}\" y=\"{}\" width=\"{}\" height=\"22\" rx=\"3\"/>",
            y + 4,
            end - start
        );
        if is_held(stage) {
            let _ = writeln!(text, "<path class=\"hold\" d=\"M{start} {} l7 11 l-7 11 l-7 -11 z\"/>", y + 4);
        }
        text.push_str("</g>\n");
    }
    text.push_str("</svg>\n");
    text
}

const STYLE: &str = "<style>.timeline{font:13px sans-serif}.timeline text{fill:#222}.timeline .name{text-anchor:end}\
.timeline .tick{font-size:11px;text-anchor:middle}.timeline .grid{stroke:#ccc}.timeline .stage{fill:#5b8db8}\
.timeline .critical{fill:#c4551d}.timeline .slack{fill:#9db8cc}.timeline .hold{fill:#fff;stroke:#222;stroke-width:1.5}\
@media (prefers-color-scheme:dark){.timeline text{fill:#ddd}.timeline .grid{stroke:#444}.timeline .hold{fill:#222;stroke:#ddd}}\
</style>\n";

/// The distance of two marks: so that there are at most a dozen.
fn tick(length: u64) -> u64 {
    let hour = 3600;
    let steps = [hour / 4, hour / 2, hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour, 24 * hour];
    let fits = |step: &u64| length / step <= 12;
    steps.into_iter().find(fits).unwrap_or_else(|| (length / 12 / (24 * hour) + 1) * 24 * hour)
}

fn clock(facts: &Facts<'_>, seconds: u64) -> String {
    match facts.stages.start {
        Some(start) => {
            let moment = start.plus(seconds);
            let text = moment.to_string();
            format!("{} {}", moment.weekday(), text.rsplit(' ').next().unwrap_or_default())
        }
        None => format!("+{}", long(seconds)),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
