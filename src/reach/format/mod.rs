//! The matrix as text: one format, one file, one line in a list.

mod csv;
mod dot;
mod graph;
mod json;
mod mermaid;
mod svg;
mod table;

use super::address::Outside;
use super::groups::{Change, Groups};
use super::matrix::{Matrix, Row};
use super::subject::{Subject, Unanswerable};
use crate::connectivity::World;

/// A way to print a matrix.
#[derive(Debug)]
pub struct Format {
    /// What `--format` calls it.
    pub name: &'static str,
    pub about: &'static str,
    pub render: fn(&Page<'_, '_>) -> Result<String, Unanswerable>,
}

/// What is printed.
pub struct Page<'p, 's> {
    pub subject: &'p Subject<'s>,
    /// Of a comparison: the same cluster under the other policies.
    pub after: Option<&'p World>,
    pub outside: &'p Outside,
    /// What passes; of a comparison what is cut and what is opened.
    pub parts: &'p [(Option<Change>, Groups)],
    pub matrix: &'p Matrix,
    pub from: &'p super::endpoint::Filter,
    pub to: &'p super::endpoint::Filter,
    /// Sentences that a reader has to know, such as the plugins that the proof holds for.
    pub notes: &'p [String],
}

/// Every format; the first is the default.
pub const FORMATS: &[&Format] =
    &[&table::FORMAT, &csv::FORMAT, &json::FORMAT, &dot::FORMAT, &mermaid::FORMAT, &svg::FORMAT];

/// What passes, and what becomes of it.
fn connection(row: &Row) -> String {
    match row.change {
        // Of what was open nearly everything is cut, and what is left says more.
        Some(change) => format!("{}: {}", change.word(), super::words::all_but(&row.connection)),
        None => super::words::connection(&row.connection),
    }
}
