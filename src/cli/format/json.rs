//! For a program: one object with everything, whose form `schema/report.schema.json` fixes.

use super::{Format, Options};
use crate::cli::fix::Done;
use crate::cli::run::PlanRun;
use crate::diagnostics::{Diagnostic, Fix, Label};
use crate::source::{Position, Source, Span};
use serde_json::{Value, json};

pub static FORMAT: Format = Format {
    name: "json",
    about: "for a program: one object, see schema/report.schema.json",
    for_programs: true,
    render,
};

/// Counts up when a reader of the form before would read the new one wrongly. New keys do not.
const FORMAT_VERSION: u32 = 1;

fn render(runs: &[PlanRun], options: &Options) -> String {
    let plans: Vec<Value> = runs.iter().map(|run| plan(run, options)).collect();
    let report = json!({ "format_version": FORMAT_VERSION, "plans": plans });
    format!("{report:#}\n")
}

fn plan(run: &PlanRun, options: &Options) -> Value {
    let status = run.status(options.deny_warnings) as u8;
    let findings: Vec<Value> = run.diagnostics.iter().map(|found| finding(found, &run.sources)).collect();
    let failure =
        run.refused.as_ref().map(|(_, failure)| json!({ "message": failure.message, "help": failure.help }));
    let built = run.built.as_ref().map(|built| {
        let paths = |paths: &[crate::tree::TreePath]| -> Vec<String> {
            paths.iter().map(|path| path.as_str().to_owned()).collect()
        };
        json!({
            "root": built.root.display().to_string(),
            "files": built.files,
            "added": paths(&built.report.added),
            "changed": paths(&built.report.changed),
            "forced": paths(&built.report.forced),
            "removed": paths(&built.report.removed),
            "unchanged": built.report.unchanged,
            "lock_written": built.lock_written,
        })
    });
    json!({
        "plan": run.place.shown(),
        "status": status,
        "diagnostics": findings,
        "lock_changes": run.lock_changes,
        "fixed": run.fixes.done.iter().map(done).collect::<Vec<_>>(),
        "not_fixed": run.fixes.left,
        "diff": run.fixes.diff,
        "built": built,
        "failure": failure,
    })
}

fn finding(finding: &Diagnostic, sources: &[Source]) -> Value {
    let labels: Vec<Value> = finding.labels.iter().map(|label| self::label(label, sources)).collect();
    json!({
        "code": finding.rule.code,
        "name": finding.rule.name,
        "level": finding.level.word(),
        "message": finding.message,
        "on": finding.on,
        "labels": labels,
        "help": finding.help,
        "fix": finding.fix.as_ref().map(|fix| self::fix(fix, sources)),
    })
}

fn done(done: &Done) -> Value {
    json!({
        "code": done.rule.code,
        "name": done.rule.name,
        "message": done.message,
        "file": done.location.file,
        "line": done.location.start.line,
        "column": done.location.start.column,
        "was": done.was,
        "replacement": done.replacement,
    })
}

fn label(label: &Label, sources: &[Source]) -> Value {
    let mut place = place(label.span, sources);
    place["text"] = json!(label.text);
    place
}

fn fix(fix: &Fix, sources: &[Source]) -> Value {
    let mut place = place(fix.span, sources);
    place["replacement"] = json!(fix.replacement);
    place
}

fn place(span: Span, sources: &[Source]) -> Value {
    let source = &sources[usize::from(span.source)];
    let position = |offset: u32| {
        let Position { line, column } = source.position(offset as usize);
        json!({ "line": line, "column": column, "offset": offset })
    };
    json!({ "file": source.name, "start": position(span.start), "end": position(span.end) })
}

