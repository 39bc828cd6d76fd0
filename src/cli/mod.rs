//! The command line: reads files, compiles, prints, writes.
//!
//! What was asked for goes to stdout, everything about it to stderr. The exit status is 0 when all is well, 1 when the
//! answer is no (the plan has errors, `--locked` would change the lock), and 2 when there is no answer (arguments that
//! mean nothing, a file that cannot be read or written).
//!
//! A subcommand is one file in `command` and one line in its list; a format of findings is one file in `format` and one
//! line in its list.

mod before;
mod command;
mod compile;
mod failure;
mod fix;
mod format;
mod git;
mod lock;
mod manifests;
mod options;
mod place;
mod run;
pub mod schema;
mod stage;
mod summary;
mod terminal;
mod today;
mod trees;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use std::process::ExitCode;

pub use options::Cli;

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help that was asked for is an answer; clap sends it to stdout and everything else to stderr.
            let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            let _ = error.print();
            return ExitCode::from(if asked { 0 } else { 2 });
        }
    };
    let mut terminal = cli.global.terminal();
    match cli.command.run(&mut terminal) {
        Ok(status) => status.into(),
        Err(failure) => {
            terminal.failure(&failure);
            run::Status::NoAnswer.into()
        }
    }
}

/// The whole command line as clap describes it, for completions and manual pages.
fn description() -> clap::Command {
    Cli::command()
}
