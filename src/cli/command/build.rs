//! `plan build`: writes the tree of each plan and its lock, when nothing is wrong with it.

use crate::cli::compile::{Compiled, compile};
use crate::cli::failure::Failure;
use crate::cli::format::Purpose;
use crate::cli::lock::{self, Waiting};
use crate::cli::place::{Place, find};
use crate::cli::run::{Built, PlanRun, Status, status};
use crate::cli::terminal::Terminal;
use crate::tree::{self, WriteError, WriteOptions};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Write the tree of each plan, and its lock
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Files, or folders with a migration.toml
    #[arg(value_name = "PLAN")]
    plans: Vec<PathBuf>,
    /// Write each tree to DIR/NAME [default: `out` beside the folder `plans`, or beside the plan]
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Fail if plan.lock would change
    #[arg(long)]
    locked: bool,
    /// Overwrite files that were edited by hand or belong to somebody else
    #[arg(long)]
    force: bool,
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let places = find(&arguments.plans)?;
    let roots: Vec<PathBuf> = places.iter().map(|place| place.output(arguments.out.as_deref())).collect();
    refuse_one_root_for_two(&places, &roots)?;
    let mut runs = Vec::new();
    for (place, root) in places.into_iter().zip(roots) {
        let run = build(&place, &root, arguments, terminal.deny_warnings);
        runs.push(run.unwrap_or_else(|failure| PlanRun::failed(place, failure)));
    }
    terminal.report(&runs, Purpose::Remark)?;
    terminal.summarize(&runs);
    Ok(status(&runs, terminal.deny_warnings))
}

/// Two plans that wrote one tree would remove each other's files in turn.
fn refuse_one_root_for_two(places: &[Place], roots: &[PathBuf]) -> Result<(), Failure> {
    let mut writers: BTreeMap<&Path, &Place> = BTreeMap::new();
    for (place, root) in places.iter().zip(roots) {
        if let Some(other) = writers.insert(root, place) {
            let (first, second) = (other.shown(), place.shown());
            let message = format!("`{first}` and `{second}` would both write `{}`", root.display());
            return Err(Failure::new(message).help("build them one by one, each with another --out"));
        }
    }
    Ok(())
}

fn build(place: &Place, root: &Path, arguments: &Arguments, deny_warnings: bool) -> Result<PlanRun, Failure> {
    // Held to the end: the lock that is read here is the one that is replaced.
    let _alone = lock::alone(place)?;
    let Compiled { mut run, output, lock: old, platform, .. } = compile(place, true, |_| ())?;
    let Some(output) = output.filter(|_| !run.is_denied(deny_warnings)) else { return Ok(run) };
    let differs = old.as_ref().is_none_or(|old| old.text != output.lock);
    if arguments.locked {
        run.lock_changes = lock::changes(old.as_ref(), &output.lock);
        if !run.lock_changes.is_empty() {
            return Ok(run);
        }
    }
    // The same entries in other words, such as Windows' line ends, are left to a build that may write the lock.
    let waiting = match differs && !arguments.locked {
        true => Some(Waiting::write(place, &output.lock)?),
        false => None,
    };
    if waiting.is_none() && !arguments.locked {
        lock::clear(place);
    }
    let options = WriteOptions { force: arguments.force, ..WriteOptions::new(platform.clone()) };
    match tree::write(root, &output.tree, &options) {
        Ok(report) => {
            let lock_written = waiting.is_some();
            let replaced = waiting.map_or(Ok(()), Waiting::replace);
            run.refused = replaced.err().map(|failure| (Status::NoAnswer, failure));
            let (root, files) = (root.to_owned(), output.tree.len());
            run.built = Some(Built { platform, root, files, report, lock_written });
        }
        Err(error) => {
            // What somebody put in the way is an answer; a disk that fails is none.
            let status = match error {
                WriteError::Refused { .. } => Status::No,
                _ => Status::NoAnswer,
            };
            run.refused = Some((status, Failure::new(error.to_string()).help(error.help())));
        }
    }
    Ok(run)
}
