//! Two values differ in fields: a path, what was there, and what is there now.

use super::list::{self, List};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

/// One way down.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Key(String),
    /// The item of a list with these values of its keys.
    Item(Vec<(String, String)>),
    /// One member of a set.
    Member,
    /// The item at this place of a list in which the order counts, from 0.
    Index(usize),
}

/// Where two values differ. One of both sides is there, and they are not equal.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    pub path: Vec<Step>,
    pub old: Option<Value>,
    pub new: Option<Value>,
}

impl Field {
    /// `spec.ports[name=http].port`.
    pub fn name(&self) -> String {
        name(&self.path)
    }

    /// Whether it is at this path of keys or below it, items of lists left out.
    pub fn is_below(&self, path: &[&str]) -> bool {
        let mut keys = self.path.iter().filter_map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            _ => None,
        });
        path.iter().all(|key| keys.next() == Some(key))
    }
}

/// A path as people write it.
pub fn name(path: &[Step]) -> String {
    path.iter().fold(String::new(), |mut text, step| {
        if matches!(step, Step::Key(key) if is_plain(key)) && !text.is_empty() {
            text.push('.');
        }
        text.push_str(&step.to_string());
        text
    })
}

fn is_plain(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Key(key) if is_plain(key) => f.write_str(key),
            Step::Key(key) => write!(f, "[{}]", Value::from(key.as_str())),
            Step::Item(keys) => {
                let keys: Vec<String> = keys.iter().map(|(key, value)| format!("{key}={value}")).collect();
                write!(f, "[{}]", keys.join(","))
            }
            Step::Member => f.write_str("[]"),
            Step::Index(index) => write!(f, "[{index}]"),
        }
    }
}

/// Every field in which two values of an object of this kind differ. An order that means nothing is no difference.
pub fn fields(kind: &str, old: &Value, new: &Value) -> Vec<Field> {
    let mut comparison = Comparison { kind, path: Vec::new(), keys: String::new(), found: Vec::new() };
    comparison.values(old, new);
    comparison.found
}

/// The same for two values that are at this path of an object.
pub fn below(kind: &str, path: &[Step], old: &Value, new: &Value) -> Vec<Field> {
    let keys = path.iter().filter_map(|step| match step {
        Step::Key(key) => Some(key.as_str()),
        _ => None,
    });
    let keys = keys.fold(String::new(), |all, key| list::below(&all, key));
    let mut comparison = Comparison { kind, path: path.to_vec(), keys, found: Vec::new() };
    comparison.values(old, new);
    comparison.found
}

struct Comparison<'k> {
    kind: &'k str,
    path: Vec<Step>,
    /// The keys of the path, joined by dots.
    keys: String,
    found: Vec<Field>,
}

