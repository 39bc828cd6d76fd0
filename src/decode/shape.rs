//! What a person may write at a key, as data: the JSON Schema, the reference and messages are made from it.

use toml::de::DeValue;

/// The form of a value.
#[derive(Clone, Debug)]
pub enum Shape {
    Boolean,
    /// A whole number in `min..=max`.
    Integer {
        min: i64,
        max: i64,
    },
    /// A string of some kind; `pattern` is a JSON Schema regular expression that holds for every accepted string.
    Text {
        what: &'static str,
        pattern: Option<&'static str>,
    },
    /// One of a closed set of words, each with what it means.
    Word(&'static [(&'static str, &'static str)]),
    Date,
    List(Box<Shape>),
    OneOrMany(Box<Shape>),
    /// A table whose keys a person chooses.
    Map {
        what: &'static str,
        key: &'static str,
        value: Box<Shape>,
    },
    Table(TableShape),
    Either(Vec<Shape>),
    /// A table in the words of an upstream object, checked against that object's schema.
    Raw,
}

/// A table with a fixed set of keys.
#[derive(Clone, Copy, Debug)]
pub struct TableShape {
    pub name: &'static str,
    pub docs: &'static str,
    pub keys: fn() -> Vec<Key>,
}

/// One key of a table.
#[derive(Clone, Debug)]
pub struct Key {
    pub name: &'static str,
    pub docs: &'static str,
    pub example: &'static str,
    pub presence: Presence,
    pub shape: Shape,
    /// Whether a value can be read at this key; what is wrong with it is reported.
    pub reads: fn(&super::Value<'_>, &mut super::Reader<'_>) -> bool,
}

/// Whether a key has to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    Required,
    Optional,
    /// The default as it would be written in TOML.
    Default(String),
}

impl Shape {
    /// What to call the shape in the sentence "expected …".
    pub fn phrase(&self) -> String {
        match self {
            Shape::Boolean => "`true` or `false`".to_owned(),
            Shape::Integer { min, max } if min == max => format!("the number {min}"),
            Shape::Integer { min, max } => format!("a whole number from {min} to {max}"),
            Shape::Text { what, .. } => (*what).to_owned(),
            Shape::Word(words) => one_of(words),
            Shape::Date => "a date such as 2027-03-31, without quotes".to_owned(),
            Shape::List(item) => format!("a list, each item {}", item.phrase()),
            Shape::OneOrMany(item) => format!("{}, or a list of them", item.phrase()),
            Shape::Map { what, .. } => format!("a table of {what}"),
            Shape::Table(table) => format!("a table ({})", first_sentence(table.docs)),
            Shape::Either(shapes) => shapes.iter().map(Shape::phrase).collect::<Vec<_>>().join(", or "),
            Shape::Raw => "a table in the words of the upstream object".to_owned(),
        }
    }
}

fn one_of(words: &[(&str, &str)]) -> String {
    let quoted: Vec<String> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// The first sentence of a doc comment, lowercase at its start, for use inside another sentence.
pub fn first_sentence(docs: &str) -> String {
    let sentence = docs.trim().split(". ").next().unwrap_or_default().trim_end_matches(['.', '\n']);
    let sentence = sentence.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut letters = sentence.chars();
    match letters.next() {
        Some(first)
            if !sentence
                .starts_with(|c: char| c.is_uppercase() && sentence[1..].starts_with(char::is_uppercase)) =>
        {
            first.to_lowercase().chain(letters).collect()
        }
        _ => sentence,
    }
}

/// What to call a value that was found.
pub fn found(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) if text.chars().count() <= 40 => format!("the string \"{text}\""),
        DeValue::String(_) => "a string".to_owned(),
        DeValue::Integer(number) => format!("the number {number}"),
        DeValue::Float(number) => format!("the number {number}"),
        DeValue::Boolean(value) => format!("`{value}`"),
        DeValue::Datetime(_) => "a date".to_owned(),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}
