//! A policy changes something.

use super::shadow::selects_all_of;
use super::shadowed_rule::shadowed;
use super::{Judged, Lint, name};
use crate::connectivity::Direction;
use crate::diagnostics::{Diagnostic, Level, Rule};
use std::collections::BTreeMap;

pub const LINT: Lint = Lint { rule: &RULE, find };

static RULE: Rule = Rule {
    code: "P5112",
    name: "policy-without-effect",
    level: Level::Warning,
    summary: "every policy changes what some pod may do",
    explanation: "A policy that selects only pods on the network of their host does nothing: for the network plugin they are the \
                  node. A policy that isolates pods which another policy isolates already takes nothing away, and if every rule \
                  of it is covered by other policies it adds nothing either: `isolation` beside a wider baseline isolates nobody.",
    fails: "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: web}\nspec: {hostNetwork: true}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: web}\nspec:\n  podSelector: {}\n  policyTypes: [Ingress]\n",
    passes: "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: web}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: web}\nspec:\n  podSelector: {}\n  policyTypes: [Ingress]\n",
    covers: &[],
};

fn find(judged: &Judged<'_>, found: &mut Vec<Diagnostic>) {
    let mut covered: BTreeMap<(usize, Direction), Vec<usize>> = BTreeMap::new();
    for (narrow, wide) in shadowed(judged) {
        if narrow.policy != wide.policy {
            covered.entry((narrow.policy, narrow.direction)).or_default().push(wide.policy);
        }
    }
    let policies = &judged.world().policies;
    for (index, policy, places) in judged.policies() {
        let name = name(policy);
        let subjects = judged.subjects(policy);
        if subjects.is_empty() {
            continue;
        }
        let on_host = |id: &crate::connectivity::WorkloadId| judged.world().workloads[id.0].host_network;
        if subjects.iter().all(on_host) {
            let message =
                format!("`{name}` selects only pods on the network of their host, where no policy applies");
            let finding = Diagnostic::new(&RULE, places.pods, message)
                .here(format!("such as `{}`", judged.workload(subjects[0])));
            found.push(
                finding
                    .help("guard the nodes with a firewall or host endpoints; this policy does nothing")
                    .on(name),
            );
            continue;
        }
        // Where every rule is covered and others isolate the same pods, only a direction with other rules is left.
        for direction in [Direction::Ingress, Direction::Egress] {
            let Some(rules @ [_, ..]) = policy.rules(direction) else { continue };
            let wide = covered.get(&(index, direction)).map_or(&[][..], Vec::as_slice);
            if wide.len() < rules.len() {
                continue;
            }
            let other = policies.iter().enumerate().find(|(at, other)| {
                wide.contains(at)
                    && other.rules(direction).is_some()
                    && selects_all_of(&other.pods, &policy.pods)
            });
            let Some((at, _)) = other else { continue };
            let word = super::word(direction);
            let message = format!("the {word} part of `{name}` changes nothing beside `{}`", judged.name(at));
            let finding = Diagnostic::new(&RULE, places.name, message)
                .here("neither isolates nor allows anything more");
            let finding =
                finding.label(judged.manifests.places[at].name, "isolates the same pods and allows as much");
            found.push(
                finding.help("policies only add up: to isolate, narrow the wider policy").on(name.clone()),
            );
        }
    }
}
