//! What a person may write behind `plan`, and what is the same for every subcommand.

use super::command::Command;
use super::format::{self, Choice};
use super::terminal::{ColorChoice, Terminal};
use clap::{Args, Parser};

/// Compiles one migration.toml into a deterministic GitOps tree for bare-metal Kubernetes networks.
#[derive(Debug, Parser)]
#[command(name = "plan", version, arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = "\
Exit status: 0 all is well, 1 the answer is no (the plan has errors), 2 there is no answer (bad arguments, unreadable \
file).\nA PLAN is a file or a folder with a migration.toml. Without one: ./migration.toml, or else every \
plans/*/migration.toml.")]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every subcommand.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Say errors only: no warnings, notes or summaries.
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Say more: every file that is read or written.
    #[arg(short, long, global = true)]
    verbose: bool,
    /// Whether to colour. `auto` heeds NO_COLOR and CLICOLOR_FORCE, and colours only a terminal.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: ColorChoice,
    /// How findings are printed.
    #[arg(long, global = true, value_name = "FORMAT", default_value = "human", value_parser = format::parser())]
    format: Choice,
    /// Treat warnings as errors.
    #[arg(long, global = true)]
    deny_warnings: bool,
}

impl Global {
    /// Where and how to print.
    pub fn terminal(&self) -> Terminal {
        Terminal::new(self.color, self.format.findings, self.quiet, self.verbose, self.deny_warnings)
    }
}
