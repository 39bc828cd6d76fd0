//! An Application or a Kustomization that goes may take along what it applied.

use super::{Effect, Rule};
use crate::diff::change::{Change, What};
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use crate::diff::departure::applier;
use crate::diff::document::Document;
use crate::upstream::argocd;
use serde_json::Value;

pub static RULE: Rule = Rule {
    name: "delivery-removed",
    about: "nobody applies a part of the tree any more, and what is applied stays or goes with it",
    find,
};

fn find(context: &Context<'_>, change: &Change) -> Vec<Effect> {
    let Some(old) = change.old.as_ref().filter(|_| matches!(change.what(), What::Removed | What::Renamed))
    else {
        return Vec::new();
    };
    // Of something renamed the new name stands before the sentence.
    let it = match change.what() {
        What::Renamed => format!("`{}`", old.id.name),
        _ => "it".to_owned(),
    };
    // The root of all is applied by a person, and deleted by one.
    let is_root = old.path.rsplit_once('/').is_some_and(|(folder, _)| folder.ends_with("gitops"));
    let gone = match is_root {
        true => "stays until a person deletes it, and everything that it applied is deleted with it then",
        false => "goes, and everything that it applied is deleted with it",
    };
    let gone = Effect::new(Danger::Irreversible, format!("{it} {gone}")).advice(
        match (is_root, change.is("kustomize.toolkit.fluxcd.io", "Kustomization")) {
            // flux2 cmd/flux/delete_kustomization.go: what is suspended leaves what it applied.
            (true, true) => {
                format!("`flux suspend kustomization {}` before that: suspended, it leaves them", old.id.name)
            }
            _ => "let go of the objects first, or give them to another one in an earlier commit".to_owned(),
        },
    );
    let stays = |why: &str| {
        Effect::new(
            Danger::Note,
            format!("{it} goes; what it applied stays as it is, and nobody looks after it ({why})"),
        )
    };
    let effect = if change.is("argoproj.io", "Application") {
        let finalizers = old.at(&["metadata", "finalizers"]).and_then(Value::as_array).into_iter().flatten();
        // argo-cd docs, app_deletion: without the finalizer only the Application goes.
        match finalizers.filter_map(Value::as_str).any(|each| each.starts_with(argocd::FINALIZER)) {
            true => gone,
            false => stays("it has no finalizer"),
        }
    } else if change.is("kustomize.toolkit.fluxcd.io", "Kustomization") {
        // kustomize-controller docs, spec.deletionPolicy: without one, `prune` decides.
        let policy = old.text_at(&["spec", "deletionPolicy"]).unwrap_or("MirrorPrune");
        let prunes = old.at(&["spec", "prune"]).and_then(Value::as_bool) == Some(true);
        match policy {
            "Orphan" => stays("`deletionPolicy: Orphan`"),
            "MirrorPrune" if !prunes => stays("`prune: false`"),
            _ => gone,
        }
    } else if change.is("helm.toolkit.fluxcd.io", "HelmRelease") && change.what() == What::Removed {
        let prunes = |applier: std::sync::Arc<Document>| {
            applier.at(&["spec", "prune"]).and_then(Value::as_bool) != Some(false)
        };
        let sentence = match applier(context.old, old).is_none_or(prunes) {
            true => "it goes: Flux uninstalls the release, with everything in it",
            false => {
                "it stays until a person deletes it: then Flux uninstalls the release, with everything in it"
            }
        };
        Effect::new(Danger::Irreversible, sentence)
            .advice("set `spec.suspend: true` on it in the cluster first, if the release shall stay")
    } else {
        return Vec::new();
    };
    vec![effect]
}
