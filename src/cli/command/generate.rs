//! `plan generate`: writes `schema/`, which is derived from the declarations in the code. For those who change `plan`.

use crate::cli::failure::Failure;
use crate::cli::run::Status;
use crate::cli::schema;
use crate::cli::terminal::Terminal;
use std::fs;
use std::path::PathBuf;

/// Write the JSON Schemas and reference pages that are derived from the code
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The folder
    #[arg(value_name = "DIR", default_value = "schema")]
    folder: PathBuf,
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let folder = &arguments.folder;
    fs::create_dir_all(folder).map_err(Failure::system("create", folder))?;
    for (name, text) in schema::files() {
        let file = folder.join(name);
        if fs::read_to_string(&file).is_ok_and(|old| old == text) {
            continue;
        }
        fs::write(&file, text).map_err(Failure::system("write", &file))?;
        terminal.note(&format!("wrote {}\n", file.display()));
    }
    Ok(Status::Clean)
}
