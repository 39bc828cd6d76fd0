//! A controller finds the tree by an object that a person applied, and that no commit changes.

use super::{Obstacle, Rule, Way};
use crate::diff::change::{Change, What};
use crate::diff::context::{Context, Controller};
use crate::diff::departure::applier;
use crate::diff::document::{Document, Id};
use crate::diff::side::Side;
use std::sync::Arc;

pub static RULE: Rule = Rule {
    name: "root-replaced",
    about: "what a person applied so that the controller finds the tree is another object, or reads another place: the \
            plan has another name, tool, repository, branch or path",
    find,
    way: Way::ByHand("no commit changes what a person applied"),
};

/// What says where the tree is.
const PLACES: [&[&str]; 5] = [
    &["spec", "source", "repoURL"],
    &["spec", "source", "targetRevision"],
    &["spec", "source", "path"],
    &["spec", "sourceRef"],
    &["spec", "path"],
];

fn find(context: &Context<'_>, changes: &[Change]) -> Vec<Obstacle> {
    let roots = changes.iter().filter(|change| change.old.as_ref().is_some_and(|old| is_root(old)));
    let mut found = Vec::new();
    for change in roots {
        let Some(old) = &change.old else { continue };
        let next = successor(context, change, old);
        let Some(new) = next else { continue };
        let is_same =
            old.id.name == new.id.name && old.id.namespace == new.id.namespace && old.id.kind == new.id.kind;
        if is_same && PLACES.iter().all(|path| old.at(path) == new.at(path)) {
            continue;
        }
        found.push(match is_same {
            true => moved(old, &new),
            false => replaced(context, changes, old, &new),
        });
    }
    found
}

/// Lies beside the folders of the clusters, where no kustomization lists it.
fn is_root(document: &Document) -> bool {
    let file = document.path.strip_prefix("gitops/").unwrap_or_default();
    file.starts_with("root") && !file.contains('/')
}

/// What a person has to apply in its place; nothing where no controller shall read the tree any more, or where the cluster
/// is gone.
fn successor(context: &Context<'_>, change: &Change, old: &Document) -> Option<Arc<Document>> {
    if let Some(new) = &change.new {
        return Some(new.clone());
    }
    let roots = |side: &Side<'_>| -> Vec<Arc<Document>> {
        let kinds = ["Application", "Kustomization"].into_iter();
        kinds.flat_map(|kind| side.of_kind(kind).to_vec()).filter(|document| is_root(document)).collect()
    };
    // Argo CD has one for all clusters, Flux one in each.
    let new = roots(context.new);
    let of_cluster = new.iter().find(|new| new.path == old.path);
    of_cluster.or(new.first().filter(|new| new.id.kind != old.id.kind)).cloned()
}

fn controller(document: &Document) -> Controller {
    if document.id.kind == "Application" { Controller::ArgoCd } else { Controller::Flux }
}

/// The same object reads another place.
fn moved(old: &Document, new: &Document) -> Obstacle {
    let controller = controller(new);
    Obstacle {
        name: RULE.name,
        controller,
        sentence: format!(
            "`{}` was applied by a person and goes on reading the old place: {} sees the new one only when a person applies \
             it again",
            new.id,
            controller.word()
        ),
        advice: format!("as soon as the tree is at the new place, `{}`", apply(&[&new.path])),
        forever: false,
        objects: vec![old.id.clone()],
    }
}

/// Another object: nobody applies the new one, and nobody deletes the old one.
fn replaced(context: &Context<'_>, changes: &[Change], old: &Document, new: &Document) -> Obstacle {
    let (was, is) = (controller(old), controller(new));
    let mut objects = vec![old.id.clone()];
    let (sentence, advice) = match (was, is) {
        (Controller::ArgoCd, Controller::ArgoCd) => {
            let taken = taken_along(context, changes, old);
            let named: Vec<String> = taken.iter().map(|id| format!("`{}`", id.name)).collect();
            let project = format!("gitops/appproject-{}.yaml", new.text_at(&["spec", "project"]).unwrap_or_default());
            let sentence = format!(
                "nobody applies `{}`, and `{}`, which a person applied, deletes {} with the project in which all Applications \
                 still are: what runs goes on, and Argo CD applies nothing until a person helps",
                new.id,
                old.id,
                crate::diff::user::few(&named)
            );
            let names: Vec<&str> = std::iter::once(old.id.name.as_str())
                .chain(taken.iter().filter(|id| id.kind == "Application").map(|id| id.name.as_str()))
                .collect();
            let namespace = old.id.namespace.as_deref().unwrap_or("argocd");
            let advice = format!(
                "keep the `name` of the plan, which nobody sees but you; or `kubectl -n {namespace} delete \
                 application.argoproj.io {}` right before the merge (none has a finalizer, so that what they applied stays) \
                 and `{}` right after it",
                names.join(" "),
                apply(&[&project, &new.path])
            );
            objects.extend(taken);
            (sentence, advice)
        }
        (Controller::Flux, Controller::Flux) => (
            format!(
                "nobody applies `{}`, and `{}`, which a person applied, has lost its source: what runs goes on, and Flux \
                 takes up no part that is new or gone until a person helps",
                new.id, old.id
            ),
            format!(
                "keep the `name` of the plan, which nobody sees but you; or `{}` right after the merge, and \
                 `flux suspend kustomization {}` before that is deleted: suspended, it leaves what it applied",
                apply(&[&new.path]),
                old.id.name
            ),
        ),
        _ => (
            format!(
                "`{}`, which a person applied, stays and goes on until a person deletes it, and nobody applies `{}`: until \
                 then two controllers write the same objects, or none does",
                old.id, new.id
            ),
            format!(
                "{} first, then what `gitops/README.md` says of {}",
                match was {
                    // argo-cd docs, app_deletion: without a finalizer nothing goes with it.
                    Controller::ArgoCd => "delete the Applications, which leaves what they applied,".to_owned(),
                    _ => "suspend the Kustomizations and HelmReleases and delete them, which leaves what they applied,".to_owned(),
                },
                is.word()
            ),
        ),
    };
    Obstacle { name: RULE.name, controller: was, sentence, advice, forever: false, objects }
}

/// What leaves the folder that the old one reads.
fn taken_along(context: &Context<'_>, changes: &[Change], root: &Document) -> Vec<Id> {
    let goes = changes.iter().filter(|change| matches!(change.what(), What::Removed | What::Renamed));
    let old = goes.filter_map(|change| change.old.as_ref()).filter(|old| !old.id.is_file() && !is_root(old));
    let by_root = old.filter(|old| applier(context.old, old).is_some_and(|applier| applier.id == root.id));
    by_root.map(|old| old.id.clone()).collect()
}

fn apply(files: &[&str]) -> String {
    let files: String = files.iter().map(|file| format!(" -f {file}")).collect();
    format!("kubectl apply --server-side{files}")
}
