//! A port that a rule calls by name has that name on some pod.

use super::service_port_in_policy::destinations;
use super::{Judged, Lint, word};
use crate::connectivity::{PortSpec, Ports};
use crate::diagnostics::{Diagnostic, Level, Rule};

pub const LINT: Lint = Lint { rule: &RULE, find };

static RULE: Rule = Rule {
    code: "P5116",
    name: "named-port-unknown",
    level: Level::Warning,
    summary: "a named port is the name of a container port of the destination",
    explanation: "A name is looked up on each destination pod, together with the protocol; a pod without such a container port is \
                  not reached at all, and nothing reports it. Network plugins disagree on the rest: some look on the source \
                  pod, some take one number for all pods. A number means the same everywhere.",
    fails: "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: web}\nspec:\n  containers: [{name: a, ports: [{name: http, containerPort: 80}]}]\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: web}\nspec:\n  podSelector: {}\n  policyTypes: [Ingress]\n  ingress:\n  - from: [{podSelector: {}}]\n    ports: [{protocol: TCP, port: htpp}]\n",
    passes: "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: web}\nspec:\n  containers: [{name: a, ports: [{name: http, containerPort: 80}]}]\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: web}\nspec:\n  podSelector: {}\n  policyTypes: [Ingress]\n  ingress:\n  - from: [{podSelector: {}}]\n    ports: [{protocol: TCP, port: http}]\n",
    covers: &[],
};

fn find(judged: &Judged<'_>, found: &mut Vec<Diagnostic>) {
    let world = judged.world();
    for place in judged.rules() {
        let Ports::Listed(ports) = &place.rule.ports else { continue };
        for (at, port) in ports.iter().enumerate() {
            let PortSpec::Named(wanted) = &port.port else { continue };
            let pods = destinations(judged, &place);
            let declared = || pods.iter().flat_map(|id| &world.workloads[id.0].ports);
            let has = |known: &crate::connectivity::ContainerPort| {
                known.name.as_deref() == Some(wanted) && known.protocol == port.protocol
            };
            // Whom the rule names is another question, and answered by other findings.
            if pods.is_empty() && !place.peers().is_empty() || declared().any(has) {
                continue;
            }
            let name = judged.name(place.policy);
            let message = format!(
                "an {} rule of `{name}` names the port `{wanted}`, which no pod has",
                word(place.direction)
            );
            let known = declared().filter(|known| known.protocol == port.protocol);
            let nearest =
                crate::diagnostics::nearest(wanted, known.clone().filter_map(|known| known.name.as_deref()));
            let help = match (nearest, known.map(|known| known.number).next()) {
                (Some(meant), _) => format!("did you mean `{meant}`?"),
                (None, Some(number)) => format!("write the number of the port, such as {number}"),
                (None, None) => "write the number of the port".to_owned(),
            };
            let finding = Diagnostic::new(&RULE, place.port_span(at), message).here("allows nothing");
            found.push(finding.help(help).on(name));
        }
    }
}
