//! A commit that no controller can apply becomes several that one can.
//!
//! The ways around of [`super::transition`] are edits of both plans. Here they become whole plans, and none is believed:
//! each is compiled, and each is compared with the one before as any other change. What still blocks is staged again.

mod edit;

pub use edit::Edit;

use super::transition::{Obstacle, RULES};
use super::{Context, Diff, Side, compare, with_plan};
use crate::Inputs;
use crate::diagnostics::{Diagnostic, Level};
use crate::source::Source;
use std::collections::BTreeSet;

/// One state in between, as edits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What the state is, as a phrase.
    pub title: String,
    pub edits: Vec<Edit>,
    /// What a person does before the next state.
    pub by_hand: Vec<String>,
    /// Whether the edits are made in the old plan and not in the new one.
    pub is_of_old: bool,
}

impl Step {
    /// A state that is the new plan with some edits; nothing without edits.
    pub fn new(title: impl Into<String>, edits: Vec<Edit>) -> Option<Step> {
        let step = Step { title: title.into(), edits, by_hand: Vec::new(), is_of_old: false };
        (!step.edits.is_empty()).then_some(step)
    }

    pub fn by_hand(mut self, what: String) -> Step {
        self.by_hand.push(what);
        self
    }

    pub fn of_old(mut self) -> Step {
        self.is_of_old = true;
        self
    }
}

/// A plan in between, compiled.
#[derive(Clone, Debug)]
pub struct State {
    pub title: String,
    pub plan: String,
    pub lock: String,
    /// What a person does before the next commit.
    pub by_hand: Vec<String>,
}

/// How to get from one plan to another.
#[derive(Debug)]
pub enum Staging {
    /// One commit will do.
    One,
    /// The states between, in their order; the last commit is the new plan itself. `left` is what blocks still, because no
    /// edit of a plan is a way around, and what a person does about it.
    Several { states: Vec<State>, left: Vec<String> },
    /// Something blocks, and no edit of the plan is a way around: what, or why a state does not compile.
    NoWay(Vec<String>),
}

/// More rounds than these mean that a way leads in a circle.
const ROUNDS: usize = 4;

/// The way from one plan to another. The error is what is wrong with one of both.
pub fn stage(old: &Inputs, new: &Inputs) -> Result<Staging, Vec<Diagnostic>> {
    let (diff, ways, _) = look(old, new)?;
    let has_way = |name: &str| ways.iter().any(|(rule, steps)| *rule == name && !steps.is_empty());
    let hopeless: Vec<&Obstacle> =
        diff.obstacles.iter().filter(|obstacle| obstacle.forever && !has_way(obstacle.name)).collect();
    let ignored: Ignored = hopeless.iter().map(|obstacle| obstacle.name).collect();
    let words: Vec<String> = hopeless.into_iter().map(in_words).collect();
    Ok(match between(old, new, ROUNDS, &ignored)? {
        Staging::One if !words.is_empty() => Staging::NoWay(words),
        Staging::Several { states, .. } => Staging::Several { states, left: words },
        Staging::NoWay(why) => Staging::NoWay(why.into_iter().chain(words).collect()),
        Staging::One => Staging::One,
    })
}

/// What is in the way of one commit for a while only, and what a person does about it.
pub fn later(old: &Inputs, new: &Inputs) -> Result<Vec<String>, Vec<Diagnostic>> {
    let (diff, _, _) = look(old, new)?;
    Ok(diff.obstacles.iter().filter(|obstacle| !obstacle.forever).map(in_words).collect())
}

fn in_words(obstacle: &Obstacle) -> String {
    format!("{}: {}; {}", obstacle.name, obstacle.sentence, obstacle.advice)
}

/// The way from one plan to another, as if some obstacles were none.
fn between(old: &Inputs, new: &Inputs, rounds: usize, ignored: &Ignored) -> Result<Staging, Vec<Diagnostic>> {
    let (diff, mut ways, locks) = look(old, new)?;
    let staging = by(old, new, (rounds, ignored), &diff, &ways, &locks)?;
    // What passes after a while needs no way around where that one leads nowhere.
    let lasts = |name: &str| diff.obstacles.iter().any(|found| found.forever && found.name == name);
    let before = ways.len();
    ways.retain(|(name, steps)| steps.is_empty() || lasts(name));
    match staging {
        Staging::NoWay(_) if ways.len() < before => by(old, new, (rounds, ignored), &diff, &ways, &locks),
        staging => Ok(staging),
    }
}

