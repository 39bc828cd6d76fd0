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
                  guards nothing, such a rule allows nothing, and no component says so. A `podSelector` behind a dash of its own is \
                  one as well: it stands beside the `namespaceSelector`, not in it.",
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
            let finding = Diagnostic::new(&RULE, place.peer_span(peer.peer), message).here("matches no pod");
            let meant = match namespaces {
                NamespaceScope::Own => elsewhere(judged, &place, pods),
                NamespaceScope::Matching(_) => None,
            };
            let finding = match meant {
                Some(other) => finding
                    .label(place.peer_span(other), "there are such pods here")
                    .help("two items are two permissions: to mean both at once, write `podSelector` into the item of the `namespaceSelector`, without a `-`"),
                None => finding.help(help(judged, policy, pods)),
            };
            found.push(finding.on(name));
        }
    }
}

/// The item beside a `podSelector` alone whose namespaces have the pods: a dash too many.
fn elsewhere(judged: &Judged<'_>, place: &super::Place<'_>, pods: &Selector) -> Option<usize> {
    place.peers().iter().position(|peer| match peer {
        Peer::Pods { namespaces: NamespaceScope::Matching(namespaces), pods: all } => {
            all.requirements.is_empty() && !judged.world().select(namespaces, pods).is_empty()
        }
        _ => false,
    })
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
