//! What a file holds: Kubernetes objects, each with its identity, or a text that is none.

use crate::manifests::{Content, Node, Resolved, Unreadable, documents};
use serde_json::{Map, Number, Value};
use sha2::{Digest, Sha256};
use std::fmt;
use std::sync::Arc;

/// By what an object of one side is found on the other. A file that holds no object has no kind, and its path as name.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id {
    /// The cluster that it is for, where the path says so.
    pub cluster: Option<String>,
    /// The API group without the version; empty for the core.
    pub group: String,
    pub kind: String,
    pub namespace: Option<String>,
    pub name: String,
}

/// A Kubernetes object, or a file that holds none.
#[derive(Clone, Debug)]
pub struct Document {
    pub id: Id,
    /// The file, from the root of its side, with `/`.
    pub path: String,
    /// `apiVersion`; empty for a file.
    pub version: String,
    /// The tables of the plan that it comes from, as its `# from:` comment says.
    pub from: Vec<String>,
    /// The object; for a file what its YAML or JSON says, `null` where it is neither.
    pub value: Value,
    /// The text of a file that holds no object.
    pub text: Option<String>,
}

impl Id {
    /// Whether it is a file that holds no object.
    pub fn is_file(&self) -> bool {
        self.kind.is_empty()
    }

    /// Whether it is of this API group and kind, in any version; the core group is empty.
    pub fn is(&self, group: &str, kind: &str) -> bool {
        self.group == group && self.kind == kind
    }

    /// `namespace/name`, or the name alone.
    pub fn full_name(&self) -> String {
        match &self.namespace {
            Some(namespace) => format!("{namespace}/{}", self.name),
            None => self.name.clone(),
        }
    }
}

/// `Service mlflow/mlflow`, or the path of a file.
impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_file() {
            return f.write_str(&self.name);
        }
        write!(f, "{} {}", self.kind, self.full_name())
    }
}

impl Document {
    /// The value at a path of keys; `null` is as good as missing.
    pub fn at(&self, path: &[&str]) -> Option<&Value> {
        at(&self.value, path)
    }

    /// The text at a path of keys.
    pub fn text_at(&self, path: &[&str]) -> Option<&str> {
        self.at(path)?.as_str()
    }

    /// Whether it is a file in which nothing stands but comments.
    pub fn is_empty(&self) -> bool {
        let means_nothing = |line: &str| {
            let line = line.trim_start_matches('\u{feff}').trim();
            line.is_empty() || line == "---" || line.starts_with('#')
        };
        self.id.is_file() && self.text.as_deref().is_some_and(|text| text.lines().all(means_nothing))
    }

    /// The first value among the annotations of these keys.
    pub fn annotation(&self, keys: &[&str]) -> Option<&str> {
        keys.iter().find_map(|key| self.text_at(&["metadata", "annotations", key]))
    }
}

/// The value at a path of keys; `null` is as good as missing.
pub fn at<'v>(value: &'v Value, path: &[&str]) -> Option<&'v Value> {
    let found = path.iter().try_fold(value, |value, key| value.get(*key))?;
    (!found.is_null()).then_some(found)
}

/// Everything that a file holds. A file with anything in it that is no object is one text.
pub fn read(path: &str, bytes: &[u8]) -> Vec<Arc<Document>> {
    let text = match is_binary(bytes) {
        // Two of these are the same when their hashes are.
        true => {
            format!("no text, {} bytes, sha256 {}\n", bytes.len(), hexadecimal(&Sha256::digest(bytes))).into()
        }
        false => String::from_utf8_lossy(bytes),
    };
    let from = from(&text);
    let mut value = Value::Null;
    if is_structured(path) {
        let (mut values, readable) = values(&text, path.ends_with(".json"));
        if readable {
            let mut objects = Vec::new();
            if values.iter().all(|value| collect(path, value, &from, &mut objects)) && !objects.is_empty() {
                return objects;
            }
            if values.len() == 1 {
                value = values.swap_remove(0);
            }
        }
    }
    let id = Id { cluster: cluster(path), name: path.to_owned(), ..Id::default() };
    let text = Some(text.into_owned());
    vec![Arc::new(Document { id, path: path.to_owned(), version: String::new(), from, value, text })]
}

