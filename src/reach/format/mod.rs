//! The matrix as text: one format, one file, one line in a list.

mod csv;
mod dot;
mod graph;
mod json;
mod mermaid;
mod svg;
mod table;

use super::matrix::{End, Matrix, Row};
use super::pair::braces;
use super::subject::{Subject, Unanswerable};

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
    pub network: &'p crate::connectivity::Network,
    pub matrix: &'p Matrix,
    pub from: &'p super::endpoint::Filter,
    pub to: &'p super::endpoint::Filter,
    /// Sentences that a reader has to know, such as the plugins that the proof holds for.
    pub notes: &'p [String],
}

/// Every format; the first is the default.
pub const FORMATS: &[&Format] =
    &[&table::FORMAT, &csv::FORMAT, &json::FORMAT, &dot::FORMAT, &mermaid::FORMAT, &svg::FORMAT];

/// One side of a row in few words.
fn label(end: &End) -> String {
    match end {
        End::Pods(pods) => pods.label(),
        End::Within(names) => format!("same namespace/{}", braces(names)),
        End::Internet => "internet".to_owned(),
    }
}

fn connection(row: &Row) -> String {
    super::words::connection(&row.connection)
}
