//! What a change does to the platform: one meaning, one file, one line in the list.
//!
//! A rule looks at one change and, where it has to, at everything else of both sides. It says one sentence as a colleague
//! would, and what to do.

mod address_dropped;
mod address_gained;
mod address_handed_over;
mod address_moves;
mod announcement;
mod announcer_class;
mod bgp_session;
mod by_hand;
mod calico_encapsulation;
mod calico_mtu;
mod calico_node;
mod calico_parts;
mod calico_pool;
mod chart_values;
mod configuration_removed;
mod definition_removed;
mod delivery_changes;
mod delivery_removed;
mod felix;
mod host_names;
mod kubernetes_release;
mod layer_moves;
mod leader_moves;
mod namespace_removed;
mod node_ports;
mod nodes;
mod pod_security;
mod pods_restart;
mod policy_enforced;
mod policy_rules;
mod pool_assignment;
mod pool_grows;
mod pool_shrinks;
mod prune_guard;
mod release_renamed;
mod replicas;
mod service_families;
mod service_ports;
mod service_removed;
mod service_renamed;
mod service_selector;
mod service_type;
mod sharing_changes;
mod source_ranges;
mod storage;
mod traffic_policy;
mod upstream_release;
mod workload_removed;
mod writer_moves;

use super::change::Change;
use super::context::Context;
use super::danger::Danger;

/// A kind of effect.
pub struct Rule {
    /// Lowercase words with `-`, such as `address-moves`.
    pub name: &'static str,
    /// What it is about, for the documentation: one lowercase phrase.
    pub about: &'static str,
    /// What the change does; usually nothing.
    pub find: fn(&Context<'_>, &Change) -> Vec<Effect>,
}

/// What a rule found: how bad, what happens, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    pub danger: Danger,
    /// What happens: a phrase without a full stop, names in backticks.
    pub sentence: String,
    /// What to do; empty where there is nothing to do.
    pub advice: String,
}

/// An effect and the rule that found it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Meaning {
    pub name: &'static str,
    pub danger: Danger,
    pub sentence: String,
    pub advice: String,
}

impl Effect {
    pub fn new(danger: Danger, sentence: impl Into<String>) -> Effect {
        Effect { danger, sentence: sentence.into(), advice: String::new() }
    }

    pub fn advice(mut self, advice: impl Into<String>) -> Effect {
        self.advice = advice.into();
        self
    }
}

/// Every rule, by name.
pub const RULES: &[&Rule] = &[
    &address_dropped::RULE,
    &address_gained::RULE,
    &address_handed_over::RULE,
    &address_moves::RULE,
    &announcement::RULE,
    &announcer_class::RULE,
    &bgp_session::RULE,
    &by_hand::RULE,
    &calico_encapsulation::RULE,
    &calico_mtu::RULE,
    &calico_node::RULE,
    &calico_parts::RULE,
    &calico_pool::RULE,
    &chart_values::RULE,
    &configuration_removed::RULE,
    &definition_removed::RULE,
    &delivery_changes::RULE,
    &delivery_removed::RULE,
    &felix::RULE,
    &host_names::RULE,
    &kubernetes_release::RULE,
    &layer_moves::RULE,
    &leader_moves::RULE,
    &namespace_removed::RULE,
    &node_ports::RULE,
    &nodes::RULE,
    &pod_security::RULE,
    &pods_restart::RULE,
    &policy_enforced::RULE,
    &policy_rules::RULE,
    &pool_assignment::RULE,
    &pool_grows::RULE,
    &pool_shrinks::RULE,
    &prune_guard::RULE,
    &release_renamed::RULE,
    &replicas::RULE,
    &service_families::RULE,
    &service_ports::RULE,
    &service_removed::RULE,
    &service_renamed::RULE,
    &service_selector::RULE,
    &service_type::RULE,
    &sharing_changes::RULE,
    &source_ranges::RULE,
    &storage::RULE,
    &traffic_policy::RULE,
    &upstream_release::RULE,
    &workload_removed::RULE,
    &writer_moves::RULE,
];

/// Everything that a change means, the worst first.
pub fn meanings(context: &Context<'_>, change: &Change) -> Vec<Meaning> {
    let of_rule = |rule: &&Rule| {
        let name = rule.name;
        let effects = (rule.find)(context, change).into_iter();
        effects
            .map(move |Effect { danger, sentence, advice }| Meaning { name, danger, sentence, advice })
            .collect::<Vec<_>>()
    };
    let mut found: Vec<Meaning> = RULES.iter().flat_map(of_rule).collect();
    found.sort_by_key(|meaning| std::cmp::Reverse(meaning.danger));
    found
}
