//! Laws of comparisons, on the trees of this repository with random edits: the new tree can be made from the old one and
//! the JSON, equal trees have no difference, and a comparison read backwards adds what was removed.

use plan::diff::apply::{Content, Said, apply, content};
use plan::diff::format::json;
use plan::diff::{Diff, Side, compare};
use proptest::prelude::*;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

type Files = BTreeMap<String, Vec<u8>>;

/// A tree that is committed.
fn tree(name: &str) -> Files {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("out").join(name);
    let entries = walkdir::WalkDir::new(&root).into_iter().map(Result::unwrap);
    let files = entries.filter(|entry| entry.file_type().is_file() && entry.file_name() != "plan.json");
    let file = |entry: walkdir::DirEntry| {
        let path = entry.path().strip_prefix(&root).unwrap().to_string_lossy().into_owned();
        (path, std::fs::read(entry.path()).unwrap())
    };
    files.map(file).collect()
}

fn article() -> &'static Files {
    static TREE: OnceLock<Files> = OnceLock::new();
    TREE.get_or_init(|| tree("article"))
}

fn side<'f>(name: &str, files: &'f Files) -> Side<'f> {
    Side::new(name, files.iter().map(|(path, bytes)| (path.clone(), Cow::Borrowed(bytes.as_slice()))))
}

fn between(old: &Files, new: &Files) -> Diff {
    compare(&side("old", old), &side("new", new))
}

fn said(files: &Files) -> Content {
    content(files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())))
}

/// What says the same is equal, found another way than the comparison finds it: the new tree read, and the old tree with
/// the comparison applied, both with their sets sorted.
fn sorted(content: &Content) -> BTreeMap<String, String> {
    let text = |said: &Said, kind: &str| match said {
        Said::Text(text) => text.clone(),
        Said::Object(value) => plan::diff::list::normal(kind, "", value),
    };
    content.iter().map(|((path, id), said)| (format!("{path} {id}"), text(said, &id.kind))).collect()
}

#[test]
fn a_tree_becomes_another_one_by_its_comparison() {
    for (old, new) in [("article", "ml-platform"), ("ml-platform", "article")] {
        let (old, new) = (tree(old), tree(new));
        let diff = json::value(&between(&old, &new));
        let made = apply(&said(&old), &diff).unwrap();
        assert_eq!(sorted(&made), sorted(&said(&new)));
    }
}

/// Lists of kubectl, objects twice, several documents in a file, what the server fills in: whatever the cases hold.
#[test]
fn every_case_of_manifests_becomes_the_other_side() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diff/cases");
    let folders = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    let mut seen = 0;
    for case in folders.filter(|case| case.join("before").is_dir()) {
        let read = |side: &str| -> Files {
            let root = case.join(side);
            let entries = walkdir::WalkDir::new(&root).into_iter().map(Result::unwrap);
            let files = entries.filter(|entry| entry.file_type().is_file());
            let path =
                |entry: &walkdir::DirEntry| entry.path().strip_prefix(&root).unwrap().display().to_string();
            files.map(|entry| (path(&entry), std::fs::read(entry.path()).unwrap())).collect()
        };
        let (old, new) = (read("before"), read("after"));
        for (old, new) in [(&old, &new), (&new, &old)] {
            let made = apply(&said(old), &json::value(&between(old, new))).unwrap();
            assert_eq!(sorted(&made), sorted(&said(new)), "{}", case.display());
        }
        seen += 1;
    }
    assert!(seen > 40, "{seen}");
}

#[test]
fn a_comparison_of_another_tree_is_refused() {
    let (article, platform) = (tree("article"), tree("ml-platform"));
    let diff = json::value(&between(&article, &platform));
    assert!(apply(&said(&platform), &diff).is_err());
    assert!(apply(&said(&article), &Value::Null).is_err());
}

#[test]
fn equal_trees_do_not_differ() {
    for name in ["article", "ml-platform"] {
        let tree = tree(name);
        let diff = between(&tree, &tree);
        assert!(
            diff.is_empty()
                && diff.flows.is_empty()
                && diff.addresses.is_empty()
                && diff.rewritten.is_empty()
        );
    }
}

