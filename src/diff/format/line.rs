//! A change line by line: where it differs, what was there, what is there now.

use super::phrase::printable;
use crate::diff::change::Change;
use crate::diff::document::Id;
use crate::diff::field::{self, Field, Step};
use crate::diff::filled::is_filled;
use crate::diff::member::{self, compact};
use serde_json::Value;

/// Longer values are cut; `unified` and `json` have all of them.
const LONGEST: usize = 300;

/// In members of a set that are longer than this, nobody finds the difference by looking.
const AT_A_GLANCE: usize = 160;

/// A path, the old value and the new one.
pub type Line = (String, Option<String>, Option<String>);

/// The lines of a change.
pub fn lines(change: &Change) -> Vec<Line> {
    let id = change.id();
    let mut fields = member::inside(&id.kind, &change.fields, AT_A_GLANCE);
    fields.retain(|field| !is_filled(field));
    // Of one set, what is gone comes first.
    fields
        .chunk_by_mut(|one, other| one.path == other.path)
        .for_each(|set| set.sort_by_key(|field| field.old.is_none()));
    let renamed = renamed_keys(&fields);
    let mut lines = Vec::new();
    for (at, field) in fields.iter().enumerate() {
        if let Some((_, new)) = renamed.iter().find(|(old, _)| *old == at) {
            lines.push(key_line(field, &fields[*new]));
        } else if !renamed.iter().any(|(_, new)| *new == at) {
            let said = |value: &Option<Value>| value.as_ref().map(|value| text_of(id, field, value));
            let (old, new) = (said(&field.old), said(&field.new));
            let from = match (&old, &new) {
                (Some(old), Some(new)) => shared(old, new),
                _ => 0,
            };
            let cut = |text: String| cut(&text, from);
            lines.push((field.name(), old.map(cut), new.map(cut)));
        }
    }
    lines
}

/// A key that says the same under another name: `annotations: a/pin -> b/pin (the value stays)`.
fn key_line(old: &Field, new: &Field) -> Line {
    let key = |field: &Field| match field.path.last() {
        Some(Step::Key(key)) => Some(printable(key)),
        _ => None,
    };
    let parent = field::name(&old.path[..old.path.len() - 1]);
    (format!("{parent} (the value stays)"), key(old), key(new))
}

/// Places of keys that are gone, and of those that say the same beside them and end in the same word.
fn renamed_keys(fields: &[Field]) -> Vec<(usize, usize)> {
    let word = |field: &Field| match field.path.split_last() {
        Some((Step::Key(key), parent)) => {
            let (domain, word) = key.rsplit_once('/')?;
            (!domain.is_empty()).then(|| (parent.to_vec(), word.to_owned()))
        }
        _ => None,
    };
    let mut found = Vec::new();
    for (at, old) in fields.iter().enumerate().filter(|(_, field)| field.new.is_none()) {
        let Some(wanted) = word(old) else { continue };
        let says =
            |new: &Field| new.old.is_none() && new.new == old.old && word(new).as_ref() == Some(&wanted);
        found.extend(fields.iter().position(says).map(|new| (at, new)));
    }
    found
}

/// How many characters two long values have in common at their beginning, but for a few that help to find the place.
fn shared(old: &str, new: &str) -> usize {
    let common = old.chars().zip(new.chars()).take_while(|(old, new)| old == new).count();
    if common < LONGEST { 0 } else { common.saturating_sub(LONGEST / 4) }
}

/// A text that is cut where it is long.
fn cut(text: &str, from: usize) -> String {
    let before = if from > 0 { "..." } else { "" };
    let shown: String = text.chars().skip(from).take(LONGEST).collect();
    let after = if text.chars().count() > from + LONGEST { "..." } else { "" };
    format!("{before}{shown}{after}")
}

/// A value on one line. What a Secret holds is nobody's business.
fn text_of(id: &Id, field: &Field, value: &Value) -> String {
    let of_data = matches!(field.path.first(), Some(Step::Key(key)) if key == "data" || key == "stringData");
    if id.is("", "Secret") && of_data {
        return "(secret)".to_owned();
    }
    let text = match value {
        Value::String(text) if !text.is_empty() && !text.contains(['\n', '\r']) => text.clone(),
        other => compact(other),
    };
    printable(&text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::document::read;
    use serde_json::json;

    fn said(old: &Value, new: &Value) -> Vec<String> {
        let side = |value: &Value| read("a.yaml", value.to_string().as_bytes()).into_iter().next();
        let lines = lines(&Change::new(side(old), side(new)));
        let text = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
        lines.into_iter().map(|(name, old, new)| format!("{name}: {} > {}", text(old), text(new))).collect()
    }

    #[test]
    fn one_peer_of_many_is_named_alone() {
        let rule = |peers: &[&str]| {
            let peer = |name: &&str| json!({ "namespaceSelector": { "matchLabels": { "kubernetes.io/metadata.name": name } } });
            let from: Vec<Value> = peers.iter().map(peer).collect();
            json!({
                "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": { "name": "a" },
                "spec": { "ingress": [{ "from": from, "ports": [{ "port": 80 }] }] },
            })
        };
        assert_eq!(
            said(&rule(&["one", "two", "three"]), &rule(&["three", "one"])),
            [
                "spec.ingress[].from[]: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: two}}} > -"
            ]
        );
    }

    #[test]
    fn a_long_value_is_shown_where_it_differs() {
        let map = |end: &str| {
            let data = json!({ "k": format!("{}{end}{}", "x".repeat(1000), "y".repeat(400)) });
            json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "a" }, "data": data })
        };
        let said = said(&map("one"), &map("two"));
        assert!(
            said[0].starts_with("data.k: ...xxx") && said[0].contains("xone") && said[0].contains("xtwo"),
            "{said:?}"
        );
        assert!(said[0].len() < 3 * LONGEST && said[0].ends_with("..."), "{said:?}");
    }

    #[test]
    fn a_key_that_is_renamed_is_one_line() {
        let pinned = |key: &str, value: &str| {
            let metadata = json!({ "name": "a", "annotations": { key: value } });
            json!({ "apiVersion": "v1", "kind": "Service", "metadata": metadata })
        };
        let old = pinned("old.io/pin", "1");
        assert_eq!(
            said(&old, &pinned("new.io/pin", "1")),
            ["metadata.annotations (the value stays): old.io/pin > new.io/pin"]
        );
        assert_eq!(said(&old, &pinned("new.io/pin", "2")).len(), 2);
    }
}
