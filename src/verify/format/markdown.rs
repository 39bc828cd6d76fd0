//! For a page of the runbook, or a comment.

use super::{Format, heading, omission, summary};
use crate::verify::{Sort, Verification};
use std::fmt::Write;

pub static FORMAT: Format = Format { name: "markdown", about: "for a page or a comment", render };

fn render(verification: &Verification) -> String {
    let heading = heading(verification);
    let (first, rest) = heading.split_at(1);
    let mut text = format!("# {}{rest}\n\n{}.\n", first.to_uppercase(), capital(&summary(verification)));
    for note in verification.notes.iter().cloned().chain(omission(verification)) {
        let _ = writeln!(text, "\n> {}.", capital(&note));
    }
    for sort in [Sort::Missing, Sort::Foreign] {
        let mut of_sort = verification.deviations.iter().filter(|found| found.sort == sort).peekable();
        if of_sort.peek().is_none() {
            continue;
        }
        let _ = write!(
            text,
            "\n## {}\n\n| object | from | stage | |\n| --- | --- | --- | --- |\n",
            capital(sort.word())
        );
        for found in of_sort {
            let stage = found.stage.as_deref().unwrap_or_default();
            let (object, from) = (cell(&found.object.to_string()), cell(&found.from.join(", ")));
            let _ = writeln!(text, "| `{object}` | {from} | {stage} | {} |", cell(&found.about));
        }
    }
    let mut different =
        verification.deviations.iter().filter(|found| found.sort == Sort::Different).peekable();
    if different.peek().is_some() {
        text.push_str("\n## Different\n\n| object | field | planned | live |\n| --- | --- | --- | --- |\n");
        for found in different {
            for field in &found.fields {
                let shown =
                    |value: &Option<String>| value.as_ref().map_or("nothing".to_owned(), |text| code(text));
                let (planned, live) = (shown(&field.planned), shown(&field.live));
                let (object, path) = (cell(&found.object.to_string()), cell(&field.path));
                let _ = writeln!(text, "| `{object}` | `{path}` | {planned} | {live} |");
            }
        }
    }
    if !verification.addresses.is_empty() {
        text.push_str("\n## Addresses\n\n| address | pool | planned for | live | node | |\n| --- | --- | --- | --- | --- | --- |\n");
        for row in &verification.addresses {
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} | {} |",
                row.address,
                row.pool.as_deref().unwrap_or_default(),
                cell(row.holder.as_deref().unwrap_or_default()),
                cell(&row.live.join(", ")),
                cell(&row.nodes.join(", ")),
                row.state.word()
            );
        }
    }
    text
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn code(text: &str) -> String {
    format!("`{}`", cell(text).replace('`', "'"))
}

/// A dump is other people's text: no bar ends a cell, no line break a row, no angle bracket begins markup.
fn cell(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.replace('|', "\\|").replace('<', "&lt;").replace('>', "&gt;")
}
