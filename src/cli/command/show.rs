//! `plan show`: what a plan comes to, without writing it.

use crate::cli::compile::{Compiled, compile};
use crate::cli::failure::Failure;
use crate::cli::format::{Choice, Purpose, parser_of};
use crate::cli::place::find;
use crate::cli::run::{PlanRun, Status, status};
use crate::cli::terminal::Terminal;
use crate::facts::Facts;
use crate::resolve::{Assigned, Holder};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Show what a plan comes to, without writing it
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Every address that the plan gives, who has it and why it is this one
    Addresses(Target),
    /// Every file of the tree, with its size in bytes
    Files(Target),
    Timeline(super::timeline::Arguments),
}

#[derive(Debug, clap::Args)]
struct Target {
    /// Files, or folders with a migration.toml
    #[arg(value_name = "PLAN")]
    plans: Vec<PathBuf>,
    // The same id as the global option, so that this one stands in its place: what is printed is no list of findings.
    /// How the list is printed
    #[arg(id = "format", long = "format", value_name = "FORMAT", default_value = "table", value_parser = parser_of(FORMATS.iter().map(|format| (format.name, format.about))))]
    format: Choice,
}

struct Format {
    name: &'static str,
    about: &'static str,
    render: fn(&[Rows], &View) -> String,
}

const FORMATS: [Format; 2] = [
    Format { name: "table", about: "columns, for a person, `awk` and `grep`", render: as_text },
    Format { name: "json", about: "one object, with the rows of each plan", render: as_json },
];

/// A plan, and what is shown of it.
type Rows = (String, Vec<Row>);

/// A row of cells; the JSON object has the names of the columns as keys.
type Row = Vec<Value>;

/// What is shown of each plan.
struct View {
    columns: &'static [&'static str],
    /// Whether the files have to be made for it.
    files: bool,
}

const ADDRESSES: View = View { columns: &["address", "cluster", "holder", "pool", "source"], files: false };
const FILES: View = View { columns: &["path", "bytes"], files: true };

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let (target, view) = match &arguments.what {
        What::Addresses(target) => (target, ADDRESSES),
        What::Files(target) => (target, FILES),
        What::Timeline(arguments) => return super::timeline::run(arguments, terminal),
    };
    let (mut runs, mut tables) = (Vec::new(), Vec::new());
    for place in find(&target.plans)? {
        match compile(&place, view.files, addresses) {
            Ok(Compiled { run, output, seen, .. }) => {
                let denied = run.is_denied(terminal.deny_warnings);
                let rows = if view.files { output.map(|output| files(&output.tree)) } else { seen };
                tables.extend(rows.filter(|_| !denied).map(|rows| (run.place.shown(), rows)));
                runs.push(run);
            }
            Err(failure) => runs.push(PlanRun::failed(place, failure)),
        }
    }
    let worst = status(&runs, terminal.deny_warnings);
    // Findings that keep nothing from being shown are the business of `plan check`.
    runs.retain(|run| run.status(terminal.deny_warnings) != Status::Clean);
    terminal.report(&runs, Purpose::Aside)?;
    terminal.summarize(&runs);
    let format = FORMATS.iter().find(|format| format.name == target.format.name);
    let render = format.expect("broken promise: clap accepts only the names of formats").render;
    terminal.answer(&render(&tables, &view))?;
    Ok(worst)
}

fn addresses(facts: &Facts<'_>) -> Vec<Row> {
    let resolved = &facts.resolved;
    let row = |assigned: &Assigned| {
        let holder = match assigned.holder {
            Holder::Service(id) => format!("services.{}", resolved.service(id).key),
            Holder::Mesh(id) => format!("{}.mesh", resolved.runtime(id).path(resolved)),
            Holder::Scheduler(id) => format!("{}.scheduler", resolved.runtime(id).path(resolved)),
        };
        vec![
            json!(assigned.address.to_string()),
            json!(resolved.cluster(assigned.cluster).name),
            json!(holder),
            json!(assigned.pool.map(|pool| resolved.pool(pool).name)),
            json!(assigned.source.word()),
        ]
    };
    resolved.addresses.iter().map(row).collect()
}

fn files(tree: &crate::tree::Tree) -> Vec<Row> {
    tree.iter().map(|(path, bytes)| vec![json!(path.as_str()), json!(bytes.len())]).collect()
}

fn as_json(tables: &[Rows], view: &View) -> String {
    let object = |row: &Row| -> Value {
        view.columns.iter().map(|name| (*name).to_owned()).zip(row.iter().cloned()).collect()
    };
    let plans: Vec<Value> = tables
        .iter()
        .map(|(plan, rows)| json!({ "plan": plan, "rows": rows.iter().map(object).collect::<Vec<_>>() }))
        .collect();
    format!("{:#}\n", json!({ "format_version": 1, "plans": plans }))
}

/// Columns as wide as their widest cell, numbers to the right; the plan's name stands above when there are several.
fn as_text(tables: &[Rows], view: &View) -> String {
    let mut text = String::new();
    for (at, (plan, rows)) in tables.iter().enumerate() {
        if tables.len() > 1 {
            text.push_str(&format!("{}# {plan}\n", if at > 0 { "\n" } else { "" }));
        }
        let cell = |value: &Value| match value {
            Value::String(text) => text.clone(),
            Value::Null => "-".to_owned(),
            other => other.to_string(),
        };
        let width = |column: usize| {
            rows.iter().map(|row| cell(&row[column]).chars().count()).max().unwrap_or_default()
        };
        let widths: Vec<usize> = (0..view.columns.len()).map(width).collect();
        for row in rows {
            let cells: Vec<String> = row
                .iter()
                .zip(&widths)
                .map(|(value, width)| match value {
                    Value::Number(number) => format!("{:>width$}", number.to_string()),
                    other => format!("{:<width$}", cell(other)),
                })
                .collect();
            text.push_str(cells.join("  ").trim_end());
            text.push('\n');
        }
    }
    text
}
