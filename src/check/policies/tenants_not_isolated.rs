//! No tenant reaches an isolated one, except where the plan says so.

use crate::check::Check;
use crate::connectivity::{self, Endpoint, Network, PortSet, PortSets, Protocol, WorkloadId};
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::flow::{FlowPort, Side};
use crate::facts::{ClusterWorld, Facts, Origin, RawPolicy};
use crate::model::PolicyMode;
use crate::resolve::{Cluster, Tenant};
use rayon::prelude::*;
use std::collections::HashMap;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P5002",
    name: "tenants-not-isolated",
    level: Level::Error,
    summary: "a tenant with `policy = \"isolated\"` is reached by other tenants only as declared",
    explanation: "NetworkPolicies only ever add: what one policy allows, no other takes back. So a single wide rule opens what \
                  all the others seem to close. A network in `clients` that covers the pod network is one: Calico matches \
                  pods with it, Cilium does not.",
    fails: r#"[tenants.fraud]

[tenants.search]

[policies.open-search]
metadata = { namespace = "search" }
spec = { podSelector = { }, policyTypes = ["Egress"], egress = [{ to = [{ namespaceSelector = { matchLabels = { "kubernetes.io/metadata.name" = "fraud" } } }], ports = [{ protocol = "TCP", port = 8080 }] }] }

[policies.open-fraud]
metadata = { namespace = "fraud" }
spec = { podSelector = { }, policyTypes = ["Ingress"], ingress = [{ from = [{ namespaceSelector = { matchLabels = { "kubernetes.io/metadata.name" = "search" } } }], ports = [{ protocol = "TCP", port = 8080 }] }] }
"#,
    passes: r#"[tenants.fraud]

[tenants.search]

[policies.open-search]
metadata = { namespace = "search" }
spec = { podSelector = { }, policyTypes = ["Egress"], egress = [{ to = [{ namespaceSelector = { matchLabels = { "kubernetes.io/metadata.name" = "fraud" } } }], ports = [{ protocol = "TCP", port = 8080 }] }] }
"#,
    covers: &["POL-07", "N-09"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let clusters: Vec<&Cluster<'_>> = facts.resolved.targets().collect();
    let parts: Vec<Vec<Diagnostic>> = clusters.par_iter().map(|cluster| of_cluster(facts, cluster)).collect();
    found.extend(parts.into_iter().flatten());
}

fn of_cluster(facts: &Facts<'_>, cluster: &Cluster<'_>) -> Vec<Diagnostic> {
    let resolved = &facts.resolved;
    let tenants: Vec<&Tenant<'_>> = resolved.tenants_of(cluster.id).collect();
    let isolated = |tenant: &Tenant<'_>| resolved.namespace(tenant.namespace).policy == PolicyMode::Isolated;
    if tenants.len() < 2 || !tenants.iter().any(|tenant| isolated(tenant)) {
        return Vec::new();
    }
    let judged = facts.judged(cluster);
    let (world, network) = (&judged.world, &judged.network);
    let name = |tenant: &Tenant<'_>| resolved.namespace(tenant.namespace).name.as_str();
    let declared = declared(facts, cluster);
    let groups: Vec<_> = tenants.iter().map(|tenant| network.group(world.namespace(name(tenant)))).collect();
    let mut found = Vec::new();
    let closed: Vec<usize> = (0..tenants.len()).filter(|at| isolated(tenants[*at])).collect();
    let shut = network.shut(&groups, &closed);
    for (at, from) in tenants.iter().enumerate() {
        for (to_at, witness) in network.breaches(&shut, at) {
            let to = tenants[to_at];
            // `tenants-share-a-namespace` speaks of those who are one for every policy.
            if from.namespace == to.namespace {
                continue;
            }
            let port = match declared.get(&(name(from), name(to))) {
                None => Some((witness.from, witness.to, (witness.protocol, witness.port))),
                Some(ports) => undeclared(world, network, name(from), name(to), ports),
            };
            let Some((source, destination, port)) = port else { continue };
            let message = format!(
                "`{}` reaches `{}`: `{}` opens connections to `{}` on port {}",
                from.key,
                to.key,
                world.world.workloads[source.0].name,
                world.world.workloads[destination.0].name,
                port.1,
            );
            let mut finding = Diagnostic::new(&RULE, to.span, message)
                .here("is isolated, and nothing declares this")
                .label(from.span, "calls")
                .help(format!(
                    "narrow what opens it, or declare it:\n[[allow]]\nfrom = \"tenants.{}\"\nto = \"tenants.{}\"",
                    from.key, to.key
                ))
                .on(to.path());
            for raw in opening(facts, world, network, (source, destination), port) {
                finding = finding.label(raw.places.name, format!("`{}` lets it through", raw.path));
            }
            found.push(finding);
        }
    }
    found
}

/// The raw policies that let a connection through.
fn opening<'f>(
    facts: &'f Facts<'_>,
    world: &ClusterWorld,
    network: &Network,
    ends: (WorkloadId, WorkloadId),
    port: (Protocol, u16),
) -> Vec<&'f RawPolicy> {
    let (from, to) = (Endpoint::Workload(ends.0), Endpoint::Workload(ends.1));
    let verdict = network.allowed(&from, &to, port.0, port.1);
    let mut raw: Vec<usize> = [verdict.egress, verdict.ingress]
        .iter()
        .flat_map(|side| match side {
            connectivity::Side::Allowed(grants) | connectivity::Side::Depends { grants, .. } => &grants[..],
            _ => &[],
        })
        .filter_map(|grant| match world.origins[grant.policy] {
            Origin::Raw(at) => Some(at),
            Origin::Guard(_) => None,
        })
        .collect();
    raw.dedup();
    raw.into_iter().map(|at| &facts.raw_policies[at]).collect()
}

/// What the plan lets one namespace call in another.
fn declared<'a>(facts: &'a Facts<'_>, cluster: &Cluster<'_>) -> HashMap<(&'a str, &'a str), Vec<FlowPort>> {
    let mut declared: HashMap<(&str, &str), Vec<FlowPort>> = HashMap::new();
    for flow in facts.flows_of(cluster.id) {
        if let (Side::Pods(from), Side::Pods(to)) = (&flow.from, &flow.to)
            && from.namespace != to.namespace
        {
            declared.entry((&from.namespace, &to.namespace)).or_default().extend(&flow.ports);
        }
    }
    declared
}

/// A port between two namespaces that is open and not declared.
fn undeclared(
    world: &ClusterWorld,
    network: &Network,
    from: &str,
    to: &str,
    declared: &[FlowPort],
) -> Option<(WorkloadId, WorkloadId, (Protocol, u16))> {
    if declared.is_empty() {
        // All ports were declared.
        return None;
    }
    let mut wanted = PortSets::default();
    for port in declared {
        let set = wanted.get_mut(port.protocol);
        *set = set.union(&PortSet::range(port.first, port.last));
    }
    for source in world.namespace(from) {
        for destination in world.namespace(to) {
            let connection =
                network.connection(&Endpoint::Workload(*source), &Endpoint::Workload(*destination));
            if let Some(port) = connection.possibly.difference(&wanted).first() {
                return Some((*source, *destination, port));
            }
        }
    }
    None
}
