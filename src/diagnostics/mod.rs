//! A finding: which rule, one sentence, the places that matter, and a help that can be pasted.
//!
//! A rule is declared in the file that enforces it; a finding refers to its rule, so that code, name and level are
//! written once. Nothing here prints: formats are in `cli/format`.

mod answer;
mod suggest;

pub use answer::{Answer, AnswerKind};
pub use suggest::{Names, certain, nearest};

use crate::source::Span;
use std::collections::BTreeMap;

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

    /// A name that is to be spelt like the one of `known` that was certainly meant, if there is such a one; `written_as`
    /// makes of it what stands in the text, such as the name in quotes.
    pub fn spell<'a>(
        self,
        span: Span,
        written: &str,
        known: impl IntoIterator<Item = &'a str>,
        names: Names,
        written_as: fn(&str) -> String,
    ) -> Diagnostic {
        match certain(written, known, names) {
            // A name that is there under another kind is spelt right.
            Some(meant) if meant != written => self.fix(span, written_as(meant)),
            _ => self,
        }
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

/// A name as a TOML string.
pub fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

/// A name as a TOML key: without quotes where it can do without.
pub fn key(name: &str) -> String {
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if !name.is_empty() && name.bytes().all(bare) { name.to_owned() } else { quoted(name) }
}

/// Puts findings into the order in which they are shown: by place, then by rule, then by words. A service that runs in
/// two clusters is judged in both; what would be said twice in the same words is said once.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|a, b| (a.span(), a.rule.code, &a.message).cmp(&(b.span(), b.rule.code, &b.message)));
    diagnostics.dedup_by(|a, b| {
        (a.rule.code, &a.labels, &a.message, &a.help) == (b.rule.code, &b.labels, &b.message, &b.help)
    });
}

/// Takes the fixes of `rule` away where several would write the same: a name that is unknown in several places is more
/// likely misspelt in the one place that declares it.
pub fn doubt_repeated(diagnostics: &mut [Diagnostic], rule: &Rule) {
    let mut times: BTreeMap<String, u32> = BTreeMap::new();
    for diagnostic in diagnostics.iter().filter(|diagnostic| diagnostic.rule.code == rule.code) {
        if let Some(fix) = &diagnostic.fix {
            *times.entry(fix.replacement.clone()).or_default() += 1;
        }
    }
    for diagnostic in diagnostics.iter_mut().filter(|diagnostic| diagnostic.rule.code == rule.code) {
        let repeated = |fix: &Fix| times.get(&fix.replacement).is_some_and(|times| *times > 1);
        diagnostic.fix.take_if(|fix| repeated(fix));
    }
}

/// Whether any finding stops the next stage.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error)
}
