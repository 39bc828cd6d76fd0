//! Closed sets of words, spelt as upstream spells them.

/// Declares an enum whose variants are words of the plan. The doc comment of a variant is its line in the reference.
#[macro_export]
macro_rules! words {
    ($(#[doc = $docs:literal])* $name:ident { $($(#[doc = $doc:literal])* $variant:ident = $word:literal,)* }) => {
        $(#[doc = $docs])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[doc = $doc])* $variant,)* }

        impl $name {
            /// Every word and what it means.
            pub const WORDS: &'static [(&'static str, &'static str)] =
                &[$(($word, concat!($($doc),*)),)*];

            /// The word as it is written.
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }

            /// The value of a word.
            pub fn from_word(word: &str) -> Option<$name> {
                match word { $($word => Some($name::$variant),)* _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(self.word())
            }
        }

        impl $crate::decode::Decode for $name {
            fn shape() -> $crate::decode::Shape {
                $crate::decode::Shape::Word($name::WORDS)
            }

            fn decode(
                value: &$crate::decode::Value<'_>,
                reader: &mut $crate::decode::Reader<'_>,
            ) -> Option<$name> {
                reader.word(value, $name::WORDS).and_then($name::from_word)
            }

            fn literal(&self) -> String {
                format!("\"{}\"", self.word())
            }
        }
    };
}

use super::{Reader, Shape, Value, rules};
use crate::diagnostics::{Diagnostic, Names, nearest, quoted};
use toml::de::DeValue;

impl Reader<'_> {
    /// Reads a word of a closed set; another word is a finding with the nearest one.
    pub fn word<'a>(
        &mut self,
        value: &'a Value<'_>,
        words: &'static [(&'static str, &'static str)],
    ) -> Option<&'a str> {
        let shape = Shape::Word(words);
        let DeValue::String(text) = value.get_ref() else {
            self.wrong_type(value, &shape);
            return None;
        };
        if words.iter().any(|(word, _)| word == text) {
            return Some(text);
        }
        let span = self.span(value);
        let message = format!("`{}` is \"{text}\", expected {}", self.path(), shape.phrase());
        let mut finding =
            Diagnostic::new(&rules::UNKNOWN_WORD, span, message).here(format!("expected {}", shape.phrase()));
        if let Some(word) = nearest(text, words.iter().map(|(word, _)| *word)) {
            let known = words.iter().map(|(word, _)| *word);
            finding = finding.help(format!("did you mean \"{word}\"?"));
            finding = finding.spell(span, text, known, Names::Fixed, quoted);
        }
        self.report(finding);
        None
    }
}
