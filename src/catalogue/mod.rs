//! Every rule of upstream that somebody wrote down has an answer: a check, a reason why nobody can break it, or a reason why
//! a plan cannot know.
//!
//! `rules.txt` has the rules, one a line: id, tab, statement. The answers are where they are true: `covers` of a [`Rule`], or
//! an `ANSWERS` beside the code; this module only brings them together.

mod out_of_scope;
mod page;

pub use page::page;

use crate::diagnostics::{Answer, Rule};

/// The catalogue: id, tab, statement.
const RULES: &str = include_str!("rules.txt");

/// Every list of answers.
const ANSWERS: &[&[Answer]] = &[
    crate::model::ANSWERS,
    crate::facts::ANSWERS,
    crate::emit::ANSWERS,
    crate::emit::ANSWERS_OF_BOOTSTRAP,
    crate::emit::ANSWERS_OF_CALICO,
    crate::emit::ANSWERS_OF_METALLB,
    crate::emit::ANSWERS_OF_SELDON,
    crate::emit::ANSWERS_OF_GITOPS,
    out_of_scope::ANSWERS,
];

/// A rule of the catalogue and what answers it.
#[derive(Debug)]
pub struct Entry {
    pub id: &'static str,
    pub statement: &'static str,
    /// The rules of the compiler that enforce it.
    pub enforced: Vec<&'static Rule>,
    /// Answers without a check.
    pub answers: Vec<Answer>,
}

/// The whole catalogue, in its own order.
pub fn catalogue() -> Vec<Entry> {
    let rules = crate::check::rules();
    let line = |line: &'static str| {
        let (id, statement) =
            line.split_once('\t').expect("broken promise: a line is an id, a tab and a statement");
        Entry {
            id,
            statement,
            enforced: rules.iter().filter(|rule| rule.covers.contains(&id)).copied().collect(),
            answers: answers().filter(|answer| answer.ids.contains(&id)).copied().collect(),
        }
    };
    RULES.lines().map(line).collect()
}

/// Every answer without a check.
pub fn answers() -> impl Iterator<Item = &'static Answer> {
    ANSWERS.iter().flat_map(|list| list.iter())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::AnswerKind;
    use std::collections::BTreeSet;

    #[test]
    fn every_rule_has_one_kind_of_answer() {
        let mut wrong = Vec::new();
        for Entry { id, enforced, answers, .. } in catalogue() {
            match (enforced.len(), answers.len()) {
                (0, 1) | (1.., 0) => {}
                (0, 0) => wrong.push(format!("{id} has no answer")),
                (checks, others) => {
                    wrong.push(format!("{id} has {checks} checks and {others} other answers"))
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn answers_name_rules_of_the_catalogue_once() {
        let ids: Vec<&str> = catalogue().iter().map(|entry| entry.id).collect();
        let known: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), known.len(), "an id is there twice");
        let covers = crate::check::rules().into_iter().flat_map(|rule| rule.covers);
        let unknown: Vec<_> =
            covers.chain(answers().flat_map(|answer| answer.ids)).filter(|id| !known.contains(*id)).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
        assert!(answers().all(|answer| answer.how.len() > 20 && !answer.how.ends_with('.')));
    }

    #[test]
    fn little_is_out_of_scope() {
        let all = catalogue();
        let out = |entry: &&Entry| entry.answers.iter().any(|answer| answer.kind == AnswerKind::OutOfScope);
        let out = all.iter().filter(out).count();
        assert!(out * 10 < all.len(), "{out} of {}", all.len());
    }
}
