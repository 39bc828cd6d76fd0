//! A raw override: a table in the words of an upstream object, each value with its place.

use super::{Decode, Reader, Shape, Value};
use crate::source::{Located, Span};
use toml::de::DeValue;

/// Any value that TOML and Kubernetes share. Kubernetes objects of a network have no floats, so there are none.
#[derive(Clone, Debug)]
pub enum RawValue {
    Text(String),
    Integer(i64),
    Boolean(bool),
    List(Vec<Located<RawValue>>),
    Table(Raw),
}

/// A table of raw values in the order in which they were written.
#[derive(Clone, Debug, Default)]
pub struct Raw(pub Vec<(Located<String>, Located<RawValue>)>);

impl Raw {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same as JSON, for merging into an object and for checking against its schema.
    pub fn to_json(&self) -> serde_json::Value {
        let entries = self.0.iter().map(|(key, value)| (key.value.clone(), value.value.to_json()));
        serde_json::Value::Object(entries.collect())
    }

    /// The place of the value at a JSON pointer, or of the nearest table around it.
    pub fn place(&self, pointer: &str, whole: Span) -> Span {
        let mut place = whole;
        let mut table = Some(self);
        let mut list: Option<&Vec<Located<RawValue>>> = None;
        for step in pointer.split('/').skip(1) {
            let step = step.replace("~1", "/").replace("~0", "~");
            let next = match (table, list) {
                (Some(raw), _) => raw.0.iter().find(|(key, _)| key.value == step).map(|(_, value)| value),
                (None, Some(items)) => step.parse::<usize>().ok().and_then(|at| items.get(at)),
                (None, None) => None,
            };
            let Some(next) = next else { return place };
            place = next.span;
            (table, list) = match &next.value {
                RawValue::Table(raw) => (Some(raw), None),
                RawValue::List(items) => (None, Some(items)),
                _ => (None, None),
            };
        }
        place
    }

    /// The place of the key itself in the table at a JSON pointer, for findings about a key.
    pub fn key_place(&self, pointer: &str, key: &str) -> Option<Span> {
        let mut table = self;
        let mut items: Option<&Vec<Located<RawValue>>> = None;
        for step in pointer.split('/').skip(1) {
            let step = step.replace("~1", "/").replace("~0", "~");
            let next = match items {
                Some(list) => list.get(step.parse::<usize>().ok()?)?,
                None => &table.0.iter().find(|(name, _)| name.value == step)?.1,
            };
            match &next.value {
                RawValue::Table(raw) => (table, items) = (raw, None),
                RawValue::List(list) => items = Some(list),
                _ => return None,
            }
        }
        table.0.iter().find(|(name, _)| name.value == key).map(|(name, _)| name.span)
    }
}

impl RawValue {
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            RawValue::Text(text) => serde_json::Value::from(text.as_str()),
            RawValue::Integer(number) => serde_json::Value::from(*number),
            RawValue::Boolean(value) => serde_json::Value::from(*value),
            RawValue::List(items) => items.iter().map(|item| item.value.to_json()).collect(),
            RawValue::Table(table) => table.to_json(),
        }
    }
}

fn read(value: &Value<'_>, reader: &mut Reader<'_>) -> Option<Located<RawValue>> {
    let span = reader.span(value);
    let read = match value.get_ref() {
        DeValue::String(text) => RawValue::Text(text.to_string()),
        DeValue::Boolean(value) => RawValue::Boolean(*value),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => RawValue::Integer(number),
            Err(_) => {
                reader.wrong_type(value, &Shape::Integer { min: i64::MIN, max: i64::MAX });
                return None;
            }
        },
        DeValue::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| read(item, reader)).collect();
            RawValue::List(items.into_iter().collect::<Option<_>>()?)
        }
        DeValue::Table(_) => RawValue::Table(Raw::decode(value, reader)?),
        DeValue::Float(_) | DeValue::Datetime(_) => {
            let what = "a string, a whole number, `true`, `false`, a list or a table";
            reader.wrong_type(value, &Shape::Text { what, pattern: None });
            return None;
        }
    };
    Some(Located { value: read, span })
}

impl Decode for Raw {
    fn shape() -> Shape {
        Shape::Raw
    }

    fn decode(value: &Value<'_>, reader: &mut Reader<'_>) -> Option<Raw> {
        let DeValue::Table(table) = value.get_ref() else {
            reader.wrong_type(value, &Self::shape());
            return None;
        };
        let entries: Vec<_> = table
            .iter()
            .map(|(key, value)| {
                let name = Located { value: key.get_ref().to_string(), span: reader.span(key) };
                reader.within(name.value.clone(), |reader| read(value, reader)).map(|value| (name, value))
            })
            .collect();
        entries.into_iter().collect::<Option<_>>().map(Raw)
    }
}
