//! A policy names ports of pods, not of Services.

use super::{Judged, Lint, Place, word};
use crate::connectivity::{Direction, NamespaceScope, Peer, PortSpec, Ports, Selector, WorkloadId};
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::manifests::Service;

pub const LINT: Lint = Lint { rule: &RULE, find };

static RULE: Rule = Rule {
    code: "P5115",
    name: "service-port-in-policy",
    level: Level::Warning,
    summary: "a rule names the port of the pod, not that of its Service",
    explanation: "kube-proxy and every network plugin replace the address and port of a Service before a policy is asked, so the \
                  rule for a Service `port: 80, targetPort: 8080` has to say 8080. With 80 it allows nothing, and the client \
                  sees a timeout although the file looks right.",
    fails: "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: web}\nspec:\n  selector: {app: web}\n  ports: [{port: 80, targetPort: 8080}]\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: web, labels: {app: web}}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: web}\nspec:\n  podSelector: {}\n  policyTypes: [Ingress]\n  ingress:\n  - from: [{podSelector: {}}]\n    ports: [{protocol: TCP, port: 80}]\n",
    passes: "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: web}\nspec:\n  selector: {app: web}\n  ports: [{port: 80, targetPort: 8080}]\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: web, labels: {app: web}}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: web}\nspec:\n  podSelector: {}\n  policyTypes: [Ingress]\n  ingress:\n  - from: [{podSelector: {}}]\n    ports: [{protocol: TCP, port: 8080}]\n",
    covers: &[],
};

fn find(judged: &Judged<'_>, found: &mut Vec<Diagnostic>) {
    let world = judged.world();
    let services: Vec<(&Service, Vec<WorkloadId>)> =
        judged.manifests.services.iter().map(|service| (service, pods_behind(judged, service))).collect();
    for place in judged.rules() {
        let Ports::Listed(ports) = &place.rule.ports else { continue };
        if !ports.iter().any(|port| matches!(port.port, PortSpec::Range(first, last) if first == last)) {
            continue;
        }
        let destinations = destinations(judged, &place);
        for (at, port) in ports.iter().enumerate() {
            let PortSpec::Range(number, last) = port.port else { continue };
            if number != last {
                continue;
            }
            // A pod that declares the port listens on it, whatever Services say.
            let listens = |id: &WorkloadId| {
                world.workloads[id.0]
                    .ports
                    .iter()
                    .any(|known| (known.protocol, known.number) == (port.protocol, number))
            };
            if destinations.iter().any(listens) {
                continue;
            }
            let meant = services.iter().find_map(|(service, pods)| {
                let pod = *pods.iter().find(|pod| destinations.contains(pod))?;
                // One Service may forward to the very number that is another's own port.
                let targets = |id: WorkloadId| {
                    service.ports.iter().any(|each| service.pod_port(each, world, id) == Some(number))
                };
                if targets(pod) {
                    return None;
                }
                let port = service
                    .ports
                    .iter()
                    .find(|each| (each.protocol, each.port) == (port.protocol, number))?;
                Some((*service, service.pod_port(port, world, pod)?))
            });
            let Some((service, target)) = meant else { continue };
            let name = judged.name(place.policy);
            let message = format!(
                "an {} rule of `{name}` names port {number}, which is the port of the Service `{}/{}`",
                word(place.direction),
                service.namespace,
                service.name
            );
            let finding = Diagnostic::new(&RULE, place.port_span(at), message)
                .here(format!("its pods listen on {target}"))
                .label(service.span, format!("forwards {number} to {target}"))
                .help(format!("write: port: {target}"))
                .on(name);
            found.push(finding);
        }
    }
}

fn pods_behind(judged: &Judged<'_>, service: &Service) -> Vec<WorkloadId> {
    let all = judged.namespace(&service.namespace).iter();
    all.filter(|id| service.selector.matches(&judged.world().workloads[id.0].labels)).copied().collect()
}

/// The pods whose ports a rule speaks about.
pub fn destinations(judged: &Judged<'_>, place: &Place<'_>) -> Vec<WorkloadId> {
    let world = judged.world();
    let policy = &world.policies[place.policy];
    if place.direction == Direction::Ingress {
        return judged.subjects(policy);
    }
    let mut pods = Vec::new();
    for peer in place.peers() {
        let Peer::Pods { namespaces, pods: selector } = peer else { continue };
        match namespaces {
            NamespaceScope::Own => {
                let own = judged.namespace(&policy.namespace).iter();
                pods.extend(own.filter(|id| selector.matches(&world.workloads[id.0].labels)));
            }
            NamespaceScope::Matching(namespaces) => pods.extend(judged.select(namespaces, selector)),
        }
    }
    pods.sort_unstable();
    pods.dedup();
    pods
}

impl Judged<'_> {
    /// As [`World::select`](crate::connectivity::World::select); a selector of names does not look at every workload.
    fn select(&self, namespaces: &Selector, pods: &Selector) -> Vec<WorkloadId> {
        use crate::connectivity::{NAMESPACE_NAME, Requirement};
        if let [Requirement::In { key, values }] = &namespaces.requirements[..]
            && key == NAMESPACE_NAME
        {
            let world = self.world();
            let within = values.iter().flat_map(|name| self.namespace(name));
            let matching = within.filter(|id| {
                let workload = &world.workloads[id.0];
                !workload.host_network && pods.matches(&workload.labels)
            });
            return matching.copied().collect();
        }
        self.world().select(namespaces, pods)
    }
}
