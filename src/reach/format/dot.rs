//! For Graphviz: `plan reach --format dot | dot -Tpdf`.

use super::graph::Graph;
use super::{Format, Page};
use crate::reach::subject::Unanswerable;

pub static FORMAT: Format = Format { name: "dot", about: "for Graphviz", render };

fn render(page: &Page<'_, '_>) -> Result<String, Unanswerable> {
    let graph = Graph::new(page);
    let mut text = String::from("digraph reach {\n  rankdir=LR;\n  node [shape=box];\n");
    for (at, label) in graph.nodes.iter().enumerate() {
        text.push_str(&format!("  n{at} [label=\"{}\"];\n", escaped(label)));
    }
    for (from, to, connection) in &graph.edges {
        text.push_str(&format!("  n{from} -> n{to} [label=\"{}\"];\n", escaped(connection)));
    }
    for (number, names) in graph.legend.lines() {
        text.push_str(&format!("  // #{number} {}\n", names.replace('\n', " ")));
    }
    text.push_str("}\n");
    Ok(text)
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}