/// One edit: which file, of those that are left, and what happens to it.
#[derive(Clone, Debug)]
enum Edit {
    Remove(usize),
    /// To another folder.
    Move(usize),
    /// Another name in `metadata`.
    Rename(usize, u8),
    /// A scalar, counted through the object, becomes another one.
    Scalar(usize, usize, u8),
    /// A key is taken out.
    Key(usize, usize),
    /// An item of a list is taken out, or doubled with a change.
    Item(usize, usize, bool),
    /// Keys in another order, and a comment.
    Shuffle(usize),
    /// A line of a text.
    Line(usize, usize, u8),
    /// A copy with another name.
    Copy(usize, u8),
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let (file, place) = (0..10_000usize, 0..1_000usize);
    let one = prop_oneof![
        file.clone().prop_map(Edit::Remove),
        file.clone().prop_map(Edit::Move),
        (file.clone(), any::<u8>()).prop_map(|(file, name)| Edit::Rename(file, name)),
        (file.clone(), place.clone(), any::<u8>()).prop_map(|(file, at, new)| Edit::Scalar(file, at, new)),
        (file.clone(), place.clone()).prop_map(|(file, at)| Edit::Key(file, at)),
        (file.clone(), place.clone(), any::<bool>())
            .prop_map(|(file, at, twice)| Edit::Item(file, at, twice)),
        file.clone().prop_map(Edit::Shuffle),
        (file.clone(), place, any::<u8>()).prop_map(|(file, at, new)| Edit::Line(file, at, new)),
        (file, any::<u8>()).prop_map(|(file, name)| Edit::Copy(file, name)),
    ];
    proptest::collection::vec(one, 1..12)
}

fn edited(files: &Files, edits: &[Edit]) -> Files {
    let mut files = files.clone();
    for edit in edits {
        let (Edit::Remove(at)
        | Edit::Move(at)
        | Edit::Rename(at, _)
        | Edit::Scalar(at, ..)
        | Edit::Key(at, _)
        | Edit::Item(at, ..)
        | Edit::Shuffle(at)
        | Edit::Line(at, ..)
        | Edit::Copy(at, _)) = edit;
        let Some(path) = files.keys().nth(at % files.len().max(1)).cloned() else { continue };
        let text = String::from_utf8(files[&path].clone()).unwrap();
        let changed = |change: &dyn Fn(&mut Value)| -> String {
            let Ok(mut value) = serde_yaml::from_str::<Value>(&text) else { return text.clone() };
            change(&mut value);
            serde_yaml::to_string(&value).unwrap()
        };
        let is_yaml = path.ends_with(".yaml");
        match edit {
            Edit::Remove(_) => _ = files.remove(&path),
            Edit::Move(_) => {
                let bytes = files.remove(&path).unwrap();
                files.insert(format!("clusters/elsewhere/{}", path.replace('/', "-")), bytes);
            }
            Edit::Line(_, at, new) => {
                let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
                if !is_yaml && !lines.is_empty() {
                    let at = at % lines.len();
                    lines[at] = format!("line {new}\n");
                    files.insert(path, lines.concat().into_bytes());
                }
            }
            _ if !is_yaml => {}
            Edit::Rename(_, name) => {
                let text = changed(&|value| rename(value, *name));
                files.insert(path, text.into_bytes());
            }
            Edit::Copy(_, name) => {
                let text = changed(&|value| rename(value, *name));
                files.insert(format!("{path}-{name}.yaml"), text.into_bytes());
            }
            Edit::Scalar(_, at, new) => {
                let text = changed(&|value| _ = scalar(value, &mut { *at }, *new));
                files.insert(path, text.into_bytes());
            }
            Edit::Key(_, at) => {
                let text = changed(&|value| _ = key(value, &mut { *at }, 0));
                files.insert(path, text.into_bytes());
            }
            Edit::Item(_, at, twice) => {
                let text = changed(&|value| _ = item(value, &mut { *at }, *twice));
                files.insert(path, text.into_bytes());
            }
            Edit::Shuffle(_) => {
                let text = changed(&|value| *value = backwards(value));
                files.insert(path, format!("# shuffled\n{text}").into_bytes());
            }
        }
    }
    files
}

fn rename(value: &mut Value, name: u8) {
    if value["metadata"]["name"].is_string() {
        value["metadata"]["name"] = format!("other-{name}").into();
    }
}

/// Changes the scalar that is reached after so many others; what tells the object apart stays.
fn scalar(value: &mut Value, left: &mut usize, new: u8) -> bool {
    match value {
        Value::Object(map) => {
            let fixed = ["kind", "apiVersion", "name", "namespace"];
            map.iter_mut().any(|(key, value)| !fixed.contains(&key.as_str()) && scalar(value, left, new))
        }
        Value::Array(items) => items.iter_mut().any(|item| scalar(item, left, new)),
        _ if *left > 0 => {
            *left -= 1;
            false
        }
        _ => {
            *value = if new.is_multiple_of(3) { Value::from(new) } else { Value::from(format!("v{new}")) };
            true
        }
    }
}

