//! A build that fails says what it was doing to which path, and what is on disk now.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::conflict::Conflict;
use super::lock::NoLock;
use super::manifest::DamagedManifest;

/// Why a tree was not written, or not wholly.
#[derive(Debug)]
pub enum WriteError {
    /// Another build works in the folder. Nothing was changed.
    Busy {
        /// The tree's root.
        root: PathBuf,
    },
    /// Things are in the way; all of them, sorted by path. Nothing was changed.
    Refused {
        /// The tree's root.
        root: PathBuf,
        /// What is in the way; never empty.
        conflicts: Vec<Conflict>,
    },
    /// Nobody knows which files are plan's. Nothing was changed.
    Damaged(DamagedManifest),
    /// The system said no.
    Failed {
        /// What was being done, such as `write`.
        doing: &'static str,
        /// To which path.
        path: PathBuf,
        /// The system's answer.
        error: io::Error,
        /// Whether files of the tree were changed before. If not, the tree is as it was; if so, each file is wholly old
        /// or wholly new and the next build goes on from there.
        changed: bool,
    },
}

/// How many conflicts are spelled out.
const SPELLED_OUT: usize = 20;

impl WriteError {
    /// A failure before anything was changed.
    pub(super) fn before(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> WriteError {
        move |error| WriteError::Failed { doing, path: path.to_owned(), error, changed: false }
    }

    /// A failure while the tree is being changed.
    pub(super) fn amid(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> WriteError {
        move |error| WriteError::Failed { doing, path: path.to_owned(), error, changed: true }
    }

    pub(super) fn no_lock(root: &Path) -> impl FnOnce(NoLock) -> WriteError {
        move |no_lock| match no_lock {
            NoLock::Busy => WriteError::Busy { root: root.to_owned() },
            NoLock::Failed(error) => WriteError::before("open", root)(error),
        }
    }

    /// What to do about it.
    pub fn help(&self) -> String {
        match self {
            WriteError::Busy { .. } => "wait until the other build is done, then build again".to_owned(),
            WriteError::Refused { conflicts, .. } => {
                let mut helps: Vec<&str> = Vec::new();
                for help in conflicts.iter().map(Conflict::help) {
                    if !helps.contains(&help) {
                        helps.push(help);
                    }
                }
                helps.join("; ")
            }
            WriteError::Damaged(_) => {
                "restore it with `git checkout`, or take every file over with `--force`; \
                files that are no longer part of the tree then stay"
                    .to_owned()
            }
            WriteError::Failed { error, .. } if is_full(error) => "make room, then build again".to_owned(),
            WriteError::Failed { .. } => "mend the cause, then build again".to_owned(),
        }
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WriteError::Busy { root } => {
                write!(f, "another build is writing `{}`; nothing was changed", root.display())
            }
            WriteError::Refused { root, conflicts } => {
                let things = if conflicts.len() == 1 { "thing is" } else { "things are" };
                write!(
                    f,
                    "{} {things} in the way in `{}`; nothing was changed",
                    conflicts.len(),
                    root.display()
                )?;
                for conflict in conflicts.iter().take(SPELLED_OUT) {
                    write!(f, "\n  {conflict}")?;
                }
                match conflicts.len().saturating_sub(SPELLED_OUT) {
                    0 => Ok(()),
                    more => write!(f, "\n  and {more} more"),
                }
            }
            WriteError::Damaged(damaged) => write!(f, "{damaged}; nothing was changed"),
            WriteError::Failed { doing, path, error, changed } => {
                let why = if is_full(error) { "no room is left: " } else { "" };
                let now = if *changed {
                    "some files are new and some are old, none is half written"
                } else {
                    "the tree is as it was"
                };
                write!(f, "cannot {doing} `{}`: {why}{error}; {now}", path.display())
            }
        }
    }
}

impl Error for WriteError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            WriteError::Failed { error, .. } => Some(error),
            WriteError::Damaged(damaged) => Some(damaged),
            WriteError::Busy { .. } | WriteError::Refused { .. } => None,
        }
    }
}

/// No space, no quota, or the process's limit on the size of a file.
fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}
