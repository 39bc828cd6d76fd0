//! What a build will do is decided as a whole, with everything that stands against it, before it does any of it.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use walkdir::WalkDir;

use super::conflict::{Conflict, Obstacle};
use super::content::Tree;
use super::manifest::{Hash, MANIFEST};
use super::path::{TreePath, ancestors};
use super::staging::{Ledger, STAGING};
use super::survey::{Folder, Found, Kind, Survey};

/// What a build will do.
#[derive(Default)]
pub(super) struct Decision<'a> {
    /// Files that are not there.
    pub added: Vec<&'a TreePath>,
    /// Files that are there with bytes that plan wrote.
    pub changed: Vec<&'a TreePath>,
    /// Files of other hands, to be overwritten or removed because `force` says so.
    pub forced: Vec<TreePath>,
    /// Files that are there with the right bytes, and that plan did not own.
    pub adopted: Vec<&'a TreePath>,
    /// Files with the right bytes, with the adopted ones.
    pub unchanged: usize,
    /// All files to be written, sorted.
    pub writes: Vec<(&'a TreePath, &'a [u8])>,
    /// Files to be removed, sorted.
    pub removals: Vec<TreePath>,
    /// Folders that the tree no longer has, inner ones first, to be removed if they are empty then.
    pub left: Vec<String>,
    /// What stands against it, sorted.
    pub conflicts: Vec<Conflict>,
}

/// What is to be decided on.
pub(super) struct Question<'a, 'b> {
    pub root: &'b Path,
    pub plan: &'b str,
    pub tree: &'a Tree,
    pub survey: &'b Survey<'a>,
    pub ledger: &'b Ledger,
    pub force: bool,
}

