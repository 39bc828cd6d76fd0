//! How findings are printed: one format, one file, one line in a list.

mod human;
mod json;
mod snippet;

pub use human::counts;
pub use json::schema as report_schema;

use super::run::PlanRun;
use super::terminal::Terminal;
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
pub const FORMATS: &[&Format] = &[&human::FORMAT, &json::FORMAT];

/// Reads the name of a format.
pub fn parser() -> impl TypedValueParser<Value = &'static Format> {
    let names = FORMATS.iter().map(|format| PossibleValue::new(format.name).help(format.about));
    PossibleValuesParser::new(names).map(|name| {
        let format = FORMATS.iter().copied().find(|format| format.name == name);
        format.expect("broken promise: clap accepts only the names of formats")
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
