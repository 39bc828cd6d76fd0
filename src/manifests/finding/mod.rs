//! What is wrong with objects that the API server takes: one rule, one file, one line in a list.
//!
//! The rules of reading stand in `reading`; all others judge the whole cluster.

mod address;
mod dns_blocked;
mod everybody_allowed;
mod exception_allowed_again;
mod named_port_unknown;
mod one_sided_rule;
mod policy_without_effect;
mod reading;
mod selector_matches_nothing;
mod service_port_in_policy;
mod shadow;
mod shadowed_rule;
mod unknown_namespace_label;

pub(super) use reading::{
    ALREADY_THERE, API_REFUSES, EMPTY_FROM, IGNORED_RULES, NO_EGRESS_ISOLATION, NOT_A_TEXT, NOT_JUDGED,
    UNREADABLE,
};

use super::{Manifests, Places};
use crate::connectivity::{Direction, Network, Peer, Peers, Policy, Rule as PolicyRule, WorkloadId, World};
use crate::diagnostics::{Diagnostic, Rule, sort};
use crate::source::Span;
use std::collections::BTreeMap;

/// A rule about a cluster and how it is judged.
pub struct Lint {
    pub rule: &'static Rule,
    pub find: fn(&Judged<'_>, &mut Vec<Diagnostic>),
}

const LINTS: &[Lint] = &[
    selector_matches_nothing::LINT,
    unknown_namespace_label::LINT,
    policy_without_effect::LINT,
    shadowed_rule::LINT,
    dns_blocked::LINT,
    service_port_in_policy::LINT,
    named_port_unknown::LINT,
    one_sided_rule::LINT,
    everybody_allowed::LINT,
    address::OVER_PODS,
    address::OVER_SERVICES,
    address::HOST_BITS,
    exception_allowed_again::LINT,
];

/// Every rule about manifests, by code.
pub fn rules() -> Vec<&'static Rule> {
    reading::RULES.iter().copied().chain(LINTS.iter().map(|lint| lint.rule)).collect()
}

/// Whether a finding says that no answer is a proof, because a policy of another kind may overrule it.
pub fn is_not_judged(finding: &Diagnostic) -> bool {
    finding.rule.code == NOT_JUDGED.code
}

/// Everything that is wrong, by place: what reading found, and what the whole cluster shows.
pub fn find(manifests: &Manifests, network: &Network) -> Vec<Diagnostic> {
    let judged = Judged::new(manifests, network);
    let mut found = manifests.found.clone();
    for lint in LINTS {
        (lint.find)(&judged, &mut found);
    }
    sort(&mut found);
    found
}

/// A cluster with what every judgement needs.
pub struct Judged<'m> {
    pub manifests: &'m Manifests,
    pub network: &'m Network,
    by_namespace: BTreeMap<&'m str, Vec<WorkloadId>>,
}

/// A rule of a policy, and where it stands.
pub struct Place<'m> {
    pub policy: usize,
    pub direction: Direction,
    /// Its index.
    pub number: usize,
    pub rule: &'m PolicyRule,
    places: &'m Places,
}

impl<'m> Judged<'m> {
    fn new(manifests: &'m Manifests, network: &'m Network) -> Judged<'m> {
        let mut by_namespace: BTreeMap<&str, Vec<WorkloadId>> = BTreeMap::new();
        for (id, workload) in manifests.world.workloads.iter().enumerate() {
            by_namespace.entry(&workload.namespace).or_default().push(WorkloadId(id));
        }
        Judged { manifests, network, by_namespace }
    }

    pub fn world(&self) -> &'m World {
        &self.manifests.world
    }

    /// Every policy with its index and places.
    pub fn policies(&self) -> impl Iterator<Item = (usize, &'m Policy, &'m Places)> {
        let policies = self.manifests.world.policies.iter().zip(&self.manifests.places);
        policies.enumerate().map(|(index, (policy, places))| (index, policy, places))
    }

    /// Every rule of every policy.
    pub fn rules(&self) -> impl Iterator<Item = Place<'m>> {
        self.policies().flat_map(|(index, policy, places)| {
            [Direction::Ingress, Direction::Egress].into_iter().flat_map(move |direction| {
                let rules = policy.rules(direction).unwrap_or_default().iter().enumerate();
                rules.map(move |(number, rule)| Place { policy: index, direction, number, rule, places })
            })
        })
    }

    /// `namespace/name` of a policy.
    pub fn name(&self, policy: usize) -> String {
        name(&self.world().policies[policy])
    }

    /// Whether this looks like all of a cluster, not like what one team keeps in its repository.
    pub fn is_whole(&self) -> bool {
        self.by_namespace.contains_key("kube-system")
            || self.manifests.known_namespaces.contains("kube-system")
    }

    /// The workloads of a namespace.
    pub fn namespace(&self, name: &str) -> &[WorkloadId] {
        self.by_namespace.get(name).map_or(&[], Vec::as_slice)
    }

    /// The pods that a policy selects, those on the network of their host included.
    pub fn subjects(&self, policy: &Policy) -> Vec<WorkloadId> {
        let all = self.namespace(&policy.namespace).iter();
        all.filter(|id| policy.pods.matches(&self.world().workloads[id.0].labels)).copied().collect()
    }

    /// `namespace/name[Kind]` of a workload.
    pub fn workload(&self, id: WorkloadId) -> String {
        let workload = &self.world().workloads[id.0];
        format!("{}/{}", workload.namespace, workload.name)
    }
}

impl Place<'_> {
    /// Where the rule stands.
    pub fn span(&self) -> Span {
        let rules = self.places.rules(self.direction);
        rules.get(self.number).map_or(self.places.name, |places| places.rule)
    }

    /// Where an item of `from`/`to` stands.
    pub fn peer_span(&self, peer: usize) -> Span {
        let rule = self.places.rules(self.direction).get(self.number);
        rule.and_then(|rule| rule.peers.get(peer).copied()).unwrap_or_else(|| self.span())
    }

    /// Where an item of `ports` stands.
    pub fn port_span(&self, port: usize) -> Span {
        let rule = self.places.rules(self.direction).get(self.number);
        rule.and_then(|rule| rule.ports.get(port).copied()).unwrap_or_else(|| self.span())
    }

    /// The items of `from`/`to`; none where it means everybody.
    pub fn peers(&self) -> &[Peer] {
        match &self.rule.peers {
            Peers::Listed(peers) => peers,
            Peers::Any => &[],
        }
    }
}

/// `namespace/name` of a policy.
pub fn name(policy: &Policy) -> String {
    format!("{}/{}", policy.namespace, policy.name)
}

/// The word of the manifest for a direction.
pub fn word(direction: Direction) -> &'static str {
    match direction {
        Direction::Ingress => "ingress",
        Direction::Egress => "egress",
    }
}
