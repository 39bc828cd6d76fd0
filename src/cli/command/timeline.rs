//! `plan show timeline`: the stages in time, with the critical path.

use super::reach::{one, told};
use crate::cli::compile::compile;
use crate::cli::failure::Failure;
use crate::cli::format::{Choice, parser_of};
use crate::cli::run::Status;
use crate::cli::terminal::Terminal;
use crate::timeline::FORMATS;
use std::path::PathBuf;

/// When each stage starts and ends, what may be late, and the critical path
///
/// Times are those of `takes`, `after`, `window` and `[runbook] start`; without a start they are counted from the
/// beginning.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  plan show timeline plans/lab\n  plan show timeline --format svg plans/lab > timeline.svg"
)]
pub struct Arguments {
    /// A file, or a folder with a migration.toml
    #[arg(value_name = "PLAN")]
    plan: Option<PathBuf>,
    // The same id as the global option, so that this one stands in its place: what is printed is no list of findings.
    /// How the timeline is printed
    #[arg(id = "format", long = "format", value_name = "FORMAT", default_value = "table", value_parser = parser_of(FORMATS.iter().map(|format| (format.name, format.about))))]
    format: Choice,
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let place = one(arguments.plan.as_ref())?;
    let shown = place.shown();
    let compiled = compile(&place, false, |facts| -> Result<String, Failure> {
        if facts.resolved.stages.is_empty() {
            let failure = Failure::new(format!("`{shown}` has no stages, so there is no timeline"));
            return Err(failure.help(
                "add a stage:\n[[stages]]\nname = \"foundation\"\napply = [\"metallb\"]\ntakes = \"2h\"",
            ));
        }
        let format = FORMATS.iter().find(|format| format.name == arguments.format.name);
        Ok((format.expect("broken promise: clap accepts only the names of formats").render)(facts))
    })?;
    let Some(text) = compiled.seen else { return told(compiled.run, terminal) };
    terminal.answer(&text?)?;
    told(compiled.run, terminal)
}
