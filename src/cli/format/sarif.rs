//! SARIF 2.1.0, the OASIS format of static analysis results, as code scanning of GitHub and IDEs read it.

use super::fingerprint::fingerprints;
use super::location::relative;
use super::{Format, Options, refusals};
use crate::cli::run::{PlanRun, Status};
use crate::cli::schema::diagnostic;
use crate::diagnostics::{Diagnostic, Fix, Label, Rule};
use crate::source::{Source, Span};
use serde_json::{Map, Value, json};

pub static FORMAT: Format =
    Format { name: "sarif", about: "SARIF 2.1.0, for code scanning and editors", for_programs: true, render };

/// Where the OASIS schema lies, by its own name.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

fn render(runs: &[PlanRun], options: &Options) -> String {
    let mut rules: Vec<&'static Rule> =
        runs.iter().flat_map(|run| &run.diagnostics).map(|finding| finding.rule).collect();
    rules.sort_by_key(|rule| rule.code);
    rules.dedup_by_key(|rule| rule.code);
    let mut results = Vec::new();
    let mut notifications = Vec::new();
    for run in runs {
        let texts: Vec<Text<'_>> = run.sources.iter().map(Text::new).collect();
        for (found, fingerprint) in run.diagnostics.iter().zip(fingerprints(run)) {
            results.push(result(found, &fingerprint, &rules, &texts));
        }
        for (file, message) in refusals(run) {
            let location = json!({ "physicalLocation": { "artifactLocation": { "uri": uri(&file) } } });
            notifications.push(json!({
                "level": "error",
                "message": { "text": message },
                "locations": [location],
            }));
        }
    }
    let status = crate::cli::run::status(runs, options.deny_warnings);
    let report = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "plan",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
            }},
            "invocations": [{
                "executionSuccessful": status != Status::NoAnswer,
                "exitCode": status as u8,
                "toolExecutionNotifications": notifications,
            }],
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{report:#}\n")
}

fn descriptor(rule: &Rule) -> Value {
    let markdown = diagnostic(rule);
    // The page about a rule begins with an anchor for links within `diagnostics.md`.
    let markdown = markdown.split_once("\n\n").map_or(markdown.as_str(), |(_, rest)| rest);
    let mut text = format!("{}\n\n{}", rule.summary, rule.explanation);
    for (heading, example) in [("This fails:", rule.fails), ("This passes:", rule.passes)] {
        if !example.is_empty() {
            text.push_str(&format!("\n\n{heading}\n\n{}", example.trim_end()));
        }
    }
    json!({
        "id": rule.code,
        "name": rule.name,
        "shortDescription": { "text": rule.summary },
        "fullDescription": { "text": rule.explanation },
        "help": { "text": text, "markdown": markdown },
        "defaultConfiguration": { "level": rule.level.word() },
        "properties": { "tags": ["correctness"], "precision": "very-high" },
    })
}

fn result(found: &Diagnostic, fingerprint: &str, rules: &[&'static Rule], texts: &[Text<'_>]) -> Value {
    let index = rules.iter().position(|rule| rule.code == found.rule.code);
    let message = super::location::sentence(found);
    let mut result = json!({
        "ruleId": found.rule.code,
        "ruleIndex": index,
        "level": found.level.word(),
        "message": { "text": message },
        "locations": [location(&found.labels[0], None, texts)],
        "partialFingerprints": { "plan/v1": fingerprint },
        "properties": { "on": found.on },
    });
    if found.labels.len() > 1 {
        let others = found.labels.iter().skip(1).enumerate();
        result["relatedLocations"] = others.map(|(at, label)| location(label, Some(at), texts)).collect();
    }
    if let Some(fix) = &found.fix {
        result["fixes"] = json!([self::fix(fix, found.help.as_deref(), texts)]);
    }
    result
}

fn location(label: &Label, id: Option<usize>, texts: &[Text<'_>]) -> Value {
    let text = &texts[usize::from(label.span.source)];
    let mut location = Map::new();
    if let Some(id) = id {
        location.insert("id".to_owned(), json!(id));
    }
    let place = json!({
        "artifactLocation": { "uri": uri(&relative(&text.source.name)) },
        "region": text.region(label.span),
    });
    location.insert("physicalLocation".to_owned(), place);
    if !label.text.is_empty() {
        location.insert("message".to_owned(), json!({ "text": label.text }));
    }
    Value::Object(location)
}

fn fix(fix: &Fix, help: Option<&str>, texts: &[Text<'_>]) -> Value {
    let text = &texts[usize::from(fix.span.source)];
    json!({
        "description": { "text": help.unwrap_or("write what was meant") },
        "artifactChanges": [{
            "artifactLocation": { "uri": uri(&relative(&text.source.name)) },
            "replacements": [{
                "deletedRegion": text.region(fix.span),
                "insertedContent": { "text": fix.replacement },
            }],
        }],
    })
}

/// A text with the number of characters before each of its lines: SARIF counts offsets in characters.
struct Text<'a> {
    source: &'a Source,
    before: Vec<usize>,
}

impl<'a> Text<'a> {
    fn new(source: &'a Source) -> Text<'a> {
        let mut before = vec![0];
        let mut characters = 0;
        for line in source.text.split_inclusive('\n') {
            characters += line.chars().count();
            before.push(characters);
        }
        Text { source, before }
    }

    fn region(&self, span: Span) -> Value {
        let range = span.range();
        let (start, end) = (self.source.position(range.start), self.source.position(range.end));
        let offset = |position: crate::source::Position| {
            self.before[position.line as usize - 1] + position.column as usize - 1
        };
        json!({
            "startLine": start.line,
            "startColumn": start.column,
            "endLine": end.line,
            "endColumn": end.column,
            "charOffset": offset(start),
            "charLength": offset(end) - offset(start),
        })
    }
}

/// A path as a URI reference: RFC 3986 path characters stay, every other byte is written `%XX`.
fn uri(path: &str) -> String {
    let mut uri = if path.starts_with('/') { "file://".to_owned() } else { String::new() };
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte))
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_has_no_spaces_and_says_when_it_is_absolute() {
        assert_eq!(uri("plans/my lab/ü#1.toml"), "plans/my%20lab/%C3%BC%231.toml");
        assert_eq!(uri("/srv/plan.toml"), "file:///srv/plan.toml");
    }

    #[test]
    fn offsets_count_characters() {
        let source = Source::new("x", "aé\nöb = 1");
        let region = Text::new(&source).region(Span::new(0, 6..7));
        assert_eq!((region["startLine"].as_u64(), region["startColumn"].as_u64()), (Some(2), Some(2)));
        assert_eq!((region["charOffset"].as_u64(), region["charLength"].as_u64()), (Some(4), Some(1)));
    }
}
