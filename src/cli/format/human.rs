//! For a person: each finding with the lines it is about, and at the end how many there are.

use super::location::Location;
use super::snippet::Snippet;
use super::{Format, Options, is_wanted, printable};
use crate::cli::run::PlanRun;
use crate::cli::terminal::{Look, Paint};
use crate::diagnostics::{Diagnostic, Label, Level};
use crate::source::Source;
use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, Severity, SourceCode, ThemeCharacters, ThemeStyles,
};
use std::fmt;

pub static FORMAT: Format = Format {
    name: "human",
    about: "for a person: findings with the lines they are about",
    for_programs: false,
    render,
};

/// A person reads no more findings than this of one plan at once.
const SHOWN: usize = 50;
/// Nor a line of more bytes.
const LONGEST: usize = 2000;

fn render(runs: &[PlanRun], options: &Options) -> String {
    let mut text = String::new();
    for run in runs {
        let wanted: Vec<&Diagnostic> =
            run.diagnostics.iter().filter(|finding| is_wanted(finding, options)).collect();
        let handler = handler(options.look);
        for finding in weightiest(&wanted) {
            let shown = Shown::new(finding, &run.sources);
            handler
                .render_report(&mut text, &shown)
                .expect("broken promise: a text takes every character, and labels lie in their text");
            text.push('\n');
        }
        if let Some(more @ 1..) = wanted.len().checked_sub(SHOWN) {
            text.push_str(&format!("and {more} more; `--format json` has all of them\n\n"));
        }
    }
    text
}

/// The findings that are shown, in their order: when there are too many, errors go before warnings and notes.
fn weightiest<'a>(wanted: &[&'a Diagnostic]) -> Vec<&'a Diagnostic> {
    let mut places: Vec<usize> = (0..wanted.len()).collect();
    places.sort_by_key(|at| (wanted[*at].level, *at));
    places.truncate(SHOWN);
    places.sort_unstable();
    places.into_iter().map(|at| wanted[at]).collect()
}

fn handler(look: Look) -> GraphicalReportHandler {
    let characters = if look.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() };
    let styles = if look.color { ThemeStyles::ansi() } else { ThemeStyles::none() };
    GraphicalReportHandler::new_themed(GraphicalTheme { characters, styles })
        .with_width(look.width)
        .with_links(false)
}

/// How many findings of each level there are, in words; `no findings` when there are none.
pub fn counts(run: &PlanRun, look: Look) -> String {
    let levels = [
        (Level::Error, "error", Paint::Red),
        (Level::Warning, "warning", Paint::Yellow),
        (Level::Note, "note", Paint::Cyan),
    ];
    let parts: Vec<String> = levels
        .into_iter()
        .filter_map(|(level, word, color)| match run.count(level) {
            0 => None,
            1 => Some(look.paint(&format!("1 {word}"), color)),
            many => Some(look.paint(&format!("{many} {word}s"), color)),
        })
        .collect();
    if parts.is_empty() { "no findings".to_owned() } else { parts.join(", ") }
}

/// A finding as miette reads one. Labels in another text than the first are findings beside it.
#[derive(Debug)]
struct Shown<'a> {
    message: String,
    code: Option<String>,
    level: Level,
    help: Option<String>,
    snippet: Snippet<'a>,
    /// Whether a line of the snippet is longer than anybody reads; the place stands in the message then.
    too_long: bool,
    labels: Vec<&'a Label>,
    elsewhere: Vec<Shown<'a>>,
}

impl<'a> Shown<'a> {
    fn new(finding: &'a Diagnostic, sources: &'a [Source]) -> Shown<'a> {
        let number = finding.span().source;
        let (here, there): (Vec<&Label>, Vec<&Label>) =
            finding.labels.iter().partition(|label| label.span.source == number);
        let elsewhere = there.into_iter().map(|label| {
            let text = if label.text.is_empty() { "see also".to_owned() } else { printable(&label.text) };
            Shown::at(text, Level::Note, vec![label], sources)
        });
        Shown {
            code: Some(format!("{} {}", finding.rule.code, finding.rule.name)),
            help: finding.help.as_deref().map(printable),
            elsewhere: elsewhere.collect(),
            ..Shown::at(printable(&finding.message), finding.level, here, sources)
        }
    }

    /// A message at labels of one text, the first of which is where it is.
    fn at(message: String, level: Level, labels: Vec<&'a Label>, sources: &'a [Source]) -> Shown<'a> {
        let span = labels[0].span;
        let source = &sources[usize::from(span.source)];
        let too_long = labels.iter().any(|label| {
            let range = label.span.range();
            let (first, last) = (source.line_index(range.start), source.line_index(range.end));
            let around = first.saturating_sub(1)..=(last + 1).min(source.line_count() - 1);
            around.into_iter().any(|line| source.line(line).len() > LONGEST)
        });
        let message = match too_long {
            true => format!("{}: {message}", Location::of(span, sources).shown()),
            false => message,
        };
        Shown {
            message,
            code: None,
            level,
            help: None,
            snippet: Snippet(source),
            too_long,
            labels,
            elsewhere: Vec::new(),
        }
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Shown<'_> {}

impl miette::Diagnostic for Shown<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.code.as_ref().map(|code| Box::new(code) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<Severity> {
        Some(match self.level {
            Level::Error => Severity::Error,
            Level::Warning => Severity::Warning,
            Level::Note => Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        (!self.too_long).then_some(&self.snippet as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().enumerate().map(|(at, label)| {
            let text = Some(printable(&label.text)).filter(|text| !text.is_empty());
            let span = label.span.range();
            // The first label is where the finding is, so its line and column stand in the head.
            if at == 0 {
                LabeledSpan::new_primary_with_span(text, span)
            } else {
                LabeledSpan::new_with_span(text, span)
            }
        })))
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn miette::Diagnostic> + 'a>> {
        if self.elsewhere.is_empty() {
            return None;
        }
        Some(Box::new(self.elsewhere.iter().map(|shown| shown as &dyn miette::Diagnostic)))
    }
}
