//! A namespace is selected by a label that it has.

use super::{Judged, Lint, word};
use crate::connectivity::{Labels, NAMESPACE_NAME, NamespaceScope, Peer, Requirement, Selector};
use crate::diagnostics::{Diagnostic, Level, Rule};

pub const LINT: Lint = Lint { rule: &RULE, find };

static RULE: Rule = Rule {
    code: "P5111",
    name: "unknown-namespace-label",
    level: Level::Warning,
    summary: "every `namespaceSelector` matches a namespace",
    explanation: "No Kubernetes sets the label `name` on a namespace: a rule with `namespaceSelector: {matchLabels: {name: \
                  kube-system}}` matches nothing until somebody labels it by hand, and again nothing in the next cluster. The \
                  API server itself sets `kubernetes.io/metadata.name` on every namespace, and nobody can change it.",
    fails: "apiVersion: v1\nkind: Namespace\nmetadata: {name: api}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: web}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: web}\nspec:\n  podSelector: {}\n  policyTypes: [Ingress]\n  ingress:\n  - from: [{namespaceSelector: {matchLabels: {name: api}}}]\n",
    passes: "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: api}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: web}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: web}\nspec:\n  podSelector: {}\n  policyTypes: [Ingress]\n  ingress:\n  - from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: api}}}]\n",
    covers: &[],
};

fn find(judged: &Judged<'_>, found: &mut Vec<Diagnostic>) {
    for place in judged.rules() {
        for (at, peer) in place.peers().iter().enumerate() {
            let Peer::Pods { namespaces: NamespaceScope::Matching(selector), .. } = peer else { continue };
            // Half of a cluster may well lack the namespace; that label itself is right everywhere.
            if is_known(judged, selector) || (only_by_name(selector) && !judged.is_whole()) {
                continue;
            }
            let name = judged.name(place.policy);
            let message = format!(
                "an {} rule of `{name}` selects namespaces by {}, which none has",
                word(place.direction),
                said(selector)
            );
            let finding = Diagnostic::new(&RULE, place.peer_span(at), message).here("matches no namespace");
            found.push(finding.help(help(judged, selector)).on(name));
        }
    }
}

/// Whether some namespace is selected. One that is only mentioned has the label of its name.
pub fn is_known(judged: &Judged<'_>, selector: &Selector) -> bool {
    let world = judged.world();
    let with_name = |name: &str, labels: &Labels| {
        let mut labels = labels.clone();
        labels.insert(NAMESPACE_NAME.to_owned(), name.to_owned());
        selector.matches(&labels)
    };
    let known = &judged.manifests.known_namespaces;
    let mut implied = judged.by_namespace.keys().filter(|name| !known.contains(**name));
    world.namespaces.iter().any(|namespace| with_name(&namespace.name, &namespace.labels))
        || implied.any(|name| with_name(name, &Labels::new()))
}

fn only_by_name(selector: &Selector) -> bool {
    selector.requirements.iter().all(|requirement| requirement.key() == NAMESPACE_NAME)
}

fn said(selector: &Selector) -> String {
    let one = |requirement: &Requirement| match requirement {
        Requirement::In { key, values } => {
            format!("`{key}: {}`", values.iter().map(String::as_str).collect::<Vec<_>>().join(" or "))
        }
        other => format!("`{}`", other.key()),
    };
    selector.requirements.iter().map(one).collect::<Vec<_>>().join(" and ")
}

fn help(judged: &Judged<'_>, selector: &Selector) -> String {
    let known = |name: &str| {
        judged.by_namespace.contains_key(name) || judged.manifests.known_namespaces.contains(name)
    };
    for requirement in &selector.requirements {
        if let Requirement::In { key, values } = requirement
            && key != NAMESPACE_NAME
            && let Some(name) = values.iter().find(|value| known(value))
        {
            return format!("write: namespaceSelector: {{matchLabels: {{{NAMESPACE_NAME}: {name}}}}}");
        }
    }
    format!("select by `{NAMESPACE_NAME}`, which every namespace has")
}
