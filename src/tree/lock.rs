//! Two builds of one tree never write at once: the folder itself is the lock.
//!
//! The lock is `flock` on the tree's root folder. A lock file beside or inside it would be one more file to commit or to
//! ignore, and would stay behind; a lock on the folder needs no file and ends with the process, however that ends.

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

const STEP: Duration = Duration::from_millis(20);

/// Held until it is dropped.
pub(super) struct Lock {
    _root: File,
}

/// Why there is no lock.
pub(super) enum NoLock {
    /// Another process held it all the time.
    Busy,
    /// The folder cannot be opened.
    Failed(io::Error),
}

/// Who may be inside together.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Alone.
    Write,
    /// Together with other readers.
    Read,
}

/// Locks a folder that exists, and waits for others about as long as `wait`.
pub(super) fn lock(root: &Path, purpose: Purpose, wait: Duration) -> Result<Lock, NoLock> {
    let mut waited = Duration::ZERO;
    loop {
        let folder = File::open(root).map_err(NoLock::Failed)?;
        let answer = match purpose {
            Purpose::Write => folder.try_lock(),
            Purpose::Read => folder.try_lock_shared(),
        };
        match answer {
            // Another build may have removed the folder between `open` and `lock`: a lock on it would keep nobody out.
            Ok(()) if is_still_at(&folder, root) => return Ok(Lock { _root: folder }),
            // NFS takes a write lock only on what is open for writing, which a folder never is. The lock is a courtesy,
            // and a folder that cannot be locked can still be built.
            Err(TryLockError::Error(_)) => return Ok(Lock { _root: folder }),
            Ok(()) | Err(TryLockError::WouldBlock) => {}
        }
        if waited >= wait {
            return Err(NoLock::Busy);
        }
        sleep(STEP);
        waited += STEP;
    }
}

fn is_still_at(folder: &File, root: &Path) -> bool {
    let (Ok(locked), Ok(there)) = (folder.metadata(), fs::metadata(root)) else { return false };
    (locked.dev(), locked.ino()) == (there.dev(), there.ino())
}
