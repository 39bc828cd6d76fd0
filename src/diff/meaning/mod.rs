//! What a change does to the platform: one meaning, one file, one line in the list.
//!
//! A rule looks at one change and, where it has to, at everything else of both sides. It says one sentence as a colleague
//! would, and what to do.

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
#[derive(Clone, Debug, PartialEq, Eq)]
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
pub const RULES: &[&Rule] = &[];

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
