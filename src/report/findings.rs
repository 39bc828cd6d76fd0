//! What is wrong with the plan, each finding with the lines that it is about.

use crate::diagnostics::{Diagnostic, Label};
use crate::source::Source;
use serde::Serialize;

#[derive(Serialize)]
pub struct Findings {
    pub rows: Vec<Finding>,
    /// How many the page leaves out.
    pub left_out: usize,
}

#[derive(Serialize)]
pub struct Finding {
    pub level: &'static str,
    pub code: &'static str,
    pub name: &'static str,
    pub message: String,
    pub on: String,
    pub help: String,
    pub places: Vec<Place>,
}

/// Lines of a file around one label.
#[derive(Serialize)]
pub struct Place {
    /// `plans/lab/migration.toml:57`.
    pub file: String,
    pub text: String,
    pub lines: Vec<Line>,
}

/// A line in three parts; the middle one is what is meant.
#[derive(Serialize)]
pub struct Line {
    pub number: usize,
    pub before: String,
    pub marked: String,
    pub after: String,
}

/// A page with more is no longer read.
const ROWS: usize = 300;

pub fn findings(found: &[&Diagnostic], sources: &[Source]) -> Findings {
    let finding = |finding: &Diagnostic| Finding {
        level: finding.level.word(),
        code: finding.rule.code,
        name: finding.rule.name,
        message: finding.message.clone(),
        on: finding.on.clone(),
        help: finding.help.clone().unwrap_or_default(),
        places: finding.labels.iter().filter_map(|label| place(label, sources)).collect(),
    };
    // The worst first: who reads only the top reads what matters.
    let mut sorted: Vec<&Diagnostic> = found.to_vec();
    sorted.sort_by_key(|finding| finding.level);
    Findings {
        rows: sorted.iter().take(ROWS).map(|one| finding(one)).collect(),
        left_out: found.len().saturating_sub(ROWS),
    }
}

fn place(label: &Label, sources: &[Source]) -> Option<Place> {
    let source = sources.get(usize::from(label.span.source))?;
    let range = label.span.range();
    let (first, last) = (source.line_index(range.start), source.line_index(range.end.max(range.start)));
    // Of a whole table the first lines are enough to find it.
    let shown = first.saturating_sub(1)..=last.min(first + 2);
    let lines = shown.filter(|line| *line < source.line_count()).map(|index| {
        let line = source.line(index);
        let (start, end) = (range.start.clamp(line.start, line.end), range.end.clamp(line.start, line.end));
        let part = |range: std::ops::Range<usize>| source.text.get(range).unwrap_or_default().to_owned();
        Line {
            number: index + 1,
            before: part(line.start..start),
            marked: part(start..end),
            after: part(end..line.end),
        }
    });
    let file = format!("{}:{}", source.name, first + 1);
    Some(Place { file, text: label.text.clone(), lines: lines.collect() })
}
