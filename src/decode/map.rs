//! Tables whose keys a person chooses: hosts, clusters, services.

use super::{Decode, FromText, Reader, Shape, Value, text};
use crate::source::{Located, Span};
use toml::de::DeValue;

/// One entry: its name, its value, and where the value was written.
#[derive(Clone, Debug)]
pub struct Entry<K, T> {
    pub name: Located<K>,
    pub value: T,
    pub span: Span,
}

/// The entries of a table, sorted by name, so that the order in which a person wrote them does not matter.
#[derive(Clone, Debug)]
pub struct Entries<K, T>(pub Vec<Entry<K, T>>);

impl<K, T> Default for Entries<K, T> {
    fn default() -> Entries<K, T> {
        Entries(Vec::new())
    }
}

impl<K: AsRef<str>, T> Entries<K, T> {
    pub fn iter(&self) -> std::slice::Iter<'_, Entry<K, T>> {
        self.0.iter()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The position of the entry of that name.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.0.binary_search_by(|entry| entry.name.value.as_ref().cmp(name)).ok()
    }

    pub fn get(&self, name: &str) -> Option<&Entry<K, T>> {
        self.position(name).map(|at| &self.0[at])
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|entry| entry.name.value.as_ref())
    }
}

impl<K: FromText + AsRef<str>, T: Decode> Decode for Entries<K, T> {
    fn shape() -> Shape {
        Shape::Map { what: "names and their values", key: K::WHAT, value: Box::new(T::shape()) }
    }

    fn decode(value: &Value<'_>, reader: &mut Reader<'_>) -> Option<Entries<K, T>> {
        let DeValue::Table(table) = value.get_ref() else {
            reader.wrong_type(value, &Self::shape());
            return None;
        };
        let mut entries = Vec::with_capacity(table.len());
        let mut complete = true;
        for (key, value) in table.iter() {
            let span = reader.span(key);
            let name = match K::from_text(key.get_ref()) {
                Ok(name) => Some(Located { value: name, span }),
                Err(mut error) => {
                    // A quoted key is still a key: the fix for a value would put quotes around it.
                    error.help = error.fix.take().map(|fix| format!("write `{fix}`")).or(error.help);
                    text::report(reader, span, key.get_ref(), error, K::RULE, K::WHAT);
                    None
                }
            };
            let read = reader.within(key.get_ref().to_string(), |reader| T::decode(value, reader));
            match (name, read) {
                (Some(name), Some(read)) => {
                    entries.push(Entry { name, value: read, span: reader.span(value) });
                }
                _ => complete = false,
            }
        }
        entries.sort_by(|a, b| a.name.value.as_ref().cmp(b.name.value.as_ref()));
        complete.then_some(Entries(entries))
    }

    fn literal(&self) -> String {
        let entries: Vec<String> =
            self.iter().map(|entry| format!("{} = {}", entry.name.as_ref(), entry.value.literal())).collect();
        if entries.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", entries.join(", ")) }
    }
}
