//! While Argo CD waits for a person, it applies nothing else of the same Application.

use super::overlap::overlaps;
use super::{Edit, Obstacle, Rule, Step, Way, way};
use crate::diff::change::{Change, What};
use crate::diff::context::{Context, Controller};
use crate::diff::departure::{Departure, applier};
use crate::diff::document::{Document, Id};
use crate::diff::holder::{SHARES, addresses};
use crate::diff::user::few;
use crate::resolve::Stage;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub static RULE: Rule = Rule {
    name: "confirmation-blocks",
    about: "something that Argo CD asks about leaves, and everything else of its Application waits for the answer",
    find,
    way: Way::Staged(way_around),
};

/// What leaves an Application and is asked about, and what else it applies.
#[derive(Default)]
struct Waiting {
    asked: Vec<Arc<Document>>,
    others: usize,
}

/// What leaves and is asked about.
fn leaves(change: &Change) -> Option<&Arc<Document>> {
    let old = change.old.as_ref().filter(|_| matches!(change.what(), What::Removed | What::Renamed))?;
    (Departure::of(Controller::ArgoCd, old) == Departure::Asked).then_some(old)
}

/// The Applications in which something waits.
fn waiting(context: &Context<'_>, changes: &[Change]) -> BTreeMap<Id, Waiting> {
    if context.controller() != Controller::ArgoCd {
        return BTreeMap::new();
    }
    if !changes.iter().any(|change| leaves(change).is_some()) {
        return BTreeMap::new();
    }
    let mut applications: BTreeMap<Id, Waiting> = BTreeMap::new();
    for change in changes
        .iter()
        .filter(|change| !change.id().is_file() && change.id().group != "kustomize.config.k8s.io")
    {
        if let Some(old) = leaves(change)
            && let Some(application) = applier(context.old, old)
        {
            applications.entry(application.id.clone()).or_default().asked.push(old.clone());
        }
        if let Some(new) = &change.new
            && let Some(application) = applier(context.new, new)
        {
            applications.entry(application.id.clone()).or_default().others += 1;
        }
    }
    applications.retain(|_, waiting| !waiting.asked.is_empty() && waiting.others > 0);
    applications
}

fn find(context: &Context<'_>, changes: &[Change]) -> Vec<Obstacle> {
    let obstacle = |(application, Waiting { asked, others }): (Id, Waiting)| {
        let names: Vec<String> = asked.iter().map(|document| format!("`{}`", document.id)).collect();
        let rest = if others == 1 { "1 change waits".to_owned() } else { format!("{others} changes wait") };
        Obstacle {
            name: RULE.name,
            controller: Controller::ArgoCd,
            // argo-cd gitops-engine `sync_context.go` runTasks: prunes come first, and creates wait for them.
            sentence: format!(
                "Argo CD asks a person whether {} may go, and until the answer applies nothing else of `{}`: {rest}",
                few(&names),
                application.name
            ),
            advice: format!(
                "confirm with `{}`, or let what leaves go in a commit of its own",
                way::confirm(&application)
            ),
            forever: false,
            objects: asked.iter().map(|document| document.id.clone()).collect(),
        }
    };
    waiting(context, changes).into_iter().map(obstacle).collect()
}

/// Tables of a plan that others name, by the first word of their path.
const NAMED: [&str; 5] = ["services", "tenants", "pools", "namespaces", "external"];

/// Everything that leaves is left where it is until all else is done, and leaves alone.
fn way_around(context: &Context<'_>, changes: &[Change]) -> Vec<Step> {
    let (Some(old), Some(new)) = (&context.old.plan, &context.new.plan) else { return Vec::new() };
    let waiting = waiting(context, changes);
    let gone: BTreeSet<String> =
        old.keys.paths().filter_map(table).filter(|table| !new.keys.has(table)).collect();
    let asked: Vec<&Arc<Document>> = waiting.values().flat_map(|waiting| &waiting.asked).collect();
    // What goes on under another name or in another place has no table that leaves.
    let leaves = |document: &&Arc<Document>| document.from.iter().any(|table| gone.contains(table));
    // Two pools never hold one address, so that the old one has to leave first: `pool-renamed` knows how.
    let is_followed = !overlaps(context, changes).is_empty();
    if asked.is_empty() || is_followed || !asked.iter().all(leaves) {
        return Vec::new();
    }
    let mut kept: Vec<Edit> =
        gone.iter().map(|table| Edit::hold(&table.split('.').collect::<Vec<_>>())).collect();
    let mut later = Vec::new();
    for document in asked.iter().filter(|document| document.id.is("", "Service")) {
        let held = addresses(document);
        // An address of the lock alone would be another one in another plan.
        kept.extend(way::pin(document, held.iter().copied()));
        let wanting = held.iter().flat_map(|address| {
            context.new.holders().get(&(document.id.cluster.clone(), *address)).into_iter().flatten()
        });
        let shares = |other: &&Arc<Document>| {
            let key = document.annotation(&SHARES);
            key.is_some() && key == other.annotation(&SHARES)
        };
        later.extend(
            wanting.filter(|other| !shares(other)).flat_map(|other| way::off_the_lan(context, other)),
        );
    }
    kept.extend(stages(context, &gone));
    let others = !later.is_empty();
    kept.extend(later.iter().cloned());
    let all = "everything else is done, and what shall leave is still there";
    let title =
        if others { format!("{all}; who wants an address of it waits inside") } else { all.to_owned() };
    let mut steps: Vec<Step> = Step::new(title, kept).into_iter().collect();
    if others {
        let step = Step::new("it leaves", later);
        let step = step.map(|step| {
            waiting.keys().fold(step, |step, id| step.by_hand(format!("`{}`", way::confirm(id))))
        });
        steps.extend(step);
    }
    steps
}

/// `services.shop` of `services.shop.ports.http`, where it is a table that others name.
fn table(path: &str) -> Option<String> {
    let mut parts = path.split('.');
    let (first, second) = (parts.next()?, parts.next()?);
    NAMED.contains(&first).then(|| format!("{first}.{second}"))
}

/// The stages of the new plan apply what the same stages of the old one did of these tables.
fn stages(context: &Context<'_>, gone: &BTreeSet<String>) -> Vec<Edit> {
    let (Some(old), Some(new)) = (context.old.facts(), context.new.facts()) else { return Vec::new() };
    let (old, new) = (&old.resolved.stages, &new.resolved.stages);
    let words = |stage: &Stage<'_>| -> Vec<String> {
        let written = stage.written.apply.iter().flat_map(|list| &list.value);
        written.map(|word| word.value.clone()).collect()
    };
    let mut edits = Vec::new();
    for (at, stage) in new.iter().enumerate() {
        let Some(before) = old.iter().find(|before| before.name == stage.name) else { continue };
        let mut all = words(stage);
        let is_of_gone = |word: &&String| gone.contains(*word) || gone.contains(&format!("services.{word}"));
        let missing: Vec<String> = words(before).iter().filter(is_of_gone).cloned().collect();
        if missing.is_empty() {
            continue;
        }
        all.extend(missing);
        let all: Vec<String> = all.iter().map(|word| format!("\"{word}\"")).collect();
        edits.push(Edit::set(&["stages", &at.to_string(), "apply"], format!("[{}]", all.join(", "))));
    }
    edits
}
