//! The last lines of a run: one for each plan, and what kept it from being built.

use super::format::counts;
use super::run::{Built, PlanRun};
use super::terminal::{Look, Paint, Terminal};
use crate::diagnostics::Level;
use crate::tree::{Interruption, TreePath};

impl Terminal {
    /// Says on stderr how each plan ended.
    pub fn summarize(&mut self, runs: &[PlanRun]) {
        for run in runs {
            if let Some((_, failure)) = &run.refused {
                self.failure(failure);
            }
            if !run.lock_changes.is_empty() {
                let changes: String = run.lock_changes.iter().map(|change| format!("  {change}\n")).collect();
                let error = self.stderr.paint("error", Paint::Red);
                let lock = run.place.lock.display();
                self.remark(&format!(
                    "{error}: `{lock}` is not up to date, and --locked forbids to change it:\n{changes}"
                ));
            }
            let text = line(run, self.stderr, self.deny_warnings);
            let read = if self.verbose { read(run) } else { String::new() };
            let list = run.built.as_ref().filter(|_| self.verbose).map(list).unwrap_or_default();
            self.note(&format!("{read}{list}{text}"));
        }
    }
}

/// `homelab-mlops: 123 files, 4 written, 119 unchanged, 0 removed -> out/ml-platform`, or the counts of findings.
fn line(run: &PlanRun, look: Look, deny_warnings: bool) -> String {
    let counts = counts(run, look);
    let Some(built) = &run.built else {
        let denied = run.count(Level::Error) == 0 && run.is_denied(deny_warnings);
        let why = if denied { "; warnings are denied" } else { "" };
        // A plan that could not be read has no findings to count; the failure stands above.
        let known = !run.sources.is_empty();
        return if known { format!("{}: {counts}{why}\n", run.place.shown()) } else { String::new() };
    };
    let Built { platform, root, files, report, lock_written } = built;
    let mut text = String::new();
    if report.mended == Some(Interruption::Amid) {
        text.push_str(&format!("{platform}: an earlier build was interrupted; its files are mended\n"));
    }
    let findings = if run.diagnostics.is_empty() { String::new() } else { format!(" ({counts})") };
    let (written, removed, unchanged) = (report.written(), report.removed.len(), report.unchanged);
    let lock = if *lock_written { ", plan.lock written" } else { "" };
    text.push_str(&format!(
        "{platform}: {files} files, {written} written, {unchanged} unchanged, {removed} removed{lock} {} {}{findings}\n",
        look.arrow(),
        root.display(),
    ));
    text
}

/// Every file that was read.
fn read(run: &PlanRun) -> String {
    run.sources
        .iter()
        .filter(|source| !source.text.is_empty())
        .map(|source| format!("read {}\n", source.name))
        .collect()
}

/// Every file that was touched: `+` added, `~` changed, `!` forced, `-` removed.
fn list(built: &Built) -> String {
    let report = &built.report;
    let marked = |mark: char, paths: &[TreePath]| -> String {
        paths.iter().map(|path| format!("{mark} {}\n", path.as_str())).collect()
    };
    let [added, changed, forced, removed] = [
        marked('+', &report.added),
        marked('~', &report.changed),
        marked('!', &report.forced),
        marked('-', &report.removed),
    ];
    format!("{added}{changed}{forced}{removed}")
}
