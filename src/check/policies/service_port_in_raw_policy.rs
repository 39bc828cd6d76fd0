//! A raw policy names the port of the pods, not that of their Service.

use crate::check::Check;
use crate::connectivity::{Direction, Labels, NamespaceScope, Peer, Peers, PortSpec, Ports};
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::flow::FlowPort;
use crate::facts::{Facts, RawPolicy};
use crate::model::values::TargetPort;
use crate::resolve::Service;
use crate::upstream::kubernetes::NAMESPACE_LABEL;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P5008",
    name: "service-port-in-raw-policy",
    level: Level::Warning,
    summary: "a rule of a raw policy names the port of a pod, not that of its Service",
    explanation: "kube-proxy and every network plugin replace the address and the port of a Service before a policy is asked, so \
                  a rule about the service `ports = { http = \"80:8080\" }` has to say 8080. With 80 it allows nothing, and the \
                  client sees a timeout although the policy looks right.",
    fails: r#"[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80:8080" }
clients = []

[policies.probe]
metadata = { namespace = "web" }
spec = { podSelector = { matchLabels = { app = "web" } }, policyTypes = ["Ingress"], ingress = [{ from = [{ ipBlock = { cidr = "192.168.1.40/32" } }], ports = [{ protocol = "TCP", port = 80 }] }] }
"#,
    passes: r#"[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80:8080" }
clients = []

[policies.probe]
metadata = { namespace = "web" }
spec = { podSelector = { matchLabels = { app = "web" } }, policyTypes = ["Ingress"], ingress = [{ from = [{ ipBlock = { cidr = "192.168.1.40/32" } }], ports = [{ protocol = "TCP", port = 8080 }] }] }
"#,
    covers: &["N-02", "POL-04"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let mut told = std::collections::BTreeSet::new();
    for raw in &facts.raw_policies {
        for direction in [Direction::Ingress, Direction::Egress] {
            let rules = raw.policy.rules(direction).unwrap_or_default();
            for (rule, places) in rules.iter().zip(raw.places.rules(direction)) {
                let Ports::Listed(ports) = &rule.ports else { continue };
                let services = destinations(facts, raw, direction, &rule.peers);
                for (port, place) in ports.iter().zip(&places.ports) {
                    let PortSpec::Range(number, last) = port.port else { continue };
                    let ends = |service: &&Service<'_>, is: fn(u16, u16, u16) -> bool| {
                        service.ports.iter().find_map(|own| match own.target {
                            TargetPort::Number(target) => {
                                let same = FlowPort::new(own.protocol, own.port).protocol == port.protocol;
                                (same && is(own.port, *target, number)).then_some(*target)
                            }
                            TargetPort::Name(_) => None,
                        })
                    };
                    // One service may lead to the very number that is another's own port.
                    let right = services
                        .iter()
                        .any(|service| ends(service, |_, target, said| target == said).is_some());
                    if number != last || right {
                        continue;
                    }
                    let meant = services
                        .iter()
                        .find_map(|service| Some((*service, ends(service, |own, _, said| own == said)?)));
                    let Some((service, target)) = meant else { continue };
                    // A policy is there once for each cluster that has its namespace.
                    if !told.insert(*place) {
                        continue;
                    }
                    let message = format!(
                        "`{}` names port {number}, which is the port of the Service of `{}`",
                        raw.path,
                        service.path()
                    );
                    let finding = Diagnostic::new(&RULE, *place, message)
                        .here(format!("its pods listen on {target}"))
                        .label(service.written.ports.span, format!("leads from {number} to {target}"))
                        .help(format!("write: port = {target}"))
                        .on(raw.path.clone());
                    found.push(finding);
                }
            }
        }
    }
}

/// The services whose pods a rule speaks about.
fn destinations<'f, 'p>(
    facts: &'f Facts<'p>,
    raw: &RawPolicy,
    direction: Direction,
    peers: &Peers,
) -> Vec<&'f Service<'p>> {
    let resolved = &facts.resolved;
    let services = resolved.services_of(raw.cluster).iter();
    let labels = |service: &Service<'_>| -> Labels {
        service.selector().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
    };
    let namespace = |service: &Service<'_>| service.written.namespace.value.as_str().to_owned();
    let chosen = |service: &&Service<'p>| match (direction, peers) {
        (Direction::Ingress, _) => {
            namespace(service) == raw.policy.namespace && raw.policy.pods.matches(&labels(service))
        }
        (Direction::Egress, Peers::Any) => false,
        (Direction::Egress, Peers::Listed(peers)) => peers.iter().any(|peer| match peer {
            Peer::Pods { namespaces, pods } => {
                let there = match namespaces {
                    NamespaceScope::Own => namespace(service) == raw.policy.namespace,
                    NamespaceScope::Matching(selector) => {
                        let name = namespace(service);
                        selector.matches(&Labels::from([(NAMESPACE_LABEL.to_owned(), name)]))
                    }
                };
                there && pods.matches(&labels(service))
            }
            Peer::Block { .. } => false,
        }),
    };
    services.filter(chosen).collect()
}
