//! A hundred changes that are alike are said once.

use super::line::{Line, lines};
use super::phrase::{self, Clusters};
use crate::diff::Danger;
use crate::diff::cause::Cause;
use crate::diff::change::{Change, What};
use crate::diff::document::Id;
use crate::diff::meaning::Meaning;
use std::collections::BTreeMap;

/// Changes of the same class, of the same kind of object, of the same fields to the same values.
pub struct Group<'d> {
    pub changes: Vec<&'d Change>,
    /// Whether the fields have a value of its own in each.
    is_various: bool,
}

/// What makes two changes alike.
type Likeness = (Danger, What, String, Vec<(String, Option<String>, Option<String>)>, Vec<String>);

/// Every change once; groups in the order of their first members.
pub fn groups<'d>(changes: impl IntoIterator<Item = &'d Change>) -> Vec<Group<'d>> {
    let mut groups: Vec<Group<'d>> = Vec::new();
    let mut known: BTreeMap<Likeness, usize> = BTreeMap::new();
    for change in changes {
        let id = change.id();
        let meanings: Vec<String> = change.meanings.iter().map(|meaning| meaning.name.to_owned()).collect();
        let (mut kind, mut fields) = (format!("{}/{}", id.group, id.kind), Vec::new());
        match change.what() {
            // Documents for people, and lists of files.
            _ if change.danger == Danger::None => kind = String::new(),
            // What a stage does in the end says the same as the plan, in shell.
            _ if is_of_runbook(id) => kind = "runbook".to_owned(),
            // A file that somebody reads is a story of its own.
            _ if id.is_file() => kind = id.to_string(),
            _ => fields = lines(change),
        }
        let likeness = (change.danger, change.what(), kind, fields, meanings);
        match known.get(&likeness) {
            Some(at) => groups[*at].changes.push(change),
            None => {
                known.insert(likeness, groups.len());
                groups.push(Group { changes: vec![change], is_various: false });
            }
        }
    }
    let mut groups = joined(groups);
    groups.sort_by_key(|group| is_of_runbook(group.first().id()));
    groups
}

/// So many Applications or Kustomizations of which each says the same about a folder of its own are one.
const SEVERAL: usize = 4;

fn joined(groups: Vec<Group<'_>>) -> Vec<Group<'_>> {
    let likeness = |group: &Group<'_>| {
        let first = group.first();
        let names: Vec<String> = first.fields.iter().map(|field| field.name()).collect();
        let group = first.id().group.as_str();
        let is_delivery = group == "argoproj.io" || group.ends_with(".toolkit.fluxcd.io");
        (is_delivery && first.what() == What::Changed && !first.meanings.is_empty() && !names.is_empty())
            .then(|| (first.id().group.clone(), first.id().kind.clone(), names, first.meanings.clone()))
    };
    let mut alike: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (at, group) in groups.iter().enumerate() {
        if let Some(likeness) = likeness(group) {
            alike.entry(likeness).or_default().push(at);
        }
    }
    // The number of a group -> the first one that it is alike.
    let several = alike.into_values().filter(|members| members.len() >= SEVERAL);
    let into: BTreeMap<usize, usize> =
        several.flat_map(|members| members.clone().into_iter().map(move |at| (at, members[0]))).collect();
    let (mut found, mut places): (Vec<Group<'_>>, BTreeMap<usize, usize>) = (Vec::new(), BTreeMap::new());
    for (at, group) in groups.into_iter().enumerate() {
        let first = into.get(&at).copied().unwrap_or(at);
        match places.get(&first) {
            Some(place) => {
                found[*place].changes.extend(group.changes);
                found[*place].is_various = true;
            }
            None => {
                places.insert(first, found.len());
                found.push(group);
            }
        }
    }
    found
}

fn is_of_runbook(id: &Id) -> bool {
    id.is_file() && id.name.starts_with("runbook/")
}

impl<'d> Group<'d> {
    /// The change that stands for all.
    pub fn first(&self) -> &'d Change {
        self.changes[0]
    }

    /// The first cause of each change, each once; the first few of them.
    pub fn causes(&self) -> Vec<&'d Cause> {
        let mut causes: Vec<&Cause> = Vec::new();
        for cause in self.changes.iter().filter_map(|change| change.causes.first()) {
            if !causes.contains(&cause) && causes.len() < 4 {
                causes.push(cause);
            }
        }
        causes
    }

    /// Whether these are files that hold no object of a cluster, which are alike in nothing but that.
    pub fn is_files(&self) -> bool {
        let first = self.first();
        first.danger == Danger::None || first.id().is_file()
    }

    /// `Service a/b`, `3 NetworkPolicy: a/x, b/x, c/x`, `4 files: …`.
    pub fn title(&self, most: usize, clusters: &Clusters) -> String {
        if let [one] = self.changes[..] {
            return phrase::subject(one, clusters);
        }
        if self.is_files() && self.changes.iter().any(|change| !change.is_of_files()) {
            let names: Vec<String> =
                self.changes.iter().map(|change| phrase::subject(change, clusters)).collect();
            return format!("{} objects: {}", names.len(), phrase::few(&names, most));
        }
        let (kind, names) = phrase::listed(&self.changes, clusters);
        let what = if self.is_files() { "files" } else { &kind };
        format!("{} {what}: {}", names.len(), phrase::few(&names, most))
    }

    /// The fields of the objects. Where each has a value of its own, that of the first stands for all.
    pub fn fields(&self) -> Vec<Line> {
        let first = lines(self.first());
        if !self.is_various {
            return first;
        }
        let others: Vec<Vec<Line>> = self.changes.iter().skip(1).map(|change| lines(change)).collect();
        let said = |(at, (name, old, new)): (usize, Line)| {
            let differs = others
                .iter()
                .any(|other| other.get(at).is_none_or(|line| (&line.1, &line.2) != (&old, &new)));
            (if differs { format!("{name} (and so on)") } else { name }, old, new)
        };
        first.into_iter().enumerate().map(said).collect()
    }

    /// How many lines of these files are gone, and how many are new.
    pub fn lines(&self) -> (usize, usize) {
        let hunks = self.changes.iter().flat_map(|change| &change.hunks);
        hunks.fold((0, 0), |(old, new), hunk| (old + hunk.old.len(), new + hunk.new.len()))
    }
}

/// What changes do, in one sentence for all of which it is true.
pub struct Effect<'d> {
    pub changes: Vec<&'d Change>,
    pub meaning: &'d Meaning,
}

/// Every meaning, the worst first; the same words about several objects of one kind once.
pub fn effects<'d>(changes: impl IntoIterator<Item = &'d Change>) -> Vec<Effect<'d>> {
    let mut effects: Vec<Effect<'d>> = Vec::new();
    let mut known: BTreeMap<(&str, &Meaning), usize> = BTreeMap::new();
    for change in changes {
        for meaning in &change.meanings {
            match known.get(&(change.id().kind.as_str(), meaning)) {
                Some(at) => effects[*at].changes.push(change),
                None => {
                    known.insert((change.id().kind.as_str(), meaning), effects.len());
                    effects.push(Effect { changes: vec![change], meaning });
                }
            }
        }
    }
    effects.sort_by_key(|effect| std::cmp::Reverse(effect.meaning.danger));
    effects
}
