//! From TOML to typed tables: every value keeps its place, and every mistake of the file is reported in one run.
//!
//! A key is declared once, with `table!`; from that declaration come the reader, the JSON Schema and the reference.

mod lists;
mod map;
mod raw;
pub mod rules;
mod scalars;
mod shape;
mod table;
mod text;
mod words;

pub use lists::OneOrMany;
pub use map::{Entries, Entry};
pub use raw::{Raw, RawValue};
pub use shape::{Key, Presence, Shape, TableShape};
pub use table::{ReadTable, Reported, TableReader, decode_table, key_name, table_shape};
pub use text::{FromText, TextError};

use crate::diagnostics::Diagnostic;
use crate::source::{Source, Span};
use std::borrow::Cow;
use toml::de::{DeTable, DeValue};

/// A TOML value with its place.
pub type Value<'a> = toml::Spanned<DeValue<'a>>;

/// What a value of the plan can be read into.
pub trait Decode: Sized {
    /// What a person may write, for the JSON Schema, the reference and the sentence "expected …".
    fn shape() -> Shape;

    /// Reads the value; `None` after a finding was reported.
    fn decode(value: &Value<'_>, reader: &mut Reader<'_>) -> Option<Self>;

    /// How a default of this type is written in TOML.
    fn literal(&self) -> String {
        String::new()
    }
}

/// The state of one reading: which text, where in it, and what was found.
pub struct Reader<'a> {
    source: u16,
    path: Vec<Cow<'static, str>>,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl<'a> Reader<'a> {
    pub fn new(source: u16, diagnostics: &'a mut Vec<Diagnostic>) -> Reader<'a> {
        Reader { source, path: Vec::new(), diagnostics }
    }

    pub fn span<T>(&self, value: &toml::Spanned<T>) -> Span {
        Span::new(self.source, value.span())
    }

    pub fn report(&mut self, diagnostic: Diagnostic) {
        let on = self.path.join(".");
        self.diagnostics.push(diagnostic.on(on));
    }

    /// Runs `read` one step deeper, so that findings know their key path.
    pub fn within<T>(&mut self, step: impl Into<Cow<'static, str>>, read: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(step.into());
        let result = read(self);
        self.path.pop();
        result
    }

    /// The key path of what is being read, such as `pools.homelab.addresses`.
    pub fn path(&self) -> String {
        self.path.join(".")
    }

    /// Reports a value of another type than `shape` asks for.
    pub fn wrong_type(&mut self, value: &Value<'_>, shape: &Shape) {
        self.wrong_type_for(value, shape, None);
    }

    /// Reports a value of another type, with what to write when the same value in the right type is certainly meant.
    pub fn wrong_type_for(&mut self, value: &Value<'_>, shape: &Shape, meant: Option<String>) {
        let found = shape::found(value.get_ref());
        let message = format!("`{}` is {found}, expected {}", self.path(), shape.phrase());
        let span = self.span(value);
        let finding =
            Diagnostic::new(&rules::WRONG_TYPE, span, message).here(format!("expected {}", shape.phrase()));
        self.report(match meant {
            Some(meant) => finding.help(format!("write: {meant}")).fix(span, meant),
            None => match shape {
                Shape::Word([(word, _)]) => finding.help(format!("write: \"{word}\"")),
                _ => finding,
            },
        });
    }
}

/// Parses the text and reads the table `T` from its root. The plan is `None` when something could not be read; what was
/// found is in `diagnostics`.
pub fn read<T: ReadTable>(source: &Source, number: u16, diagnostics: &mut Vec<Diagnostic>) -> Option<T> {
    let (document, errors) = DeTable::parse_recoverable(&source.text);
    // One unclosed bracket makes dozens of errors further down, so only the first is told.
    if let Some(error) = errors.first() {
        let range = error.span().unwrap_or(0..0);
        let span = Span::new(number, range.start..range.end.max(range.start));
        let message = error.message().lines().collect::<Vec<_>>().join(", ");
        diagnostics.push(
            Diagnostic::new(&rules::SYNTAX, span, format!("this is not TOML: {message}")).here(message),
        );
        return None;
    }
    let before = diagnostics.len();
    let mut reader = Reader::new(number, diagnostics);
    let span = Span::new(number, 0..0);
    let table = table::read_whole::<T>(document.get_ref(), span, &mut reader);
    let clean = !crate::diagnostics::has_errors(&diagnostics[before..]);
    table.filter(|_| clean)
}
