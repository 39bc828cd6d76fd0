//! New files are whole before the tree sees them: they wait in `.plan-new` at the tree's root.
//!
//! `.plan-new/tree/` mirrors the tree, so that a folder that is new as a whole arrives by one `rename` (a fresh tree of
//! 40,000 files by about seven). `.plan-new/plan.N.json` is the manifest of a build that has begun to change the tree;
//! it becomes `plan.json` by the build's last `rename`. Two of them are there only if two builds in a row were killed.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::error::WriteError;
use super::manifest::{DamagedManifest, Hash, MANIFEST, Manifest};
use super::path::{TreePath, ancestors};

/// The folder's name at the root of the tree; it is there only during a build and after a killed one.
pub const STAGING: &str = ".plan-new";

/// What is known about who wrote which file.
pub(super) struct Ledger {
    /// The manifest of the last whole build, then those of killed ones.
    pub manifests: Vec<Manifest>,
    /// Those that nobody can read.
    pub damaged: Vec<DamagedManifest>,
    pub leftover: Leftover,
}

/// What a killed build left.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Leftover {
    /// `.plan-new` is there.
    pub folder: bool,
    /// The first free number for a manifest in it; 0 if no build had begun to change the tree.
    pub next: u32,
}

impl Leftover {
    pub fn at(root: &Path) -> io::Result<Leftover> {
        let entries = match fs::read_dir(root.join(STAGING)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Ok(Leftover { folder: false, next: 0 });
            }
            Err(error) => return Err(error),
        };
        let mut next = 0;
        for entry in entries {
            let name = entry?.file_name();
            let number = name.to_str().and_then(|name| name.strip_prefix("plan.")?.strip_suffix(".json"));
            if let Some(number) = number.and_then(|number| number.parse::<u32>().ok()) {
                next = next.max(number.saturating_add(1));
            }
        }
        Ok(Leftover { folder: true, next })
    }
}

impl Ledger {
    /// Reads every manifest of a folder. `written` is the text of its `plan.json`, if it has one.
    pub fn read(root: &Path, written: Option<&[u8]>, leftover: Leftover) -> Result<Ledger, WriteError> {
        let mut ledger = Ledger { manifests: Vec::new(), damaged: Vec::new(), leftover };
        if let Some(text) = written {
            ledger.add(&root.join(MANIFEST), text);
        }
        for number in 0..leftover.next {
            let path = begun(root, number);
            match fs::read(&path) {
                Ok(text) => ledger.add(&path, &text),
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(WriteError::before("read", &path)(error)),
            }
        }
        Ok(ledger)
    }

    fn add(&mut self, path: &Path, text: &[u8]) {
        match Manifest::parse(path, text) {
            Ok(manifest) => self.manifests.push(manifest),
            Err(damaged) => self.damaged.push(damaged),
        }
    }

    /// Whether plan wrote a file of this path.
    pub fn owns(&self, path: &TreePath) -> bool {
        self.manifests.iter().any(|manifest| manifest.files.contains_key(path))
    }

    /// Whether plan wrote exactly these bytes there. After a killed build a file may be of either version.
    pub fn wrote(&self, path: &TreePath, hash: Hash) -> bool {
        self.manifests.iter().any(|manifest| manifest.files.get(path) == Some(&hash))
    }
}

/// Files that wait beside the tree.
pub(super) struct Staging {
    root: PathBuf,
    number: u32,
}

impl Staging {
    /// Writes every file to its waiting place, and the manifest last. If that fails nothing of it stays, and the tree is
    /// as it was.
    pub fn fill(
        root: &Path,
        leftover: Leftover,
        files: &[(&TreePath, &[u8])],
        manifest: &str,
    ) -> Result<Staging, WriteError> {
        let staging = Staging { root: root.to_owned(), number: leftover.next };
        match staging.try_fill(files, manifest) {
            Ok(()) => Ok(staging),
            Err(error) => {
                staging.empty_tree();
                let _ = fs::remove_file(staging.unready());
                // It stays if it holds the manifest of an earlier killed build, which is still needed.
                let _ = fs::remove_dir(root.join(STAGING));
                Err(error)
            }
        }
    }

    fn try_fill(&self, files: &[(&TreePath, &[u8])], manifest: &str) -> Result<(), WriteError> {
        self.empty_tree();
        let tree = self.tree();
        fs::create_dir_all(&tree).map_err(WriteError::before("create", &tree))?;
        let mut folders = BTreeSet::new();
        for (path, _) in files {
            if !folders.contains(path.folder()) {
                folders.extend(path.folders());
            }
        }
        for folder in folders {
            let folder = tree.join(folder);
            fs::create_dir(&folder).map_err(WriteError::before("create", &folder))?;
        }
        files.par_iter().try_for_each(|(path, bytes)| {
            let place = tree.join(path.as_str());
            let written = File::create_new(&place).and_then(|mut file| file.write_all(bytes));
            // The place that the user knows, not the one where the file waits.
            written.map_err(WriteError::before("write", &self.root.join(path.as_str())))
        })?;
        let unready = self.unready();
        fs::write(&unready, manifest).map_err(WriteError::before("write", &self.root.join(MANIFEST)))?;
        let ready = begun(&self.root, self.number);
        // From here on the next build knows that the tree may hold files of both versions.
        fs::rename(&unready, &ready).map_err(WriteError::before("rename", &unready))
    }

    /// Moves a file or a whole new folder to its place.
    pub fn release(&self, path: &str) -> Result<(), WriteError> {
        let place = self.root.join(path);
        fs::rename(self.tree().join(path), &place).map_err(WriteError::amid("replace", &place))
    }

    /// Makes the new manifest the manifest, and removes what is left of this build and of killed ones.
    pub fn finish(self) -> Result<(), WriteError> {
        let place = self.root.join(MANIFEST);
        fs::rename(begun(&self.root, self.number), &place).map_err(WriteError::amid("replace", &place))?;
        remove(&self.root)
    }

    /// Gives the room of waiting files back after a failure; the manifest stays for the next build.
    pub fn empty_tree(&self) {
        let _ = fs::remove_dir_all(self.tree());
    }

    fn tree(&self) -> PathBuf {
        self.root.join(STAGING).join("tree")
    }

    fn unready(&self) -> PathBuf {
        self.root.join(STAGING).join("plan.json.unready")
    }
}

/// Removes the staging folder and all that is in it.
pub(super) fn remove(root: &Path) -> Result<(), WriteError> {
    let folder = root.join(STAGING);
    fs::remove_dir_all(&folder).map_err(WriteError::amid("remove", &folder))
}

fn begun(root: &Path, number: u32) -> PathBuf {
    root.join(STAGING).join(format!("plan.{number}.json"))
}

/// What has to be moved for these files to arrive: the outermost new folder, or the file itself.
pub(super) fn moves<'a>(
    files: impl IntoIterator<Item = &'a TreePath>,
    is_new: impl Fn(&str) -> bool,
) -> BTreeSet<&'a str> {
    let outermost = |path: &'a TreePath| ancestors(path.as_str()).take_while(|folder| is_new(folder)).last();
    files.into_iter().map(|path| outermost(path).unwrap_or(path.as_str())).collect()
}
