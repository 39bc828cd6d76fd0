//! A member of a set has no name: which one became which is told by what they have in common.

use super::field::{self, Field, Step};
use serde_json::Value;

/// Each is compared with each, so that of more members nobody asks.
const MEMBERS: usize = 60;

/// The same fields; members of a set that have most in common are compared inside, where they are longer than so many
/// characters.
pub fn inside(kind: &str, fields: &[Field], longer_than: usize) -> Vec<Field> {
    let is_long = |value: &Option<Value>| {
        value.as_ref().is_some_and(|value| value.is_object() && compact(value).len() > longer_than)
    };
    let is_member = |field: &Field| field.path.last() == Some(&Step::Member);
    if fields.iter().filter(|field| is_member(field)).count() > MEMBERS {
        return fields.to_vec();
    }
    let mut done = vec![false; fields.len()];
    let mut found = Vec::new();
    for (at, one) in fields.iter().enumerate() {
        if done[at] {
            continue;
        }
        if !is_member(one) || !(is_long(&one.old) || is_long(&one.new)) {
            found.push(one.clone());
            continue;
        }
        // The one on the other side that differs least.
        let candidates = fields.iter().enumerate().skip(at + 1).filter(|(other, field)| {
            !done[*other] && field.path == one.path && field.old.is_some() != one.old.is_some()
        });
        let compared = candidates.filter_map(|(other, field)| {
            let (old, new) = if one.old.is_some() { (one, field) } else { (field, one) };
            let fields = field::below(kind, &one.path, old.old.as_ref()?, new.new.as_ref()?);
            let length = |value: &Option<Value>| value.as_ref().map_or(0, |value| compact(value).len());
            let all: usize = fields.iter().map(|field| length(&field.old) + length(&field.new)).sum();
            // Less than half of it is another one.
            (2 * all < length(&old.old) + length(&new.new)).then_some((all, other, fields))
        });
        match compared.min_by_key(|(all, other, _)| (*all, *other)) {
            Some((_, other, fields)) => {
                done[other] = true;
                found.extend(fields);
            }
            None => found.push(one.clone()),
        }
    }
    found
}

/// A value without the quotes that tell nothing.
pub fn compact(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let entries: Vec<String> =
                map.iter().map(|(key, value)| format!("{key}: {}", compact(value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(compact).collect::<Vec<_>>().join(", ")),
        Value::String(text) if !text.is_empty() && !text.contains(['\n', ',', '"', '{', '}', '[', ']']) => {
            text.clone()
        }
        scalar => scalar.to_string(),
    }
}
