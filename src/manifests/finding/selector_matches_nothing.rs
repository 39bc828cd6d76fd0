//! A selector selects somebody.

use super::{Judged, Lint, name, word};
use crate::connectivity::{NamespaceScope, Peer, Selector};
use crate::diagnostics::{Diagnostic, Level, Rule};

pub const LINT: Lint = Lint { rule: &RULE, find };

static RULE: Rule = Rule {
    code: "P5110",
    name: "selector-matches-nothing",
    level: Level::Warning,
    summary: "every selector of a policy matches a pod",
    explanation: "A selector that matches no pod is most often a label that does not exist, or a policy in the wrong namespace: \
                  `spec.podSelector` and a `podSelector` alone look only into the namespace of the policy. Such a policy \
                  guards nothing, such a rule allows nothing, and no component says so.",
    fails: "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: web, labels: {app: web}}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: web}\nspec:\n  podSelector: {matchLabels: {app: wbe}}\n  policyTypes: [Ingress]\n",
    passes: "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: web, labels: {app: web}}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: web}\nspec:\n  podSelector: {matchLabels: {app: web}}\n  policyTypes: [Ingress]\n",
    covers: &[],
};

fn find(judged: &Judged<'_>, found: &mut Vec<Diagnostic>) {
    for (_, policy, places) in judged.policies() {
        if judged.subjects(policy).is_empty() {
            let name = name(policy);
            let message = format!("`{name}` selects no pod");
            let here = match judged.namespace(&policy.namespace) {
                [] => format!("`{}` has no pods", policy.namespace),
                _ => format!("no pod of `{}` has these labels", policy.namespace),
            };
            found.push(
                Diagnostic::new(&RULE, places.pods, message)
                    .here(here)
                    .help(help(judged, policy, &policy.pods))
                    .on(name),
            );
        }
    }
    let idle = judged.network.idle_peers();
    let mut idle = idle.iter().peekable();
    for place in judged.rules() {
        while let Some(peer) = idle.next_if(|idle| {
            (idle.policy, idle.direction, idle.rule) == (place.policy, place.direction, place.number)
        }) {
            let policy = &judged.world().policies[place.policy];
            let Peer::Pods { namespaces, pods } = &place.peers()[peer.peer] else { continue };
            // A namespace that nobody has is another finding; without pods in it there is none.
            if let NamespaceScope::Matching(selector) = namespaces
                && !super::unknown_namespace_label::is_known(judged, selector)
            {
                continue;
            }
            let name = name(policy);
            let message =
                format!("an {} rule of `{name}` names pods that are not there", word(place.direction));
            let finding = Diagnostic::new(&RULE, place.peer_span(peer.peer), message);
            found.push(finding.here("matches no pod").help(help(judged, policy, pods)).on(name));
        }
    }
}

/// A label that pods really have, where only its value is wrong.
fn help(judged: &Judged<'_>, policy: &crate::connectivity::Policy, selector: &Selector) -> String {
    for requirement in &selector.requirements {
        let of_key = |id: &crate::connectivity::WorkloadId| {
            judged.world().workloads[id.0].labels.get(requirement.key()).map(String::as_str)
        };
        let mut values: Vec<&str> = judged.namespace(&policy.namespace).iter().filter_map(of_key).collect();
        values.sort_unstable();
        values.dedup();
        if let [first, ..] = values[..] {
            let more =
                if values.len() > 1 { format!(" (and {} more)", values.len() - 1) } else { String::new() };
            return format!("pods of `{}` have `{}: {first}`{more}", policy.namespace, requirement.key());
        }
    }
    "select a label that the pods have, or remove it".to_owned()
}
