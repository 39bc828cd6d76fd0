//! A planned value is contained in the live one, field by field.

use super::same::same;
use serde_json::Value;
use std::collections::BTreeSet;

/// A field that differs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// From the root of the object; an item of a list stands as `[NAME]`, or as its number from 0.
    pub path: String,
    /// What is planned; nothing when the plan does not set the field.
    pub planned: Option<String>,
    /// What is there; nothing when the field is not.
    pub live: Option<String>,
}

/// Whether a live field that nobody planned matters: its path and its value.
pub type Extra<'a> = &'a dyn Fn(&str, &Value) -> bool;

/// Every difference between a planned value and the live one at a path.
pub fn differences(path: &str, planned: &Value, live: &Value, extra: Extra<'_>) -> Vec<Difference> {
    let mut found = Vec::new();
    compare(path, planned, live, extra, &mut found);
    found
}

fn compare(path: &str, planned: &Value, live: &Value, extra: Extra<'_>, found: &mut Vec<Difference>) {
    match (planned, live) {
        (Value::Object(planned), Value::Object(live)) => {
            for (key, value) in planned {
                let path = join(path, key);
                match live.get(key).filter(|value| !says_nothing(value)) {
                    Some(live) => compare(&path, value, live, extra, found),
                    None if says_nothing(value) => {}
                    None => found.push(Difference { path, planned: Some(shown(value)), live: None }),
                }
            }
            for (key, value) in
                live.iter().filter(|(key, value)| !planned.contains_key(*key) && !says_nothing(value))
            {
                let path = join(path, key);
                if extra(&path, value) {
                    found.push(Difference { path, planned: None, live: Some(shown(value)) });
                }
            }
        }
        (Value::Array(planned), Value::Array(live)) => lists(path, planned, live, extra, found),
        _ if same(planned, live) => {}
        _ if says_nothing(planned) && says_nothing(live) => {}
        _ => found.push(Difference {
            path: path.to_owned(),
            planned: Some(shown(planned)),
            live: Some(shown(live)),
        }),
    }
}

/// Lists of the kinds that are compared are sets or maps to those who read them, so their order says nothing.
fn lists(path: &str, planned: &[Value], live: &[Value], extra: Extra<'_>, found: &mut Vec<Difference>) {
    if let Some(key) = key_of(planned, live) {
        let name = |item: &Value| name(item, key);
        for item in planned {
            let path = format!("{path}[{}]", name(item));
            match live.iter().find(|other| name(other) == name(item)) {
                Some(live) => compare(&path, item, live, extra, found),
                None => found.push(Difference { path, planned: Some(shown(item)), live: None }),
            }
        }
        for item in live.iter().filter(|item| !planned.iter().any(|other| name(other) == name(item))) {
            let path = format!("{path}[{}]", name(item));
            found.push(Difference { path, planned: None, live: Some(shown(item)) });
        }
        return;
    }
    let mut left: Vec<&Value> = live.iter().collect();
    let mut unmatched = Vec::new();
    for (at, item) in planned.iter().enumerate() {
        let same = left.iter().position(|other| differences("", item, other, extra).is_empty());
        match same {
            Some(same) => drop(left.remove(same)),
            None => unmatched.push((at, item)),
        }
    }
    // One of each: what is in them differs, not that they are there.
    if let ([(at, planned)], [live]) = (unmatched.as_slice(), left.as_slice())
        && (planned.is_object() && live.is_object())
    {
        return compare(&format!("{path}[{at}]"), planned, live, extra, found);
    }
    if planned.iter().chain(live).all(|item| !item.is_object() && !item.is_array()) {
        if !unmatched.is_empty() || !left.is_empty() {
            let list = |items: &[Value]| Some(items.iter().map(shown).collect::<Vec<_>>().join(", "));
            found.push(Difference { path: path.to_owned(), planned: list(planned), live: list(live) });
        }
        return;
    }
    for (at, item) in unmatched {
        found.push(Difference { path: format!("{path}[{at}]"), planned: Some(shown(item)), live: None });
    }
    for item in left {
        let at = live.iter().position(|other| std::ptr::eq(other, item)).unwrap_or_default();
        found.push(Difference { path: format!("{path}[{at}]"), planned: None, live: Some(shown(item)) });
    }
}

