//! What a program needs to make the new tree from the old one is in the JSON, and this is how.
//!
//! Objects are made equal in what they say: the order of keys, of sets and of lists with keys is not in the JSON, because
//! it means nothing. Texts are made equal to the byte.

use super::document::{Document, Id, cluster, read};
use super::list;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What a tree says: objects and texts by their files, and in a file by identity.
pub type Content = BTreeMap<(String, Id), Said>;

/// What one document says.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    Object(Value),
    Text(String),
}

/// Everything that files say.
pub fn content<'f>(files: impl IntoIterator<Item = (&'f str, &'f [u8])>) -> Content {
    let documents = files.into_iter().flat_map(|(path, bytes)| read(path, bytes));
    let said = |document: &Document| match &document.text {
        Some(text) => Said::Text(text.clone()),
        None => Said::Object(document.value.clone()),
    };
    documents.map(|document| ((document.path.clone(), document.id.clone()), said(&document))).collect()
}

/// Applies a comparison, as `plan diff --format json` prints it, to what the old side says.
///
/// # Errors
/// When the comparison is of another old side, or is no comparison.
pub fn apply(old: &Content, diff: &Value) -> Result<Content, String> {
    let mut content = old.clone();
    let changes = diff["changes"].as_array().ok_or("it has no `changes`")?;
    let mut found = Vec::new();
    for change in changes {
        let was = key(&change["old"])?;
        let before = match &was {
            Some(key) => Some(
                content.remove(key).ok_or_else(|| format!("the old side has no {} in {}", key.1, key.0))?,
            ),
            None => None,
        };
        let Some(key) = key(&change["new"])? else { continue };
        let after = match before {
            Some(Said::Object(mut value)) => {
                for field in change["fields"].as_array().into_iter().flatten() {
                    set(&mut value, steps(field)?, field)
                        .map_err(|problem| format!("{}: {problem}", key.1))?;
                }
                Said::Object(value)
            }
            Some(Said::Text(text)) => Said::Text(patched(&text, &change["hunks"])?),
            None => match &change["text"] {
                Value::String(text) => Said::Text(text.clone()),
                _ => Said::Object(change["value"].clone()),
            },
        };
        found.push((key, after));
    }
    content.extend(found);
    Ok(content)
}

/// The file and the identity of one side of a change; nothing where the side has none.
fn key(side: &Value) -> Result<Option<(String, Id)>, String> {
    if side.is_null() {
        return Ok(None);
    }
    let path = side["path"].as_str().ok_or("a side has no `path`")?.to_owned();
    let text = |key: &str| side["object"][key].as_str().map(str::to_owned);
    let id = match side["object"].is_object() {
        true => Id {
            cluster: text("cluster"),
            group: text("group").unwrap_or_default(),
            kind: text("kind").unwrap_or_default(),
            namespace: text("namespace"),
            name: text("name").unwrap_or_default(),
        },
        false => Id { cluster: cluster(&path), name: path.clone(), ..Id::default() },
    };
    Ok(Some((path, id)))
}

fn steps(field: &Value) -> Result<&[Value], String> {
    field["path"].as_array().map(Vec::as_slice).ok_or_else(|| "a field has no `path`".to_owned())
}

/// Puts the new value of a field in its place.
fn set(value: &mut Value, steps: &[Value], field: &Value) -> Result<(), String> {
    let (new, old) = (field.get("new"), field.get("old"));
    let Some((step, rest)) = steps.split_first() else {
        *value = new.cloned().unwrap_or_default();
        return Ok(());
    };
    match (step, value) {
        (Value::String(key), Value::Object(map)) => match (rest.is_empty(), new) {
            (true, Some(new)) => _ = map.insert(key.clone(), new.clone()),
            (true, None) => _ = map.shift_remove(key),
            (false, _) => set(map.get_mut(key).ok_or_else(|| format!("there is no `{key}`"))?, rest, field)?,
        },
        (step, Value::Array(items)) => {
            let at = match (step["item"].as_object(), step["index"].as_u64(), step["member"].as_bool()) {
                (Some(keys), ..) => items.iter().position(|item| is_item(item, keys)),
                (_, Some(index), _) => usize::try_from(index).ok().filter(|index| *index < items.len()),
                (.., Some(true)) => items.iter().position(|item| old.is_some_and(|old| is_same(item, old))),
                _ => return Err(format!("`{step}` is no step")),
            };
            match (at, rest.is_empty(), new) {
                (None, true, Some(new)) => items.push(new.clone()),
                (Some(at), true, Some(new)) => items[at] = new.clone(),
                (Some(at), true, None) => _ = items.remove(at),
                (Some(at), false, _) => set(&mut items[at], rest, field)?,
                (None, ..) => return Err(format!("there is no item {step}")),
            }
        }
        (step, _) => return Err(format!("{step} leads nowhere")),
    }
    Ok(())
}

fn is_item(item: &Value, keys: &Map<String, Value>) -> bool {
    let names: Vec<&str> = keys.keys().map(String::as_str).collect();
    let found = list::key(item, &names);
    found.is_some_and(|found| {
        found.iter().all(|(key, value)| keys.get(key).and_then(Value::as_str) == Some(value))
    })
}

fn is_same(one: &Value, two: &Value) -> bool {
    one == two
}

/// Takes lines out and puts others in, from the end to the beginning, so that the numbers stay true.
fn patched(text: &str, hunks: &Value) -> Result<String, String> {
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    for hunk in hunks.as_array().into_iter().flatten().rev() {
        let texts = |key: &str| -> Vec<String> {
            hunk[key].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let (old, new) = (texts("old"), texts("new"));
        let line = hunk["line"]
            .as_u64()
            .and_then(|line| usize::try_from(line).ok())
            .ok_or("a hunk has no `line`")?;
        let range = line..line + old.len();
        if lines.get(range.clone()) != Some(&old[..]) {
            return Err(format!("line {} is another one", line + 1));
        }
        lines.splice(range, new);
    }
    Ok(lines.concat())
}
