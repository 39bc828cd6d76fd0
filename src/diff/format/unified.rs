//! What `git diff` would show, without the files that say the same as before.

use crate::diff::text::unified;
use crate::diff::{Diff, Side};
use std::collections::BTreeSet;

/// A patch from the old tree to the new one, for `git apply` and `patch -p1`.
pub fn text(diff: &Diff, old: &Side<'_>, new: &Side<'_>) -> String {
    let mut text = String::new();
    let mut seen = BTreeSet::new();
    for change in &diff.changes {
        let path = |document: &Option<std::sync::Arc<crate::diff::Document>>| {
            document.as_ref().map(|document| document.path.clone())
        };
        let (before, after) = (path(&change.old), path(&change.new));
        if !seen.insert((before.clone(), after.clone())) {
            continue;
        }
        let content = |side: &Side<'_>, path: &Option<String>| {
            let bytes = path.as_ref().and_then(|path| side.files.get(path));
            bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default()
        };
        let name = |letter: char, path: &Option<String>| match path {
            Some(path) => format!("{letter}/{path}"),
            None => "/dev/null".to_owned(),
        };
        let (was, is) = (content(old, &before), content(new, &after));
        let some = before.as_ref().or(after.as_ref()).cloned();
        let (a, b) = (before.clone().or(some.clone()), after.clone().or(some));
        text.push_str(&format!("diff --git {} {}\n", name('a', &a), name('b', &b)));
        match (&before, &after) {
            (Some(before), Some(after)) if before != after => {
                text.push_str(&format!("rename from {before}\nrename to {after}\n"));
            }
            (None, _) => text.push_str("new file mode 100644\n"),
            (_, None) => text.push_str("deleted file mode 100644\n"),
            _ => {}
        }
        let hunks = unified(&was, &is);
        if !hunks.is_empty() {
            text.push_str(&format!("--- {}\n+++ {}\n{hunks}", name('a', &before), name('b', &after)));
        }
    }
    text
}
