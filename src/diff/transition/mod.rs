//! Both sides are good, and still no controller gets from one to the other: one obstacle, one file, one line in the list.

use super::change::Change;
use super::context::{Context, Controller};
use super::danger::Danger;
use super::document::Id;

/// A kind of obstacle.
pub struct Rule {
    /// Lowercase words with `-`, such as `pool-renamed`.
    pub name: &'static str,
    /// What it is about, for the documentation: one lowercase phrase.
    pub about: &'static str,
    /// What is in the way; usually nothing.
    pub find: fn(&Context<'_>, &[Change]) -> Vec<Obstacle>,
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
pub const RULES: &[&Rule] = &[];

/// Everything that is in the way.
pub fn obstacles(context: &Context<'_>, changes: &[Change]) -> Vec<Obstacle> {
    RULES.iter().flat_map(|rule| (rule.find)(context, changes)).collect()
}
