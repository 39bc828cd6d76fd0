//! Rows as a graph: each side is a node once.

use super::{Page, connection};
use crate::reach::legend::Legend;
use crate::reach::matrix::{End, Row};
use std::collections::HashMap;

/// Source, destination, and what passes.
pub type Edge = (usize, usize, String);

/// Nodes by number, and edges between them.
#[derive(Default)]
pub struct Graph {
    pub nodes: Vec<String>,
    pub edges: Vec<Edge>,
    /// The names that the nodes leave out.
    pub legend: Legend,
    known: HashMap<String, usize>,
}

impl Graph {
    pub fn new(page: &Page<'_, '_>) -> Graph {
        let mut graph = Graph::default();
        for row in &page.matrix.rows {
            let from = graph.legend.end(&row.from);
            let from = graph.node(from);
            let to = destination(row, &mut graph.legend);
            let to = graph.node(to);
            graph.edges.push((from, to, connection(row)));
        }
        graph
    }

    /// The edges of each node that is a source.
    pub fn by_source(&self) -> Vec<Vec<&Edge>> {
        let mut by_source = vec![Vec::new(); self.nodes.len()];
        self.edges.iter().for_each(|edge| by_source[edge.0].push(edge));
        by_source
    }

    fn node(&mut self, label: String) -> usize {
        if let Some(at) = self.known.get(&label) {
            return *at;
        }
        self.nodes.push(label.clone());
        self.known.insert(label, self.nodes.len() - 1);
        self.nodes.len() - 1
    }
}

/// In a graph "the same namespace" would be one node for several namespaces, so it is called after its source.
fn destination(row: &Row, legend: &mut Legend) -> String {
    match (&row.from, &row.to) {
        (End::Pods(from), End::Within(names)) => {
            let each = if from.parts.iter().any(|part| part.namespaces.len() > 1) { "each " } else { "" };
            let namespaces: Vec<String> =
                from.parts.iter().map(|part| legend.names(&part.namespaces)).collect();
            format!("{each}{}/{}", namespaces.join(" "), legend.names(names))
        }
        _ => legend.end(&row.to),
    }
}
