//! How a controller applies its part of the tree decides what happens to drift and to what leaves.

use super::{Effect, Rule};
use crate::diff::change::{Change, What};
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use crate::diff::document::{Document, at};
use crate::diff::side::Side;
use serde_json::Value;

pub static RULE: Rule = Rule {
    name: "delivery-changes",
    about: "a controller prunes, heals, waits or pauses otherwise, or reads from another place",
    find,
};

fn find(context: &Context<'_>, change: &Change) -> Vec<Effect> {
    // One of another name is another one, and what the old one did is its own.
    if change.both().is_none() || change.what() == What::Renamed {
        return Vec::new();
    }
    let group = change.id().group.as_str();
    let mut effects = match (group, change.id().kind.as_str()) {
        ("argoproj.io", "Application") => of_argo(change),
        ("kustomize.toolkit.fluxcd.io", "Kustomization") | ("helm.toolkit.fluxcd.io", "HelmRelease") => {
            of_flux(change)
        }
        ("argoproj.io", "AppProject") => {
            let narrower =
                |field: &crate::diff::field::Field| field.is_below(&["spec"]) && field.old.is_some();
            let sentence =
                "its Applications may apply less, or to other places; what they may no longer is refused";
            let narrowed = change.fields.iter().any(narrower);
            return narrowed.then(|| Effect::new(Danger::Note, sentence)).into_iter().collect();
        }
        ("source.toolkit.fluxcd.io", _) => Vec::new(),
        _ => return Vec::new(),
    };
    effects.extend(reads_elsewhere(context, change));
    effects.extend(applies_elsewhere(change));
    effects
}

/// A switch that was turned: on, or off.
fn turned(change: &Change, path: &[&str]) -> Option<bool> {
    let (old, new) = change.differs(path)?;
    let truth = |value: Option<&Value>| value.and_then(Value::as_bool).unwrap_or(false);
    (truth(old) != truth(new)).then_some(truth(new))
}

fn of_argo(change: &Change) -> Vec<Effect> {
    let automated = ["spec", "syncPolicy", "automated"];
    let mut effects = Vec::new();
    if change.differs(&automated).is_some_and(|(old, new)| old.is_some() && new.is_none()) {
        let sentence = "nothing of it is applied until a person syncs it";
        return vec![Effect::new(Danger::Note, sentence)];
    }
    match turned(change, &["spec", "syncPolicy", "automated", "prune"]) {
        Some(true) => effects.push(
            Effect::new(
                Danger::Disruptive,
                "it deletes what leaves its folder; what left before goes at the next sync",
            )
            .advice("look at what it shows as `requires pruning` before this is merged"),
        ),
        Some(false) => effects.push(Effect::new(Danger::Note, "what leaves its folder stays in the cluster")),
        None => {}
    }
    match turned(change, &["spec", "syncPolicy", "automated", "selfHeal"]) {
        Some(true) => {
            let sentence = "what somebody changes in the cluster is changed back at once";
            effects.push(Effect::new(Danger::Note, sentence));
        }
        Some(false) => {
            let sentence = "what somebody changes in the cluster stays until the next commit";
            effects.push(Effect::new(Danger::Note, sentence));
        }
        None => {}
    }
    effects
}

fn of_flux(change: &Change) -> Vec<Effect> {
    let mut effects = Vec::new();
    match turned(change, &["spec", "prune"]) {
        Some(true) => effects.push(Effect::new(Danger::Disruptive, "it deletes what leaves its folder")),
        Some(false) => effects.push(Effect::new(Danger::Note, "what leaves its folder stays in the cluster")),
        None => {}
    }
    match turned(change, &["spec", "suspend"]) {
        Some(true) => {
            let sentence = "it is suspended: no commit takes effect until it is resumed";
            effects.push(Effect::new(Danger::Note, sentence));
        }
        Some(false) => {
            let sentence = "it is resumed: everything that was committed meanwhile is applied at once";
            effects.push(Effect::new(Danger::Restart, sentence));
        }
        None => {}
    }
    match turned(change, &["spec", "force"]) {
        Some(true) => {
            let sentence =
                "an object with a changed immutable field is deleted and made anew in place of refused";
            effects.push(Effect::new(Danger::Disruptive, sentence));
        }
        Some(false) => {
            let sentence = "an object with a changed immutable field is refused";
            effects.push(Effect::new(Danger::Note, sentence));
        }
        None => {}
    }
    if let Some((_, new)) = change.differs(&["spec", "deletionPolicy"]) {
        effects.push(match new.and_then(Value::as_str).unwrap_or("MirrorPrune") {
            "Orphan" => Effect::new(Danger::Note, "when it goes, what it applied stays"),
            word => {
                let sentence = format!("when it goes, what it applied may be deleted with it (`{word}`)");
                Effect::new(Danger::Disruptive, sentence)
            }
        });
    }
    effects
}

