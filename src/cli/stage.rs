//! `plan diff --stage`: the commits that get there where one cannot.

use crate::Inputs;
use crate::cli::failure::Failure;
use crate::cli::format::location::relative;
use crate::cli::place::{LOCK_FILE, PLAN_FILE};
use crate::cli::run::Status;
use crate::cli::terminal::Terminal;
use crate::diagnostics::{Diagnostic, Level};
use crate::diff::format::stages::{self, Commit};
use crate::diff::stage::{Staging, State, later, stage};
use crate::diff::with_plan;
use std::fs;
use std::path::Path;

/// Prints the states between two plans, each as a diff from the one before, or all as JSON; with `folder`, writes them too.
///
/// The status is 0 when one commit will do, 1 when several are needed, and 2 when no edit of the plan helps.
pub fn run(
    old: &Inputs,
    new: &Inputs,
    folder: Option<&Path>,
    is_json: bool,
    terminal: &mut Terminal,
) -> Result<Status, Failure> {
    let staging = stage(old, new).map_err(|found| errors(&found))?;
    let staging = match staging {
        Staging::One => {
            let left = later(old, new).map_err(|found| errors(&found))?;
            terminal.answer(&match is_json {
                true => json("one", &commits(old, new, &[]), &left),
                false => alone(&left),
            })?;
            return Ok(Status::Clean);
        }
        Staging::NoWay(why) if is_json => {
            terminal.answer(&json("none", &[], &why))?;
            return Ok(Status::NoAnswer);
        }
        Staging::NoWay(why) => {
            let message = format!("no commits in between get there:\n  {}", why.join("\n  "));
            return Err(Failure::new(message).help("`plan diff` says what to do about each"));
        }
        Staging::Several { states, left } => (states, left),
    };
    let (states, left) = staging;
    terminal.answer(&match is_json {
        true => json("several", &commits(old, new, &states), &left),
        false => text(old, new, &states, &left),
    })?;
    if let Some(folder) = folder {
        write(folder, &states)?;
        terminal.note(&format!("{} plans written to {}\n", states.len(), folder.display()));
    }
    Ok(Status::No)
}

fn json(answer: &str, commits: &[Commit], left: &[String]) -> String {
    format!("{:#}\n", stages::value(answer, commits, left))
}

/// The states between two plans, and the new plan itself.
fn commits(old: &Inputs, new: &Inputs, states: &[State]) -> Vec<Commit> {
    let name = relative(&new.plan.name);
    let (_, lock) = with_plan("", new, |_, output| output.lock.clone());
    let last = State {
        title: LAST.to_owned(),
        plan: new.plan.text.to_string(),
        lock: lock.unwrap_or_default(),
        by_hand: Vec::new(),
    };
    let mut before = old.plan.text.as_str();
    let mut commits = Vec::new();
    for state in states.iter().chain([&last]) {
        commits.push(Commit {
            title: state.title.clone(),
            plan: state.plan.clone(),
            lock: state.lock.clone(),
            patch: difference(&name, before, &state.plan),
            by_hand: state.by_hand.clone(),
        });
        before = &state.plan;
    }
    commits
}

/// What the last commit is.
const LAST: &str = "what the plan says";

/// One commit will do, even if it takes a while.
fn alone(left: &[String]) -> String {
    let mut text = "one commit will do".to_owned();
    if !left.is_empty() {
        text.push_str(", and takes effect after a while, or when a person has helped:");
    }
    text.push('\n');
    left.iter().for_each(|what| text.push_str(&format!("    {what}\n")));
    text
}

fn errors(found: &[Diagnostic]) -> Failure {
    let errors = found.iter().filter(|finding| finding.level == Level::Error);
    let words: Vec<String> =
        errors.map(|finding| format!("{}: {}", finding.rule.name, finding.message)).collect();
    Failure::new(format!("a plan has errors:\n  {}", words.join("\n  "))).help("`plan check` shows where")
}

/// Text that `git apply` takes as one series: what stands between the diffs, it passes over.
fn text(old: &Inputs, new: &Inputs, states: &[State], left: &[String]) -> String {
    let all = states.len() + 1;
    let name = relative(&new.plan.name);
    let mut text = format!(
        "{all} commits get there; each plan compiles, and each can be applied once the one before is.\n"
    );
    if !left.is_empty() {
        text.push_str("\nNo commit gets around this, and a person has to help:\n");
        left.iter().for_each(|what| text.push_str(&format!("    {what}\n")));
    }
    let mut before = old.plan.text.as_str();
    for (at, state) in states.iter().enumerate() {
        text.push_str(&format!("\n{}/{all} {}\n", at + 1, state.title));
        for hand in &state.by_hand {
            text.push_str(&format!("    before the next one: {hand}\n"));
        }
        text.push_str(&difference(&name, before, &state.plan));
        before = &state.plan;
    }
    text.push_str(&format!("\n{all}/{all} {LAST}\n"));
    text.push_str(&difference(&name, before, &new.plan.text));
    text
}

fn difference(name: &str, before: &str, after: &str) -> String {
    let lines = similar::TextDiff::from_lines(before, after);
    lines.unified_diff().header(&format!("a/{name}"), &format!("b/{name}")).to_string()
}

/// One folder a state: the plan, its lock, and the message of the commit.
fn write(folder: &Path, states: &[State]) -> Result<(), Failure> {
    let is_empty = fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none());
    if !is_empty {
        let message = format!("`{}` is there and not empty", folder.display());
        return Err(Failure::new(message).help("name a new folder"));
    }
    for (at, state) in states.iter().enumerate() {
        let place = folder.join((at + 1).to_string());
        fs::create_dir_all(&place).map_err(Failure::system("make", &place))?;
        let hands = state.by_hand.iter().map(|hand| format!("\nBefore the next commit: {hand}\n"));
        let message = format!("{}\n{}", state.title, hands.collect::<String>());
        let files = [(PLAN_FILE, &state.plan), (LOCK_FILE, &state.lock), ("message.txt", &message)];
        for (name, text) in files {
            let file = place.join(name);
            fs::write(&file, text).map_err(Failure::system("write", &file))?;
        }
    }
    Ok(())
}
