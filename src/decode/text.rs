//! A string that means something has a type, and only its reader can make one.

use super::{Decode, Reader, Shape, Value, rules};
use crate::diagnostics::{Diagnostic, Rule};
use toml::de::DeValue;

/// Why a string is not what it should be, and what was certainly meant, if that is certain.
#[derive(Clone, Debug)]
pub struct TextError {
    /// The rest of the sentence "`VALUE` …", such as `has no prefix length`.
    pub problem: String,
    pub help: Option<String>,
    /// What to write instead, without quotes, when it is certain.
    pub fix: Option<String>,
    /// A rule of its own for this mistake, in place of the type's.
    pub rule: Option<&'static Rule>,
}

impl TextError {
    pub fn new(problem: impl Into<String>) -> TextError {
        TextError { problem: problem.into(), help: None, fix: None, rule: None }
    }

    pub fn help(mut self, help: impl Into<String>) -> TextError {
        self.help = Some(help.into());
        self
    }

    pub fn fix(mut self, fix: impl Into<String>) -> TextError {
        self.fix = Some(fix.into());
        self
    }

    pub fn rule(mut self, rule: &'static Rule) -> TextError {
        self.rule = Some(rule);
        self
    }
}

/// A type that is written as a string.
pub trait FromText: Sized {
    /// What to call it: `an address such as "192.168.1.10"`.
    const WHAT: &'static str;
    /// A JSON Schema regular expression that every accepted string matches.
    const PATTERN: Option<&'static str> = None;
    /// The finding that a string of another form is.
    const RULE: &'static Rule = &rules::UNREADABLE_VALUE;

    fn from_text(text: &str) -> Result<Self, TextError>;

    /// The string that reads back as this value.
    fn text(&self) -> String;
}

impl<T: FromText> Decode for T {
    fn shape() -> Shape {
        Shape::Text { what: T::WHAT, pattern: T::PATTERN }
    }

    fn decode(value: &Value<'_>, reader: &mut Reader<'_>) -> Option<T> {
        let DeValue::String(text) = value.get_ref() else {
            let bare = match value.get_ref() {
                // As it is written in decimal; `0x50` was meant otherwise.
                DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str()),
                _ => None,
            };
            let meant = bare.filter(|digits| T::from_text(digits).is_ok());
            reader.wrong_type_for(value, &Self::shape(), meant.map(crate::diagnostics::quoted));
            return None;
        };
        match T::from_text(text) {
            Ok(value) => Some(value),
            Err(error) => {
                let span = reader.span(value);
                report(reader, span, text, error, T::RULE, T::WHAT);
                None
            }
        }
    }

    fn literal(&self) -> String {
        format!("\"{}\"", self.text())
    }
}

pub(super) fn report(
    reader: &mut Reader<'_>,
    span: crate::source::Span,
    text: &str,
    error: TextError,
    rule: &'static Rule,
    what: &str,
) {
    let message = format!("`{text}` {}", error.problem);
    let mut finding =
        Diagnostic::new(error.rule.unwrap_or(rule), span, message).here(format!("expected {what}"));
    if let Some(fix) = error.fix {
        finding = finding.help(format!("write \"{fix}\"")).fix(span, format!("\"{fix}\""));
    }
    if let Some(help) = error.help {
        finding = finding.help(help);
    }
    reader.report(finding);
}

impl FromText for String {
    const WHAT: &'static str = "a string";

    fn from_text(text: &str) -> Result<String, TextError> {
        if text.is_empty() {
            return Err(TextError::new("is empty").help("write a value, or leave the key out"));
        }
        Ok(text.to_owned())
    }

    fn text(&self) -> String {
        self.clone()
    }
}
