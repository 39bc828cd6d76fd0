//! What is no longer in the tree is not always deleted: the controller may ask first, or keep it.

use super::context::Controller;
use super::document::Document;
use super::side::Side;
use crate::upstream::{argocd, flux};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What becomes of an object that left the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Departure {
    /// The controller deletes it.
    Pruned,
    /// Argo CD waits until a person confirms the deletion (`Prune=confirm`).
    Asked,
    /// It stays until a person deletes it.
    Kept,
}

impl Departure {
    /// By the annotations of the object as it is in the cluster, which are those of the old tree.
    pub fn of(controller: Controller, document: &Document) -> Departure {
        if document.path.starts_with("bootstrap/") {
            return Departure::Kept;
        }
        match controller {
            Controller::ArgoCd => {
                let options = document.annotation(&[argocd::SYNC_OPTIONS]).unwrap_or_default();
                match () {
                    () if options.contains("Prune=confirm") => Departure::Asked,
                    () if options.contains("Prune=false") => Departure::Kept,
                    () => Departure::Pruned,
                }
            }
            Controller::Flux if document.annotation(&[flux::PRUNE]) == Some("disabled") => Departure::Kept,
            Controller::Flux => Departure::Pruned,
            Controller::None => Departure::Kept,
        }
    }

    /// What happens, as the end of a sentence.
    pub fn words(self, controller: Controller) -> String {
        match self {
            Departure::Pruned => format!("{} deletes it", controller.word()),
            Departure::Asked => "Argo CD waits until a person confirms that it goes".to_owned(),
            Departure::Kept => format!("{} keeps it until a person deletes it", controller.word()),
        }
    }

    /// What a person has to do.
    pub fn advice(self, document: &Document) -> String {
        let command = delete(document);
        match self {
            Departure::Pruned => String::new(),
            Departure::Asked => {
                let application = "the Application, with `argocd app confirm-deletion`";
                format!("confirm in {application}, once nothing uses it")
            }
            Departure::Kept => format!("`{command}`, once nothing uses it"),
        }
    }
}

/// Folder, from any of its parents on -> who applies it.
pub type Appliers = BTreeMap<String, Arc<Document>>;

/// Every Application and Kustomization by the folder that it reads. Where the root of the tree lies in the repository is
/// not known here, so that each end of the path is a key.
pub fn appliers(side: &Side<'_>) -> Appliers {
    let mut found = Appliers::new();
    for kind in ["Application", "Kustomization"] {
        for object in side.of_kind(kind).iter() {
            let path = object.text_at(&["spec", "source", "path"]).or(object.text_at(&["spec", "path"]));
            let mut rest = path.unwrap_or_default().trim_start_matches("./").trim_end_matches('/');
            while !rest.is_empty() {
                found.entry(rest.to_owned()).or_insert_with(|| object.clone());
                rest = rest.split_once('/').map_or("", |(_, below)| below);
            }
        }
    }
    found
}

/// The Application or Kustomization that applies the folder that a document lies in.
pub fn applier(side: &Side<'_>, document: &Document) -> Option<Arc<Document>> {
    let mut folder = document.path.as_str();
    // The nearest folder counts: a stage lies in a folder below the one of its cluster.
    while let Some((parent, _)) = folder.rsplit_once('/') {
        if let Some(found) = side.appliers().get(parent) {
            return Some(found.clone());
        }
        folder = parent;
    }
    None
}

/// How a person deletes an object.
pub fn delete(document: &Document) -> String {
    let id = &document.id;
    let kind = match id.group.as_str() {
        "" => id.kind.to_lowercase(),
        group => format!("{}.{group}", id.kind.to_lowercase()),
    };
    match &id.namespace {
        Some(namespace) => format!("kubectl -n {namespace} delete {kind} {}", id.name),
        None => format!("kubectl delete {kind} {}", id.name),
    }
}
