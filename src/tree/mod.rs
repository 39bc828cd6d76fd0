//! The tree on disk: what plan owns, what may be written, and how it is written.
//!
//! [`Tree`] is the whole output in memory. [`write`] brings a folder to it and [`check`] only says what differs.
//! Nothing else in the library touches the disk.
//!
//! How a build goes, so that a kill at any moment leaves whole files and a next build that knows what happened:
//! 1. Lock the folder ([`lock`]), read it and compare ([`survey`]), decide what to do and find every conflict
//!    ([`decision`]). Up to here nothing was written; an unchanged tree ends here.
//! 2. Write every new file below `.plan-new/tree/`, then the new manifest as `.plan-new/plan.N.json` ([`staging`]).
//!    A kill or a full disk up to here leaves the old tree as it was.
//! 3. Remove what left the tree, rename the new files to their places, and last rename the manifest to `plan.json`.
//!    After a kill in here each file is wholly old or wholly new, and `.plan-new/plan.N.json` tells the next build that
//!    both versions are plan's own.
//!
//! The promise is about a killed process. A power cut is left to the file system: a `sync` of each file would make a
//! build of 40,000 files take minutes, and the tree can always be compiled again.

mod conflict;
mod content;
mod decision;
mod difference;
mod error;
mod lock;
mod manifest;
mod path;
mod staging;
mod survey;
mod write;

pub use conflict::{Conflict, Obstacle};
pub use content::{Clash, Tree};
pub use difference::{Differences, check};
pub use error::WriteError;
pub use manifest::{DamagedManifest, Hash, MANIFEST, Manifest};
pub use path::{PathProblem, TreePath, case_collisions};
pub use staging::STAGING;
pub use write::{Interruption, Report, WriteOptions, write};
