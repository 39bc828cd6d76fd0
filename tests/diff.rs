//! What a change of a plan would do, said before it is done.
//!
//! `tests/diff/cases/NAME/` holds `before.toml` and `after.toml` (with `before.lock` and `after.lock` where a lock matters;
//! without one, `after` gets the lock that `before` leaves), or the folders `before/` and `after/` with any files; and what
//! must come of it: `expected.md`, `expected.json`. With `BLESS=1` in the environment the expectations are rewritten, to
//! be read before they are committed.

use plan::diff::format::{json, markdown};
use plan::diff::{Diff, Side, compare, with_plan};
use plan::source::Source;
use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

/// The JSON of every case is what its published schema takes.
fn problems(json: &str) -> Vec<String> {
    static SCHEMA: std::sync::LazyLock<jsonschema::Validator> = std::sync::LazyLock::new(|| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/diff.schema.json");
        let schema = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        jsonschema::validator_for(&schema).unwrap()
    });
    let value = serde_json::from_str(json).unwrap();
    let errors = SCHEMA.iter_errors(&value);
    errors.map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn every_case_says_what_is_expected() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut wrong = Vec::new();
    for case in cases() {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let diff = match diff(&case) {
            Ok(diff) => diff,
            Err(problem) => {
                wrong.push(format!("{name}: {problem}"));
                continue;
            }
        };
        wrong.extend(problems(&json::text(&diff)).iter().map(|problem| format!("{name}: {problem}")));
        for (file, text) in [("expected.md", markdown::text(&diff)), ("expected.json", json::text(&diff))] {
            let path = case.join(file);
            let expected = fs::read_to_string(&path).unwrap_or_default();
            if bless && expected != text {
                fs::write(&path, text).unwrap();
            } else if expected != text {
                let lines = similar::TextDiff::from_lines(&expected, &text).unified_diff().to_string();
                wrong.push(format!("{name}/{file}:\n{lines}"));
            }
        }
    }
    assert!(wrong.is_empty(), "read it, and bless it if it is right:\n{}", wrong.join("\n"));
}

/// The folders of cases, by name.
pub fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diff/cases");
    let mut cases: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|path| path.is_dir());
    cases.sort();
    cases
}

/// What a case comes to, or why its plans do not compile.
fn diff(case: &Path) -> Result<Diff, String> {
    if case.join("before").is_dir() {
        return Ok(compare(&folder(case, "before"), &folder(case, "after")));
    }
    let inputs = |side: &str, lock: Option<String>| {
        let name = format!("{side}.toml");
        let text = fs::read_to_string(case.join(&name)).map_err(|error| format!("{name}: {error}"))?;
        let lock = fs::read_to_string(case.join(format!("{side}.lock"))).ok().or(lock);
        let lock = lock.map(|text| Source::new(format!("{side}.lock"), text));
        Ok::<_, String>(plan::Inputs { lock, ..plan::Inputs::new(Source::new(name, text)) })
    };
    let (found, diff) = with_plan("before", &inputs("before", None)?, |old, output| {
        let after = inputs("after", Some(output.lock.clone()))?;
        let (found, diff) = with_plan("after", &after, |new, _| compare(old, new));
        diff.ok_or_else(|| format!("after.toml has errors: {}", messages(&found)))
    });
    diff.unwrap_or_else(|| Err(format!("before.toml has errors: {}", messages(&found))))
}

fn messages(found: &[plan::diagnostics::Diagnostic]) -> String {
    let lines = found.iter().map(|finding| {
        let help = finding.help.as_deref().unwrap_or_default();
        format!("\n  {} {}: {} ({help})", finding.rule.code, finding.on, finding.message)
    });
    lines.collect()
}

fn folder(case: &Path, side: &str) -> Side<'static> {
    let root = case.join(side);
    let files = walkdir::WalkDir::new(&root)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file());
    let file = |entry: walkdir::DirEntry| {
        let path = entry.path().strip_prefix(&root).unwrap().to_string_lossy().into_owned();
        (path, Cow::Owned(fs::read(entry.path()).unwrap()))
    };
    Side::new(side, files.map(file))
}
