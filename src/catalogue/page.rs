//! `schema/rules.md`: each rule of the catalogue, and what answers it.

use super::{Entry, catalogue};
use crate::diagnostics::AnswerKind;

const INTRODUCTION: &str = "\
# Rules

What Calico, MetalLB, Kubernetes, Seldon, K3s, Argo CD and Flux refuse or silently ignore, rule by rule, and how `plan`
answers each: *enforced* by a check (see [diagnostics.md](diagnostics.md)), *impossible* because nothing that is written
can break it, or *out of scope* because a plan cannot know.

";

/// The whole page.
pub fn page() -> String {
    let all = catalogue();
    let count = |word: &str| all.iter().filter(|entry| answer(entry).0 == word).count();
    let words = ["enforced", "impossible", "out of scope"];
    let counts: Vec<String> = words.iter().map(|word| format!("{} {word}", count(word))).collect();
    let cell = |text: &str| text.replace('|', "\\|");
    let rows: String = (all.iter())
        .map(|entry| {
            let (word, how, place) = answer(entry);
            format!("| {} | {} | {word} | {} | {place} |\n", entry.id, cell(entry.statement), cell(&how))
        })
        .collect();
    format!(
        "{INTRODUCTION}{} rules: {}.\n\n| Id | Rule | Answer | How | Where |\n|---|---|---|---|---|\n{rows}",
        all.len(),
        counts.join(", ")
    )
}

/// The word for an answer, how, and where.
fn answer(entry: &Entry) -> (&'static str, String, String) {
    if let Some(answer) = entry.answers.first() {
        let word = match answer.kind {
            AnswerKind::Impossible => "impossible",
            AnswerKind::OutOfScope => "out of scope",
        };
        return (word, answer.how.to_owned(), format!("`{}`", answer.place.replace('\\', "/")));
    }
    let links: Vec<String> =
        entry.enforced.iter().map(|rule| format!("[{}](diagnostics.md#{})", rule.name, rule.code)).collect();
    ("enforced", links.join(", "), "its check".to_owned())
}
