//! How a controller applies its part of the tree decides what happens to drift and to what leaves.

use super::{Effect, Rule};
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use serde_json::Value;

pub static RULE: Rule = Rule {
    name: "delivery-changes",
    about: "a controller prunes, heals, waits or pauses otherwise, or reads from another place",
    find,
};

fn find(_: &Context<'_>, change: &Change) -> Vec<Effect> {
    let is_argo = change.is("argoproj.io", "Application");
    let is_flux = change.is("kustomize.toolkit.fluxcd.io", "Kustomization")
        || change.is("helm.toolkit.fluxcd.io", "HelmRelease");
    if change.both().is_none() {
        return Vec::new();
    }
    let mut effects = Vec::new();
    let truth = |value: Option<&Value>| value.and_then(Value::as_bool).unwrap_or(false);
    let mut turned = |path: &[&str], on: Effect, off: Effect| {
        if let Some((old, new)) = change.differs(path)
            && truth(old) != truth(new)
        {
            effects.push(if truth(new) { on } else { off });
        }
    };
    if is_argo {
        let automated = ["spec", "syncPolicy", "automated"];
        turned(
            &[automated[0], automated[1], automated[2], "prune"],
            Effect::new(
                Danger::Disruptive,
                "it deletes what leaves its folder from now on; what left before goes at the next sync",
            )
            .advice("look at what is out of sync as `requires pruning` before it is merged"),
            Effect::new(Danger::Note, "what leaves its folder stays in the cluster from now on"),
        );
        turned(
            &[automated[0], automated[1], automated[2], "selfHeal"],
            Effect::new(Danger::Note, "what somebody changes in the cluster is changed back at once"),
            Effect::new(Danger::Note, "what somebody changes in the cluster stays until the next commit"),
        );
        if change.differs(&automated).is_some_and(|(old, new)| old.is_some() && new.is_none()) {
            effects.push(Effect::new(Danger::Note, "nothing is applied until a person presses `Sync`"));
        }
    }
    if is_flux {
        turned(
            &["spec", "prune"],
            Effect::new(Danger::Disruptive, "it deletes what leaves its folder from now on"),
            Effect::new(Danger::Note, "what leaves its folder stays in the cluster from now on"),
        );
        turned(
            &["spec", "suspend"],
            Effect::new(Danger::Note, "it is suspended: no commit takes effect until it is resumed"),
            Effect::new(
                Danger::Restart,
                "it is resumed: everything that was committed meanwhile is applied at once",
            ),
        );
        turned(
            &["spec", "force"],
            Effect::new(
                Danger::Disruptive,
                "an object with a changed immutable field is deleted and made anew, where it was refused before",
            ),
            Effect::new(Danger::Note, "an object with a changed immutable field is refused from now on"),
        );
        if let Some((_, new)) = change.differs(&["spec", "deletionPolicy"]) {
            let word = new.and_then(Value::as_str).unwrap_or("MirrorPrune");
            effects.push(match word {
                "Orphan" => Effect::new(Danger::Note, "when it goes, what it applied stays"),
                _ => Effect::new(
                    Danger::Disruptive,
                    format!("when it goes, what it applied may be deleted with it (`{word}`)"),
                ),
            });
        }
    }
    let places: [&[&str]; 7] = [
        &["spec", "source", "repoURL"],
        &["spec", "source", "targetRevision"],
        &["spec", "source", "path"],
        &["spec", "path"],
        &["spec", "sourceRef"],
        &["spec", "url"],
        &["spec", "ref"],
    ];
    let is_source = change.id().group == "source.toolkit.fluxcd.io";
    let has_chart = change.any().at(&["spec", "source", "chart"]).is_some();
    if (is_argo || is_flux || is_source)
        && !has_chart
        && let Some((path, (old, new))) = places.iter().find_map(|path| Some((path, change.differs(path)?)))
    {
        let shown = |value: Option<&Value>| {
            value
                .map_or("nothing".to_owned(), |value| value.as_str().map_or(value.to_string(), str::to_owned))
        };
        effects.push(
            Effect::new(Danger::Restart, format!("it reads `{}` from `{}` in place of `{}`: what is not there leaves the cluster as if it had been removed", path[path.len() - 1], shown(new), shown(old)))
                .advice("the tree has to be at the new place before this is applied"),
        );
    }
    if change.is("argoproj.io", "AppProject")
        && change.fields.iter().any(|field| field.is_below(&["spec"]) && field.old.is_some())
    {
        effects.push(Effect::new(Danger::Note, "its Applications may apply less, or to other places; what they may no longer is refused at the next sync"));
    }
    effects
}
