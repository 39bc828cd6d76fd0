//! For a comment on a pull request.

use crate::diff::Diff;

/// The comment.
pub fn text(diff: &Diff) -> String {
    let mut text = format!("**{}** -> **{}**\n\n", diff.old, diff.new);
    for change in &diff.changes {
        text.push_str(&format!("- {} {} `{}`\n", change.danger.word(), change.what().word(), change.id()));
        for meaning in &change.meanings {
            text.push_str(&format!("  - {}: {}\n", meaning.danger.word(), meaning.sentence));
        }
    }
    text
}
