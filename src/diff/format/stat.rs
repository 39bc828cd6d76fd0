//! Only numbers: how many objects of each kind, in each cluster.

use crate::diff::change::What;
use crate::diff::{Danger, Diff};
use std::collections::BTreeMap;

/// A table, one line for each cluster and kind, and a line for all.
pub fn text(diff: &Diff) -> String {
    let mut rows: BTreeMap<(String, String), ([usize; What::ALL.len()], Danger)> = BTreeMap::new();
    for change in &diff.changes {
        let id = change.id();
        let cluster = id.cluster.clone().unwrap_or_else(|| "-".to_owned());
        let kind = if id.is_file() { "file".to_owned() } else { id.kind.clone() };
        let row = rows.entry((cluster, kind)).or_default();
        let column = What::ALL.iter().position(|what| *what == change.what()).unwrap_or_default();
        row.0[column] += 1;
        row.1 = row.1.max(change.danger);
    }
    let mut lines = vec![["cluster".to_owned(), "kind".to_owned()].to_vec()];
    lines[0].extend(What::ALL.iter().map(|what| what.word().to_owned()));
    lines[0].push("danger".to_owned());
    for ((cluster, kind), (counts, danger)) in rows {
        let mut line = vec![cluster, kind];
        line.extend(counts.iter().map(|count| if *count == 0 { "-".to_owned() } else { count.to_string() }));
        line.push(danger.word().to_owned());
        lines.push(line);
    }
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..lines[0].len()).map(width).collect();
    let mut text = String::new();
    if !diff.changes.is_empty() {
        for line in &lines {
            let cells = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
            text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
            text.push('\n');
        }
    }
    let besides = super::phrase::besides(diff);
    let all = [super::phrase::headline(diff)].into_iter().chain(besides).collect::<Vec<_>>().join("; ");
    format!("{text}{all}\n")
}
