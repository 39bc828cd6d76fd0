//! `plan check`: what is wrong with the plans. It writes nothing but what `--fix` asks for.

use crate::cli::compile::compile;
use crate::cli::failure::Failure;
use crate::cli::fix::fix;
use crate::cli::format::Purpose;
use crate::cli::place::find;
use crate::cli::run::{PlanRun, Status, status};
use crate::cli::terminal::Terminal;
use crate::facts::Facts;
use crate::reach::profile::sentences;
use std::path::PathBuf;

/// Say what is wrong with plans; mend what is certain with --fix, write nothing without it
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Files, or folders with a migration.toml
    #[arg(value_name = "PLAN")]
    plans: Vec<PathBuf>,
    /// Mend in the plan what was certainly meant (a misspelt name, a shortened range); comments and layout stay
    #[arg(long)]
    fix: bool,
    /// With --fix: show what would change as a diff and write nothing; the status is 1 if anything would
    #[arg(long, requires = "fix")]
    diff: bool,
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    // A report for a program refers to the files as they lie on disk.
    let for_programs = terminal.format.for_programs;
    let mut runs = Vec::new();
    for place in find(&arguments.plans)? {
        let run = match arguments.fix {
            true => fix(&place, arguments.diff, for_programs),
            false => compile(&place, false, |facts| profiles(facts, terminal.verbose)).map(|compiled| {
                compiled
                    .seen
                    .into_iter()
                    .flatten()
                    .for_each(|sentence| terminal.note(&format!("{sentence}\n")));
                compiled.run
            }),
        };
        runs.push(run.unwrap_or_else(|failure| PlanRun::failed(place, failure)));
    }
    terminal.tell_fixes(&runs);
    if arguments.diff && !for_programs {
        let diffs: String = runs.iter().filter_map(|run| run.fixes.diff.as_deref()).collect();
        terminal.answer(&diffs)?;
        terminal.report(&runs, Purpose::Aside)?;
    } else {
        terminal.report(&runs, Purpose::Answer)?;
    }
    terminal.summarize(&runs);
    Ok(status(&runs, terminal.deny_warnings))
}

/// For which network plugins the plan is proved.
fn profiles(facts: &Facts<'_>, wanted: bool) -> Vec<String> {
    if wanted { sentences(facts) } else { Vec::new() }
}
