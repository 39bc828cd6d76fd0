//! `plan init`: begins a plan that compiles and says what its lines are for.

use crate::cli::failure::Failure;
use crate::cli::place::PLAN_FILE;
use crate::cli::run::Status;
use crate::cli::terminal::Terminal;
use crate::decode::FromText;
use crate::model::values::DnsLabel;
use minijinja::{Environment, UndefinedBehavior, context};
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, absolute};

/// Begin a plan: a small one that compiles, with comments that say what to change
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The name of the platform, for plans/NAME/migration.toml; or the path of a folder, for FOLDER/migration.toml
    #[arg(value_name = "NAME")]
    name: String,
}

const TEMPLATE: &str = include_str!("../../../templates/init.toml.j2");

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let given = Path::new(&arguments.name);
    let is_path = arguments.name.contains(['/', '\\']) || arguments.name.starts_with('.');
    let folder = if is_path { given.to_owned() } else { Path::new("plans").join(given) };
    let whole = absolute(&folder).map_err(Failure::system("find", &folder))?;
    // `.` means the current folder, whose name is the last one of its whole path.
    let name = whole.components().next_back().map(|last| last.as_os_str().to_string_lossy().into_owned());
    let name = name.unwrap_or_default();
    let label = DnsLabel::from_text(&name).map_err(|error| {
        let failure = Failure::new(format!("`{name}` {}", error.problem));
        failure.help(error.help.unwrap_or_else(|| format!("a platform's name is {}", DnsLabel::WHAT)))
    })?;
    let file = folder.join(PLAN_FILE);
    fs::create_dir_all(&folder).map_err(Failure::system("create", &folder))?;
    let mut created = OpenOptions::new().write(true).create_new(true).open(&file).map_err(|error| {
        if error.kind() == ErrorKind::AlreadyExists {
            let message = format!("`{}` exists and is left as it is", file.display());
            return Failure::new(message).help("choose another name, or remove the file first");
        }
        Failure::system("create", &file)(error)
    })?;
    created.write_all(text(&label).as_bytes()).map_err(Failure::system("write", &file))?;
    terminal.answer(&format!("{}\n", file.display()))?;
    terminal.note(&format!("edit it, then: plan check {0} && plan build {0}\n", folder.display()));
    Ok(Status::Clean)
}

/// The new plan of a platform.
fn text(name: &DnsLabel) -> String {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_keep_trailing_newline(true);
    environment
        .render_named_str(PLAN_FILE, TEMPLATE, context! { name => name.as_str() })
        .expect("broken promise: a test renders the template")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    #[test]
    fn a_new_plan_compiles_without_a_finding() {
        let name = DnsLabel::from_text("lab").unwrap();
        let plan = Source::new(PLAN_FILE, text(&name));
        let compilation = crate::compile(&crate::Inputs { plan, lock: None, templates: Vec::new() });
        assert!(compilation.diagnostics.is_empty(), "{:#?}", compilation.diagnostics);
        assert!(compilation.output.is_some());
    }
}
