//! What a rule allows on one side, the policies of the other side allow too.

use super::service_port_in_policy::destinations;
use super::{Judged, Lint};
use crate::connectivity::{Direction, Endpoint, PortSpec, Ports, Side, WorkloadId};
use crate::diagnostics::{Diagnostic, Level, Rule};

pub const LINT: Lint = Lint { rule: &RULE, find };

static RULE: Rule = Rule {
    code: "P5117",
    name: "one-sided-rule",
    level: Level::Warning,
    summary: "what an egress rule allows, the ingress of its destination allows too",
    explanation: "A connection needs the egress of its source and the ingress of its destination. A policy with `Ingress` in \
                  `policyTypes` and no ingress rules denies all ingress, also that from its own namespace, so that an egress \
                  rule towards the same pods is useless. This is the commonest reason for a timeout behind a policy that \
                  looks right.",
    fails: "apiVersion: v1\nkind: Pod\nmetadata: {name: dns, namespace: kube-system, labels: {k8s-app: kube-dns}}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: web, labels: {app: a}}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: b, namespace: web, labels: {app: b}}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: web}\nspec:\n  podSelector: {}\n  policyTypes: [Ingress, Egress]\n  egress:\n  - to:\n    - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}\n      podSelector: {matchLabels: {k8s-app: kube-dns}}\n    ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]\n  - to: [{podSelector: {matchLabels: {app: b}}}]\n    ports: [{protocol: TCP, port: 9004}]\n",
    passes: "apiVersion: v1\nkind: Pod\nmetadata: {name: dns, namespace: kube-system, labels: {k8s-app: kube-dns}}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: web, labels: {app: a}}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: b, namespace: web, labels: {app: b}}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: web}\nspec:\n  podSelector: {}\n  policyTypes: [Ingress, Egress]\n  ingress:\n  - from: [{podSelector: {}}]\n    ports: [{protocol: TCP, port: 9004}]\n  egress:\n  - to:\n    - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}\n      podSelector: {matchLabels: {k8s-app: kube-dns}}\n    ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]\n  - to: [{podSelector: {matchLabels: {app: b}}}]\n    ports: [{protocol: TCP, port: 9004}]\n",
    covers: &[],
};

/// Pairs that are looked at for one rule. Pods that one rule names are treated alike nearly always.
const PAIRS: usize = 256;

fn find(judged: &Judged<'_>, found: &mut Vec<Diagnostic>) {
    for place in judged.rules().filter(|place| place.direction == Direction::Egress) {
        // A rule for everybody need not be meant for each of them.
        if place.peers().is_empty() {
            continue;
        }
        let policy = &judged.world().policies[place.policy];
        let (sources, destinations) = (judged.subjects(policy), destinations(judged, &place));
        for (at, (protocol, port)) in ports(&place.rule.ports) {
            let mut denying: Option<(WorkloadId, WorkloadId, Vec<usize>)> = None;
            let mut open = false;
            let pairs = sources.iter().flat_map(|from| destinations.iter().map(move |to| (*from, *to)));
            for (from, to) in pairs.filter(|(from, to)| from != to).take(PAIRS) {
                let ends = (Endpoint::Workload(from), Endpoint::Workload(to));
                let verdict = judged.network.allowed(&ends.0, &ends.1, protocol, port);
                match verdict.ingress {
                    Side::Denied(misses) => {
                        denying.get_or_insert_with(|| {
                            (from, to, misses.iter().map(|miss| miss.policy).collect())
                        });
                    }
                    _ => {
                        open = true;
                        break;
                    }
                }
            }
            let Some((from, to, policies)) = denying.filter(|_| !open) else { continue };
            let name = judged.name(place.policy);
            let (to, number) = (judged.workload(to), protocol.name());
            let message = format!(
                "`{name}` lets `{}` call `{to}` on {number} {port}, and nothing lets it in there",
                judged.workload(from)
            );
            let mut finding =
                Diagnostic::new(&RULE, at.map_or(place.span(), |at| place.port_span(at)), message)
                    .here("allows only one half of the connection");
            for policy in policies {
                let (denies, known) = (judged.manifests.places[policy].name, judged.name(policy));
                finding = finding.label(denies, format!("`{known}` isolates the ingress of `{to}`"));
            }
            found
                .push(finding.help(format!("allow it in an ingress rule for `{to}`: port: {port}")).on(name));
        }
    }
}

/// One port of each item that names one.
fn ports(ports: &Ports) -> Vec<(Option<usize>, (crate::connectivity::Protocol, u16))> {
    let Ports::Listed(items) = ports else { return Vec::new() };
    (items.iter().enumerate())
        .filter_map(|(at, item)| match item.port {
            PortSpec::Range(first, _) => Some((Some(at), (item.protocol, first))),
            _ => None,
        })
        .collect()
}
