//! What a policy of one's own opens is told.

use crate::check::Check;
use crate::connectivity::{
    Block, Direction, Endpoint, NamespaceScope, Network, Peer, Peers, PortSet, PortSets, Selector, World,
};
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::flow::{Flow, Side};
use crate::facts::{ClusterWorld, Facts, Judged, Origin, RawPolicy};
use crate::model::PolicyMode;
use crate::resolve::Cluster;
use std::collections::BTreeSet;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P5006",
    name: "flow-undeclared",
    level: Level::Note,
    summary: "a policy under `[policies]` opens only what the plan declares",
    explanation: "The policies that `plan` derives allow what `needs`, `clients`, `internet`, `telemetry`, `scraped_by` and \
                  `[[allow]]` declare, and nothing else. A policy of your own adds to that, because NetworkPolicies only ever \
                  add: who reads the tables does not see what it opens. Often a key says the same, with both sides and the port \
                  of the pod.",
    fails: r#"[tenants.fraud]

[policies.probe]
metadata = { namespace = "fraud" }
spec = { podSelector = { }, policyTypes = ["Ingress"], ingress = [{ from = [{ ipBlock = { cidr = "192.168.7.0/24" } }], ports = [{ protocol = "TCP", port = 8080 }] }] }
"#,
    passes: r#"[tenants.fraud]

[policies.neighbours]
metadata = { namespace = "fraud" }
spec = { podSelector = { }, policyTypes = ["Ingress"], ingress = [{ from = [{ podSelector = { } }], ports = [{ protocol = "TCP", port = 8080 }] }] }
"#,
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for cluster in facts.resolved.targets() {
        if facts.raw_policies.iter().any(|raw| raw.cluster == cluster.id) {
            of_cluster(facts, cluster, found);
        }
    }
}

fn of_cluster(facts: &Facts<'_>, cluster: &Cluster<'_>, found: &mut Vec<Diagnostic>) {
    let judged = facts.judged(cluster);
    let world = &judged.world.world;
    let derived = (world.policies.iter().zip(&judged.world.origins))
        .filter(|(_, origin)| matches!(origin, Origin::Guard(_)))
        .map(|(policy, _)| policy.clone())
        .collect();
    let before = Network::new(&World { policies: derived, ..world.clone() });
    let flows = facts.flows_of(cluster.id);
    let tenants: BTreeSet<&str> = (facts.resolved.tenants_of(cluster.id))
        .map(|tenant| facts.resolved.namespace(tenant.namespace))
        .filter(|namespace| namespace.policy == PolicyMode::Isolated)
        .map(|namespace| namespace.name.as_str())
        .collect();
    for (policy, origin) in judged.world.origins.iter().enumerate() {
        let Origin::Raw(at) = origin else { continue };
        let raw = &facts.raw_policies[*at];
        for direction in [Direction::Ingress, Direction::Egress] {
            for (number, rule) in raw.policy.rules(direction).unwrap_or_default().iter().enumerate() {
                let opened = opened(&judged, &before, flows, policy, direction, &rule.peers, &tenants);
                if let Some((from, to, ports)) = opened {
                    found.push(finding(&judged.world, raw, direction, number, [&from, &to], &ports));
                }
            }
        }
    }
}

/// The first pair that a rule lets through, that nothing else does, and that no flow declares.
fn opened(
    judged: &Judged,
    before: &Network,
    flows: &[Flow],
    policy: usize,
    direction: Direction,
    peers: &Peers,
    tenants: &BTreeSet<&str>,
) -> Option<(Endpoint, Endpoint, PortSets)> {
    let others = others(&judged.world.world, policy, peers);
    let namespace = |end: &Endpoint| match end {
        Endpoint::Workload(id) => Some(judged.world.world.workloads[id.0].namespace.as_str()),
        _ => None,
    };
    let are_neighbours = |one: &Endpoint, other: &Endpoint| namespace(one) == namespace(other);
    let is_tenant = |end: &Endpoint| namespace(end).is_some_and(|name| tenants.contains(name));
    for subject in judged.network.subjects(policy) {
        let subject = Endpoint::Workload(subject);
        for other in others.iter().filter(|other| **other != subject) {
            let (from, to) = match direction {
                Direction::Ingress => (other, &subject),
                Direction::Egress => (&subject, other),
            };
            let now = judged.network.connection(from, to).possibly;
            let more = now.difference(&before.connection(from, to).possibly);
            // Between isolated tenants it is an error, and told as such.
            if more.is_empty() || (is_tenant(from) && is_tenant(to) && !are_neighbours(from, to)) {
                continue;
            }
            let more = more.difference(&declared(&judged.world, flows, from, to));
            if !more.is_empty() {
                return Some((from.clone(), to.clone(), more));
            }
        }
    }
    None
}