impl Comparison<'_> {
    fn values(&mut self, old: &Value, new: &Value) {
        match (old, new) {
            (Value::Object(old), Value::Object(new)) => {
                for (key, value) in old {
                    self.below(key, |this| match new.get(key) {
                        Some(other) => this.values(value, other),
                        None => this.found(Some(value), None),
                    });
                }
                for (key, value) in new.iter().filter(|(key, _)| !old.contains_key(*key)) {
                    self.below(key, |this| this.found(None, Some(value)));
                }
            }
            (Value::Array(old_items), Value::Array(new_items)) => {
                match list::list(self.kind, &self.keys, &[old_items, new_items]) {
                    List::Keyed(choices) => match list::telling(choices, &[old_items, new_items]) {
                        Some(keys) => self.keyed(keys, old_items, new_items),
                        None => self.ordered(old, new, old_items, new_items),
                    },
                    List::Set => self.set(old_items, new_items),
                    List::Ordered => self.ordered(old, new, old_items, new_items),
                }
            }
            _ if old != new => self.found(Some(old), Some(new)),
            _ => {}
        }
    }

    fn keyed(&mut self, keys: &[&str], old: &[Value], new: &[Value]) {
        let index = |items: &[Value]| -> BTreeMap<Vec<(String, String)>, usize> {
            let keyed = items.iter().enumerate().filter_map(|(at, item)| Some((list::key(item, keys)?, at)));
            keyed.collect()
        };
        let (of_old, of_new) = (index(old), index(new));
        for (key, at) in &of_old {
            self.step(Step::Item(key.clone()), |this| match of_new.get(key) {
                Some(other) => this.values(&old[*at], &new[*other]),
                None => this.found(Some(&old[*at]), None),
            });
        }
        for (key, at) in of_new.iter().filter(|(key, _)| !of_old.contains_key(*key)) {
            self.step(Step::Item(key.clone()), |this| this.found(None, Some(&new[*at])));
        }
    }

    /// What is in one list more often than in the other.
    fn set(&mut self, old: &[Value], new: &[Value]) {
        let mut counts: BTreeMap<String, (Vec<&Value>, Vec<&Value>)> = BTreeMap::new();
        let normal = |value: &Value| list::normal(self.kind, &self.keys, value);
        old.iter().for_each(|value| counts.entry(normal(value)).or_default().0.push(value));
        new.iter().for_each(|value| counts.entry(normal(value)).or_default().1.push(value));
        for (old, new) in counts.into_values() {
            for value in old.iter().skip(new.len()) {
                self.step(Step::Member, |this| this.found(Some(value), None));
            }
            for value in new.iter().skip(old.len()) {
                self.step(Step::Member, |this| this.found(None, Some(value)));
            }
        }
    }

    /// Lists of one length differ item by item; of others nobody knows which items belong together.
    fn ordered(&mut self, old: &Value, new: &Value, old_items: &[Value], new_items: &[Value]) {
        if old_items.len() != new_items.len() {
            return self.found(Some(old), Some(new));
        }
        for (at, (old, new)) in old_items.iter().zip(new_items).enumerate() {
            self.step(Step::Index(at), |this| this.values(old, new));
        }
    }

    fn below(&mut self, key: &str, look: impl FnOnce(&mut Self)) {
        let length = self.keys.len();
        self.keys = list::below(&self.keys, key);
        self.step(Step::Key(key.to_owned()), look);
        self.keys.truncate(length);
    }

    fn step(&mut self, step: Step, look: impl FnOnce(&mut Self)) {
        self.path.push(step);
        look(self);
        self.path.pop();
    }

    fn found(&mut self, old: Option<&Value>, new: Option<&Value>) {
        self.found.push(Field { path: self.path.clone(), old: old.cloned(), new: new.cloned() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn names(kind: &str, old: Value, new: Value) -> Vec<String> {
        let text = |value: &Option<Value>| value.as_ref().map_or("-".to_owned(), Value::to_string);
        let fields = fields(kind, &old, &new);
        fields
            .iter()
            .map(|field| format!("{} {} {}", field.name(), text(&field.old), text(&field.new)))
            .collect()
    }

    #[test]
    fn a_port_is_found_by_its_name() {
        let old = json!({ "spec": { "ports": [{ "name": "a", "port": 1 }, { "name": "b", "port": 2 }] } });
        let new = json!({ "spec": { "ports": [{ "name": "b", "port": 3 }, { "name": "a", "port": 1 }] } });
        assert_eq!(names("Service", old, new), ["spec.ports[name=b].port 2 3"]);
    }

    #[test]
    fn a_set_has_members() {
        let old = json!({ "spec": { "addresses": ["a", "b"] } });
        let new = json!({ "spec": { "addresses": ["c", "a"] } });
        assert_eq!(
            names("IPAddressPool", old, new),
            ["spec.addresses[] \"b\" -", "spec.addresses[] - \"c\""]
        );
    }

    #[test]
    fn a_key_with_dots_is_quoted() {
        let (old, new) = (
            json!({ "metadata": { "annotations": { "a.b/c": "1" } } }),
            json!({ "metadata": { "annotations": {} } }),
        );
        assert_eq!(names("Service", old, new), ["metadata.annotations[\"a.b/c\"] \"1\" -"]);
    }

    #[test]
    fn an_order_that_counts_is_a_difference() {
        let (old, new) = (json!({ "args": ["a", "b"] }), json!({ "args": ["b", "a"] }));
        assert_eq!(names("Pod", old, new), ["args[0] \"a\" \"b\"", "args[1] \"b\" \"a\""]);
        assert_eq!(names("Pod", json!({ "args": [1] }), json!({ "args": [1, 2] })), ["args [1] [1,2]"]);
    }
}
