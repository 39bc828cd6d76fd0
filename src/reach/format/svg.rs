//! For a page: sources to the left, destinations to the right, a line for each row.

use super::graph::{Edge, Graph};
use super::{Format, Page};
use crate::reach::subject::Unanswerable;
use std::collections::{BTreeSet, HashMap};

pub static FORMAT: Format = Format { name: "svg", about: "for a page: a picture", render };

/// Pixels: the height of a line, the width of a character, the gap that curves cross.
const LINE: usize = 22;
const CHARACTER: usize = 8;
const SMALL: usize = 7;
const GAP: usize = 260;
const MARGIN: usize = 16;

fn render(page: &Page<'_, '_>) -> Result<String, Unanswerable> {
    let graph = Graph::new(page);
    let by_source = graph.by_source();
    let (left, right) = (left(&by_source), right(&by_source));
    let line_of: HashMap<usize, usize> = right.iter().map(|column| (column.node, column.first)).collect();
    let widest = |texts: &mut dyn Iterator<Item = &String>, width: usize| {
        texts.map(|text| text.chars().count()).max().unwrap_or_default() * width + MARGIN
    };
    let wide_left = widest(&mut left.iter().map(|column| &graph.nodes[column.node]), CHARACTER);
    let wide_right = widest(&mut right.iter().map(|column| &graph.nodes[column.node]), CHARACTER);
    let wide_label = widest(&mut graph.edges.iter().map(|edge| &edge.2), SMALL);
    let top = 3 * MARGIN;
    let lines = |column: &[Column]| column.last().map_or(0, |last| last.first + last.lines);
    let legend: Vec<String> =
        graph.legend.lines().map(|(number, names)| format!("#{number} {names}")).collect();
    let bottom = top + LINE * lines(&left).max(lines(&right));
    let starts = MARGIN + wide_left;
    let (bends, ends) = (starts + wide_label, starts + wide_label + GAP);
    let wide_legend = widest(&mut legend.iter(), CHARACTER);
    let width = (ends + wide_right).max(wide_legend) + MARGIN;
    let height = bottom + LINE * legend.len() + 2 * MARGIN;
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"monospace\" font-size=\"12\">\n\
         <title>{0}</title>\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <text x=\"{MARGIN}\" y=\"28\" font-weight=\"bold\" font-size=\"14\">{0}</text>\n",
        escaped(&page.subject.title)
    );
    let middle = |line: usize| top + line * LINE + LINE / 2 - 2;
    for column in &left {
        // Each line has its own label, so that no two of them lie on each other.
        for (at, (_, to, connection)) in by_source[column.node].iter().enumerate() {
            let y1 = middle(column.first + at);
            let y2 = middle(line_of[to]);
            let bend = GAP / 2;
            text.push_str(&format!(
                "<path d=\"M{starts},{y1} H{bends} C{},{y1} {},{y2} {ends},{y2}\" fill=\"none\" stroke=\"#7a869a\"/>\n\
                 <text x=\"{}\" y=\"{}\" fill=\"#172b4d\" font-size=\"11\">{}</text>\n",
                bends + bend,
                ends - bend,
                starts + MARGIN / 2,
                y1 - 3,
                escaped(connection)
            ));
        }
    }
    for (columns, x, wide) in [(&left, MARGIN, wide_left), (&right, ends, wide_right)] {
        for column in columns {
            text.push_str(&format!(
                "<rect x=\"{x}\" y=\"{}\" width=\"{wide}\" height=\"{}\" rx=\"4\" fill=\"#e9f2ff\" stroke=\"#0052cc\"/>\n\
                 <text x=\"{}\" y=\"{}\">{}</text>\n",
                top + column.first * LINE,
                column.lines * LINE - 4,
                x + MARGIN / 2,
                middle(column.first) + 4,
                escaped(&graph.nodes[column.node])
            ));
        }
    }
    for (at, line) in legend.iter().enumerate() {
        let y = bottom + MARGIN + at * LINE;
        text.push_str(&format!("<text x=\"{MARGIN}\" y=\"{y}\" fill=\"#44546f\">{}</text>\n", escaped(line)));
    }
    text.push_str("</svg>\n");
    Ok(text)
}

/// A node where it stands: its first line, and how many it takes.
struct Column {
    node: usize,
    first: usize,
    lines: usize,
}

/// Sources, each as high as it has lines.
fn left(by_source: &[Vec<&Edge>]) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    let mut first = 0;
    for (node, edges) in by_source.iter().enumerate().filter(|(_, edges)| !edges.is_empty()) {
        columns.push(Column { node, first, lines: edges.len() });
        first += edges.len();
    }
    columns
}

/// Destinations, in the order in which lines come to them.
fn right(by_source: &[Vec<&Edge>]) -> Vec<Column> {
    let mut seen = BTreeSet::new();
    let all = by_source.iter().flatten().map(|edge| edge.1).filter(|to| seen.insert(*to));
    all.enumerate().map(|(first, node)| Column { node, first, lines: 1 }).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