fn by(
    old: &Inputs,
    new: &Inputs,
    (rounds, ignored): (usize, &Ignored),
    diff: &Diff,
    ways: &Ways,
    locks: &(String, String),
) -> Result<Staging, Vec<Diagnostic>> {
    let blocked: Vec<String> = blocking(diff, ways, ignored);
    if blocked.is_empty() {
        return Ok(Staging::One);
    }
    let steps: Vec<Vec<Step>> =
        ways.iter().map(|(_, steps)| steps.clone()).filter(|steps| !steps.is_empty()).collect();
    if rounds == 0 || steps.is_empty() {
        return Ok(Staging::NoWay(blocked));
    }
    let mut states = Vec::new();
    for (step, is_of_old) in together(&steps) {
        let base = if is_of_old { old } else { new };
        let lock = if is_of_old { &locks.0 } else { &locks.1 };
        let Some(text) = edit::edited(&base.plan.text, &old.plan.text, &step.edits) else { continue };
        let inputs = inputs(base, &text, lock);
        let (found, output) = with_plan("", &inputs, |_, output| output.lock.clone());
        let Some(lock) = output else {
            let errors = found.iter().filter(|finding| finding.level == Level::Error);
            let words = errors.map(|finding| format!("in between, {}: {}", step.title, finding.message));
            return Ok(Staging::NoWay(blocked.into_iter().chain(words).collect()));
        };
        states.push((State { title: step.title, plan: text, lock, by_hand: step.by_hand }, base));
    }
    refine(old, new, states, rounds, ignored)
}

/// The same states, with more between those that still block each other.
fn refine(
    old: &Inputs,
    new: &Inputs,
    states: Vec<(State, &Inputs)>,
    rounds: usize,
    ignored: &Ignored,
) -> Result<Staging, Vec<Diagnostic>> {
    let mut all = Vec::new();
    let mut before = old.clone();
    for (state, base) in states {
        let now = inputs(base, &state.plan, &state.lock);
        match between(&before, &now, rounds - 1, ignored)? {
            Staging::One => {}
            Staging::Several { states, .. } => all.extend(states),
            Staging::NoWay(why) => return Ok(Staging::NoWay(why)),
        }
        before = now;
        all.push(state);
    }
    Ok(match between(&before, new, rounds - 1, ignored)? {
        Staging::One => Staging::Several { states: all, left: Vec::new() },
        Staging::Several { states, .. } => {
            all.extend(states);
            Staging::Several { states: all, left: Vec::new() }
        }
        Staging::NoWay(why) => Staging::NoWay(why),
    })
}

fn inputs(base: &Inputs, plan: &str, lock: &str) -> Inputs {
    let name = base.lock.as_ref().map_or("plan.lock", |lock| lock.name.as_str());
    Inputs {
        plan: Source::new(base.plan.name.clone(), plan),
        lock: Some(Source::new(name, lock)),
        templates: base.templates.clone(),
        runbook: base.runbook.clone(),
    }
}

/// Names of rules.
type Ignored = BTreeSet<&'static str>;

type Ways = Vec<(&'static str, Vec<Step>)>;

/// How two plans differ, the ways around by rule, and the locks that they leave.
fn look(old: &Inputs, new: &Inputs) -> Result<(Diff, Ways, (String, String)), Vec<Diagnostic>> {
    let (found, seen) = with_plan("before", old, |first, before| {
        with_plan("after", new, |second, after| {
            let diff = compare(first, second);
            let steps = ways(first, second, &diff);
            (diff, steps, (before.lock.clone(), after.lock.clone()))
        })
    });
    match seen {
        Some((_, Some(seen))) => Ok(seen),
        Some((found, None)) => Err(found),
        None => Err(found),
    }
}

fn ways(old: &Side<'_>, new: &Side<'_>, diff: &Diff) -> Ways {
    let context = Context { old, new, addresses: &diff.addresses, flows: &diff.flows };
    RULES.iter().map(|rule| (rule.name, rule.steps(&context, &diff.changes))).collect()
}

/// What has to be gone around: what blocks for ever, and what has a way around.
fn blocking(diff: &Diff, ways: &Ways, ignored: &Ignored) -> Vec<String> {
    let has_way = |name: &str| ways.iter().any(|(rule, steps)| *rule == name && !steps.is_empty());
    let blocks = diff.obstacles.iter().filter(|obstacle| obstacle.forever || has_way(obstacle.name));
    blocks.filter(|obstacle| !ignored.contains(obstacle.name)).map(in_words).collect()
}

/// The steps of several ways at once: the first ones together, then the second ones. A way whose edits are of the old plan
/// keeps its last ones until all are done; one of the new plan is through.
fn together(ways: &[Vec<Step>]) -> Vec<(Step, bool)> {
    let mut joined = Vec::new();
    for is_of_old in [true, false] {
        let ways: Vec<Vec<&Step>> =
            ways.iter().map(|way| way.iter().filter(|step| step.is_of_old == is_of_old).collect()).collect();
        let most = ways.iter().map(Vec::len).max().unwrap_or(0);
        for at in 0..most {
            let current = ways.iter().filter_map(|way| match is_of_old {
                true => way.get(at.min(way.len().saturating_sub(1))).copied(),
                false => way.get(at).copied(),
            });
            let fresh: Vec<&&Step> = ways.iter().filter_map(|way| way.get(at)).collect();
            let mut edits: Vec<Edit> = Vec::new();
            for edit in current.flat_map(|step| &step.edits) {
                if !edits.contains(edit) {
                    edits.push(edit.clone());
                }
            }
            let mut titles: Vec<&str> = fresh.iter().map(|step| step.title.as_str()).collect();
            titles.dedup();
            let mut by_hand: Vec<String> = fresh.iter().flat_map(|step| step.by_hand.clone()).collect();
            by_hand.dedup();
            let step = Step { title: titles.join("; "), edits, by_hand, is_of_old };
            joined.push((step, is_of_old));
        }
    }
    joined
}
