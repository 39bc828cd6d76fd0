//! `plan man`: manual pages.

use crate::cli::failure::Failure;
use crate::cli::run::Status;
use crate::cli::terminal::Terminal;
use clap::Command;
use clap_mangen::Man;
use std::fs;
use std::path::{Path, PathBuf};

/// Print the manual page, or write one for each subcommand
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Write plan.1 and plan-SUBCOMMAND.1 into this folder
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let mut command = crate::cli::description();
    // Gives every subcommand its whole name and the options of all.
    command.build();
    let Some(folder) = &arguments.folder else {
        terminal.answer(&page(command))?;
        return Ok(Status::Clean);
    };
    fs::create_dir_all(folder).map_err(Failure::system("create", folder))?;
    write_all(&command, "plan", folder, terminal)?;
    Ok(Status::Clean)
}

fn write_all(command: &Command, name: &str, folder: &Path, terminal: &mut Terminal) -> Result<(), Failure> {
    let file = folder.join(format!("{name}.1"));
    fs::write(&file, page(command.clone())).map_err(Failure::system("write", &file))?;
    terminal.note(&format!("wrote {}\n", file.display()));
    let visible =
        command.get_subcommands().filter(|below| !below.is_hide_set() && below.get_name() != "help");
    for below in visible {
        write_all(below, &format!("{name}-{}", below.get_name()), folder, terminal)?;
    }
    Ok(())
}

fn page(command: Command) -> String {
    let mut text = Vec::new();
    Man::new(command).render(&mut text).expect("broken promise: memory takes every byte");
    String::from_utf8_lossy(&text).into_owned()
}
