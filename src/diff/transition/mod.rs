//! Both sides are good, and still no controller gets from one to the other: one obstacle, one file, one line in the list.
//!
//! A rule also knows the way around, where there is one: states in between, as edits of the plan. [`super::stage`] makes
//! plans of them and tries them.

mod addresses_swapped;
mod aggregation_lowered;
mod api_mode;
mod bfd_profile_removed;
mod calico_pool_immutable;
mod cluster_network;
mod confirmation_blocks;
mod held_by_what_stays;
mod immutable_field;
mod kubernetes_minor_skipped;
mod local_preferences;
mod new_pools_overlap;
mod overlap;
mod peers_change_together;
mod pool_range_moved;
mod pool_ranges_swapped;
mod pool_renamed;
mod root_replaced;
mod way;
mod writer_lets_go;

pub use super::stage::{Edit, Step};

use super::change::Change;
use super::context::{Context, Controller};
use super::danger::Danger;
use super::document::Id;
use std::collections::BTreeSet;

/// A kind of obstacle.
pub struct Rule {
    /// Lowercase words with `-`, such as `pool-renamed`.
    pub name: &'static str,
    /// What it is about, for the documentation: one lowercase phrase.
    pub about: &'static str,
    /// What is in the way; usually nothing.
    pub find: fn(&Context<'_>, &[Change]) -> Vec<Obstacle>,
    pub way: Way,
}

/// How one gets around it.
pub enum Way {
    /// By states in between, in their order, as edits of the plans of both sides; by none in cases where edits do not help.
    Staged(fn(&Context<'_>, &[Change]) -> Vec<Step>),
    /// By what a person does, for no edit of a plan makes it: why, as a phrase.
    ByHand(&'static str),
}

impl Rule {
    /// The states in between, in their order.
    pub fn steps(&self, context: &Context<'_>, changes: &[Change]) -> Vec<Step> {
        match self.way {
            Way::Staged(steps) => steps(context, changes),
            Way::ByHand(_) => Vec::new(),
        }
    }
}

/// What is in the way, for the controller that applies the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// The name of its rule.
    pub name: &'static str,
    pub controller: Controller,
    /// What happens: a phrase without a full stop, names in backticks.
    pub sentence: String,
    /// The way around.
    pub advice: String,
    /// Whether it never takes effect; otherwise it does after a while, or after a person helped.
    pub forever: bool,
    /// The objects that are in each other's way.
    pub objects: Vec<Id>,
}

impl Obstacle {
    pub fn danger(&self) -> Danger {
        if self.forever { Danger::Impossible } else { Danger::Disruptive }
    }
}

/// Every rule, by name.
pub const RULES: &[&Rule] = &[
    &addresses_swapped::RULE,
    &aggregation_lowered::RULE,
    &api_mode::RULE,
    &bfd_profile_removed::RULE,
    &calico_pool_immutable::RULE,
    &cluster_network::RULE,
    &confirmation_blocks::RULE,
    &held_by_what_stays::RULE,
    &immutable_field::RULE,
    &kubernetes_minor_skipped::RULE,
    &local_preferences::RULE,
    &new_pools_overlap::RULE,
    &peers_change_together::RULE,
    &pool_range_moved::RULE,
    &pool_ranges_swapped::RULE,
    &pool_renamed::RULE,
    &root_replaced::RULE,
    &writer_lets_go::RULE,
];

/// The rules of obstacles that states in between get around. Both plans have to be known.
pub fn staged(context: &Context<'_>, changes: &[Change], obstacles: &[Obstacle]) -> BTreeSet<&'static str> {
    if context.old.plan.is_none() || context.new.plan.is_none() {
        return BTreeSet::new();
    }
    let found = |rule: &Rule| obstacles.iter().any(|obstacle| obstacle.name == rule.name);
    let has_way = |rule: &&&Rule| found(rule) && !rule.steps(context, changes).is_empty();
    RULES.iter().filter(has_way).map(|rule| rule.name).collect()
}

/// Everything that is in the way.
pub fn obstacles(context: &Context<'_>, changes: &[Change]) -> Vec<Obstacle> {
    RULES.iter().flat_map(|rule| (rule.find)(context, changes)).collect()
}
