//! A rule adds something to what the other rules allow.

use super::shadow::{covers, selects_all_of};
use super::{Judged, Lint, Place, word};
use crate::diagnostics::{Diagnostic, Level, Rule};
use std::collections::BTreeMap;

pub const LINT: Lint = Lint { rule: &RULE, find };

static RULE: Rule = Rule {
    code: "P5113",
    name: "shadowed-rule",
    level: Level::Note,
    summary: "every rule allows something that no other rule allows",
    explanation: "Policies only add up: what one allows, another cannot take back, and what two allow is allowed once. A rule that \
                  another one covers changes nothing, and whoever removes it to close something is surprised.",
    fails: "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: web}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: web}\nspec:\n  podSelector: {}\n  policyTypes: [Ingress]\n  ingress:\n  - from: [{podSelector: {}}]\n  - from: [{podSelector: {}}]\n    ports: [{protocol: TCP, port: 80}]\n",
    passes: "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: web}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: web}\nspec:\n  podSelector: {}\n  policyTypes: [Ingress]\n  ingress:\n  - from: [{podSelector: {}}]\n",
    covers: &[],
};

fn find(judged: &Judged<'_>, found: &mut Vec<Diagnostic>) {
    for (narrow, wide) in shadowed(judged) {
        let (name, other) = (judged.name(narrow.policy), judged.name(wide.policy));
        let whose =
            if narrow.policy == wide.policy { "another rule of it".to_owned() } else { format!("`{other}`") };
        let message = format!("an {} rule of `{name}` is covered by {whose}", word(narrow.direction));
        let finding = Diagnostic::new(&RULE, narrow.span(), message).here("allows nothing more");
        let finding = finding.label(wide.span(), "allows all of it already");
        found.push(finding.help("remove it, or narrow the other rule if that one is too wide").on(name));
    }
}

/// Every rule that another one covers, with that one. Of two that say the same the later is covered.
pub fn shadowed<'m>(judged: &Judged<'m>) -> Vec<(Place<'m>, Place<'m>)> {
    let policies = &judged.world().policies;
    let mut by_namespace: BTreeMap<(&str, crate::connectivity::Direction), Vec<Place<'m>>> = BTreeMap::new();
    for place in judged.rules() {
        let namespace = &*policies[place.policy].namespace;
        by_namespace.entry((namespace, place.direction)).or_default().push(place);
    }
    let mut shadowed = Vec::new();
    for places in by_namespace.into_values() {
        let covered = |narrow: usize, wide: usize| {
            let pods = |at: usize| &policies[places[at].policy].pods;
            narrow != wide
                && selects_all_of(pods(wide), pods(narrow))
                && covers(places[wide].rule, places[narrow].rule)
        };
        let by: Vec<Option<usize>> = (0..places.len())
            .map(|narrow| {
                (0..places.len())
                    .find(|wide| covered(narrow, *wide) && (*wide < narrow || !covered(*wide, narrow)))
            })
            .collect();
        let copy = |at: usize| Place { ..places[at] };
        shadowed
            .extend(by.iter().enumerate().filter_map(|(narrow, wide)| Some((copy(narrow), copy((*wide)?)))));
    }
    shadowed
}
