//! A folder is brought to a tree: only what differs is written, only what plan owns is removed.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rayon::prelude::*;

use super::content::Tree;
use super::decision::{Decision, Question};
use super::error::WriteError;
use super::lock::{Purpose, lock};
use super::manifest::{MANIFEST, Manifest};
use super::path::TreePath;
use super::staging::{self, Ledger, Leftover, Staging, moves};
use super::survey::{Folder, Found, Kind, Survey, survey};

/// How a tree is written.
#[derive(Clone, Debug)]
pub struct WriteOptions {
    /// The plan's name, for the manifest.
    pub plan: String,
    /// Overwrite and remove files that were edited by hand, and overwrite foreign ones.
    pub force: bool,
    /// How long to wait for another build of the same folder.
    pub wait: Duration,
}

impl WriteOptions {
    /// Nothing is forced, and another build is waited for ten seconds.
    pub fn new(plan: impl Into<String>) -> WriteOptions {
        WriteOptions { plan: plan.into(), force: false, wait: Duration::from_secs(10) }
    }
}

/// What a build did. Every list is sorted; the manifest is in none of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Files that were not there.
    pub added: Vec<TreePath>,
    /// Files that were there with plan's own older bytes.
    pub changed: Vec<TreePath>,
    /// Files of other hands that were overwritten or removed because of `force`.
    pub forced: Vec<TreePath>,
    /// Files that plan owned and the tree no longer has, with those that were forced.
    pub removed: Vec<TreePath>,
    /// Files that had the right bytes and became plan's own.
    pub adopted: Vec<TreePath>,
    /// The number of files that had the right bytes.
    pub unchanged: usize,
    /// What an earlier build left that was killed.
    pub mended: Option<Interruption>,
}

/// Where a build was killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interruption {
    /// Before it changed the tree.
    Before,
    /// While it changed the tree: files of both versions were there.
    Amid,
}

impl Interruption {
    pub(super) fn of(leftover: Leftover) -> Option<Interruption> {
        match leftover {
            Leftover { folder: false, .. } => None,
            Leftover { next: 0, .. } => Some(Interruption::Before),
            Leftover { .. } => Some(Interruption::Amid),
        }
    }
}

impl Report {
    /// The number of files that were written.
    pub fn written(&self) -> usize {
        self.added.len() + self.changed.len() + self.forced.len()
            - self.forced.iter().filter(|path| self.removed.binary_search(path).is_ok()).count()
    }
}

/// Writes a tree into `root`, which may be a link to a folder or not exist. Nothing is changed if anything is in the way;
/// see the module's page for what a failure or a kill later leaves.
pub fn write(root: &Path, tree: &Tree, options: &WriteOptions) -> Result<Report, WriteError> {
    let is_new = create(root)?;
    let report = write_into(root, tree, options);
    if is_new && report.is_err() {
        // Goes only if it is empty, which it is unless the tree was changed.
        let _ = fs::remove_dir(root);
    }
    report
}

fn create(root: &Path) -> Result<bool, WriteError> {
    if let Some(above) = root.parent() {
        fs::create_dir_all(above).map_err(WriteError::before("create", above))?;
    }
    match fs::create_dir(root) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(WriteError::before("create", root)(error)),
    }
}

fn write_into(root: &Path, tree: &Tree, options: &WriteOptions) -> Result<Report, WriteError> {
    let _lock = lock(root, Purpose::Write, options.wait).map_err(WriteError::no_lock(root))?;
    let state = State::read(root, tree, &options.plan)?;
    if state.is_done() {
        return Ok(Report { unchanged: tree.len(), ..Report::default() });
    }
    let ledger = state.ledger(root)?;
    if let Some(damaged) = ledger.damaged.first().filter(|_| !options.force) {
        return Err(WriteError::Damaged(damaged.clone()));
    }
    let question = Question {
        root,
        plan: &options.plan,
        tree,
        survey: &state.survey,
        ledger: &ledger,
        force: options.force,
    };
    let decision = question.decide();
    if !decision.conflicts.is_empty() {
        return Err(WriteError::Refused { root: root.to_owned(), conflicts: decision.conflicts });
    }
    carry_out(root, &state, &ledger, &decision)?;
    Ok(report(decision, ledger.leftover))
}

