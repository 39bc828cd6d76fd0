//! A firewall that nobody writes any more goes on as it is; one that is written from now on lets in nothing else.

use super::{Effect, Rule};
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use crate::diff::firewall::is_written;

pub static RULE: Rule = Rule {
    name: "firewall-written",
    about: "the firewall of the machines is written from now on, or no longer",
    find,
};

fn find(_: &Context<'_>, change: &Change) -> Vec<Effect> {
    let Some((old, new)) = change.both().filter(|_| change.id().is_file()) else { return Vec::new() };
    let effect = match (is_written(old), is_written(new)) {
        (true, false) => Effect::new(
            Danger::Note,
            "nobody writes the firewall of the machines any more: the rules that are there stay, and nothing new is opened",
        ),
        (false, true) => Effect::new(
            Danger::Disruptive,
            "the firewall of the machines is written from now on: what its rules do not name is closed when the playbook runs",
        )
        .advice("look for what else the machines serve (`ss -tlnpu`) before the playbook runs"),
        _ => return Vec::new(),
    };
    vec![effect]
}
