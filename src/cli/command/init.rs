//! `plan init`: begins a plan that compiles and says what its lines are for.

use crate::cli::failure::Failure;
use crate::cli::place::PLAN_FILE;
use crate::cli::run::Status;
use crate::cli::terminal::Terminal;
use crate::decode::FromText;
use crate::model::values::DnsLabel;
use crate::template::Templates;
use serde_json::json;
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
    if arguments.name.is_empty() {
        let failure = Failure::new("the name of the platform is empty");
        return Err(failure.help("write: plan init NAME"));
    }
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
    created
        .write_all(text(&label, folder.join(SCHEMA).exists()).as_bytes())
        .map_err(Failure::system("write", &file))?;
    terminal.answer(&format!("{}\n", file.display()))?;
    terminal.note(&format!("edit it, then: plan check {0} && plan build {0}\n", folder.display()));
    Ok(Status::Clean)
}

/// Where a plan of `plans/NAME` finds the schema for its editor, in the repository of `plan` or one that has a copy.
const SCHEMA: &str = "../../schema/migration.schema.json";

/// The new plan of a platform; with a line for the editor when the schema lies where it says.
fn text(name: &DnsLabel, beside_schema: bool) -> String {
    let schema = Some(SCHEMA).filter(|_| beside_schema);
    let mut templates = Templates::new();
    templates.add(PLAN_FILE, TEMPLATE).expect("broken promise: a test renders this template");
    templates
        .render(PLAN_FILE, &json!({ "name": name.as_str(), "schema": schema }))
        .expect("broken promise: a test renders this template")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    #[test]
    fn a_new_plan_compiles_without_a_finding() {
        let name = DnsLabel::from_text("lab").unwrap();
        for beside_schema in [false, true] {
            let plan = Source::new(PLAN_FILE, text(&name, beside_schema));
            assert_eq!(plan.text.starts_with("#:schema ../../schema/"), beside_schema);
            let compilation = crate::compile(&crate::Inputs::new(plan));
            assert!(compilation.diagnostics.is_empty(), "{:#?}", compilation.diagnostics);
            assert!(compilation.output.is_some());
        }
    }
}