/// The key by which the items of a list are told apart, when every item has it and no two are alike. Only keys that
/// upstreams merge lists by.
fn key_of(planned: &[Value], live: &[Value]) -> Option<&'static str> {
    ["name", "type", "port"].into_iter().find(|key| {
        let distinct = |items: &[Value]| {
            let names: BTreeSet<String> = items.iter().map(|item| name(item, key)).collect();
            names.len() == items.len()
        };
        let has = |item: &Value| item.get(*key).is_some_and(|value| value.is_string() || value.is_number());
        !planned.is_empty() && planned.iter().chain(live).all(has) && distinct(planned) && distinct(live)
    })
}

fn name(item: &Value, key: &str) -> String {
    let of = item.get(key).map(shown).unwrap_or_default();
    match (key, item.get("protocol").and_then(Value::as_str)) {
        ("port", Some(protocol)) => format!("{of}/{protocol}"),
        _ => of,
    }
}

/// Absent, null and empty are one to every API server.
fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

fn join(path: &str, key: &str) -> String {
    let key = if key.contains(['.', '/']) { format!("[{key}]") } else { key.to_owned() };
    match (path.is_empty(), key.starts_with('[')) {
        (true, _) => key,
        (false, true) => format!("{path}{key}"),
        (false, false) => format!("{path}.{key}"),
    }
}

/// A value in one line.
pub fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn paths(planned: Value, live: Value) -> Vec<String> {
        differences("", &planned, &live, &|_, _| false).into_iter().map(|found| found.path).collect()
    }

    #[test]
    fn what_the_server_fills_in_is_no_difference() {
        let planned = json!({ "spec": { "ports": [{ "name": "http", "port": 80 }], "selector": {} } });
        let live = json!({ "spec": { "ports": [{ "name": "http", "port": 80, "protocol": "TCP" }], "clusterIP": "10.43.0.9" } });
        assert!(paths(planned, live).is_empty());
    }

    #[test]
    fn an_item_of_a_list_is_told_by_its_name() {
        let planned = json!([{ "name": "http", "port": 80 }, { "name": "https", "port": 443 }]);
        let live = json!([{ "name": "https", "port": 8443 }, { "name": "ssh", "port": 22 }]);
        assert_eq!(paths(planned, live), ["[http]", "[https].port", "[ssh]"]);
    }

    #[test]
    fn the_order_of_a_list_says_nothing_and_its_length_does() {
        assert!(paths(json!({ "a": [1, 2] }), json!({ "a": [2, 1] })).is_empty());
        assert_eq!(paths(json!({ "a": [1, 2] }), json!({ "a": [2] })), ["a"]);
        assert_eq!(paths(json!({ "a": [{ "x": 1 }, { "x": 2 }] }), json!({ "a": [{ "x": 2 }] })), ["a[0]"]);
        assert_eq!(
            paths(json!({ "a": [{ "x": 1, "y": 1 }] }), json!({ "a": [{ "x": 1, "y": 2 }] })),
            ["a[0].y"]
        );
    }

    #[test]
    fn an_extra_field_counts_where_it_matters() {
        let found =
            differences("spec", &json!({ "a": 1 }), &json!({ "a": 1, "b": 2, "c": 3 }), &|path, _| {
                path == "spec.b"
            });
        assert_eq!(found, [Difference { path: "spec.b".into(), planned: None, live: Some("2".into()) }]);
    }

    #[test]
    fn keys_with_dots_stand_in_brackets() {
        let planned = json!({ "metadata": { "labels": { "example.net/edge": "true" } } });
        assert_eq!(paths(planned, json!({ "metadata": { "labels": {} } })), ["metadata.labels"]);
        let planned = json!({ "metadata": { "labels": { "example.net/edge": "true" } } });
        assert_eq!(
            paths(planned, json!({ "metadata": { "labels": { "a": "b" } } })),
            ["metadata.labels[example.net/edge]"]
        );
    }
}
