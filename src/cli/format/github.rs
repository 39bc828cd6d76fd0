//! Annotations of a pull request: workflow commands that the GitHub runner reads from the log.
//!
//! Escapes as in `actions/toolkit` `packages/core/src/command.ts`: data and properties are cut at `%`, line breaks, and in
//! properties also at `:` and `,`.

use super::location::{Location, sentence};
use super::{Format, Options, refusals};
use crate::cli::run::PlanRun;
use crate::diagnostics::{Diagnostic, Level};
use crate::source::Source;

pub static FORMAT: Format = Format {
    name: "github",
    about: "annotations of a pull request: GitHub workflow commands",
    for_programs: true,
    render,
};

fn render(runs: &[PlanRun], _: &Options) -> String {
    let mut text = String::new();
    for run in runs {
        for finding in &run.diagnostics {
            text.push_str(&command(finding, &run.sources));
        }
        for (file, message) in refusals(run) {
            text.push_str(&format!("::error file={},title=plan::{}\n", property(&file), data(&message)));
        }
    }
    text
}

fn command(finding: &Diagnostic, sources: &[Source]) -> String {
    let kind = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    };
    let Location { file, start, end } = Location::of(finding.span(), sources);
    let mut properties = format!("file={},line={},endLine={}", property(&file), start.line, end.line);
    // Columns of several lines are refused by the checks API.
    if start.line == end.line {
        properties.push_str(&format!(",col={},endColumn={}", start.column, end.column.max(start.column)));
    }
    let title = format!("{} {}", finding.rule.code, finding.rule.name);
    let mut message = sentence(finding);
    for label in finding.labels.iter().skip(1).filter(|label| !label.text.is_empty()) {
        message.push_str(&format!("\n{}: {}", Location::of(label.span, sources).shown(), label.text));
    }
    format!("::{kind} {properties},title={}::{}\n", property(&title), data(&message))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{data, property};

    #[test]
    fn what_ends_a_command_or_a_property_is_escaped() {
        assert_eq!(data("100% of\r\na: b, c"), "100%25 of%0D%0Aa: b, c");
        assert_eq!(property("a:b,c\n%"), "a%3Ab%2Cc%0A%25");
    }
}
