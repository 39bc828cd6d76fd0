//! Files that hold no object differ by lines.

use similar::{ChangeTag, TextDiff};

/// Lines that were replaced by others. Each line has its line break, unless the file ends without one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// The line of the old text before which `new` stands, once `old` is taken out, from 0.
    pub line: usize,
    pub old: Vec<String>,
    pub new: Vec<String>,
}

/// How one text becomes the other.
pub fn hunks(old: &str, new: &str) -> Vec<Hunk> {
    let diff = TextDiff::from_lines(old, new);
    let mut hunks: Vec<Hunk> = Vec::new();
    let (mut line, mut open) = (0, false);
    for change in diff.iter_all_changes() {
        if change.tag() == ChangeTag::Equal {
            line += 1;
            open = false;
            continue;
        }
        if !open {
            hunks.push(Hunk { line, old: Vec::new(), new: Vec::new() });
            open = true;
        }
        let hunk = hunks.last_mut().expect("broken promise: a hunk was just opened");
        match change.tag() {
            ChangeTag::Delete => {
                line += 1;
                hunk.old.push(change.value().to_owned());
            }
            _ => hunk.new.push(change.value().to_owned()),
        }
    }
    hunks
}

/// A unified diff with three lines around each change, without the names of the files.
pub fn unified(old: &str, new: &str) -> String {
    TextDiff::from_lines(old, new).unified_diff().context_radius(3).to_string()
}
