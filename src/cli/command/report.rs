//! `plan report`: the whole plan on one page.

use crate::check;
use crate::cli::command::diff;
use crate::cli::command::reach::{one, told};
use crate::cli::compile::compile;
use crate::cli::failure::Failure;
use crate::cli::place::Place;
use crate::cli::run::Status;
use crate::cli::terminal::Terminal;
use crate::report::{page, unread, view};
use std::path::PathBuf;

/// Show the plan as one HTML page
///
/// What is where, which addresses are free, who may connect to whom, what happens when and at what risk, and what is
/// wrong with the plan. The page is one file that needs no network: mail it, open it on a phone, print it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  plan report plans/lab > lab.html
  plan report plans/lab --out lab.html
  plan report plans/lab --out lab.html --against main      with what this branch changes

Exit status: 0 the page is made, 1 it is made and the plan has errors, 2 there is no page, for one \
because the plan cannot be compared with what it was.")]
pub struct Arguments {
    /// A file, or a folder with a migration.toml
    #[arg(value_name = "PLAN")]
    plan: Option<PathBuf>,
    /// Write the page here; without it, to stdout
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Also show what changes against the plan at a revision: a branch, a tag, a commit
    #[arg(long, value_name = "REV")]
    against: Option<String>,
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let place = one(arguments.plan.as_ref())?;
    let compiled = compile(&place, false, view)?;
    let against = arguments.against.as_ref().filter(|_| compiled.seen.is_some());
    let changes = match against.map(|name| diff::since(&place, name)).transpose()? {
        Some(Ok(changes)) => Some(changes),
        Some(Err(run)) => return diff::told(run, terminal),
        None => None,
    };
    // What only the calendar says would make the page another one tomorrow.
    let found =
        compiled.run.diagnostics.iter().filter(|finding| finding.rule.code != check::ACCEPT_EXPIRED.code);
    let (found, sources) = (found.collect::<Vec<_>>(), &compiled.run.sources);
    let text = match &compiled.seen {
        Some(seen) => page(seen, &found, sources, changes.as_ref()),
        None => unread(&name(&place), &found, sources),
    };
    match &arguments.out {
        Some(file) => {
            std::fs::write(file, &text).map_err(Failure::system("write", file))?;
            terminal.note(&format!("{}: {} KiB\n", file.display(), text.len().div_ceil(1024)));
        }
        None => terminal.answer(&text)?,
    }
    told(compiled.run, terminal)
}

/// The name of the folder of a plan, for one that cannot be read and so does not say its own.
fn name(place: &Place) -> String {
    let folder = place.file.parent().and_then(|folder| folder.file_name());
    folder.map_or_else(|| place.shown().to_string(), |name| name.to_string_lossy().into_owned())
}
