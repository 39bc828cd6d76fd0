//! What stands in the way of a build is never overwritten silently.

use std::fmt;

/// One place that a build does not touch as it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Conflict {
    /// The place below the root of the tree; empty for the root itself.
    pub path: String,
    /// What is there.
    pub obstacle: Obstacle,
}

/// What can stand in the way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Obstacle {
    /// plan wrote the file, and somebody changed it since.
    Edited,
    /// The same, and the new tree has no such file.
    EditedAndLeft,
    /// The file is there with other bytes, and plan did not write it.
    Foreign,
    /// The folder belongs to the tree of another plan.
    OtherPlan(String),
    /// A symbolic link, at a file's place or on the way to it.
    Link,
    /// A folder where a file shall be.
    Folder,
    /// A file where a folder shall be.
    File,
    /// A device, a pipe or a socket.
    Special,
    /// The file, or the folder around it, may not be changed.
    ReadOnly,
    /// Another file system is mounted there, so that nothing can be moved in at once.
    OtherFileSystem,
    /// The file or folder cannot be read; with the system's words.
    Unreadable(String),
    /// The tree has two names that differ only in case; with the other one.
    SameExceptCase(String),
}

impl Conflict {
    pub(super) fn new(path: impl Into<String>, obstacle: Obstacle) -> Conflict {
        Conflict { path: path.into(), obstacle }
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self.obstacle {
            Obstacle::Edited => "move the change into the plan, or overwrite it with `--force`",
            Obstacle::EditedAndLeft => "keep a copy outside the tree, or let it be removed with `--force`",
            Obstacle::Foreign => "move it away, or overwrite it with `--force`",
            Obstacle::OtherPlan(_) => "build into another folder, or replace the tree with `--force`",
            Obstacle::Link => "replace the link by what it points to, or remove it",
            Obstacle::Folder | Obstacle::File | Obstacle::Special => "move it away",
            Obstacle::ReadOnly => "make it writable, for example with `chmod u+w`",
            Obstacle::OtherFileSystem => "unmount it, or build into a folder on one file system",
            Obstacle::Unreadable(_) => "make it readable, or move it away",
            Obstacle::SameExceptCase(_) => "rename one of the two in the plan",
        }
    }

    /// Whether `--force` overrules it.
    pub fn yields_to_force(&self) -> bool {
        use Obstacle::{Edited, EditedAndLeft, Foreign, OtherPlan};
        matches!(self.obstacle, Edited | EditedAndLeft | Foreign | OtherPlan(_))
    }
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() { "." } else { &self.path };
        write!(f, "`{path}` ")?;
        match &self.obstacle {
            Obstacle::Edited => f.write_str("was edited by hand since the last build"),
            Obstacle::EditedAndLeft => f.write_str("was edited by hand and is no longer part of the tree"),
            Obstacle::Foreign => f.write_str("is in the way: plan did not write it"),
            Obstacle::OtherPlan(plan) => write!(f, "is the tree of another plan, `{plan}`"),
            Obstacle::Link => f.write_str("is a symbolic link, and plan writes through none"),
            Obstacle::Folder => f.write_str("is a folder, and a file goes there"),
            Obstacle::File => f.write_str("is a file, and a folder goes there"),
            Obstacle::Special => f.write_str("is neither a file nor a folder"),
            Obstacle::ReadOnly => f.write_str("is read-only"),
            Obstacle::OtherFileSystem => f.write_str("is on another file system than the root of the tree"),
            Obstacle::Unreadable(reason) => write!(f, "cannot be read: {reason}"),
            Obstacle::SameExceptCase(other) => {
                write!(f, "and `{other}` differ only in case and are one file on macOS and Windows")
            }
        }
    }
}
