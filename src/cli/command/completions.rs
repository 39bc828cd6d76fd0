//! `plan completions`: what a shell has to know to complete `plan`.

use crate::cli::failure::Failure;
use crate::cli::run::Status;
use crate::cli::terminal::Terminal;
use clap_complete::Shell;

/// Print the completions of a shell
///
/// For bash: `plan completions bash > ~/.local/share/bash-completion/completions/plan`
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The shell
    shell: Shell,
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(arguments.shell, &mut crate::cli::description(), "plan", &mut text);
    terminal.answer(&String::from_utf8_lossy(&text))?;
    Ok(Status::Clean)
}
