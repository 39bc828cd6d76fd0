//! `schema/changes.md`: what `plan diff` knows of changes.

use crate::diff::Danger;
use crate::diff::transition::Way;
use crate::diff::{meaning, transition};

const MEANINGS: &str = "\
## What is noticed

Each name is a `meaning` of `plan diff --format json`.

| Name | About |
|---|---|
";

const OBSTACLES: &str = "\
## What cannot be applied

Both trees are good, and still the controller that the plan names (`[gitops] tool`) does not get from one to the other, or
only after a retry or with a person's help. Where the last column says *staged*, `plan diff --stage` makes commits that do
get there; elsewhere it says why no edit of the plan can, and `plan diff` says what a person does.

| Name | About | Way around |
|---|---|---|
";

/// The whole page.
pub fn page() -> String {
    let mut page = "# Changes\n\n## Classes of danger\n\nThe least first; `--fail-on` and `--only` take these words.\n\n\
                    | Class | Means |\n|---|---|\n"
        .to_owned();
    for danger in Danger::ALL {
        page.push_str(&format!("| `{}` | {} |\n", danger.word(), danger.about()));
    }
    page.push_str(&format!("\n{MEANINGS}"));
    for rule in meaning::RULES {
        page.push_str(&format!("| `{}` | {} |\n", rule.name, rule.about));
    }
    page.push_str(&format!("\n{OBSTACLES}"));
    for rule in transition::RULES {
        let way = match rule.way {
            Way::Staged(_) => "staged".to_owned(),
            Way::ByHand(why) => format!("by hand: {why}"),
        };
        page.push_str(&format!("| `{}` | {} | {way} |\n", rule.name, rule.about));
    }
    page
}
