//! What one run found, plan by plan, and the exit status that it comes to.

use super::failure::Failure;
use super::fix::Fixes;
use super::place::Place;
use crate::diagnostics::{Diagnostic, Level};
use crate::source::Source;
use crate::tree::Report;
use std::path::PathBuf;
use std::process::ExitCode;

/// How a run ends; the worst of several counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// All is well.
    Clean,
    /// The answer is no.
    No,
    /// There is no answer.
    NoAnswer,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> ExitCode {
        ExitCode::from(status as u8)
    }
}

/// What came of one plan.
#[derive(Debug)]
pub struct PlanRun {
    pub place: Place,
    /// The plan, the lock (empty when there is none) and the templates; a span says which by number.
    pub sources: Vec<Source>,
    /// In the order in which they are shown.
    pub diagnostics: Vec<Diagnostic>,
    /// What was written.
    pub built: Option<Built>,
    /// What a `--locked` build would change in the lock.
    pub lock_changes: Vec<String>,
    /// What `--fix` did; nothing without it.
    pub fixes: Fixes,
    /// Why nothing was written although the plan is good, and whether that is an answer.
    pub refused: Option<(Status, Failure)>,
}

/// A tree that was written.
#[derive(Debug)]
pub struct Built {
    /// The platform's name.
    pub platform: String,
    pub root: PathBuf,
    pub files: usize,
    pub report: Report,
    pub lock_written: bool,
}

impl PlanRun {
    pub fn new(place: Place, sources: Vec<Source>, diagnostics: Vec<Diagnostic>) -> PlanRun {
        PlanRun {
            place,
            sources,
            diagnostics,
            built: None,
            lock_changes: Vec::new(),
            fixes: Fixes::default(),
            refused: None,
        }
    }

    /// A plan that could not even be read.
    pub fn failed(place: Place, failure: Failure) -> PlanRun {
        let refused = Some((Status::NoAnswer, failure));
        PlanRun { refused, ..PlanRun::new(place, Vec::new(), Vec::new()) }
    }

    /// The number of findings of a level.
    pub fn count(&self, level: Level) -> usize {
        self.diagnostics.iter().filter(|finding| finding.level == level).count()
    }

    /// Whether the findings alone forbid a build.
    pub fn is_denied(&self, deny_warnings: bool) -> bool {
        self.count(Level::Error) > 0 || (deny_warnings && self.count(Level::Warning) > 0)
    }

    pub fn status(&self, deny_warnings: bool) -> Status {
        let of_refusal = self.refused.as_ref().map_or(Status::Clean, |(status, _)| *status);
        let would_change = self.fixes.diff.as_ref().is_some_and(|diff| !diff.is_empty());
        let denied = self.is_denied(deny_warnings) || !self.lock_changes.is_empty() || would_change;
        of_refusal.max(if denied { Status::No } else { Status::Clean })
    }
}

/// The worst status of all plans.
pub fn status(runs: &[PlanRun], deny_warnings: bool) -> Status {
    runs.iter().map(|run| run.status(deny_warnings)).max().unwrap_or(Status::Clean)
}
