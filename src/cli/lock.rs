//! `plan.lock` on disk: replaced whole, after the tree, by one build at a time.
//!
//! The new lock is written beside the old one before the tree is touched, so that a full disk or a folder that cannot be
//! written is found while nothing has changed, and renamed when the tree is complete. A kill in between leaves the new
//! tree with the old lock; the same plan and the old lock give the same addresses again, so the next build finds the
//! tree done and renames the lock. The other order would leave a new lock when the tree is refused.

use super::failure::Failure;
use super::place::Place;
use crate::addresses::{Held, Lock};
use crate::resolve::LockFile;
use crate::source::Source;
use std::fs::{self, File, TryLockError};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How long another build of the same plan is waited for.
const WAIT: Duration = Duration::from_secs(10);

/// Keeps other builds of a plan away until it is dropped. The plan's own file is locked, so that no other file is needed
/// for it; file systems that cannot lock are used without.
pub fn alone(place: &Place) -> Result<Option<File>, Failure> {
    let Ok(file) = File::open(&place.file) else { return Ok(None) };
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) if start.elapsed() < WAIT => {
                std::thread::sleep(Duration::from_millis(20));
            }
            Err(TryLockError::WouldBlock) => {
                return Err(Failure::new(format!("another build of `{}` is running", place.shown()))
                    .help("wait until it is done, then build again"));
            }
            Err(TryLockError::Error(_)) => return Ok(None),
        }
    }
}

/// A new lock that waits beside the old one.
#[derive(Debug)]
pub struct Waiting {
    new: PathBuf,
    target: PathBuf,
}

impl Waiting {
    /// Writes the text beside the lock. A file that a killed build left there is written over.
    pub fn write(place: &Place, text: &str) -> Result<Waiting, Failure> {
        let waiting = Waiting::beside(place);
        fs::write(&waiting.new, text).map_err(Failure::system("write", &waiting.new))?;
        Ok(waiting)
    }

    fn beside(place: &Place) -> Waiting {
        // A link is followed, so that the file that it means is replaced and not the link.
        let target = fs::canonicalize(&place.lock).unwrap_or_else(|_| place.lock.clone());
        Waiting { new: target.with_file_name(".plan.lock.new"), target }
    }

    /// Puts it in the old one's place.
    pub fn replace(self) -> Result<(), Failure> {
        fs::rename(&self.new, &self.target).map_err(|error| {
            let message = format!("the tree is written, and `{}` is not: {error}", self.target.display());
            Failure::new(message).help("mend the cause, then build again before you commit")
        })
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        // After `replace` there is nothing to remove.
        let _ = fs::remove_file(&self.new);
    }
}

/// Removes the new lock that a killed build left, when the lock is right as it stands: a plan that was taken back after
/// the kill would otherwise keep the file for ever. What cannot be removed does no harm.
pub fn clear(place: &Place) {
    drop(Waiting::beside(place));
}

/// What would change in the lock, a line for each entry; none when both say the same.
pub fn changes(old: Option<&Source>, new: &str) -> Vec<String> {
    let read = |source: &Source| LockFile::read(source, 0, &mut Vec::new()).unwrap_or_default().lock;
    let before = old.map(read).unwrap_or_default();
    let after = read(&Source::new("plan.lock", new));
    let mut lines = Vec::new();
    if old.is_none() {
        lines.push("it does not exist".to_owned());
    }
    lines.extend(differences(&before, &after));
    lines
}

fn differences(before: &Lock, after: &Lock) -> Vec<String> {
    let list = |held: &Held| held.iter().map(|ip| ip.to_string()).collect::<Vec<_>>().join(", ");
    let mut lines = Vec::new();
    for (key, held) in &before.held {
        match after.held.get(key) {
            None => lines.push(format!("{key} releases {}", list(held))),
            Some(now) if now != held => {
                lines.push(format!("{key} moves from {} to {}", list(held), list(now)))
            }
            Some(_) => {}
        }
    }
    let new = after.held.iter().filter(|(key, _)| !before.held.contains_key(*key));
    lines.extend(new.map(|(key, held)| format!("{key} gets {}", list(held))));
    if lines.is_empty() && before.released != after.released {
        lines.push("the list of released addresses changes".to_owned());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_name_the_entry_and_both_addresses() {
        let lock = |held: &str| format!("version = 1\n[held]\n{held}");
        let old = lock("\"a/services.x\" = [\"10.0.0.1\"]\n\"a/services.y\" = [\"10.0.0.2\"]\n");
        let new = lock("\"a/services.x\" = [\"10.0.0.3\"]\n\"a/services.z\" = [\"10.0.0.2\"]\n");
        let expected = [
            "a/services.x moves from 10.0.0.1 to 10.0.0.3",
            "a/services.y releases 10.0.0.2",
            "a/services.z gets 10.0.0.2",
        ];
        assert_eq!(changes(Some(&Source::new("plan.lock", old.clone())), &new), expected);
        assert!(changes(Some(&Source::new("plan.lock", format!("# note\n{old}"))), &old).is_empty());
        assert_eq!(changes(None, "version = 1\n"), ["it does not exist"]);
    }
}
