//! One edit of a plan is one finding, at the place of the edit; another good value is none.
//!
//! `tests/mutations/*.txt` are the edits, in blocks apart by an empty line: `plan: NAME` (of `plans/` or `tests/plans/`) or
//! `manifests: NAME` (of this folder), `find: TEXT` that is in it once, `replace: TEXT`, and `expect: RULE …`, or `expect:
//! nothing`; `also: RULE …` names what truly follows from the edit and shows elsewhere. `\n` is a line break. `first: TEXT` counts from the first occurrence of a text on, for places that look
//! alike. Some mistakes take several lines: a block may have several `find`s, each with its `replace`. `lock: TEXT` and
//! `template: PATH TEXT` (of Ansible) and `check: PATH TEXT` (of the runbook) are files beside the plan, wholly new. Every rule of `expect` must be found with a label that
//! touches an edited place, and no other rule may be broken that the plan did not break before.

use plan::diagnostics::Diagnostic;
use plan::model::values::Date;
use plan::source::{Source, Span};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Beyond what is counted here, the suite has shrunk.
const LEAST_CAUGHT: usize = 300;
const LEAST_HARMLESS: usize = 100;

/// The day on which the plans are read; no `accept` of theirs is over.
const TODAY: Date = Date { year: 2026, month: 1, day: 31 };

#[derive(Default)]
struct Mutation {
    place: String,
    base: PathBuf,
    edits: Vec<Edit>,
    lock: Option<String>,
    templates: Vec<(String, String)>,
    checks: Vec<(String, String)>,
    expect: BTreeSet<String>,
    /// What follows truly from the edit and shows elsewhere.
    also: BTreeSet<String>,
}

struct Edit {
    find: String,
    replace: String,
    from: Option<String>,
}

fn mutations() -> Vec<Mutation> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let entries = std::fs::read_dir(root.join("tests/mutations")).expect("mutations");
    let mut files: Vec<_> = (entries.map(|entry| entry.expect("an entry").path()))
        .filter(|path| path.extension().is_some_and(|end| end == "txt"))
        .collect();
    files.sort();
    let mut all = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a text");
        let mut line = 1;
        for block in text.split("\n\n") {
            let place = format!("{}:{line}", file.file_name().expect("a name").to_string_lossy());
            line += block.lines().count() + 1;
            all.extend(mutation(root, block, place));
        }
    }
    all
}

/// Nothing for a block of comments.
fn mutation(root: &Path, block: &str, place: String) -> Option<Mutation> {
    let mut mutation = Mutation { place, ..Mutation::default() };
    let mut expected = false;
    let mut from = None;
    for line in block.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let (key, value) = line.split_once(": ").unwrap_or((line.trim_end_matches(':'), ""));
        let text = || value.replace("\\n", "\n");
        match key {
            "plan" => {
                let folders = ["plans", "tests/plans"].map(|folder| root.join(folder).join(value));
                let folder = folders.into_iter().find(|folder| folder.is_dir());
                let folder = folder.unwrap_or_else(|| panic!("{}: no plan {value}", mutation.place));
                mutation.base = folder.join("migration.toml");
            }
            "manifests" => mutation.base = root.join("tests/mutations").join(value),
            "first" => from = Some(text()),
            "find" => mutation.edits.push(Edit { find: text(), replace: String::new(), from: from.take() }),
            "replace" => mutation.edits.last_mut().expect("a `find` before").replace = text(),
            "lock" => mutation.lock = Some(text()),
            "template" | "check" => {
                let (path, _) = value.split_once(' ').expect("a path and a text");
                let file = (path.to_owned(), text()[path.len() + 1..].to_owned());
                if key == "check" { mutation.checks.push(file) } else { mutation.templates.push(file) }
            }
            "expect" => {
                let names = value.split_whitespace().filter(|name| *name != "nothing");
                mutation.expect = names.map(str::to_owned).collect();
                expected = true;
            }
            "also" => mutation.also = value.split_whitespace().map(str::to_owned).collect(),
            other => panic!("{} says `{other}`", mutation.place),
        }
    }
    assert!(mutation.base.as_os_str().is_empty() || expected, "{} expects neither", mutation.place);
    (!mutation.base.as_os_str().is_empty()).then_some(mutation)
}

/// What is said about a text; nothing is written from it.
fn judge(base: &Path, text: &str, mutation: Option<&Mutation>) -> Vec<Diagnostic> {
    if base.extension().is_some_and(|end| end == "yaml") {
        let source = Source::new("manifests.yaml", text);
        let manifests = plan::manifests::Manifests::read(std::slice::from_ref(&source));
        let network = plan::connectivity::Network::new(&manifests.world);
        return plan::manifests::finding::find(&manifests, &network);
    }
    let mut inputs = plan::Inputs::new(Source::new("migration.toml", text));
    if let Some(mutation) = mutation {
        inputs.lock = mutation.lock.as_deref().map(|lock| Source::new("plan.lock", lock));
        let sources = |files: &[(String, String)]| {
            files.iter().map(|(path, text)| (path.clone(), Source::new(path, text.as_str()))).collect()
        };
        inputs.templates = sources(&mutation.templates);
        inputs.runbook = sources(&mutation.checks);
    }
    let mut expired = Vec::new();
    let mut found = plan::judge(&inputs, |facts, _| expired = plan::check::expired(facts, TODAY));
    found.extend(expired);
    found
}