/// The JSON Schema of the report.
pub fn schema() -> Value {
    let text = |about: &str| json!({ "type": "string", "description": about });
    let maybe = |about: &str| json!({ "type": ["string", "null"], "description": about });
    let paths = |about: &str| json!({ "type": "array", "items": { "type": "string" }, "description": about });
    let number = |about: &str| json!({ "type": "integer", "minimum": 0, "description": about });
    let object = |about: &str, properties: Value| {
        let required: Vec<&String> =
            properties.as_object().into_iter().flat_map(|keys| keys.keys()).collect();
        json!({
            "type": "object",
            "description": about,
            "required": required,
            "additionalProperties": true,
            "properties": properties,
        })
    };
    let or_null = |value: Value| json!({ "anyOf": [value, { "type": "null" }] });
    let position = object(
        "A place in a file.",
        json!({
            "line": { "type": "integer", "minimum": 1, "description": "From 1." },
            "column": { "type": "integer", "minimum": 1, "description": "From 1, in characters." },
            "offset": number("From 0, in bytes."),
        }),
    );
    let place = |about: &str, key: &str, what: &str| {
        let mut properties = json!({
            "file": text("The file, as messages call it."),
            "start": { "$ref": "#/$defs/position" },
            "end": { "$ref": "#/$defs/position" },
        });
        properties[key] = text(what);
        object(about, properties)
    };
    let finding = object(
        "A finding.",
        json!({
            "code": { "type": "string", "pattern": "^P[0-9]{4}$", "description": "The rule's code; it never changes." },
            "name": text("The rule's name; `plan explain NAME` says more."),
            "level": { "enum": ["error", "warning", "note"], "description": "How much it weighs." },
            "message": text("What is wrong, as one sentence."),
            "on": text("The key path that an `accept` entry names."),
            "labels": {
                "type": "array",
                "minItems": 1,
                "items": place("A place that matters.", "text", "What to say about it; possibly nothing."),
                "description": "The first is where the finding is; the others are why.",
            },
            "help": maybe("What to write or do."),
            "fix": or_null(place("A replacement that certainly is what was meant.", "replacement", "The new text.")),
        }),
    );
    let built = object(
        "What a build did.",
        json!({
            "root": text("The root of the tree."),
            "files": number("How many files the tree has."),
            "added": paths("Files that were not there."),
            "changed": paths("Files that had older content."),
            "forced": paths("Files of other hands that `--force` overwrote or removed."),
            "removed": paths("Files that left the tree."),
            "unchanged": number("How many files had the right content."),
            "lock_written": { "type": "boolean", "description": "Whether plan.lock changed." },
        }),
    );
    let fixed = object(
        "A fix.",
        json!({
            "code": text("The rule's code."),
            "name": text("The rule's name."),
            "message": text("What was wrong."),
            "file": text("The plan, relative to the current folder."),
            "line": { "type": "integer", "minimum": 1, "description": "Where it was when it was mended." },
            "column": { "type": "integer", "minimum": 1, "description": "From 1, in characters." },
            "was": text("The text before."),
            "replacement": text("The text now."),
        }),
    );
    let failure = object(
        "Why there is no answer, or why a good plan was not written.",
        json!({ "message": text("What went wrong."), "help": maybe("What to do.") }),
    );
    let plan = object(
        "One plan.",
        json!({
            "plan": text("The plan's file, as messages call it."),
            "status": { "enum": [0, 1, 2], "description": "0 all is well, 1 the answer is no, 2 there is no answer." },
            "diagnostics": { "type": "array", "items": finding, "description": "Every finding, by place." },
            "lock_changes": paths("What a build with --locked refused to change in plan.lock."),
            "fixed": { "type": "array", "items": fixed, "description": "What --fix mended, or with --diff would mend." },
            "not_fixed": maybe("Why --fix left something with a certain fix."),
            "diff": maybe("The change as a unified diff, with --fix --diff."),
            "built": or_null(built),
            "failure": or_null(failure),
        }),
    );
    let mut report = object(
        "What a run of `plan` found.",
        json!({
            "format_version": { "const": FORMAT_VERSION, "description": "The version of this form." },
            "plans": { "type": "array", "items": plan, "description": "Every plan of the run." },
        }),
    );
    report["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    report["title"] = json!("Report of plan --format json");
    report["$defs"] = json!({ "position": position });
    report
}
