//! What is no longer in the tree is not always deleted: the controller may ask first, or keep it.

use super::context::Controller;
use super::document::Document;
use crate::upstream::{argocd, flux};

/// What becomes of an object that left the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
