//! What a build would do can be asked without doing it.

use std::path::Path;
use std::time::Duration;

use walkdir::WalkDir;

use super::conflict::{Conflict, Obstacle};
use super::content::Tree;
use super::decision::{Decision, Question};
use super::error::WriteError;
use super::lock::{Purpose, lock};
use super::manifest::MANIFEST;
use super::path::TreePath;
use super::staging::STAGING;
use super::write::{Interruption, State};

/// How a folder differs from a tree. Every list is sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// Files of the tree that are not there.
    pub added: Vec<TreePath>,
    /// Files that are there with plan's own older bytes.
    pub changed: Vec<TreePath>,
    /// Files that plan owns and the tree no longer has.
    pub removed: Vec<TreePath>,
    /// Files that plan wrote and somebody edited since; a build refuses them without `force`.
    pub edited: Vec<String>,
    /// Everything else that a build would refuse.
    pub conflicts: Vec<Conflict>,
    /// Files below the root that are not plan's and in nobody's way; a build leaves them alone.
    pub foreign: Vec<String>,
    /// `plan.json` is missing or has other bytes than a build would give it.
    pub manifest: bool,
    /// What a killed build left.
    pub interrupted: Option<Interruption>,
}

impl Differences {
    /// Whether a build would change nothing.
    pub fn is_empty(&self) -> bool {
        Differences { foreign: Vec::new(), ..self.clone() } == Differences::default()
    }
}

/// Compares a folder with a tree and writes nothing. A folder that does not exist lacks every file.
pub fn check(root: &Path, tree: &Tree, plan: &str) -> Result<Differences, WriteError> {
    if !root.try_exists().map_err(WriteError::before("read", root))? {
        let added = tree.iter().map(|(path, _)| path.clone()).collect();
        return Ok(Differences { added, manifest: true, ..Differences::default() });
    }
    let _lock = lock(root, Purpose::Read, Duration::from_secs(10)).map_err(WriteError::no_lock(root))?;
    let state = State::read(root, tree, plan)?;
    let ledger = state.ledger(root)?;
    if let Some(damaged) = ledger.damaged.first() {
        return Err(WriteError::Damaged(damaged.clone()));
    }
    let decision =
        Question { root, plan, tree, survey: &state.survey, ledger: &ledger, force: false }.decide();
    let foreign = foreign(root, tree, &decision);
    let (edited, conflicts): (Vec<_>, Vec<_>) = decision
        .conflicts
        .into_iter()
        .partition(|conflict| matches!(conflict.obstacle, Obstacle::Edited | Obstacle::EditedAndLeft));
    let owned = |paths: Vec<&TreePath>| paths.into_iter().cloned().collect();
    Ok(Differences {
        added: owned(decision.added),
        changed: owned(decision.changed),
        removed: decision.removals,
        edited: edited.into_iter().map(|conflict| conflict.path).collect(),
        conflicts,
        foreign,
        manifest: !state.has_manifest(),
        interrupted: Interruption::of(state.leftover),
    })
}

fn foreign(root: &Path, tree: &Tree, decision: &Decision) -> Vec<String> {
    let entries = WalkDir::new(root).sort_by_file_name().into_iter();
    let seen = entries.filter_entry(|entry| entry.depth() != 1 || entry.file_name() != STAGING);
    let files = seen.flatten().filter(|entry| entry.depth() > 0 && !entry.file_type().is_dir());
    let mut foreign: Vec<String> = files
        .filter_map(|entry| Some(entry.path().strip_prefix(root).ok()?.to_string_lossy().into_owned()))
        .filter(|path| path != MANIFEST && tree.get(path).is_none())
        .filter(|path| decision.removals.binary_search_by(|removal| removal.as_str().cmp(path)).is_err())
        .filter(|path| {
            decision.conflicts.binary_search_by(|conflict| conflict.path.as_str().cmp(path)).is_err()
        })
        .collect();
    foreign.sort();
    foreign
}
