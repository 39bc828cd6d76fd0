//! The stages in time: one bar a stage, the ones that decide the end marked, and how late each may start.

use crate::facts::Facts;
use crate::facts::stages::is_held;
use crate::model::values::Duration;
use serde::Serialize;

/// The drawing, and the same as a table.
#[derive(Serialize)]
pub struct Timeline {
    pub width: usize,
    pub height: usize,
    /// When the first stage begins, where the plan says so.
    pub begins: String,
    pub length: String,
    pub ticks: Vec<Tick>,
    pub stages: Vec<Stage>,
    /// Services that are away for a while: service, from, to, how long.
    pub outages: Vec<[String; 4]>,
}

#[derive(Serialize)]
pub struct Tick {
    pub x: usize,
    pub label: String,
}

/// A bar and a row.
#[derive(Serialize)]
pub struct Stage {
    pub y: usize,
    pub x: usize,
    pub width: usize,
    /// How far the bar could move to the right.
    pub slack_width: usize,
    pub number: usize,
    pub name: String,
    /// As much of the name as there is room for.
    pub label: String,
    pub on: String,
    pub from: String,
    pub to: String,
    pub takes: String,
    pub slack: String,
    pub critical: bool,
    pub held: bool,
    pub after: String,
    pub risk: &'static str,
    pub rollback: String,
}

/// Pixels: where the bars begin, how far they reach, the height of a line and of the axis.
const LEFT: usize = 90;
const SPAN: usize = 860;
/// A letter of a name, and how many are written at most.
const LETTER: usize = 8;
const LONGEST: usize = 28;
const LINE: usize = 40;
const AXIS: usize = 34;
/// Room for what stands beside the last bar.
const BESIDE: usize = 90;

/// Nothing for a plan without stages.
pub fn timeline(facts: &Facts<'_>) -> Option<Timeline> {
    let (resolved, stages) = (&facts.resolved, &facts.stages);
    if resolved.stages.is_empty() {
        return None;
    }
    let schedule = &stages.schedule;
    let length = schedule.length.max(1);
    let longest = resolved.stages.iter().map(|stage| stage.name.len()).max().unwrap_or_default();
    let left = LEFT + longest.clamp(10, LONGEST) * LETTER - 40;
    let x = |seconds: u64| left + usize::try_from(seconds * SPAN as u64 / length).unwrap_or(SPAN);
    let words = |seconds: u64| Duration { seconds }.to_string();
    let row = |(at, stage): (usize, &crate::resolve::Stage<'_>)| {
        let slot = &schedule.slots[at];
        let (of_stage, start) = (&stages.stages[at], x(slot.start));
        let after: Vec<&str> =
            stages.graph.after[at].iter().map(|before| resolved.stages[*before].name).collect();
        Stage {
            y: AXIS + at * LINE,
            x: start,
            width: (x(slot.end) - start).max(3),
            slack_width: x(slot.end + slot.slack()).saturating_sub(x(slot.end)),
            number: of_stage.number,
            label: match stage.name.len() > LONGEST {
                true => format!("{}…", &stage.name[..LONGEST - 2]),
                false => stage.name.to_owned(),
            },
            name: stage.name.to_owned(),
            on: stage.on.map_or(String::new(), |on| resolved.cluster(on).name.to_owned()),
            from: stages.clock(slot.start),
            to: stages.clock(slot.end),
            takes: words(slot.end - slot.start),
            slack: if slot.slack() == 0 { "none".to_owned() } else { words(slot.slack()) },
            critical: slot.critical,
            held: is_held(stage),
            after: after.join(", "),
            risk: of_stage.risk.word(),
            rollback: match of_stage.rollback.to {
                Some(to) => {
                    format!("to {} in {}", resolved.cluster(to).name, words(of_stage.rollback.seconds))
                }
                None if of_stage.rollback.undo.is_empty() => "nothing to undo".to_owned(),
                None => format!("undone in {}", words(of_stage.rollback.seconds)),
            },
        }
    };
    let outage = |outage: &crate::facts::stages::Outage| {
        [
            resolved.service(outage.service).path(),
            stages.clock(outage.from),
            stages.clock(outage.to),
            words(outage.to - outage.from),
        ]
    };
    Some(Timeline {
        width: left + SPAN + BESIDE,
        height: AXIS + resolved.stages.len() * LINE + 6,
        begins: stages.start.map(|_| stages.clock(0)).unwrap_or_default(),
        length: words(schedule.length),
        ticks: ticks(length).map(|seconds| Tick { x: x(seconds), label: words(seconds) }).collect(),
        stages: resolved.stages.iter().enumerate().map(row).collect(),
        outages: stages.outages.iter().map(outage).collect(),
    })
}

/// At most nine round numbers of seconds up to an end.
fn ticks(length: u64) -> impl Iterator<Item = u64> {
    const STEPS: &[u64] = &[60, 300, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400];
    let step = STEPS.iter().copied().find(|step| length / step <= 8);
    let step = step.unwrap_or_else(|| length.div_ceil(8).next_multiple_of(86_400));
    (0..=length / step).map(move |at| at * step)
}

#[cfg(test)]
mod tests {
    use super::ticks;

    #[test]
    fn an_axis_has_few_round_numbers() {
        assert_eq!(ticks(48 * 3600).collect::<Vec<_>>(), (0..=8).map(|at| at * 21_600).collect::<Vec<_>>());
        for length in [1, 59, 3600, 90_000, 100 * 86_400] {
            assert!(ticks(length).count() <= 9, "{length}");
        }
    }
}
