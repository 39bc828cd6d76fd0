//! `plan check --fix`: what was certainly meant is written into the plan, in place of what was written there and nothing
//! else, so that comments and layout stay.
//!
//! A mended mistake may uncover the next one, because an error stops the next stage; so the plan is mended and read again
//! until no certain fix remains. A file that is no TOML is never touched.

use super::compile::{self, compile_text};
use super::failure::Failure;
use super::format::location::{Location, relative};
use super::lock::alone;
use super::place::Place;
use super::run::PlanRun;
use super::terminal::Terminal;
use crate::PLAN;
use crate::decode::rules::SYNTAX;
use crate::diagnostics::{Diagnostic, Fix, Rule};
use crate::source::Source;
use std::fs;
use std::io::Write;
use std::path::Path;
use toml::de::DeTable;

/// How often a plan is read again. Each round mends at least one mistake, and most plans need two rounds.
const ROUNDS: usize = 64;

/// What was mended in one plan, or would be.
#[derive(Debug, Default)]
pub struct Fixes {
    pub done: Vec<Done>,
    /// The change as a unified diff, when it was only to be shown.
    pub diff: Option<String>,
    /// Why something with a certain fix was left as it is.
    pub left: Option<String>,
}

/// One fix.
#[derive(Debug)]
pub struct Done {
    pub rule: &'static Rule,
    pub message: String,
    /// Where it was when it was mended.
    pub location: Location,
    pub was: String,
    pub replacement: String,
}

/// Mends a plan. With `show`, nothing is written and the change is in the diff; then `as_it_lies` asks for the findings
/// of the file as it is on disk, and otherwise they are those that would remain.
pub fn fix(place: &Place, show: bool, as_it_lies: bool) -> Result<PlanRun, Failure> {
    // Held to the end: the text that is read here is the one that is replaced.
    let _alone = if show { None } else { alone(place)? };
    let original = compile::plan(place)?;
    let mut fixes = Fixes::default();
    let mut run = compile_text(place, original.clone(), false, |_| ())?.run;
    let mut refused = Vec::new();
    for _ in 0..ROUNDS {
        let (text, done, not_done) = mend(&run);
        refused = not_done;
        if done.is_empty() {
            break;
        }
        fixes.done.extend(done);
        let source = Source::new(original.name.clone(), text);
        run = compile_text(place, source, false, |_| ())?.run;
    }
    fixes.left = left(&run, &refused);
    let text = &run.sources[usize::from(PLAN)].text;
    if *text == original.text {
        // Nothing to do, or a change that undid itself.
        fixes.done.clear();
    }
    if show {
        fixes.diff = Some(diff(&relative(&original.name), &original.text, text));
        if as_it_lies {
            run = compile_text(place, original, false, |_| ())?.run;
        }
    } else if *text != original.text {
        replace(&place.file, &original.text, text)?;
    }
    run.fixes = fixes;
    Ok(run)
}

/// The text of a plan with every certain fix that leaves it readable, what was mended, and what was not.
fn mend(run: &PlanRun) -> (String, Vec<Done>, Vec<String>) {
    let source = &run.sources[usize::from(PLAN)];
    let mut wanted: Vec<(&Diagnostic, &Fix)> = run
        .diagnostics
        .iter()
        .filter_map(|finding| finding.fix.as_ref().map(|fix| (finding, fix)))
        .filter(|(_, fix)| fix.span.source == PLAN && source.text[fix.span.range()] != fix.replacement)
        .collect();
    if run.diagnostics.iter().any(|finding| finding.rule.code == SYNTAX.code) {
        wanted.clear();
    }
    // The last first, so that the places of the others stay; of two that overlap the second waits for the next round.
    wanted.sort_by_key(|(_, fix)| (fix.span.start, fix.span.end));
    wanted
        .dedup_by(|(_, later), (_, earlier)| later.span.start < earlier.span.end.max(earlier.span.start + 1));
    wanted.reverse();
    let mut text = source.text.clone();
    let (mut done, mut refused) = (Vec::new(), Vec::new());
    let all = wanted.iter().fold(source.text.clone(), |mut text, (_, fix)| {
        text.replace_range(fix.span.range(), &fix.replacement);
        text
    });
    let all_fit = is_toml(&all);
    for (finding, fix) in wanted {
        let was = source.text[fix.span.range()].to_owned();
        // Two keys that were meant to be the same one, say: together they are no TOML.
        if !all_fit {
            let mut alone = text.clone();
            alone.replace_range(fix.span.range(), &fix.replacement);
            if !is_toml(&alone) {
                refused.push(format!(
                    "`{was}` is not replaced by `{}`, which is there already",
                    fix.replacement
                ));
                continue;
            }
        }
        text.replace_range(fix.span.range(), &fix.replacement);
        done.push(Done {
            rule: finding.rule,
            message: finding.message.clone(),
            location: Location::of(fix.span, &run.sources),
            was,
            replacement: fix.replacement.clone(),
        });
    }
    done.reverse();
    (text, done, refused)
}

