//! Pods that may call anybody may also ask for names, over UDP and over TCP.

use super::{Judged, Lint};
use crate::connectivity::{
    Direction, Endpoint, Labels, Namespace, Network, Protocol, Selector, Side, Verdict, Workload, WorkloadId,
};
use crate::diagnostics::{Diagnostic, Level, Rule};
use std::collections::BTreeMap;

pub const LINT: Lint = Lint { rule: &RULE, find };

static RULE: Rule = Rule {
    code: "P5114",
    name: "dns-blocked",
    level: Level::Warning,
    summary: "pods with egress rules reach the cluster's DNS over UDP and TCP",
    explanation: "A pod whose egress is isolated resolves no name unless a rule says so, and then every other rule of it is useless: \
                  the client never gets an address to call. The rule needs UDP 53 and TCP 53, because an answer that does not \
                  fit into a datagram is asked for again over TCP. K3s and kubeadm both label CoreDNS `k8s-app: kube-dns` in \
                  `kube-system`. A pod without any egress rule is taken to need no names. With NodeLocal DNSCache pods ask \
                  169.254.20.10, which is not looked at here.",
    fails: "apiVersion: v1\nkind: Pod\nmetadata: {name: dns, namespace: kube-system, labels: {k8s-app: kube-dns}}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: web}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: web}\nspec:\n  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n  - to:\n    - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}\n      podSelector: {matchLabels: {k8s-app: kube-dns}}\n    ports: [{protocol: UDP, port: 53}]\n",
    passes: "apiVersion: v1\nkind: Pod\nmetadata: {name: dns, namespace: kube-system, labels: {k8s-app: kube-dns}}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: web}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: web}\nspec:\n  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n  - to:\n    - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}\n      podSelector: {matchLabels: {k8s-app: kube-dns}}\n    ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]\n",
    covers: &[],
};

fn find(judged: &Judged<'_>, found: &mut Vec<Diagnostic>) {
    let world = judged.world();
    let dns = Selector::labels([("k8s-app", "kube-dns")]);
    let servers = world.select(&Selector::namespace("kube-system"), &dns);
    let imagined;
    let (network, servers) = match servers.is_empty() {
        false => (judged.network, servers),
        // One team's repository has no CoreDNS in it, and its policies are judged all the same.
        true => {
            let mut world = world.clone();
            if !judged.manifests.known_namespaces.contains("kube-system") {
                world.namespaces.push(Namespace { name: "kube-system".to_owned(), labels: Labels::new() });
            }
            world.workloads.push(Workload {
                namespace: "kube-system".to_owned(),
                name: "coredns[Deployment]".to_owned(),
                labels: [("k8s-app".to_owned(), "kube-dns".to_owned())].into(),
                ports: Vec::new(),
                host_network: false,
                addresses: Vec::new(),
            });
            let server = WorkloadId(world.workloads.len() - 1);
            imagined = Network::new(&world);
            (&imagined, vec![server])
        }
    };
    // One finding for each set of policies that decides.
    let mut blocked: BTreeMap<(Vec<usize>, Vec<Protocol>, bool), Vec<WorkloadId>> = BTreeMap::new();
    for (id, workload) in world.workloads.iter().enumerate() {
        if workload.host_network || servers.contains(&WorkloadId(id)) {
            continue;
        }
        let applying = |direction: Direction| {
            move |policy: &&crate::connectivity::Policy| {
                policy.rules(direction).is_some_and(|rules| !rules.is_empty())
                    && policy.namespace == workload.namespace
                    && policy.pods.matches(&workload.labels)
            }
        };
        if !world.policies.iter().any(|policy| applying(Direction::Egress)(&policy)) {
            continue;
        }
        let mut deciding: Vec<usize> = Vec::new();
        let mut at_source = false;
        let mut protocols = Vec::new();
        for protocol in [Protocol::Udp, Protocol::Tcp] {
            let ask = |server: &WorkloadId| {
                network.allowed(
                    &Endpoint::Workload(WorkloadId(id)),
                    &Endpoint::Workload(*server),
                    protocol,
                    53,
                )
            };
            let verdicts: Vec<Verdict> = servers.iter().map(ask).collect();
            if verdicts.iter().any(Verdict::is_allowed) {
                continue;
            }
            protocols.push(protocol);
            let Some(verdict) = verdicts.first() else { continue };
            at_source |= !matches!(verdict.egress, Side::Allowed(_) | Side::Open(_));
            let side = if at_source { &verdict.egress } else { &verdict.ingress };
            deciding.extend(policies(side));
        }
        deciding.sort_unstable();
        deciding.dedup();
        if !protocols.is_empty() {
            blocked.entry((deciding, protocols, at_source)).or_default().push(WorkloadId(id));
        }
    }
    for ((deciding, protocols, at_source), pods) in blocked {
        let Some(first) = deciding.first() else { continue };
        let words: Vec<&str> = protocols.iter().map(|protocol| protocol.name()).collect();
        let more = if pods.len() > 1 { format!(" and {} more", pods.len() - 1) } else { String::new() };
        let message =
            format!("`{}`{more} cannot resolve names over {}", judged.workload(pods[0]), words.join(" and "));
        let ports = protocols.iter().map(|protocol| format!("{{protocol: {}, port: 53}}", protocol.name()));
        let ports = ports.collect::<Vec<_>>().join(", ");
        let (here, help) = match at_source {
            true => (
                "isolates the egress, and no rule allows port 53",
                format!("allow it in egress: to kube-system, `k8s-app: kube-dns`, ports: [{ports}]"),
            ),
            false => (
                "lets nobody in there",
                format!("allow it in ingress: from every namespace, ports: [{ports}]"),
            ),
        };
        let mut finding = Diagnostic::new(&RULE, judged.manifests.places[*first].name, message).here(here);
        for other in deciding.iter().skip(1) {
            finding = finding.label(judged.manifests.places[*other].name, "nor does this policy");
        }
        found.push(finding.help(help).on(judged.name(*first)));
    }
}

/// The policies that were asked on one side.
fn policies(side: &Side) -> Vec<usize> {
    match side {
        Side::Denied(misses) => misses.iter().map(|miss| miss.policy).collect(),
        Side::Allowed(grants) | Side::Depends { grants, .. } => {
            grants.iter().map(|grant| grant.policy).collect()
        }
        Side::Open(_) => Vec::new(),
    }
}
