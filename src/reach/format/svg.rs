//! For a page: sources to the left, destinations to the right, a line for each row.

use super::graph::Graph;
use super::{Format, Page};
use crate::reach::subject::Unanswerable;
use std::collections::BTreeSet;

pub static FORMAT: Format = Format { name: "svg", about: "for a page: a picture", render };

/// Pixels: the height of a line, the width of a character, the gap that lines cross.
const LINE: usize = 28;
const CHARACTER: usize = 8;
const GAP: usize = 420;
const MARGIN: usize = 16;

fn render(page: &Page<'_, '_>) -> Result<String, Unanswerable> {
    let graph = Graph::new(page);
    let side = |pick: fn(&(usize, usize, String)) -> usize| -> Vec<usize> {
        graph.edges.iter().map(pick).collect::<BTreeSet<_>>().into_iter().collect()
    };
    let (left, right) = (side(|edge| edge.0), side(|edge| edge.1));
    let widest = |nodes: &[usize]| {
        nodes.iter().map(|node| graph.nodes[*node].chars().count()).max().unwrap_or_default() * CHARACTER
            + MARGIN
    };
    let (wide_left, wide_right) = (widest(&left), widest(&right));
    let width = MARGIN + wide_left + GAP + wide_right + MARGIN;
    let height = 3 * MARGIN + LINE * left.len().max(right.len()).max(1) + LINE;
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"monospace\" font-size=\"12\">\n\
         <title>{}</title>\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n",
        escaped(&page.subject.title)
    );
    text.push_str(&format!(
        "<text x=\"{MARGIN}\" y=\"{}\" font-weight=\"bold\">{}</text>\n",
        MARGIN + 8,
        escaped(&page.subject.title)
    ));
    let top = |at: usize| 2 * MARGIN + LINE / 2 + at * LINE;
    let middle = |nodes: &[usize], node: usize| {
        let at = nodes.iter().position(|known| *known == node).unwrap_or_default();
        top(at) + LINE / 2 - 3
    };
    let (start, end) = (MARGIN + wide_left, MARGIN + wide_left + GAP);
    for (at, (from, to, connection)) in graph.edges.iter().enumerate() {
        let (y1, y2) = (middle(&left, *from), middle(&right, *to));
        let (bend1, bend2) = (start + GAP / 3, end - GAP / 3);
        // Labels of lines between neighbours would lie on each other, so they take turns.
        let share = 3 + at % 5;
        let (x, y) = (start + GAP * share / 10, (y1 * (10 - share) + y2 * share) / 10 - 3);
        text.push_str(&format!(
            "<path d=\"M{start},{y1} C{bend1},{y1} {bend2},{y2} {end},{y2}\" fill=\"none\" stroke=\"#7a869a\"/>\n\
             <text x=\"{x}\" y=\"{y}\" fill=\"#344563\" font-size=\"10\">{}</text>\n",
            escaped(connection)
        ));
    }
    for (nodes, x, wide) in [(&left, MARGIN, wide_left), (&right, end, wide_right)] {
        for (at, node) in nodes.iter().enumerate() {
            let y = top(at);
            text.push_str(&format!(
                "<rect x=\"{x}\" y=\"{y}\" width=\"{wide}\" height=\"{}\" rx=\"4\" fill=\"#e9f2ff\" stroke=\"#0052cc\"/>\n\
                 <text x=\"{}\" y=\"{}\">{}</text>\n",
                LINE - 6,
                x + MARGIN / 2,
                y + LINE / 2 + 1,
                escaped(&graph.nodes[*node])
            ));
        }
    }
    text.push_str("</svg>\n");
    Ok(text)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