/// Everybody whom a rule names.
fn others(world: &World, policy: usize, peers: &Peers) -> Vec<Endpoint> {
    let pods = |namespaces: &Selector, pods: &Selector| {
        world.select(namespaces, pods).into_iter().map(Endpoint::Workload).collect::<Vec<_>>()
    };
    let of = |peer: &Peer| match peer {
        Peer::Pods { namespaces: NamespaceScope::Own, pods: selector } => {
            pods(&Selector::namespace(&world.policies[policy].namespace), selector)
        }
        Peer::Pods { namespaces: NamespaceScope::Matching(namespaces), pods: selector } => {
            pods(namespaces, selector)
        }
        Peer::Block { cidr, .. } if cidr.prefix_len() == 0 => vec![Endpoint::Internet],
        Peer::Block { cidr, except } => {
            vec![Endpoint::Block(except.iter().copied().fold(Block::new(*cidr), Block::without))]
        }
    };
    match peers {
        Peers::Listed(peers) => peers.iter().flat_map(of).collect(),
        Peers::Any => {
            let mut all = vec![Endpoint::Internet];
            all.extend(pods(&Selector::everything(), &Selector::everything()));
            all
        }
    }
}

fn declared(world: &ClusterWorld, flows: &[Flow], from: &Endpoint, to: &Endpoint) -> PortSets {
    let is = |side: &Side, end: &Endpoint| match (side, end) {
        (Side::Unrecognisable { .. }, _) => true,
        (Side::Pods(pods), Endpoint::Workload(id)) => {
            let workload = &world.world.workloads[id.0];
            workload.namespace == pods.namespace && pods.selector.matches(&workload.labels)
        }
        (Side::Blocks(blocks), Endpoint::Internet) => {
            blocks.iter().any(|block| block.cidr.prefix_length() == 0)
        }
        (Side::Blocks(blocks), Endpoint::Block(asked)) => blocks.iter().any(|block| {
            let Endpoint::Block(known) = crate::facts::world::endpoint(block) else { return false };
            let inside =
                known.family == asked.family && known.first <= asked.first && asked.last <= known.last;
            inside && known.except.iter().all(|(first, last)| *last < asked.first || asked.last < *first)
        }),
        _ => false,
    };
    let mut sets = PortSets::default();
    for flow in flows.iter().filter(|flow| is(&flow.from, from) && is(&flow.to, to)) {
        if flow.ports.is_empty() {
            return PortSets::all();
        }
        for port in &flow.ports {
            let set = sets.get_mut(port.protocol);
            *set = set.union(&PortSet::range(port.first, port.last));
        }
    }
    sets
}

fn finding(
    world: &ClusterWorld,
    raw: &RawPolicy,
    direction: Direction,
    number: usize,
    [from, to]: [&Endpoint; 2],
    ports: &PortSets,
) -> Diagnostic {
    let name = |end: &Endpoint| match end {
        Endpoint::Workload(id) => {
            let workload = &world.world.workloads[id.0];
            format!("`{}` in `{}`", workload.name, workload.namespace)
        }
        Endpoint::Block(_) => "a network".to_owned(),
        Endpoint::Internet => "the internet".to_owned(),
        Endpoint::Node | Endpoint::OwnNode => "a node".to_owned(),
    };
    let span = raw.places.rules(direction).get(number).map_or(raw.places.name, |places| places.rule);
    // Where every port is open, one that people know says more than the first.
    let port = match ports.tcp.contains(80) {
        true => ", such as TCP 80".to_owned(),
        false => ports.first().map_or(String::new(), |(protocol, port)| {
            format!(", such as {} {}", protocol.name(), port.max(1))
        }),
    };
    let message =
        format!("`{}` lets {} call {}{port}, and nothing declares that", raw.path, name(from), name(to));
    Diagnostic::new(&RULE, span, message)
        .here("opens it")
        .help(format!(
            "declare it with `needs`, `clients` or `allow`, or accept it:\n[[accept]]\nrule = \"{}\"\non = \
             \"{}\"\nreason = \"why it is meant\"",
            RULE.name, raw.path
        ))
        .on(raw.path.clone())
}
