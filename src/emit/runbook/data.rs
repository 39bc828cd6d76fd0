//! What no backup has and nothing brings over: data that people go on writing while the migration is under way.

use super::Context;
use crate::facts::stages::{is_held, plain};
use crate::model::Strategy;
use crate::resolve::{Party, Service, Unit};
use crate::runbook::Script;
use std::collections::BTreeSet;
use std::fmt::Write;

/// Services that are saved while they run: what is written to them between that and their end is lost, because the backup
/// is what comes back.
pub fn saved_while_in_use(context: &Context<'_, '_>, at: usize, script: &Script, text: &mut String) {
    let resolved = &context.facts.resolved;
    let old = resolved.cluster(script.cluster);
    let Some(new) = old.replaced_by.map(|new| resolved.cluster(new)) else { return };
    let mut drained: BTreeSet<&str> =
        context.facts.stages.graph.before(at).flat_map(|before| words(context, before, "drain:")).collect();
    let mut names = Vec::new();
    for part in &script.parts {
        if let Some(name) = part.word.strip_prefix("drain:") {
            drained.insert(plain(name));
        }
        let Some(name) = part.word.strip_prefix("backup:").map(plain) else { continue };
        let Some(service) = resolved.services_of(new.id).iter().find(|service| service.key == name) else {
            continue;
        };
        let comes_back = new.strategy == Some(Strategy::Rebuild)
            || is_put_back(context, service)
            || service.written.stateful();
        if comes_back && !is_drained(context, service, &drained) {
            names.push(format!("`{name}`"));
        }
    }
    if let [first, ..] = names.as_slice() {
        let _ = writeln!(
            text,
            "{} {} used while the copy is made and afterwards: what is written there until the old pods are gone is in no backup. \
             `drain:{}` before the backup would stop that, from here on.\n",
            names.join(", "),
            if names.len() == 1 { "is" } else { "are" },
            first.trim_matches('`')
        );
    }
}

/// Services that keep data and begin beside their old copy without it.
pub fn left_behind(context: &Context<'_, '_>, at: usize, text: &mut String) {
    let resolved = &context.facts.resolved;
    let names: Vec<String> = beside(context, at)
        .filter(|service| !is_put_back(context, service))
        .map(|service| format!("`{}`", service.key))
        .collect();
    if names.is_empty() {
        return;
    }
    let stage = &resolved.stages[at];
    let _ = writeln!(
        text,
        "**{} {} data, and nothing in the plan brings it here from the old cluster.** Copy it before anybody uses the new pods, \
         or let the plan do it: `backup:NAME` in a stage before, `restore:NAME` in `do` of `{}`.{}\n",
        names.join(", "),
        if names.len() == 1 { "keeps" } else { "keep" },
        stage.name,
        if is_held(stage) { "" } else { " `hold = \"manual\"` would make the stage wait for that." }
    );
}

/// What people wrote to services of a parallel cluster does not come along on the way back to the old one.
pub fn stays_in_the_new_one(context: &Context<'_, '_>, at: usize) -> Option<String> {
    let resolved = &context.facts.resolved;
    let stage = &resolved.stages[at];
    let old = resolved.cluster(context.facts.stages.stages[at].rollback.to?);
    let here = context.facts.stages.graph.before(at).chain([at]);
    let names: Vec<String> = here
        .filter(|one| resolved.stages[*one].on == stage.on)
        .flat_map(|one| beside(context, one))
        .map(|service| format!("`{}`", service.key))
        .collect();
    (!names.is_empty()).then(|| {
        format!(
            "What was written to {} in the new cluster stays there: in `{}` they have what they had when they were stopped, \
             or when the names moved away.",
            names.join(", "),
            old.name
        )
    })
}

/// Services that keep data and that a stage brings beside their copy in a cluster that is still alive.
fn beside<'c>(context: &'c Context<'_, '_>, at: usize) -> impl Iterator<Item = &'c Service<'c>> {
    let resolved = &context.facts.resolved;
    resolved.stages[at]
        .apply
        .iter()
        .filter_map(|unit| match unit.value {
            Unit::Service(id) => Some(resolved.service(id)),
            _ => None,
        })
        .filter(|service| {
            let cluster = resolved.cluster(service.cluster);
            service.written.stateful()
                && cluster.replaces.is_some()
                && cluster.strategy == Some(Strategy::Parallel)
        })
}

fn is_put_back(context: &Context<'_, '_>, service: &Service<'_>) -> bool {
    (0..context.facts.resolved.stages.len())
        .any(|at| words(context, at, "restore:").any(|name| name == service.key))
}

/// Whether a `drain:` stops a service: by its own name, or as one of all that need something outside.
fn is_drained(context: &Context<'_, '_>, service: &Service<'_>, drained: &BTreeSet<&str>) -> bool {
    let outside = |party: &Party| match party {
        Party::External(id) => drained.contains(context.facts.resolved.external(*id).name),
        _ => false,
    };
    drained.contains(service.key) || service.needs.iter().any(|need| outside(&need.party))
}

/// What stands behind a verb in `do` of a stage.
fn words<'c>(context: &'c Context<'_, '_>, at: usize, verb: &'static str) -> impl Iterator<Item = &'c str> {
    let words = context.facts.resolved.stages[at].written.r#do.iter().flat_map(|list| &list.value);
    words.filter_map(move |word| word.value.strip_prefix(verb)).map(plain)
}
