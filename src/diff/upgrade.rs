//! From one release to another: how far it is, and in which direction.

use crate::upstream::Version;

/// What lies between two releases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upgrade {
    Patch,
    Minor,
    /// More than one minor release at once; how many are passed over.
    Skipped(u32),
    Major,
    Down,
}

/// What lies between two releases; nothing when they are one, or no releases.
pub fn upgrade(old: &str, new: &str) -> Option<Upgrade> {
    let (old, new): (Version, Version) = (old.parse().ok()?, new.parse().ok()?);
    let (was, is) = (old.minor_line(), new.minor_line());
    match () {
        () if old == new => None,
        () if new < old => Some(Upgrade::Down),
        () if is.0 != was.0 => Some(Upgrade::Major),
        () if is.1 > was.1 + 1 => Some(Upgrade::Skipped(is.1 - was.1 - 1)),
        () if is.1 > was.1 => Some(Upgrade::Minor),
        () => Some(Upgrade::Patch),
    }
}

impl Upgrade {
    /// In words, as in "is a downgrade".
    pub fn words(self) -> String {
        match self {
            Upgrade::Patch => "a patch release".to_owned(),
            Upgrade::Minor => "the next minor release".to_owned(),
            Upgrade::Skipped(1) => "a jump over one minor release".to_owned(),
            Upgrade::Skipped(many) => format!("a jump over {many} minor releases"),
            Upgrade::Major => "another major release".to_owned(),
            Upgrade::Down => "a downgrade".to_owned(),
        }
    }
}
