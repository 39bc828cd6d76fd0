//! A finding: which rule, one sentence, the places that matter, and a help that can be pasted.
//!
//! A rule is declared in the file that enforces it; a finding refers to its rule, so that code, name and level are
//! written once. Nothing here prints: formats are in `cli/format`.

mod answer;
mod suggest;

pub use answer::{Answer, AnswerKind};
pub use suggest::nearest;

use crate::source::Span;

/// How much a finding weighs. Errors stop the next stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    Error,
    Warning,
    Note,
}

impl Level {
    /// The lowercase word that formats print.
    pub fn word(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
        }
    }
}

/// What can be wrong, once for all findings of its kind.
#[derive(Debug)]
pub struct Rule {
    /// Stable, never reused: `P` and four digits; the first digit is the area.
    pub code: &'static str,
    /// What is wrong, in the field's words: `address-outside-pool`.
    pub name: &'static str,
    pub level: Level,
    /// The rule as one sentence about the world.
    pub summary: &'static str,
    /// What happens in the cluster when the rule is broken: which controller, which version, and what to do.
    pub explanation: &'static str,
    /// A plan, or the part of one that `scaffold` completes, that breaks this rule and no other.
    pub fails: &'static str,
    /// The same, mended.
    pub passes: &'static str,
    /// Ids of upstream rules and of the catalogue that this rule enforces.
    pub covers: &'static [&'static str],
}

/// A place and what to say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    pub span: Span,
    pub text: String,
}

/// A replacement of the bytes of `span` that certainly is what was meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    pub span: Span,
    pub replacement: String,
}

/// One finding. The first label is where it is; the others are why.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    pub rule: &'static Rule,
    pub level: Level,
    pub message: String,
    pub labels: Vec<Label>,
    pub help: Option<String>,
    pub fix: Option<Fix>,
    /// The key path that an `accept` entry names, such as `seldon.scheduler`.
    pub on: String,
}

impl Diagnostic {
    /// A finding of `rule` at `span`; `message` stands without the snippet.
    pub fn new(rule: &'static Rule, span: Span, message: impl Into<String>) -> Diagnostic {
        let labels = vec![Label { span, text: String::new() }];
        Diagnostic {
            rule,
            level: rule.level,
            message: message.into(),
            labels,
            help: None,
            fix: None,
            on: String::new(),
        }
    }

    /// What to say at the first place.
    pub fn here(mut self, text: impl Into<String>) -> Diagnostic {
        self.labels[0].text = text.into();
        self
    }

    /// Another place that matters.
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Diagnostic {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Something to write.
    pub fn help(mut self, text: impl Into<String>) -> Diagnostic {
        self.help = Some(text.into());
        self
    }

    /// A certain fix: replace the bytes of `span`.
    pub fn fix(mut self, span: Span, replacement: impl Into<String>) -> Diagnostic {
        self.fix = Some(Fix { span, replacement: replacement.into() });
        self
    }

    /// The key path that an `accept` entry may name.
    pub fn on(mut self, path: impl Into<String>) -> Diagnostic {
        self.on = path.into();
        self
    }

    /// Where the finding is.
    pub fn span(&self) -> Span {
        self.labels[0].span
    }
}

/// Puts findings into the order in which they are shown: by place, then by rule, then by words.
pub fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by(|a, b| (a.span(), a.rule.code, &a.message).cmp(&(b.span(), b.rule.code, &b.message)));
}

/// Whether any finding stops the next stage.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error)
}
