//! What would change against another state of the plan: what it does first, then who loses what, then every object.

use super::plural;
use crate::diff::{Danger, Diff};
use serde::Serialize;

#[derive(Serialize)]
pub struct Changes {
    pub old: String,
    pub new: String,
    pub summary: String,
    /// What cannot be applied as it is, and the way around.
    pub obstacles: Vec<[String; 2]>,
    pub effects: Vec<Effect>,
    /// Address by address: holder, before, after.
    pub addresses: Vec<[String; 3]>,
    /// Connections: from, to, gained, lost.
    pub flows: Vec<[String; 4]>,
    /// Ports of machines: opened or closed, and which.
    pub objects: Vec<Object>,
    pub left_out: usize,
}

/// What a change does.
#[derive(Serialize)]
pub struct Effect {
    pub danger: &'static str,
    pub object: String,
    pub sentence: String,
    pub advice: String,
}

/// An object or a file with its fields: path, before, after.
#[derive(Serialize)]
pub struct Object {
    pub what: &'static str,
    pub danger: &'static str,
    pub name: String,
    pub causes: Vec<String>,
    pub fields: Vec<[String; 3]>,
}

const OBJECTS: usize = 300;
/// Longer values are for `plan diff`.
const LONGEST: usize = 200;

pub fn changes(diff: &Diff) -> Changes {
    let mut counts: Vec<String> = Vec::new();
    for danger in Danger::ALL.iter().rev() {
        let count = diff.changes.iter().filter(|change| change.danger == *danger).count();
        counts.extend((count > 0 && *danger != Danger::None).then(|| format!("{count} {}", danger.word())));
    }
    let objects = plural(diff.changes.len(), "object or file", "objects and files");
    let summary = match counts.is_empty() {
        true => format!("{objects} would change"),
        false => format!("{objects} would change: {}", counts.join(", ")),
    };
    let mut effects: Vec<(Danger, Effect)> = Vec::new();
    for change in &diff.changes {
        effects.extend(change.meanings.iter().map(|meaning| {
            let (sentence, advice) = (meaning.sentence.clone(), meaning.advice.clone());
            let object = change.id().to_string();
            (meaning.danger, Effect { danger: meaning.danger.word(), object, sentence, advice })
        }));
    }
    effects.sort_by_key(|(danger, _)| std::cmp::Reverse(*danger));
    Changes {
        old: diff.old.clone(),
        new: diff.new.clone(),
        summary,
        obstacles: diff
            .obstacles
            .iter()
            .map(|found| [found.sentence.clone(), found.advice.clone()])
            .collect(),
        effects: effects.into_iter().map(|(_, effect)| effect).collect(),
        addresses: (diff.addresses.iter())
            .map(|change| [change.holder.clone(), change.old.join(", "), change.new.join(", ")])
            .collect(),
        flows: (diff.flows.iter())
            .map(|flow| [flow.from.join(", "), flow.to.join(", "), flow.gained.clone(), flow.lost.clone()])
            .collect(),
        objects: diff.changes.iter().take(OBJECTS).map(object).collect(),
        left_out: diff.changes.len().saturating_sub(OBJECTS),
    }
}

fn object(change: &crate::diff::Change) -> Object {
    let shown = |value: &Option<serde_json::Value>| match value {
        None => String::new(),
        Some(serde_json::Value::String(text)) => cut(text),
        Some(other) => cut(&other.to_string()),
    };
    Object {
        what: change.what().word(),
        danger: change.danger.word(),
        name: change.id().to_string(),
        causes: change
            .causes
            .iter()
            .map(|cause| format!("{}:{} {}", cause.file, cause.line, cause.key))
            .collect(),
        fields: (change.fields.iter())
            .map(|field| [field.name(), shown(&field.old), shown(&field.new)])
            .collect(),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
