//! What `git diff` would show, without the files that say the same as before.

use crate::diff::document::is_binary;
use crate::diff::text::unified;
use crate::diff::{Change, Diff, Side};
use std::collections::BTreeSet;

/// A patch from the old tree to the new one, for `git apply` and `patch -p1`. A file is patched as a whole, whatever of it
/// was asked for. Files that are no text are named and left out.
pub fn text(diff: &Diff, old: &Side<'_>, new: &Side<'_>) -> String {
    let mut text = String::new();
    let mut seen: BTreeSet<(bool, &String)> = BTreeSet::new();
    for (before, after) in files(diff, old, new) {
        let (was, is) = (old.files.get(before), new.files.get(after));
        let first =
            was.is_none_or(|_| seen.insert((false, before))) & is.is_none_or(|_| seen.insert((true, after)));
        if !first || (was == is && before == after) {
            continue;
        }
        let bytes = [was, is].map(|bytes| bytes.map_or(&[][..], |bytes| bytes));
        if bytes.iter().any(|bytes| is_binary(bytes)) {
            text.push_str(&format!("# {after} is no text\n"));
            continue;
        }
        let [was_text, is_text] = bytes.map(String::from_utf8_lossy);
        text.push_str(&format!("diff --git a/{before} b/{after}\n"));
        match (was, is) {
            (Some(_), Some(_)) if before != after => {
                text.push_str(&format!("rename from {before}\nrename to {after}\n"));
            }
            (None, _) => text.push_str("new file mode 100644\n"),
            (_, None) => text.push_str("deleted file mode 100644\n"),
            _ => {}
        }
        let hunks = unified(&was_text, &is_text);
        if !hunks.is_empty() {
            let name = |letter: char, path: &String, is_there: bool| match is_there {
                true => format!("{letter}/{path}"),
                false => "/dev/null".to_owned(),
            };
            let (before, after) = (name('a', before, was.is_some()), name('b', after, is.is_some()));
            text.push_str(&format!("--- {before}\n+++ {after}\n{hunks}"));
        }
    }
    text
}

/// The files that the changes are in, each with the one that it becomes.
fn files<'d>(diff: &'d Diff, old: &'d Side<'_>, new: &'d Side<'_>) -> Vec<(&'d String, &'d String)> {
    // Without places nobody knows which file belongs to which.
    if !old.has_places || !new.has_places {
        let all: BTreeSet<&String> = old.files.keys().chain(new.files.keys()).collect();
        let differs =
            |path: &&String| !diff.changes.is_empty() && old.files.get(*path) != new.files.get(*path);
        return all.into_iter().filter(differs).map(|path| (path, path)).collect();
    }
    let renamed = |change: &'d Change| {
        let (before, after) = (&change.old.as_ref()?.path, &change.new.as_ref()?.path);
        let is_whole = before != after && !new.files.contains_key(before) && !old.files.contains_key(after);
        is_whole.then_some((before, after))
    };
    let (mut from, mut to) = (BTreeSet::new(), BTreeSet::new());
    let mut files: Vec<(&String, &String)> = Vec::new();
    // A file becomes one other file; what else of it goes elsewhere is new there.
    for (before, after) in diff.changes.iter().filter_map(renamed) {
        if !from.contains(before) && !to.contains(after) {
            from.insert(before);
            to.insert(after);
            files.push((before, after));
        }
    }
    for change in &diff.changes {
        let before = change.old.iter().map(|document| &document.path).filter(|path| !from.contains(path));
        let after = change.new.iter().map(|document| &document.path).filter(|path| !to.contains(path));
        files.extend(before.chain(after).map(|path| (path, path)));
    }
    files
}
