//! How findings are printed: one format, one file, one line in a list.

mod concise;
mod fingerprint;
mod github;
mod gitlab;
mod human;
mod json;
pub mod location;
mod markdown;
mod sarif;
mod snippet;

pub use human::counts;
pub use json::schema as report_schema;

use super::run::PlanRun;
use super::terminal::Terminal;
use crate::diagnostics::{Diagnostic, Level};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

/// A way to print what a run found.
#[derive(Debug)]
pub struct Format {
    /// What `--format` calls it.
    pub name: &'static str,
    pub about: &'static str,
    /// Whether the report is for a program: then it goes to stdout whatever the subcommand, and nothing is left out of it.
    pub for_programs: bool,
    /// The report of all plans, for a stream of that look.
    pub render: fn(&[PlanRun], &Options) -> String,
}

/// What a format has to know of the command line.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    pub look: super::terminal::Look,
    pub quiet: bool,
    pub deny_warnings: bool,
}

/// Every format; the first is the default.
pub const FORMATS: &[&Format] = &[
    &human::FORMAT,
    &concise::FORMAT,
    &json::FORMAT,
    &sarif::FORMAT,
    &github::FORMAT,
    &gitlab::FORMAT,
    &markdown::FORMAT,
];

/// Whether a person who asks for this much wants to hear of it.
fn is_wanted(finding: &Diagnostic, options: &Options) -> bool {
    let denied = options.deny_warnings && finding.level == Level::Warning;
    !options.quiet || finding.level == Level::Error || denied
}

/// A text that cannot steer the terminal: TOML's `"\u001b"` is an escape character once it is read.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

/// Why a plan has no findings to show, or was not written: one sentence each, with what to do, and the file it is about.
fn refusals(run: &PlanRun) -> Vec<(String, String)> {
    let failure = run.refused.iter().map(|(_, failure)| {
        let help = failure.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
        (location::relative(&run.place.shown()), format!("{}{help}", failure.message))
    });
    let lock = (!run.lock_changes.is_empty()).then(|| {
        let changes = run.lock_changes.join("; ");
        let message = format!("the lock is not up to date, and --locked forbids to change it: {changes}");
        (location::relative(&run.place.lock.display().to_string()), message)
    });
    failure.chain(lock).collect()
}

/// What was chosen with `--format`. The option of a subcommand that prints something else than findings has the id of the
/// global one and stands in its place, so both have one type.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    pub name: &'static str,
    /// How findings are printed then: a comparison or a matrix as JSON leaves them as people read them.
    pub findings: &'static Format,
}

/// Reads the name of a format of findings.
pub fn parser() -> impl TypedValueParser<Value = Choice> {
    choice(FORMATS.iter().map(|format| (format.name, format.about, *format)).collect())
}

/// Reads the name of a format of something else, each with what `--help` says about it.
pub fn parser_of(
    formats: impl Iterator<Item = (&'static str, &'static str)>,
) -> impl TypedValueParser<Value = Choice> {
    choice(formats.map(|(name, about)| (name, about, FORMATS[0])).collect())
}

fn choice(
    choices: Vec<(&'static str, &'static str, &'static Format)>,
) -> impl TypedValueParser<Value = Choice> {
    let names = choices.iter().map(|(name, about, _)| PossibleValue::new(*name).help(*about));
    PossibleValuesParser::new(names.collect::<Vec<_>>()).map(move |name| {
        let chosen = choices.iter().find(|choice| choice.0 == name);
        let (name, _, findings) = chosen.expect("broken promise: clap accepts only these names");
        Choice { name, findings }
    })
}

/// Whether the findings are what was asked for, or about something else that was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// `plan check`: to stdout.
    Answer,
    /// `plan build`: to stderr, unless the report is for a program.
    Remark,
    /// `plan show`: always to stderr, because stdout has something else.
    Aside,
}

impl Terminal {
    /// Prints the findings of a run where they belong.
    pub fn report(&mut self, runs: &[PlanRun], purpose: Purpose) -> Result<(), super::failure::Failure> {
        let to_stdout =
            purpose == Purpose::Answer || (self.format.for_programs && purpose == Purpose::Remark);
        let look = if to_stdout { self.stdout } else { self.stderr };
        let options = Options { look, quiet: self.quiet, deny_warnings: self.deny_warnings };
        let text = (self.format.render)(runs, &options);
        if to_stdout {
            return self.answer(&text);
        }
        self.remark(&text);
        Ok(())
    }
}
