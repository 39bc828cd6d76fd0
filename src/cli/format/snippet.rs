//! The lines around a place, found by the index of lines.

use crate::source::Source;
use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

/// A text whose lines miette can show. miette's own sources read a text from its start for each label: 4 ms for one of
/// 1.4 MB, where this takes microseconds.
#[derive(Debug)]
pub struct Snippet<'a>(pub &'a Source);

impl SourceCode for Snippet<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let source = self.0;
        let (first, end) = (span.offset(), span.offset() + span.len());
        if end > source.text.len() {
            return Err(MietteError::OutOfBounds);
        }
        let line = source.line_index(first);
        let start_line = line.saturating_sub(lines_before);
        // Without lines before, miette wants the place itself and its column: it prints `file:line:column` of it.
        let (start, column) = match lines_before {
            0 => (first, first - source.line(line).start),
            _ => (source.line(start_line).start, 0),
        };
        // A span that ends in a line break ends in the line before it.
        let last = source.line_index(end.saturating_sub(1).max(first));
        let last = (last + lines_after).min(source.line_count() - 1);
        // How many lines these are, not miette's number of the last one, which joins places that lie far apart.
        let count = last + 1 - if lines_before == 0 { line } else { start_line };
        // With its line break, without which miette does not show an empty last line.
        let stop = (source.line(last).end + 1).clamp(end, source.text.len());
        let contents = MietteSpanContents::new_named(
            source.name.clone(),
            &source.text.as_bytes()[start..stop],
            (start, stop - start).into(),
            start_line,
            column,
            count,
        );
        Ok(Box::new(contents))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, offset: usize, length: usize, context: usize) -> (String, usize, usize) {
        let source = Source::new("x", text);
        let snippet = Snippet(&source);
        let contents = snippet.read_span(&(offset, length).into(), context, context).unwrap();
        let bytes = String::from_utf8(contents.data().to_vec()).unwrap();
        (bytes, contents.line(), contents.column())
    }

    #[test]
    fn a_place_comes_with_its_neighbours() {
        let text = "a = 1\nb = 2\nc = 3\nd = 4\n";
        assert_eq!(shown(text, 12, 1, 1), ("b = 2\nc = 3\nd = 4\n".to_owned(), 1, 0));
        assert_eq!(shown(text, 16, 1, 0), ("3\n".to_owned(), 2, 4));
        assert_eq!(shown(text, 0, 0, 1).0, "a = 1\nb = 2\n");
        assert_eq!(shown("", 0, 0, 1).0, "");
    }

    /// What miette draws around labels.
    fn drawn(source: impl SourceCode + 'static, places: &[(usize, usize)]) -> String {
        let label =
            |(offset, length): &(usize, usize)| miette::LabeledSpan::at(*offset..offset + length, "here");
        let labels: Vec<_> = places.iter().map(label).collect();
        let report = miette::miette!(labels = labels, "message").with_source_code(source);
        let mut text = String::new();
        let handler = miette::GraphicalReportHandler::new_themed(miette::GraphicalTheme::none());
        handler.render_report(&mut text, report.as_ref()).unwrap();
        text
    }

    #[test]
    fn miette_draws_the_same_from_its_own_sources() {
        let text = "[lan]\ncidr = \"x\"\n\ngateway = 1\nz = 2\n";
        let source: &'static Source = Box::leak(Box::new(Source::new("plan.toml", text)));
        for (offset, length) in [(0, 5), (6, 4), (13, 3), (18, 7), (30, 1), (6, 20)] {
            let stock = drawn(miette::NamedSource::new("plan.toml", text), &[(offset, length)]);
            assert_eq!(drawn(Snippet(source), &[(offset, length)]), stock, "{offset}");
        }
    }

    #[test]
    fn what_lies_between_two_far_places_is_not_shown() {
        let text: String = (1..=40).map(|number| format!("line-{number}\n")).collect();
        let source: &'static Source = Box::leak(Box::new(Source::new("plan.toml", text)));
        let place = |line: &str| (source.text.find(line).unwrap(), line.len());
        let far = drawn(Snippet(source), &[place("line-12"), place("line-31")]);
        assert!(far.contains("line-12") && far.contains("line-31") && !far.contains("line-20"), "{far}");
        let near = drawn(Snippet(source), &[place("line-12"), place("line-14")]);
        assert_eq!(near.matches("plan.toml").count(), 1, "{near}");
    }
}
