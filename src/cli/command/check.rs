//! `plan check`: what is wrong with the plans. It writes nothing.

use crate::cli::compile::compile;
use crate::cli::failure::Failure;
use crate::cli::format::Purpose;
use crate::cli::place::find;
use crate::cli::run::{PlanRun, Status, status};
use crate::cli::terminal::Terminal;
use std::path::PathBuf;

/// Say what is wrong with plans, and write nothing
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Files, or folders with a migration.toml
    #[arg(value_name = "PLAN")]
    plans: Vec<PathBuf>,
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let mut runs = Vec::new();
    for place in find(&arguments.plans)? {
        runs.push(match compile(&place, false, |_| ()) {
            Ok(compiled) => compiled.run,
            Err(failure) => PlanRun::failed(place, failure),
        });
    }
    terminal.report(&runs, Purpose::Answer)?;
    terminal.summarize(&runs);
    Ok(status(&runs, terminal.deny_warnings))
}
