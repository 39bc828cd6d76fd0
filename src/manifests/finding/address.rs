//! Addresses in policies are those of the outside, written as networks.

use super::{Judged, Lint, word};
use crate::connectivity::{Direction, Peer};
use crate::diagnostics::{Diagnostic, Level, Rule};
use ipnet::IpNet;
use std::net::IpAddr;

pub const OVER_PODS: Lint = Lint { rule: &OVER_PODS_RULE, find: over_pods };
pub const OVER_SERVICES: Lint = Lint { rule: &OVER_SERVICES_RULE, find: over_services };
pub const HOST_BITS: Lint = Lint { rule: &HOST_BITS_RULE, find: host_bits };

static OVER_PODS_RULE: Rule = Rule {
    code: "P5119",
    name: "block-over-pods",
    level: Level::Warning,
    summary: "an `ipBlock` names no address of a pod",
    explanation: "What an `ipBlock` that covers pods means is left open by Kubernetes: Calico looks at the packet and lets the pod \
                  through, Cilium never matches a pod by its address. Besides, a pod gets another address when it restarts. \
                  `0.0.0.0/0` without the pod network in `except` is such a block, too, but a usual one, and not reported.",
    fails: "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: web}\nstatus: {podIP: 10.42.0.7}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: web}\nspec:\n  podSelector: {}\n  policyTypes: [Ingress]\n  ingress:\n  - from: [{ipBlock: {cidr: 10.42.0.0/16}}]\n",
    passes: "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: web}\nstatus: {podIP: 10.42.0.7}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: web}\nspec:\n  podSelector: {}\n  policyTypes: [Ingress]\n  ingress:\n  - from: [{ipBlock: {cidr: 192.168.1.0/24}}]\n",
    covers: &[],
};

static OVER_SERVICES_RULE: Rule = Rule {
    code: "P5122",
    name: "block-over-service",
    level: Level::Warning,
    summary: "an `ipBlock` of an egress rule names no address of a Service",
    explanation: "kube-proxy and every network plugin replace the address of a Service, its cluster address as well as that of its \
                  load balancer, before a policy is asked. The rule is then about an address that no packet has: it allows \
                  nothing (calico issue 10664). For the API server the packet goes to one of its machines, on 6443.",
    fails: "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: web}\nspec:\n  clusterIP: 10.43.7.7\n  selector: {app: web}\n  ports: [{port: 80}]\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: web, labels: {app: web}}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: web}\nspec:\n  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n  - ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]\n  - to: [{ipBlock: {cidr: 10.43.7.7/32}}]\n    ports: [{protocol: TCP, port: 80}]\n",
    passes: "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: web}\nspec:\n  clusterIP: 10.43.7.7\n  selector: {app: web}\n  ports: [{port: 80}]\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: web, labels: {app: web}}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: web}\nspec:\n  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n  - ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]\n  - to: [{podSelector: {matchLabels: {app: web}}}]\n    ports: [{protocol: TCP, port: 80}]\n",
    covers: &[],
};

/// A wider network than this is not meant for Services alone: 10.0.0.0/8 has machines in it, too.
const WIDEST: [u8; 2] = [12, 64];

static HOST_BITS_RULE: Rule = Rule {
    code: "P5120",
    name: "block-with-host-bits",
    level: Level::Warning,
    summary: "an `ipBlock` is written as a network, without host bits",
    explanation: "`10.0.0.5/24` means `10.0.0.0/24` to Calico and Cilium; another implementation ignored the rule without a word \
                  (antrea issue 1764). Kubernetes warns about it since 1.33.",
    fails: "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: web}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: web}\nspec:\n  podSelector: {}\n  policyTypes: [Ingress]\n  ingress:\n  - from: [{ipBlock: {cidr: 192.168.1.5/24}}]\n",
    passes: "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: web}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: web}\nspec:\n  podSelector: {}\n  policyTypes: [Ingress]\n  ingress:\n  - from: [{ipBlock: {cidr: 192.168.1.0/24}}]\n",
    covers: &[],
};

fn over_pods(judged: &Judged<'_>, found: &mut Vec<Diagnostic>) {
    let apart = judged.world().workloads.iter().filter(|workload| !workload.host_network);
    let mut pods: Vec<(IpAddr, String)> = apart
        .flat_map(|workload| workload.addresses.iter().map(move |address| (*address, workload)))
        .map(|(address, workload)| (address, format!("{}/{}", workload.namespace, workload.name)))
        .collect();
    pods.sort();
    each_block(judged, |name, direction, span, cidr, except| {
        if cidr.prefix_len() == 0 {
            return;
        }
        let from = pods.partition_point(|(address, _)| *address < cidr.network());
        let within = pods[from..].iter().take_while(|(address, _)| cidr.contains(address));
        let Some((address, pod)) =
            within.into_iter().find(|(address, _)| !except.iter().any(|hole| hole.contains(address)))
        else {
            return;
        };
        let message = format!("an {direction} rule of `{name}` names pods by an address, such as `{pod}`");
        let finding = Diagnostic::new(&OVER_PODS_RULE, span, message).here(format!("{address} is a pod's"));
        found.push(finding.help("select pods by their labels").on(name));
    });
}

fn over_services(judged: &Judged<'_>, found: &mut Vec<Diagnostic>) {
    let services = &judged.manifests.service_addresses;
    each_block(judged, |name, direction, span, cidr, except| {
        let widest = WIDEST[usize::from(cidr.addr().is_ipv6())];
        if direction == word(Direction::Ingress) || cidr.prefix_len() < widest {
            return;
        }
        let mut within = services.range(cidr.network()..=cidr.broadcast());
        let seen = |address: &IpAddr| !except.iter().any(|hole| hole.contains(address));
        let Some((address, (namespace, service))) = within.find(|(address, _)| seen(address)) else {
            return;
        };
        let help = match (namespace.as_str(), service.as_str()) {
            ("default", "kubernetes") => {
                "name the machines of the API server instead, and their port: ports: [{protocol: TCP, port: 6443}]"
            }
            _ => "select the pods behind it by their labels, and name the port of the pods",
        };
        let message = format!(
            "an {direction} rule of `{name}` names the Service `{namespace}/{service}` by its address"
        );
        let finding = Diagnostic::new(&OVER_SERVICES_RULE, span, message)
            .here(format!("no packet has {address} when a policy is asked"));
        found.push(finding.help(help).on(name));
    });
}

fn host_bits(judged: &Judged<'_>, found: &mut Vec<Diagnostic>) {
    each_block(judged, |name, direction, span, cidr, except| {
        for written in std::iter::once(cidr).chain(except) {
            if written.addr() != written.network() {
                let network = written.trunc();
                let message = format!("an {direction} rule of `{name}` has `{written}`, which has host bits");
                let finding =
                    Diagnostic::new(&HOST_BITS_RULE, span, message).here(format!("means {network}"));
                found.push(finding.help(format!("write: {network}")).on(name.clone()));
            }
        }
    });
}

fn each_block(
    judged: &Judged<'_>,
    mut tell: impl FnMut(String, &'static str, crate::source::Span, &IpNet, &[IpNet]),
) {
    for place in judged.rules() {
        for (at, peer) in place.peers().iter().enumerate() {
            if let Peer::Block { cidr, except } = peer {
                tell(judged.name(place.policy), word(place.direction), place.peer_span(at), cidr, except);
            }
        }
    }
}