/// A text, and what is found in it anyway, by rule and key path.
struct Base {
    text: String,
    found: BTreeSet<(&'static str, String)>,
}

impl Base {
    fn read(path: &Path) -> Base {
        let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        let found = judge(path, &text, None);
        Base { found: found.into_iter().map(|finding| (finding.rule.name, finding.on)).collect(), text }
    }
}

/// The edited text, and where it is another one.
fn edited(base: &str, edits: &[Edit]) -> Result<(String, Vec<Range<usize>>), String> {
    let mut text = base.to_owned();
    let mut places: Vec<Range<usize>> = Vec::new();
    for Edit { find, replace, from } in edits {
        let start = match from {
            Some(from) => text.find(from).unwrap_or(text.len()),
            None => 0,
        };
        let count = text[start..].matches(find.as_str()).count();
        if count == 0 || (count > 1 && from.is_none()) {
            return Err(format!("`{find}` is {count} times in the text"));
        }
        let at = start + text[start..].find(find.as_str()).unwrap_or_default();
        text.replace_range(at..at + find.len(), replace);
        for place in places.iter_mut().filter(|place| place.start > at) {
            *place = place.start + replace.len() - find.len()..place.end + replace.len() - find.len();
        }
        // What is equal at both ends is no part of the edit.
        let same = |(a, b): &(u8, u8)| a == b;
        let head = find.bytes().zip(replace.bytes()).take_while(same).count();
        let tail = find.bytes().rev().zip(replace.bytes().rev()).take_while(same).count();
        let tail = tail.min(find.len().min(replace.len()) - head);
        places.push(at + head..at + replace.len() - tail);
    }
    // What is taken away leaves no place but the table, or the object, that lacks it.
    for place in places.iter_mut().filter(|place| place.start == place.end) {
        let border = |text: &str| -> [Option<usize>; 2] { [text.find("\n["), text.find("\n---")] };
        let end = border(&text[place.end..]).into_iter().flatten().min();
        let start = ["\n[", "\n---"].into_iter().filter_map(|border| text[..place.start].rfind(border)).max();
        *place = start.unwrap_or(0)..end.map_or(text.len(), |end| place.end + end);
    }
    Ok((text, places))
}

/// What is wrong with a mutation, if anything.
fn complaint(mutation: &Mutation, base: &Base) -> Option<String> {
    let Mutation { expect, .. } = mutation;
    let (text, places) = match edited(&base.text, &mutation.edits) {
        Ok(edited) => edited,
        Err(complaint) => return Some(complaint),
    };
    let touches = |span: Span| {
        let there = |place: &Range<usize>| span.range().start <= place.end && place.start <= span.range().end;
        span.source != plan::PLAN || places.iter().any(there)
    };
    let found: Vec<Diagnostic> = judge(&mutation.base, &text, Some(mutation))
        .into_iter()
        .filter(|finding| {
            let known = base.found.contains(&(finding.rule.name, finding.on.clone()));
            expect.contains(finding.rule.name) || !known
        })
        .collect();
    let list = || -> String {
        let said = |span: Span| text.get(span.range()).unwrap_or("?").to_owned();
        let labels = |finding: &Diagnostic| -> Vec<String> {
            finding.labels.iter().map(|label| said(label.span)).collect()
        };
        let line = |finding: &Diagnostic| {
            format!("\n      {}: {} {:?}", finding.rule.name, finding.message, labels(finding))
        };
        found.iter().map(line).collect()
    };
    for rule in expect {
        let own: Vec<&Diagnostic> = found.iter().filter(|finding| finding.rule.name == rule).collect();
        if own.is_empty() {
            return Some(format!("does not break {rule}:{}", list()));
        }
        if !own.iter().any(|finding| finding.labels.iter().any(|label| touches(label.span))) {
            return Some(format!("breaks {rule} elsewhere:{}", list()));
        }
    }
    let known = |name: &str| expect.contains(name) || mutation.also.contains(name);
    let others = found.iter().any(|finding| !known(finding.rule.name));
    others.then(|| format!("breaks more:{}", list()))
}

#[test]
fn every_edit_is_judged_rightly() {
    let all = mutations();
    let bases: BTreeSet<&Path> = all.iter().map(|mutation| mutation.base.as_path()).collect();
    let bases: BTreeMap<&Path, Base> = bases.into_iter().map(|path| (path, Base::read(path))).collect();
    let complaints: Vec<String> = all
        .par_iter()
        .filter_map(|mutation| {
            let complaint = complaint(mutation, &bases[mutation.base.as_path()])?;
            let edits =
                mutation.edits.iter().map(|Edit { find, replace, .. }| format!("{find:?} -> {replace:?}"));
            Some(format!("{}: {} {complaint}", mutation.place, edits.collect::<Vec<_>>().join(", ")))
        })
        .collect();
    assert!(complaints.is_empty(), "{} of {}:\n{}", complaints.len(), all.len(), complaints.join("\n"));
    let harmless = all.iter().filter(|mutation| mutation.expect.is_empty()).count();
    assert!(harmless >= LEAST_HARMLESS, "{harmless} harmless edits");
    assert!(all.len() - harmless >= LEAST_CAUGHT, "{} edits are caught", all.len() - harmless);
}

#[test]
fn every_rule_is_broken_by_an_edit() {
    let all = mutations();
    let broken: BTreeSet<&str> =
        all.iter().flat_map(|mutation| &mutation.expect).map(String::as_str).collect();
    let missing: Vec<&str> = (plan::check::rules().iter().map(|rule| rule.name))
        .filter(|name| !broken.contains(name) && !OUT_OF_REACH.contains(name))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Rules that no edit can break.
const OUT_OF_REACH: &[&str] = &[];
