//! Every object has one writer; for a while after a change of writers it may have two, or none.

use super::{Effect, Rule};
use crate::diff::change::{Change, What};
use crate::diff::context::{Context, Controller};
use crate::diff::danger::Danger;
use crate::diff::departure::Departure;

pub static RULE: Rule = Rule {
    name: "writer-moves",
    about: "an object is written by Ansible, by the bootstrap or by GitOps, and by somebody else before",
    find,
};

fn find(context: &Context<'_>, change: &Change) -> Vec<Effect> {
    let Some((old, new)) = change.both().filter(|_| change.what() == What::Moved && !change.id().is_file())
    else {
        return Vec::new();
    };
    let (was, is) = (writer(&old.path, context), writer(&new.path, context));
    if was == is || old.id.cluster != new.id.cluster {
        return Vec::new();
    }
    let departure = Departure::of(context.controller(), old);
    let sentence = match departure {
        Departure::Pruned => format!(
            "{was} wrote it and {is} does from now on: {} deletes it when it leaves, before the other has it",
            context.controller().word()
        ),
        _ => format!("{was} wrote it and {is} does from now on"),
    };
    let danger = if departure == Departure::Pruned { Danger::Disruptive } else { Danger::Note };
    let advice = match (was.as_str(), is.as_str()) {
        (_, "bootstrap.sh") => "run `bootstrap.sh` again, for nobody else applies it",
        ("bootstrap.sh", _) => "nothing is to be done: it is adopted as it is",
        _ => "take the object out of the old writer before the new one gets it",
    };
    vec![Effect::new(danger, sentence).advice(advice)]
}

fn writer(path: &str, context: &Context<'_>) -> String {
    match path.split('/').next() {
        Some("bootstrap") => "bootstrap.sh".to_owned(),
        Some("ansible") => "Ansible".to_owned(),
        _ => match context.controller() {
            Controller::None => "kubectl".to_owned(),
            controller => controller.word().to_owned(),
        },
    }
}
