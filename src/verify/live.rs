//! What `kubectl get … -o json` or `-o yaml` prints, as objects by identity.

use super::identity::Identity;
use crate::source::Source;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Every object of one cluster's dump, each once.
#[derive(Debug, Default)]
pub struct Live {
    objects: BTreeMap<Identity, Value>,
    kinds: BTreeSet<String>,
}

/// Why a dump is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    pub message: String,
    pub help: String,
}

impl Live {
    /// Reads dumps: one or several objects or lists of objects each, one behind the other. An object that is in several
    /// counts as it is in the last.
    pub fn read(sources: &[Source]) -> Result<Live, Unreadable> {
        let mut live = Live::default();
        for source in sources {
            for document in documents(source)? {
                live.add(document, source)?;
            }
        }
        if live.objects.is_empty() {
            let help =
                "give the output of `kubectl get KIND -A -o json`; `--print-commands` says of which kinds";
            return Err(Unreadable {
                message: "the dump holds no objects".to_owned(),
                help: help.to_owned(),
            });
        }
        Ok(live)
    }

    fn add(&mut self, document: Value, source: &Source) -> Result<(), Unreadable> {
        let unreadable = |message: String| {
            let help = "give the output of `kubectl get KIND -A -o json` as it is".to_owned();
            Unreadable { message, help }
        };
        if document.is_null() {
            return Ok(());
        }
        let kind = document.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned();
        if kind == "Status" && document.get("status") == Some(&Value::from("Failure")) {
            let why = document.get("message").and_then(Value::as_str).unwrap_or("it does not say why");
            return Err(unreadable(format!("`{}` is a refusal of the API server: {why}", source.name)));
        }
        let Value::Object(mut document) = document else {
            return Err(unreadable(format!(
                "`{}` holds a value that is no object of Kubernetes",
                source.name
            )));
        };
        if let (Some(of), Some(Value::Array(_))) = (kind.strip_suffix("List"), document.get("items")) {
            let version = document.get("apiVersion").cloned().unwrap_or_default();
            let Some(Value::Array(items)) = document.remove("items") else { return Ok(()) };
            for mut item in items {
                // The API itself leaves kind and version out of the items of a typed list.
                if let (Value::Object(fields), false) = (&mut item, of.is_empty()) {
                    fields.entry("kind").or_insert_with(|| Value::from(of));
                    fields.entry("apiVersion").or_insert_with(|| version.clone());
                }
                self.add(item, source)?;
            }
            return Ok(());
        }
        let document = Value::Object(document);
        let Some(identity) = Identity::of(&document) else {
            return Err(unreadable(format!(
                "`{}` holds a value without `apiVersion`, `kind` or `metadata.name`",
                source.name
            )));
        };
        self.kinds.insert(identity.kind.clone());
        self.objects.insert(identity, document);
        Ok(())
    }

    pub fn get(&self, identity: &Identity) -> Option<&Value> {
        self.objects.get(identity)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Identity, &Value)> {
        self.objects.iter()
    }

    /// The objects of a kind, of whatever group; identities sort by kind first.
    pub fn of_kind<'l>(&'l self, kind: &'l str) -> impl Iterator<Item = (&'l Identity, &'l Value)> {
        let first =
            Identity { kind: kind.to_owned(), namespace: None, name: String::new(), group: String::new() };
        self.objects.range(first..).take_while(move |(identity, _)| identity.kind == kind)
    }

    /// Whether there is an object of that kind.
    pub fn has_kind(&self, kind: &str) -> bool {
        self.kinds.contains(kind)
    }
}

/// The documents of a text. JSON documents may follow each other without anything between them, as several runs of
/// kubectl print them.
fn documents(source: &Source) -> Result<Vec<Value>, Unreadable> {
    let text = source.text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('{') {
        let documents = serde_json::Deserializer::from_str(text).into_iter::<Value>();
        return documents.collect::<Result<_, _>>().map_err(|error| Unreadable {
            message: format!("`{}` is not JSON: {error}", source.name),
            help: "the dump may be cut off; run kubectl again".to_owned(),
        });
    }
    let mut documents = Vec::new();
    for document in serde_yaml::Deserializer::from_str(text) {
        documents.push(Value::deserialize(document).map_err(|error| {
            Unreadable {
                message: format!("`{}` is neither JSON nor YAML: {error}", source.name),
                help: "several outputs of `-o yaml` need `---` between them; those of `-o json` need nothing"
                    .to_owned(),
            }
        })?);
    }
    Ok(documents)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<String>, Unreadable> {
        let live = Live::read(&[Source::new("dump", text)])?;
        Ok(live.iter().map(|(identity, _)| identity.to_string()).collect())
    }

    #[test]
    fn lists_follow_each_other_as_json() {
        let text = r#"{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"a"}}]}
{"apiVersion":"v1","kind":"ServiceList","items":[{"metadata":{"name":"b","namespace":"a"}}]}"#;
        assert_eq!(read(text).unwrap(), ["Namespace a", "Service a/b"]);
    }

    #[test]
    fn yaml_is_read_as_well() {
        let text = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Node\n  metadata:\n    name: n\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n";
        assert_eq!(read(text).unwrap(), ["Namespace a", "Node n"]);
    }

    #[test]
    fn what_is_no_dump_is_refused() {
        for (text, message) in [
            ("{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[]}", "the dump holds no objects"),
            ("", "the dump holds no objects"),
            ("{\"kind\":", "is not JSON"),
            ("hello", "no object of Kubernetes"),
            ("{\"kind\":\"Pod\"}", "without `apiVersion`"),
            (
                "{\"apiVersion\":\"v1\",\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"nodes is forbidden\"}",
                "nodes is forbidden",
            ),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.message.contains(message), "{text}: {error:?}");
        }
    }
}
