//! The stages in time, for people and for programs: a table, a Mermaid chart, a picture, JSON.

mod json;
mod mermaid;
mod svg;
mod table;

pub use json::json;
pub use mermaid::mermaid;
pub use svg::svg;
pub use table::table;

use crate::facts::Facts;

/// A way to print a timeline.
pub struct Format {
    pub name: &'static str,
    /// For whom it is.
    pub about: &'static str,
    pub render: fn(&Facts<'_>) -> String,
}

/// Every way, the first for people.
pub const FORMATS: &[Format] = &[
    Format { name: "table", about: "For people: one line a stage", render: table },
    Format { name: "mermaid", about: "For Markdown: a Gantt chart", render: mermaid },
    Format { name: "svg", about: "A picture on its own", render: svg },
    Format { name: "json", about: "For programs", render: json },
];

/// How long, as people say it.
fn long(seconds: u64) -> String {
    crate::model::values::Duration { seconds }.to_string()
}