/// A folder and the tree that it shall become.
pub(super) struct State<'a> {
    pub survey: Survey<'a>,
    pub leftover: Leftover,
    /// The new manifest.
    pub manifest: String,
    /// The manifest on disk.
    pub written: Option<Vec<u8>>,
}

impl<'a> State<'a> {
    pub fn read(root: &Path, tree: &'a Tree, plan: &str) -> Result<State<'a>, WriteError> {
        let survey = survey(root, tree).map_err(WriteError::before("read", root))?;
        let manifest = Manifest::text(plan, survey.places.iter().map(|place| (place.path, place.hash)));
        let written = manifest_on_disk(&root.join(MANIFEST))?;
        let leftover = Leftover::at(root).or_else(|error| match error.kind() {
            // In the way; the decision says so.
            ErrorKind::NotADirectory => Ok(Leftover { folder: true, next: 0 }),
            _ => Err(WriteError::before("read", &root.join(staging::STAGING))(error)),
        })?;
        Ok(State { survey, leftover, manifest, written })
    }

    /// Whether the folder is the tree already. The old manifest equals the new one then and need not be understood.
    pub fn is_done(&self) -> bool {
        !self.leftover.folder
            && self.has_manifest()
            && self.survey.places.iter().all(|place| matches!(place.found, Found::Equal))
    }

    pub fn has_manifest(&self) -> bool {
        self.written.as_deref() == Some(self.manifest.as_bytes())
    }

    pub fn ledger(&self, root: &Path) -> Result<Ledger, WriteError> {
        Ledger::read(root, self.written.as_deref(), self.leftover)
    }
}

fn manifest_on_disk(path: &Path) -> Result<Option<Vec<u8>>, WriteError> {
    let read = || match Kind::at(path)? {
        Some(Kind::File) => fs::read(path).map(Some),
        // Something else in its place is in the way; the decision says so.
        _ => Ok(None),
    };
    read().map_err(WriteError::before("read", path))
}

fn carry_out(root: &Path, state: &State, ledger: &Ledger, decision: &Decision) -> Result<(), WriteError> {
    let staging = Staging::fill(root, ledger.leftover, &decision.writes, &state.manifest)?;
    change(root, state, decision, &staging).inspect_err(|_| staging.empty_tree())?;
    staging.finish()
}

fn change(root: &Path, state: &State, decision: &Decision, staging: &Staging) -> Result<(), WriteError> {
    let place = |path: &str| -> PathBuf { root.join(path) };
    decision.removals.par_iter().try_for_each(|path| {
        let place = place(path.as_str());
        fs::remove_file(&place).or_else(gone).map_err(WriteError::amid("remove", &place))
    })?;
    for folder in &decision.left {
        let place = place(folder);
        fs::remove_dir(&place).or_else(gone).or_else(kept).map_err(WriteError::amid("remove", &place))?;
    }
    let is_new = |folder: &str| !matches!(state.survey.folders.get(folder), Some(Folder::There(_)));
    let moves = moves(decision.writes.iter().map(|(path, _)| *path), is_new);
    moves.into_par_iter().try_for_each(|path| staging.release(path))
}

fn gone(error: io::Error) -> io::Result<()> {
    if error.kind() == ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

/// A folder that holds foreign files stays, and so does what was put in its place.
fn kept(error: io::Error) -> io::Result<()> {
    if matches!(error.kind(), ErrorKind::DirectoryNotEmpty | ErrorKind::NotADirectory) {
        Ok(())
    } else {
        Err(error)
    }
}

fn report(decision: Decision, leftover: Leftover) -> Report {
    let owned = |paths: Vec<&TreePath>| paths.into_iter().cloned().collect();
    let mut forced = decision.forced;
    forced.sort();
    Report {
        added: owned(decision.added),
        changed: owned(decision.changed),
        forced,
        removed: decision.removals,
        adopted: owned(decision.adopted),
        unchanged: decision.unchanged,
        mended: Interruption::of(leftover),
    }
}
