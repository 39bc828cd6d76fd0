//! Which document of one side is which of the other: by identity first, then by likeness.
//!
//! What has another name is a removal and an addition for Kubernetes, and the same thing for whoever wrote it. Likeness
//! is symmetric, so that a comparison read backwards pairs the same documents.

use super::document::{Document, Id};
use super::list::normal;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A document of both sides, or of one.
pub type Pair = (Option<Arc<Document>>, Option<Arc<Document>>);

/// Candidates of one kind are looked at pair by pair only as long as there are few.
const FEW: usize = 40;
/// In percent; two things that share less than this are two things.
const ALIKE: usize = 60;

/// Every document once, in the order of identities. `are_apart` says whether two clusters are known to be two, so that
/// nothing goes from one to the other: what is gone there is deleted, and what is new here is made.
pub fn pairs(
    old: Vec<Arc<Document>>,
    new: Vec<Arc<Document>>,
    are_apart: impl Fn(&Id, &Id) -> bool,
) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let (mut of_old, mut of_new) = (by_id(old), by_id(new));
    let ids: BTreeSet<Id> = of_old.keys().chain(of_new.keys()).cloned().collect();
    let (mut gone, mut come) = (Vec::new(), Vec::new());
    for id in ids {
        let mut old = of_old.remove(&id).unwrap_or_default();
        let mut new = of_new.remove(&id).unwrap_or_default();
        // The same object in two files of one side: those in one file belong together.
        old.retain(|document| match new.iter().position(|other| other.path == document.path) {
            Some(at) => {
                pairs.push((Some(document.clone()), Some(new.remove(at))));
                false
            }
            None => true,
        });
        let both = old.len().min(new.len());
        gone.extend(old.split_off(both));
        come.extend(new.split_off(both));
        pairs.extend(old.into_iter().map(Some).zip(new.into_iter().map(Some)));
    }
    equal(&mut gone, &mut come, &mut pairs, are_apart);
    alike(&mut gone, &mut come, &mut pairs);
    pairs.extend(gone.into_iter().map(|document| (Some(document), None)));
    pairs.extend(come.into_iter().map(|document| (None, Some(document))));
    pairs.sort_by(|one, two| place(one).cmp(&place(two)));
    pairs
}

/// The new document counts, as in [`super::Change::id`].
fn place(pair: &Pair) -> Option<(&Id, &str)> {
    let (old, new) = pair;
    new.as_ref().or(old.as_ref()).map(|document| (&document.id, document.path.as_str()))
}

fn by_id(documents: Vec<Arc<Document>>) -> BTreeMap<Id, Vec<Arc<Document>>> {
    let mut found: BTreeMap<Id, Vec<Arc<Document>>> = BTreeMap::new();
    for document in documents {
        found.entry(document.id.clone()).or_default().push(document);
    }
    found
}

/// What says the same under another name, in another namespace or for another cluster.
fn equal(
    gone: &mut Vec<Arc<Document>>,
    come: &mut Vec<Arc<Document>>,
    pairs: &mut Vec<Pair>,
    are_apart: impl Fn(&Id, &Id) -> bool,
) {
    type Content = (String, String, String);
    let content = |document: &Document| -> Content {
        let text = match &document.text {
            Some(text) => text.clone(),
            None => normal(&document.id.kind, "", &without_name(&document.value)),
        };
        (document.id.group.clone(), document.id.kind.clone(), text)
    };
    type Sides = (Vec<Arc<Document>>, Vec<Arc<Document>>);
    let mut candidates: BTreeMap<Content, Sides> = BTreeMap::new();
    for document in gone.drain(..) {
        candidates.entry(content(&document)).or_default().0.push(document);
    }
    for document in come.drain(..) {
        candidates.entry(content(&document)).or_default().1.push(document);
    }
    for (_, (mut old, mut new)) in candidates {
        // Of several that say the same, the one of the same name is meant.
        old.retain(|document| {
            let same = |other: &Arc<Document>| {
                let named = |id: &Id| (id.name.clone(), id.namespace.clone());
                named(&other.id) == named(&document.id) && !are_apart(&document.id, &other.id)
            };
            match new.iter().position(same) {
                Some(at) => {
                    pairs.push((Some(document.clone()), Some(new.remove(at))));
                    false
                }
                None => true,
            }
        });
        // A policy that is the same in ten namespaces was not moved from one to another.
        let one_each = old.len() == 1 && new.len() == 1 && !are_apart(&old[0].id, &new[0].id);
        if one_each {
            pairs.extend(old.into_iter().map(Some).zip(new.into_iter().map(Some)));
        } else {
            gone.extend(old);
            come.extend(new);
        }
    }
}