impl<'a> Question<'a, '_> {
    /// Decides; reads the folder, changes nothing in it.
    pub fn decide(&self) -> Decision<'a> {
        let mut decision = Decision { conflicts: self.survey.obstacles.clone(), ..Decision::default() };
        self.judge_reserved_places(&mut decision);
        self.judge_removals(&mut decision);
        self.judge_files(&mut decision);
        self.judge_folders(&mut decision);
        self.judge_permissions(&mut decision);
        for (first, second) in self.tree.case_collisions() {
            decision.conflicts.push(Conflict::new(first, Obstacle::SameExceptCase(second)));
        }
        decision.conflicts.sort();
        decision.conflicts.dedup();
        decision
    }

    fn judge_reserved_places(&self, decision: &mut Decision<'a>) {
        for (name, wanted) in [(MANIFEST, Kind::File), (STAGING, Kind::Folder)] {
            let obstacle = match self.root_listing(name) {
                None => continue,
                Some(found) if found == wanted => continue,
                Some(Kind::Link) => Obstacle::Link,
                Some(Kind::Special) => Obstacle::Special,
                Some(Kind::File) => Obstacle::File,
                Some(Kind::Folder) => Obstacle::Folder,
            };
            decision.conflicts.push(Conflict::new(name, obstacle));
        }
        let mut others = self.ledger.manifests.iter().filter(|manifest| manifest.plan != self.plan);
        if let Some(other) = others.next_back().filter(|_| !self.force) {
            decision.conflicts.push(Conflict::new("", Obstacle::OtherPlan(other.plan.clone())));
        }
    }

    fn root_listing(&self, name: &str) -> Option<Kind> {
        let Some(Folder::There(listing)) = self.survey.folders.get("") else { return None };
        listing.get(OsStr::new(name)).copied()
    }

    /// Files that plan owns and the new tree has not.
    fn judge_removals(&self, decision: &mut Decision<'a>) {
        let owned = self.ledger.manifests.iter().flat_map(|manifest| manifest.files.keys());
        let stale: BTreeSet<&TreePath> =
            owned.filter(|path| self.tree.get(path.as_str()).is_none()).collect();
        let left: BTreeSet<&str> = stale
            .iter()
            .flat_map(|path| path.folders())
            .filter(|folder| !self.tree.has_folder(folder))
            .collect();
        let mut links: BTreeMap<&str, bool> = BTreeMap::new();
        let mut linked = Vec::new();
        for path in &stale {
            for folder in path.folders() {
                let is_link = links
                    .entry(folder)
                    .or_insert_with(|| matches!(Kind::at(&self.root.join(folder)), Ok(Some(Kind::Link))));
                if *is_link {
                    decision.conflicts.push(Conflict::new(folder, Obstacle::Link));
                    linked.push(*path);
                }
            }
        }
        let present: Vec<(&TreePath, Result<Option<Hash>, Obstacle>)> = stale
            .into_par_iter()
            .filter(|path| linked.binary_search(path).is_err())
            .map(|path| (path, self.stale_file(path)))
            .collect();
        for (path, found) in present {
            match found {
                Ok(None) => {}
                Ok(Some(hash)) if self.ledger.wrote(path, hash) => decision.removals.push(path.clone()),
                Ok(Some(_)) if self.force => {
                    decision.removals.push(path.clone());
                    decision.forced.push(path.clone());
                }
                Ok(Some(_)) => decision.conflicts.push(Conflict::new(path.as_str(), Obstacle::EditedAndLeft)),
                Err(obstacle) => decision.conflicts.push(Conflict::new(path.as_str(), obstacle)),
            }
        }
        decision.left = left.into_iter().rev().map(str::to_owned).collect();
    }

    fn stale_file(&self, path: &TreePath) -> Result<Option<Hash>, Obstacle> {
        let place = self.root.join(path.as_str());
        let unreadable = |error: std::io::Error| Obstacle::Unreadable(error.to_string());
        match Kind::at(&place).map_err(unreadable)? {
            // A folder in its place is not plan's: what is in it stays.
            None | Some(Kind::Folder) => return Ok(None),
            Some(Kind::Link) => return Err(Obstacle::Link),
            Some(Kind::Special) => return Err(Obstacle::Special),
            Some(Kind::File) => {}
        }
        if fs::metadata(&place).map_err(unreadable)?.permissions().readonly() {
            return Err(Obstacle::ReadOnly);
        }
        fs::read(&place).map(|bytes| Some(Hash::of(&bytes))).map_err(unreadable)
    }

    fn judge_files(&self, decision: &mut Decision<'a>) {
        for place in &self.survey.places {
            let path = place.path;
            let obstacle = match &place.found {
                Found::Hidden => continue,
                Found::Equal => {
                    decision.unchanged += 1;
                    if !self.ledger.owns(path) {
                        decision.adopted.push(path);
                    }
                    continue;
                }
                Found::Missing => None,
                Found::Folder if self.is_left_empty(path, decision) => None,
                Found::Folder => Some(Obstacle::Folder),
                Found::Blocked(obstacle) => Some(obstacle.clone()),
                Found::Differs { read_only: true, .. } => Some(Obstacle::ReadOnly),
                Found::Differs { hash, .. } if self.ledger.wrote(path, *hash) => {
                    decision.changed.push(path);
                    decision.writes.push((path, place.bytes));
                    continue;
                }
                Found::Differs { .. } if self.force => {
                    decision.forced.push(path.clone());
                    decision.writes.push((path, place.bytes));
                    continue;
                }
                Found::Differs { .. } if self.ledger.owns(path) => Some(Obstacle::Edited),
                Found::Differs { .. } => Some(Obstacle::Foreign),
            };
            match obstacle {
                Some(obstacle) => decision.conflicts.push(Conflict::new(path.as_str(), obstacle)),
                None => {
                    decision.added.push(path);
                    decision.writes.push((path, place.bytes));
                }
            }
        }
    }

    /// Whether a folder where a file goes will be gone once the removals are done.
    fn is_left_empty(&self, path: &TreePath, decision: &Decision<'a>) -> bool {
        WalkDir::new(self.root.join(path.as_str())).into_iter().all(|entry| {
            let Ok(entry) = entry else { return false };
            let Ok(below) = entry.path().strip_prefix(self.root) else { return false };
            let Some(below) = below.to_str() else { return false };
            if entry.file_type().is_dir() {
                decision.left.iter().any(|folder| folder == below)
            } else {
                decision.removals.binary_search_by(|removal| removal.as_str().cmp(below)).is_ok()
            }
        })
    }

    /// A file where a folder goes must be one of the removals.
    fn judge_folders(&self, decision: &mut Decision<'a>) {
        for (path, folder) in &self.survey.folders {
            let is_removed =
                |path: &str| decision.removals.binary_search_by(|one| one.as_str().cmp(path)).is_ok();
            if matches!(folder, Folder::File) && !is_removed(path) {
                // A file that plan owned and somebody edited is reported as such.
                if !decision.conflicts.iter().any(|conflict| conflict.path == *path) {
                    decision.conflicts.push(Conflict::new(*path, Obstacle::File));
                }
            }
        }
    }

    /// Every folder in which a name will change must let it.
    fn judge_permissions(&self, decision: &mut Decision<'a>) {
        let Ok(root) = fs::metadata(self.root) else { return };
        // Each folder with one of its files, to ask with.
        let mut folders: BTreeMap<&str, Option<PathBuf>> = BTreeMap::new();
        for removal in &decision.removals {
            folders.insert(removal.folder(), Some(self.root.join(removal.as_str())));
        }
        for (path, _) in &decision.writes {
            let is_there = |folder: &&str| matches!(self.survey.folders.get(folder), Some(Folder::There(_)));
            let folder = ancestors(path.as_str()).find(is_there).unwrap_or("");
            folders.entry(folder).or_insert_with(|| {
                let Some(Folder::There(listing)) = self.survey.folders.get(folder) else { return None };
                let file = listing.iter().find(|(_, kind)| **kind == Kind::File);
                file.map(|(name, _)| self.root.join(folder).join(name))
            });
        }
        let mut conflicts = Vec::new();
        for (folder, file) in folders {
            let Ok(metadata) = fs::metadata(self.root.join(folder)) else { continue };
            if metadata.dev() != root.dev() {
                conflicts.push(Conflict::new(folder, Obstacle::OtherFileSystem));
            } else if metadata.permissions().readonly() || file.is_some_and(|file| refuses_removal(&file)) {
                conflicts.push(Conflict::new(folder, Obstacle::ReadOnly));
            }
        }
        decision.conflicts.append(&mut conflicts);
    }
}

/// Asks the system whether a file's name may be removed, and removes nothing: `rmdir` of a file fails in any case, and
/// with the reason of the permission first (`may_delete` in Linux's `fs/namei.c`). The mode alone does not tell about
/// other owners, sticky folders, `chattr +i` and file systems that are mounted read-only.
fn refuses_removal(file: &Path) -> bool {
    fs::remove_dir(file).is_err_and(|error| {
        matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem)
    })
}
