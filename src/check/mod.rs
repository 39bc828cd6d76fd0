//! What is wrong with a plan whose every name means something: one rule, one file, one line in a list.
//!
//! A check reads the facts and reports; it never changes them. The rule that it enforces, with its explanation and its
//! examples, stands in the same file.

mod accept;
mod addresses;
mod ansible;
mod calico;
mod clusters;
mod delivery;
mod metallb;
mod overrides;
mod policies;
mod scaffold;
mod seldon;
mod services;
mod stages;

pub use accept::{ACCEPT_EXPIRED, expired};
pub use scaffold::{scaffold, scaffold_lock, scaffold_runbook, scaffold_templates};

use crate::diagnostics::{Diagnostic, Rule};
use crate::facts::Facts;
use crate::model::Strategy;
use crate::resolve::Cluster;
use rayon::prelude::*;

/// A rule and how it is enforced.
pub struct Check {
    pub rule: &'static Rule,
    pub find: fn(&Facts<'_>, &mut Vec<Diagnostic>),
}

/// Every area's checks.
const AREAS: &[&[Check]] = &[
    addresses::CHECKS,
    clusters::CHECKS,
    calico::CHECKS,
    overrides::CHECKS,
    metallb::CHECKS,
    services::CHECKS,
    policies::CHECKS,
    seldon::CHECKS,
    delivery::CHECKS,
    ansible::CHECKS,
    stages::CHECKS,
];

/// Whether two clusters exist at the same time: one that is rebuilt is gone before its successor is installed.
fn alive_together(one: &Cluster<'_>, other: &Cluster<'_>) -> bool {
    let rebuilds = |new: &Cluster<'_>, old: &Cluster<'_>| {
        new.replaces == Some(old.id) && new.strategy != Some(Strategy::Parallel)
    };
    one.id != other.id && !rebuilds(one, other) && !rebuilds(other, one)
}

/// Runs every check, sets the levels that the plan asks for, and drops what the plan accepts.
pub fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let checks: Vec<&Check> = AREAS.iter().flat_map(|area| area.iter()).collect();
    let found: Vec<Vec<Diagnostic>> = (checks.into_par_iter())
        .map(|check| {
            let mut found = Vec::new();
            (check.find)(facts, &mut found);
            found
        })
        .collect();
    facts.forget_judged();
    let mut found: Vec<Diagnostic> = found.into_iter().flatten().collect();
    overrides::forget_repeated(&mut found);
    policies::forget_repeated(&mut found);
    diagnostics.extend(accept::apply(facts, found));
}

/// Every rule of the program, by code: those of reading, of resolving, of the checks, and of manifests.
pub fn rules() -> Vec<&'static Rule> {
    let of_checks = AREAS.iter().flat_map(|area| area.iter()).map(|check| check.rule);
    let mut rules: Vec<&'static Rule> = (crate::decode::rules::RULES.iter().copied())
        .chain(crate::resolve::rules::RULES.iter().copied())
        .chain(accept::RULES.iter().copied())
        .chain(of_checks)
        .chain(crate::manifests::finding::rules())
        .collect();
    rules.sort_by_key(|rule| rule.code);
    rules
}