const PLACES: [&[&str]; 7] = [
    &["spec", "source", "repoURL"],
    &["spec", "source", "targetRevision"],
    &["spec", "source", "path"],
    &["spec", "path"],
    &["spec", "sourceRef"],
    &["spec", "url"],
    &["spec", "ref"],
];

/// argo-cd application_types.go, kustomize-controller v1: what says which cluster is meant.
const TARGETS: [&[&str]; 2] = [&["spec", "destination"], &["spec", "kubeConfig"]];

fn applies_elsewhere(change: &Change) -> Option<Effect> {
    let (old, new) = TARGETS.iter().find_map(|path| change.differs(path))?;
    let shown = |value: Option<&Value>| {
        let name = value.and_then(|value| {
            let text = |path: &[&str]| at(value, path).and_then(Value::as_str);
            text(&["name"]).or(text(&["server"])).or(text(&["secretRef", "name"]))
        });
        name.map_or("its own cluster".to_owned(), |name| format!("`{name}`"))
    };
    let (was, is) = (shown(old), shown(new));
    if was == is {
        return None;
    }
    // argo-cd controller/appcontroller.go: what lies in another cluster than the destination is not looked at any more.
    let sentence = format!(
        "it applies everything to {is} in place of {was}: what is in the old place stays there, and nobody looks after it"
    );
    Some(Effect::new(Danger::Disruptive, sentence).advice(
        "if only the name of the cluster changes, give the controller the new one first; otherwise the new place gets \
         everything, and the old one has to be cleared by a person",
    ))
}

fn reads_elsewhere(context: &Context<'_>, change: &Change) -> Option<Effect> {
    if change.any().at(&["spec", "source", "chart"]).is_some() {
        return None;
    }
    let (path, (old, new)) = PLACES.iter().find_map(|path| Some((path, change.differs(path)?)))?;
    let shown = |value: Option<&Value>| match value {
        Some(Value::String(text)) => format!("`{text}`"),
        Some(other) => format!("`{other}`"),
        None => "nothing".to_owned(),
    };
    let key = path[path.len() - 1];
    if key == "sourceRef" && is_same_place(context, change) {
        return Some(Effect::new(Danger::Note, "its source has another name, and reads the same place"));
    }
    let gone = "what is not there leaves the cluster as if it had been removed";
    let sentence = match key {
        // Each has another one, and all of them go the same way.
        "path" => format!("it reads another folder (`path`): {gone}"),
        _ => format!("its `{key}` is {} in place of {}: {gone}", shown(new), shown(old)),
    };
    Some(
        Effect::new(Danger::Restart, sentence)
            .advice("the tree has to be at the new place before this is applied"),
    )
}

/// Whether the source of both sides is the same place.
fn is_same_place(context: &Context<'_>, change: &Change) -> bool {
    let place = |side: &Side<'_>, document: &Document| {
        let (kind, name) = (
            document.text_at(&["spec", "sourceRef", "kind"])?,
            document.text_at(&["spec", "sourceRef", "name"])?,
        );
        let sources = side.of_kind(kind);
        let source = sources.iter().find(|source| {
            source.id.name == name
                && (source.id.cluster == document.id.cluster || document.id.cluster.is_none())
        })?;
        source.at(&["spec"]).cloned()
    };
    let Some((old, new)) = change.both() else { return false };
    let (was, is) = (place(context.old, old), place(context.new, new));
    was.is_some() && was == is
}