fn key(value: &mut Value, left: &mut usize, depth: usize) -> bool {
    match value {
        Value::Object(map) => {
            // Without these it is no object any more.
            let removable = depth > 1;
            if removable && *left < map.len() {
                let name = map.keys().nth(*left).unwrap().clone();
                map.shift_remove(&name);
                return true;
            }
            *left = left.saturating_sub(if removable { map.len() } else { 0 });
            map.iter_mut().any(|(name, value)| name != "metadata" && key(value, left, depth + 1))
        }
        Value::Array(items) => items.iter_mut().any(|item| key(item, left, depth + 1)),
        _ => false,
    }
}

fn item(value: &mut Value, left: &mut usize, twice: bool) -> bool {
    match value {
        Value::Object(map) => map.iter_mut().any(|(_, value)| item(value, left, twice)),
        Value::Array(items) if *left < items.len() => {
            let mut copy = items[*left].clone();
            match twice {
                true => {
                    scalar(&mut copy, &mut 0, 77);
                    items.push(copy);
                }
                false => _ = items.remove(*left),
            }
            true
        }
        Value::Array(items) => {
            *left -= items.len();
            items.iter_mut().any(|value| item(value, left, twice))
        }
        _ => false,
    }
}

/// The same with its keys in another order.
fn backwards(value: &Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(Map::from_iter(
            map.iter().rev().map(|(key, value)| (key.clone(), backwards(value))),
        )),
        Value::Array(items) => Value::Array(items.iter().map(backwards).collect()),
        scalar => scalar.clone(),
    }
}

/// What a comparison says, without what only one direction has.
fn told(diff: &Diff, backwards: bool) -> Vec<String> {
    let mut told: Vec<String> = diff
        .changes
        .iter()
        .map(|change| {
            let place = |document: &Option<std::sync::Arc<plan::diff::Document>>| {
                document
                    .as_ref()
                    .map(|document| format!("{} {}", document.path, document.id))
                    .unwrap_or_default()
            };
            let (old, new) = (place(&change.old), place(&change.new));
            let mut fields: Vec<String> = change
                .fields
                .iter()
                .map(|field| {
                    let (old, new) = (format!("{:?}", field.old), format!("{:?}", field.new));
                    if backwards {
                        format!("{}: {new} {old}", field.name())
                    } else {
                        format!("{}: {old} {new}", field.name())
                    }
                })
                .collect();
            fields.sort();
            let (old, new) = if backwards { (new, old) } else { (old, new) };
            format!("{old} -> {new}: {fields:?}")
        })
        .collect();
    told.extend(diff.addresses.iter().map(|address| {
        let (old, new) = if backwards { (&address.new, &address.old) } else { (&address.old, &address.new) };
        format!("{} {old:?} {new:?}", address.holder)
    }));
    told.extend(diff.flows.iter().map(|flow| {
        let (lost, gained) = if backwards { (&flow.gained, &flow.lost) } else { (&flow.lost, &flow.gained) };
        format!("{:?} {:?} {lost} {gained}", flow.from, flow.to)
    }));
    told.extend(
        diff.firewall
            .iter()
            .map(|rule| format!("{} {:?} {}", rule.what, rule.sources, rule.opens != backwards)),
    );
    told.sort();
    told
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_laws_hold_for_any_edits(edits in edits()) {
        let old = article();
        let new = edited(old, &edits);
        let diff = between(old, &new);
        let made = apply(&said(old), &json::value(&diff)).map_err(TestCaseError::fail)?;
        prop_assert_eq!(sorted(&made), sorted(&said(&new)));
        let back = between(&new, old);
        prop_assert_eq!(told(&diff, false), told(&back, true));
        let back = apply(&said(&new), &json::value(&back)).map_err(TestCaseError::fail)?;
        prop_assert_eq!(sorted(&back), sorted(&said(old)));
    }

    #[test]
    fn an_order_that_means_nothing_is_no_change(files in proptest::collection::vec(0..10_000usize, 1..20)) {
        let old = article();
        let edits: Vec<Edit> = files.into_iter().map(Edit::Shuffle).collect();
        let diff = between(old, &edited(old, &edits));
        // A text is a text: nobody knows what reads it.
        let objects = diff.changes.iter().filter(|change| !change.id().is_file());
        prop_assert_eq!(objects.count(), 0);
    }
}