fn is_toml(text: &str) -> bool {
    DeTable::parse(text).is_ok()
}

fn left(run: &PlanRun, refused: &[String]) -> Option<String> {
    if run.diagnostics.iter().any(|finding| finding.rule.code == SYNTAX.code && finding.span().source == PLAN)
    {
        return Some("nothing is fixed in a file that is no TOML".to_owned());
    }
    if let Some(first) = refused.first() {
        return Some(first.clone());
    }
    let mut places = run.diagnostics.iter().filter_map(|finding| finding.fix.as_ref());
    if places.clone().any(|fix| fix.span.source == PLAN) {
        return Some(format!("some fixes are left after {ROUNDS} rounds; fix again"));
    }
    let other = &run.sources[usize::from(places.next()?.span.source)].name;
    Some(format!("`{other}` is not the plan, and only plans are fixed"))
}

/// A diff that `git apply` and `patch -p1` take in the current folder.
fn diff(name: &str, before: &str, after: &str) -> String {
    if before == after {
        return String::new();
    }
    similar::TextDiff::from_lines(before, after)
        .unified_diff()
        .header(&format!("a/{name}"), &format!("b/{name}"))
        .to_string()
}

/// Replaces a file whole or not at all, with the permissions that it has.
fn replace(file: &Path, before: &str, after: &str) -> Result<(), Failure> {
    // A link is followed, so that the file that it means is replaced and not the link.
    let target = fs::canonicalize(file).map_err(Failure::system("find", file))?;
    let permissions = fs::metadata(&target).map_err(Failure::system("read", file))?.permissions();
    if permissions.readonly() {
        return Err(Failure::new(format!("cannot fix `{}`: it is read-only", file.display()))
            .help("make it writable, or look at the fixes with --diff"));
    }
    let folder = target.parent().unwrap_or(&target);
    let failed = |error: std::io::Error| Failure::new(format!("cannot write `{}`: {error}", file.display()));
    let mut new = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    new.write_all(after.as_bytes()).map_err(failed)?;
    fs::set_permissions(new.path(), permissions).map_err(failed)?;
    new.as_file().sync_all().map_err(failed)?;
    let now = fs::read(&target).map_err(Failure::system("read", file))?;
    if now != before.as_bytes() {
        let message = format!("`{}` changed while it was being fixed, and is left as it is", file.display());
        return Err(Failure::new(message).help("fix again"));
    }
    new.persist(&target).map_err(|error| failed(error.error))?;
    Ok(())
}

impl Terminal {
    /// Says on stderr what was mended and what was not.
    pub fn tell_fixes(&mut self, runs: &[PlanRun]) {
        let arrow = self.stderr.arrow();
        for run in runs {
            let verb = if run.fixes.diff.is_some() { "would fix" } else { "fixed" };
            for done in &run.fixes.done {
                let Done { rule, location, was, replacement, .. } = done;
                let (code, name, place) = (rule.code, rule.name, location.shown());
                self.note(&format!("{verb} {place}: {code} {name}: {was} {arrow} {replacement}\n"));
            }
            if let Some(left) = &run.fixes.left {
                self.remark(&format!("{}: {left}\n", run.place.shown()));
            }
        }
    }
}
