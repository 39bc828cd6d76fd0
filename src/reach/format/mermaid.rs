//! For Markdown: a Mermaid flowchart.

use super::graph::Graph;
use super::{Format, Page};
use crate::reach::subject::Unanswerable;

pub static FORMAT: Format = Format { name: "mermaid", about: "for Markdown: a flowchart", render };

fn render(page: &Page<'_, '_>) -> Result<String, Unanswerable> {
    let graph = Graph::new(page);
    let mut text = String::from("flowchart LR\n");
    for (at, label) in graph.nodes.iter().enumerate() {
        text.push_str(&format!("  n{at}[\"{}\"]\n", escaped(label)));
    }
    for (from, to, connection) in &graph.edges {
        text.push_str(&format!("  n{from} -->|\"{}\"| n{to}\n", escaped(connection)));
    }
    for (number, names) in graph.legend.lines() {
        text.push_str(&format!("  %% #{number} {}\n", names.replace('\n', " ")));
    }
    Ok(text)
}

/// Mermaid reads entities inside quotes, with `#` for `&`.
fn escaped(text: &str) -> String {
    text.replace('#', "#35;").replace('"', "#quot;")
}
