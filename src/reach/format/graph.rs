//! Rows as a graph: each side is a node once.

use super::{Page, connection, label};
use crate::reach::matrix::{End, Row};

/// Nodes by number, and edges between them.
pub struct Graph {
    pub nodes: Vec<String>,
    pub edges: Vec<(usize, usize, String)>,
}

impl Graph {
    pub fn new(page: &Page<'_, '_>) -> Graph {
        let mut graph = Graph { nodes: Vec::new(), edges: Vec::new() };
        for row in &page.matrix.rows {
            let from = graph.node(label(&row.from));
            let to = graph.node(destination(row));
            graph.edges.push((from, to, connection(row)));
        }
        graph
    }

    fn node(&mut self, label: String) -> usize {
        match self.nodes.iter().position(|known| *known == label) {
            Some(at) => at,
            None => {
                self.nodes.push(label);
                self.nodes.len() - 1
            }
        }
    }
}

/// In a graph "the same namespace" would be one node for several namespaces, so it is called after its source.
fn destination(row: &Row) -> String {
    match (&row.from, &row.to) {
        (End::Pods(from), End::Within(names)) => {
            let namespaces = from.parts.iter().map(|part| super::braces(&part.namespaces));
            let each = if from.parts.iter().any(|part| part.namespaces.len() > 1) { "each " } else { "" };
            format!("{each}{}/{}", namespaces.collect::<Vec<_>>().join(" "), super::braces(names))
        }
        _ => label(&row.to),
    }
}
