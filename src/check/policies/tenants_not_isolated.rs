//! Two isolated tenants cannot reach each other, except where the plan says so.

use crate::check::Check;
use crate::connectivity::{Endpoint, Network, PortSet, PortSets, WorkloadId};
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::flow::{FlowPort, Side};
use crate::facts::{ClusterWorld, Facts};
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
    fails: "",
    passes: "",
    covers: &["POL-07", "N-09"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let clusters: Vec<&Cluster<'_>> = facts.resolved.targets().collect();
    let parts: Vec<Vec<Diagnostic>> = clusters.par_iter().map(|cluster| of_cluster(facts, cluster)).collect();
    found.extend(parts.into_iter().flatten());
}

fn of_cluster(facts: &Facts<'_>, cluster: &Cluster<'_>) -> Vec<Diagnostic> {
    let resolved = &facts.resolved;
    let isolated: Vec<&Tenant<'_>> = (resolved.tenants_of(cluster.id))
        .filter(|tenant| resolved.namespace(tenant.namespace).policy == PolicyMode::Isolated)
        .collect();
    if isolated.len() < 2 {
        return Vec::new();
    }
    let world = ClusterWorld::new(facts, cluster, false);
    let network = Network::new(&world.world);
    let name = |tenant: &Tenant<'_>| resolved.namespace(tenant.namespace).name.as_str();
    let declared = declared(facts, cluster);
    let groups: Vec<_> = isolated.iter().map(|tenant| network.group(world.namespace(name(tenant)))).collect();
    let mut found = Vec::new();
    for (at, from) in isolated.iter().enumerate() {
        for (to_at, to) in isolated.iter().enumerate() {
            // `tenants-share-a-namespace` speaks of those who are one for every policy.
            if at == to_at || from.namespace == to.namespace {
                continue;
            }
            let Some(witness) = network.isolated(&groups[at], &groups[to_at]) else { continue };
            let port = match declared.get(&(name(from), name(to))) {
                None => Some((witness.from, witness.to, witness.port)),
                Some(ports) => undeclared(&world, &network, name(from), name(to), ports),
            };
            let Some((source, destination, port)) = port else { continue };
            let message = format!(
                "`{}` reaches `{}`: `{}` opens connections to `{}` on port {port}",
                from.key,
                to.key,
                world.world.workloads[source.0].name,
                world.world.workloads[destination.0].name,
            );
            let finding = Diagnostic::new(&RULE, to.span, message)
                .here("is isolated, and nothing declares this")
                .label(from.span, "calls")
                .help(format!("declare it: [[allow]] from = \"tenants.{}\", to = \"tenants.{}\"; or narrow what opens it", from.key, to.key))
                .on(to.path());
            found.push(finding);
        }
    }
    found
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
) -> Option<(WorkloadId, WorkloadId, u16)> {
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
            if let Some((_, port)) = connection.possibly.difference(&wanted).first() {
                return Some((*source, *destination, port));
            }
        }
    }
    None
}