/// What says nearly the same under another name in one namespace, or under the same name in another.
fn alike(gone: &mut Vec<Arc<Document>>, come: &mut Vec<Arc<Document>>, pairs: &mut Vec<Pair>) {
    let bucket = |document: &Document| {
        let id = &document.id;
        (id.cluster.clone(), id.group.clone(), id.kind.clone())
    };
    type Both = (Vec<usize>, Vec<usize>);
    let mut candidates: BTreeMap<(Option<String>, String, String), Both> = BTreeMap::new();
    for (at, document) in gone.iter().enumerate().filter(|(_, document)| !document.id.is_file()) {
        candidates.entry(bucket(document)).or_default().0.push(at);
    }
    for (at, document) in come.iter().enumerate().filter(|(_, document)| !document.id.is_file()) {
        candidates.entry(bucket(document)).or_default().1.push(at);
    }
    let mut found: Vec<(usize, usize, usize)> = Vec::new();
    for (old, new) in candidates.into_values().filter(|(old, new)| old.len() <= FEW && new.len() <= FEW) {
        let leaves = |documents: &[Arc<Document>], all: &[usize]| -> Vec<BTreeSet<String>> {
            all.iter().map(|at| leaves(&documents[*at].value)).collect()
        };
        let (of_old, of_new) = (leaves(gone, &old), leaves(come, &new));
        for (old, one) in old.iter().zip(&of_old) {
            for (new, two) in new.iter().zip(&of_new) {
                let (a, b) = (&gone[*old].id, &come[*new].id);
                let related = a.namespace == b.namespace || a.name == b.name;
                let all = one.union(two).count().max(1);
                let percent = one.intersection(two).count() * 100 / all;
                if related && percent >= ALIKE {
                    found.push((percent, *old, *new));
                }
            }
        }
    }
    let names = |old: usize, new: usize| {
        let (a, b) = (&gone[old].id, &come[new].id);
        if a < b { (a.clone(), b.clone()) } else { (b.clone(), a.clone()) }
    };
    found.sort_by_cached_key(|(percent, old, new)| (std::cmp::Reverse(*percent), names(*old, *new)));
    let (mut old_taken, mut new_taken) = (BTreeSet::new(), BTreeSet::new());
    for (_, old, new) in found {
        if old_taken.contains(&old) || new_taken.contains(&new) {
            continue;
        }
        old_taken.insert(old);
        new_taken.insert(new);
        pairs.push((Some(gone[old].clone()), Some(come[new].clone())));
    }
    let rest = |documents: &mut Vec<Arc<Document>>, taken: &BTreeSet<usize>| {
        let mut at = 0..;
        documents.retain(|_| !at.next().is_some_and(|at| taken.contains(&at)));
    };
    rest(gone, &old_taken);
    rest(come, &new_taken);
}

fn without_name(value: &Value) -> Value {
    let mut value = value.clone();
    if let Some(metadata) = value.get_mut("metadata").and_then(Value::as_object_mut) {
        for key in ["name", "namespace", "labels"] {
            metadata.remove(key);
        }
    }
    value
}

/// Every scalar with its path.
fn leaves(value: &Value) -> BTreeSet<String> {
    fn walk(path: &str, value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(map) => {
                map.iter().for_each(|(key, value)| walk(&format!("{path}.{key}"), value, found))
            }
            Value::Array(items) => items.iter().for_each(|value| walk(path, value, found)),
            scalar => {
                found.insert(format!("{path}={scalar}"));
            }
        }
    }
    let mut found = BTreeSet::new();
    walk("", &without_name(value), &mut found);
    found
}
