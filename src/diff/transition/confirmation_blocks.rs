//! While Argo CD waits for a person, it applies nothing else of the same Application.

use super::{Obstacle, Rule};
use crate::diff::change::{Change, What};
use crate::diff::context::{Context, Controller};
use crate::diff::departure::{Departure, applier};
use crate::diff::document::{Document, Id};
use crate::diff::user::few;
use std::collections::BTreeMap;
use std::sync::Arc;

pub static RULE: Rule = Rule {
    name: "confirmation-blocks",
    about: "something that Argo CD asks about leaves, and everything else of its Application waits for the answer",
    find,
    way: None,
};

/// What leaves an Application and is asked about, and what else it applies.
#[derive(Default)]
struct Waiting {
    asked: Vec<Id>,
    others: usize,
}

/// What leaves and is asked about.
fn leaves(change: &Change) -> Option<&Arc<Document>> {
    let old = change.old.as_ref().filter(|_| matches!(change.what(), What::Removed | What::Renamed))?;
    (Departure::of(Controller::ArgoCd, old) == Departure::Asked).then_some(old)
}

fn find(context: &Context<'_>, changes: &[Change]) -> Vec<Obstacle> {
    if context.controller() != Controller::ArgoCd {
        return Vec::new();
    }
    if !changes.iter().any(|change| leaves(change).is_some()) {
        return Vec::new();
    }
    let mut applications: BTreeMap<Id, Waiting> = BTreeMap::new();
    for change in changes
        .iter()
        .filter(|change| !change.id().is_file() && change.id().group != "kustomize.config.k8s.io")
    {
        if let Some(old) = leaves(change)
            && let Some(application) = applier(context.old, old)
        {
            applications.entry(application.id.clone()).or_default().asked.push(old.id.clone());
        }
        if let Some(new) = &change.new
            && let Some(application) = applier(context.new, new)
        {
            applications.entry(application.id.clone()).or_default().others += 1;
        }
    }
    let waiting =
        applications.into_iter().filter(|(_, waiting)| !waiting.asked.is_empty() && waiting.others > 0);
    let obstacle = |(application, Waiting { asked, others }): (Id, Waiting)| {
        let names: Vec<String> = asked.iter().map(|id| format!("`{id}`")).collect();
        let rest = if others == 1 {
            "the one other change".to_owned()
        } else {
            format!("the {others} other changes")
        };
        Obstacle {
            name: RULE.name,
            controller: Controller::ArgoCd,
            // argo-cd gitops-engine `sync_context.go` runTasks: prunes come first, and creates wait for them.
            sentence: format!(
                "Argo CD asks a person whether {} may go, and until the answer applies none of {rest} of `{}`",
                few(&names),
                application.name
            ),
            advice: format!(
                "confirm with `argocd app confirm-deletion {}`, or let what leaves go in a commit of its own",
                application.name
            ),
            forever: false,
            objects: asked,
        }
    };
    waiting.map(obstacle).collect()
}
