//! A rule says whom it allows.

use super::{Judged, Lint, word};
use crate::connectivity::{Direction, Peers};
use crate::diagnostics::{Diagnostic, Level, Rule};

pub const LINT: Lint = Lint { rule: &RULE, find };

static RULE: Rule = Rule {
    code: "P5118",
    name: "everybody-allowed",
    level: Level::Warning,
    summary: "an egress rule without `to` is meant for every pod and every address",
    explanation: "`to: []` and a rule without `to` mean everybody: the pods of all other namespaces, the nodes, the metadata \
                  service of a cloud at 169.254.169.254, and the internet. Who means the internet writes an `ipBlock` of \
                  0.0.0.0/0 without the private ranges. A template with an empty list makes such a rule by accident. For \
                  ingress the same is usual for what everybody may call, so it is not reported.",
    fails: "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: web}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: web}\nspec:\n  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n  - ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]\n  - to: []\n    ports: [{protocol: TCP, port: 443}]\n",
    passes: "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: web}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: web}\nspec:\n  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n  - ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]\n  - to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 169.254.0.0/16]}}]\n    ports: [{protocol: TCP, port: 443}]\n",
    covers: &[],
};

fn find(judged: &Judged<'_>, found: &mut Vec<Diagnostic>) {
    for place in judged.rules() {
        if place.rule.peers != Peers::Any
            || place.direction == Direction::Ingress
            || is_dns(&place.rule.ports)
        {
            continue;
        }
        let name = judged.name(place.policy);
        let message = format!("an {} rule of `{name}` allows everybody", word(place.direction));
        let finding = Diagnostic::new(&RULE, place.span(), message)
            .here("also pods of other namespaces and the nodes")
            .help("for the internet write: to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 169.254.0.0/16]}}]");
        found.push(finding.on(name));
    }
}

/// Names may be asked for anywhere: that is a usual rule, and port 53 is little.
fn is_dns(ports: &crate::connectivity::Ports) -> bool {
    use crate::connectivity::{PortSpec, Ports};
    let Ports::Listed(ports) = ports else { return false };
    ports.iter().all(|port| port.port == PortSpec::Range(53, 53))
}
