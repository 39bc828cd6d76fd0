//! Lists, and values that may be one or many.

use super::{Decode, Reader, Shape, Value};
use crate::source::Located;
use toml::de::DeValue;

impl<T: Decode> Decode for Vec<Located<T>> {
    fn shape() -> Shape {
        Shape::List(Box::new(T::shape()))
    }

    fn decode(value: &Value<'_>, reader: &mut Reader<'_>) -> Option<Vec<Located<T>>> {
        let DeValue::Array(items) = value.get_ref() else {
            // One name without brackets is a list of one.
            let plain = |text: &&str| !text.contains(['"', '\\']) && !text.contains(char::is_control);
            let one = value.get_ref().as_str().filter(plain);
            let meant = one.filter(|_| {
                let mut wrong = Vec::new();
                T::decode(value, &mut Reader::new(reader.source, &mut wrong)).is_some()
            });
            reader.wrong_type_for(value, &Self::shape(), meant.map(|text| format!("[\"{text}\"]")));
            return None;
        };
        // Every item is read before the list is given up, so that all of its mistakes are told.
        let read: Vec<Option<Located<T>>> = items.iter().map(|item| located(item, reader)).collect();
        read.into_iter().collect()
    }

    fn literal(&self) -> String {
        format!("[{}]", self.iter().map(|item| item.value.literal()).collect::<Vec<_>>().join(", "))
    }
}

/// A single value, or a list of them; a single value is a list of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneOrMany<T>(pub Vec<Located<T>>);

impl<T> Default for OneOrMany<T> {
    fn default() -> OneOrMany<T> {
        OneOrMany(Vec::new())
    }
}

impl<T> OneOrMany<T> {
    /// One value that nobody wrote: a default.
    pub fn of(value: T) -> OneOrMany<T> {
        OneOrMany(vec![Located::new(value, Default::default())])
    }

    pub fn iter(&self) -> std::slice::Iter<'_, Located<T>> {
        self.0.iter()
    }
}

impl<T: Decode> Decode for OneOrMany<T> {
    fn shape() -> Shape {
        Shape::OneOrMany(Box::new(T::shape()))
    }

    fn decode(value: &Value<'_>, reader: &mut Reader<'_>) -> Option<OneOrMany<T>> {
        if let DeValue::Array(_) = value.get_ref() {
            return Vec::<Located<T>>::decode(value, reader).map(OneOrMany);
        }
        Some(OneOrMany(vec![located(value, reader)?]))
    }

    fn literal(&self) -> String {
        match self.0.as_slice() {
            [one] => one.value.literal(),
            many => {
                format!("[{}]", many.iter().map(|item| item.value.literal()).collect::<Vec<_>>().join(", "))
            }
        }
    }
}

fn located<T: Decode>(value: &Value<'_>, reader: &mut Reader<'_>) -> Option<Located<T>> {
    let span = reader.span(value);
    T::decode(value, reader).map(|value| Located { value, span })
}