/// Whether a file holds no text: another encoding, an image.
pub fn is_binary(bytes: &[u8]) -> bool {
    bytes.contains(&0) || std::str::from_utf8(bytes).is_err()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Every document of a text, and whether all of it could be read. Large lists of other programs are JSON, for which there
/// is a faster reader.
fn values(text: &str, json: bool) -> (Vec<Value>, bool) {
    if json && let Ok(value) = serde_json::from_str(text) {
        return (vec![value], true);
    }
    let (nodes, unreadable) = documents(text, 0);
    let values = nodes.iter().map(of_node).filter(|value| !value.is_null());
    (values.collect(), unreadable.is_none())
}

/// Why a file that is called YAML or JSON is none, with the line.
pub fn unreadable(path: &str, bytes: &[u8]) -> Option<String> {
    if !is_structured(path) {
        return None;
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return Some("it is not UTF-8".to_owned()) };
    if path.ends_with(".json") && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() {
        return None;
    }
    let (_, unreadable) = documents(text, 0);
    let Unreadable { message, span } = unreadable?;
    let line = text.as_bytes().iter().take(span.range().start).filter(|byte| **byte == b'\n').count() + 1;
    Some(format!("line {line}: {message}"))
}

/// Whether a file is read as YAML or JSON.
pub fn is_structured(path: &str) -> bool {
    [".yaml", ".yml", ".json"].iter().any(|ending| path.ends_with(ending))
}

/// The same without its path and the cluster that the path says.
pub fn without_place(document: Arc<Document>) -> Arc<Document> {
    let mut document = Arc::unwrap_or_clone(document);
    document.id.cluster = None;
    if !document.id.is_file() {
        document.path = String::new();
    }
    Arc::new(document)
}

/// The cluster that a path of a tree is for: the second folder of `clusters/NAME/…` and its likes.
pub fn cluster(path: &str) -> Option<String> {
    let mut segments = path.split('/');
    let (first, second) = (segments.next()?, segments.next()?);
    let holds_clusters = ["ansible", "bootstrap", "clusters", "gitops", "values"].contains(&first);
    // What Argo CD is told about health is for all of them.
    let is_of_all = (first, second) == ("gitops", "health") && path.ends_with("/argocd-cm-patch.yaml");
    (holds_clusters && !is_of_all && segments.next().is_some()).then(|| second.to_owned())
}

/// The tables of the `# from:` comment.
fn from(text: &str) -> Vec<String> {
    let comments = text.lines().take_while(|line| line.starts_with('#'));
    let tables = comments.filter_map(|line| line.strip_prefix("# from: "));
    tables.flat_map(|tables| tables.split(", ")).map(str::to_owned).collect()
}

/// Adds the objects of a document; whether there is nothing else in it.
fn collect(path: &str, value: &Value, from: &[String], objects: &mut Vec<Arc<Document>>) -> bool {
    let text = |path: &[&str]| at(value, path).and_then(Value::as_str);
    let (Some(version), Some(kind)) = (text(&["apiVersion"]), text(&["kind"])) else { return false };
    let items = value.get("items").and_then(Value::as_array);
    if let Some(items) = items.filter(|_| kind.ends_with("List")) {
        // The API server does not repeat in each item what the list says of all of them.
        let of_list = |item: &Value| {
            let mut item = item.clone();
            if let (Some(map), Some(kind)) = (item.as_object_mut(), kind.strip_suffix("List"))
                && !kind.is_empty()
                && !map.contains_key("kind")
            {
                map.insert("apiVersion".to_owned(), version.into());
                map.insert("kind".to_owned(), kind.into());
            }
            item
        };
        return items.iter().all(|item| match item.get("kind") {
            Some(_) => collect(path, item, from, objects),
            None => collect(path, &of_list(item), from, objects),
        });
    }
    let group = version.split_once('/').map_or("", |(group, _)| group);
    // A kustomization has no name: there is one for each folder.
    let of_folder = (group == "kustomize.config.k8s.io").then_some(path);
    let Some(name) = text(&["metadata", "name"]).or(text(&["metadata", "generateName"])).or(of_folder) else {
        return false;
    };
    let id = Id {
        cluster: cluster(path),
        group: group.to_owned(),
        kind: kind.to_owned(),
        namespace: text(&["metadata", "namespace"]).map(str::to_owned),
        name: name.to_owned(),
    };
    let (path, version, from) = (path.to_owned(), version.to_owned(), from.to_vec());
    objects.push(Arc::new(Document { id, path, version, from, value: value.clone(), text: None }));
    true
}

/// A value as kubectl reads it.
fn of_node(node: &Node) -> Value {
    match &node.content {
        Content::List(items) => Value::Array(items.iter().map(of_node).collect()),
        Content::Map(entries) => {
            let entries = entries.iter().map(|entry| (entry.key.text.clone(), of_node(&entry.value)));
            Value::Object(Map::from_iter(entries))
        }
        Content::Scalar(scalar) => match scalar.means {
            Resolved::Null => Value::Null,
            Resolved::Boolean(boolean) => Value::Bool(boolean),
            Resolved::Integer(number) => Value::Number(number.into()),
            Resolved::Number => (scalar.text.parse().ok().and_then(Number::from_f64))
                .map_or_else(|| Value::String(scalar.text.clone()), Value::Number),
            Resolved::Date | Resolved::Text => Value::String(scalar.text.clone()),
        },
    }
}
