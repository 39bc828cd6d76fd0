//! One side of a comparison: files, and what is known of the plan that they come from.

use super::cause::{Edits, Keys};
use super::context::Controller;
use super::departure::{self, Appliers};
use super::document::{self, Document, Id};
use super::holder::{self, Holders};
use super::user::{self, Callers};
use crate::facts::Facts;
use crate::source::Source;
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// A tree, compiled or read from somewhere.
pub struct Side<'a> {
    /// What sentences call it: `plans/lab/migration.toml at main`, `out/lab`.
    pub title: String,
    /// By path from the root, with `/`.
    pub files: BTreeMap<String, Cow<'a, [u8]>>,
    /// Whether paths mean something: of a single file, or of stdin, they do not.
    pub has_places: bool,
    /// The plan that it was compiled from, where there is one.
    pub plan: Option<Known<'a>>,
    kinds: OnceLock<BTreeMap<String, BTreeSet<String>>>,
    clusters: OnceLock<BTreeSet<String>>,
    edits: OnceLock<Edits>,
    read: Mutex<BTreeMap<String, Arc<[Arc<Document>]>>>,
    holders: OnceLock<Holders>,
    callers: OnceLock<Callers>,
    appliers: OnceLock<Appliers>,
}

/// A plan that a side was compiled from.
pub struct Known<'a> {
    pub source: &'a Source,
    pub facts: &'a Facts<'a>,
    /// Every key of the plan with its place.
    pub keys: Keys,
}

impl<'a> Side<'a> {
    /// Files that come from nobody knows where.
    pub fn new(
        title: impl Into<String>,
        files: impl IntoIterator<Item = (String, Cow<'a, [u8]>)>,
    ) -> Side<'a> {
        Side {
            title: title.into(),
            files: files.into_iter().collect(),
            has_places: true,
            plan: None,
            kinds: OnceLock::new(),
            clusters: OnceLock::new(),
            edits: OnceLock::new(),
            read: Mutex::default(),
            holders: OnceLock::new(),
            callers: OnceLock::new(),
            appliers: OnceLock::new(),
        }
    }

    /// The same, compiled from a plan.
    pub fn of(mut self, source: &'a Source, facts: &'a Facts<'a>) -> Side<'a> {
        self.plan = Some(Known { source, facts, keys: Keys::new(&source.text) });
        self
    }

    pub fn facts(&self) -> Option<&'a Facts<'a>> {
        self.plan.as_ref().map(|plan| plan.facts)
    }

    /// The clusters that paths name.
    pub fn clusters(&self) -> &BTreeSet<String> {
        self.clusters.get_or_init(|| self.files.keys().filter_map(|path| document::cluster(path)).collect())
    }

    /// What its plan says otherwise than that of the other side; asked of one pair of sides.
    pub fn edits(&self, old: &Side<'_>) -> &Edits {
        self.edits.get_or_init(|| Edits::new(old.plan.as_ref(), self.plan.as_ref()))
    }

    /// Who holds which address.
    pub fn holders(&self) -> &Holders {
        self.holders.get_or_init(|| holder::holders(self))
    }

    /// Who applies which folder.
    pub fn appliers(&self) -> &Appliers {
        self.appliers.get_or_init(|| departure::appliers(self))
    }

    /// Who needs what, where the plan is known.
    pub fn callers(&self) -> Option<&Callers> {
        let facts = self.facts()?;
        Some(self.callers.get_or_init(|| user::callers(facts)))
    }

    /// Every object of a kind, of any cluster and group, by path. Files that hold none of it are not even read.
    pub fn of_kind(&self, kind: &str) -> Arc<[Arc<Document>]> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = read.get(kind) {
            return known.clone();
        }
        // Items of a list are indented, and may be of any kind.
        let paths: BTreeSet<&String> =
            [kind, "List"].into_iter().flat_map(|kind| self.paths_of_kind(kind)).collect();
        let documents = paths.into_iter().flat_map(|path| document::read(path, &self.files[path]));
        let found: Arc<[Arc<Document>]> = documents.filter(|document| document.id.kind == kind).collect();
        read.insert(kind.to_owned(), found.clone());
        found
    }

    /// An object by its identity.
    pub fn find(&self, id: &Id) -> Option<Arc<Document>> {
        self.of_kind(&id.kind).iter().find(|document| document.id == *id).cloned()
    }

    /// A file that is YAML or JSON and no object, read.
    pub fn file(&self, path: &str) -> Option<Arc<Document>> {
        document::read(path, self.files.get(path)?).into_iter().find(|document| document.id.is_file())
    }

    /// The files that hold objects of a kind; for `List` those that hold lists, whose items may be of any.
    pub fn paths_of_kind(&self, kind: &str) -> impl Iterator<Item = &String> {
        self.kinds().get(kind).into_iter().flatten()
    }

    /// Who applies it.
    pub fn controller(&self) -> Controller {
        let holds =
            |kind: &str, group: &str| self.of_kind(kind).iter().any(|object| object.id.group == group);
        if holds("Application", "argoproj.io") || holds("AppProject", "argoproj.io") {
            Controller::ArgoCd
        } else if holds("Kustomization", "kustomize.toolkit.fluxcd.io") {
            Controller::Flux
        } else {
            Controller::None
        }
    }

    /// The files of a cluster; without one those that are of none.
    pub fn of_cluster<'s>(&'s self, cluster: Option<&'s str>) -> impl Iterator<Item = (&'s str, &'s [u8])> {
        self.files
            .iter()
            .filter(move |(path, _)| document::is_structured(path) && is_of(path, cluster))
            .map(|(path, bytes)| (path.as_str(), &**bytes))
    }

    /// The files that hold objects of a kind: those with a line `kind: NAME`.
    pub fn kinds(&self) -> &BTreeMap<String, BTreeSet<String>> {
        self.kinds.get_or_init(|| {
            let files: Vec<_> = self.files.iter().filter(|(path, _)| document::is_structured(path)).collect();
            let kinds_of = |(path, bytes): &(&String, &Cow<'a, [u8]>)| -> Vec<String> {
                let found: BTreeSet<&str> = kinds(bytes).collect();
                // JSON, and lists of several kinds.
                let is_list = found.iter().any(|kind| kind.ends_with("List"));
                match is_list || (found.is_empty() && !path.ends_with(".yaml")) {
                    true => vec!["List".to_owned()],
                    false => found.into_iter().map(str::to_owned).collect(),
                }
            };
            let found: Vec<Vec<String>> = files.par_iter().map(kinds_of).collect();
            let mut kinds: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            for ((path, _), of_file) in files.into_iter().zip(found) {
                for kind in of_file {
                    kinds.entry(kind).or_default().insert(path.clone());
                }
            }
            kinds
        })
    }
}

fn is_of(path: &str, cluster: Option<&str>) -> bool {
    match cluster {
        // The common case needs no text of its own.
        Some(name) => {
            let mut segments = path.split('/').skip(1);
            segments.next() == Some(name) && document::cluster(path).as_deref() == cluster
        }
        None => document::cluster(path).is_none(),
    }
}

/// Whether a file holds objects of one of these kinds, or may: JSON, and lists.
pub fn holds_kind(path: &str, bytes: &[u8], wanted: &[&str]) -> bool {
    let mut found = false;
    for kind in kinds(bytes) {
        found = true;
        if wanted.contains(&kind) || kind.ends_with("List") {
            return true;
        }
    }
    !found && !path.ends_with(".yaml")
}

/// The kinds that lines at the very left name.
fn kinds(bytes: &[u8]) -> impl Iterator<Item = &str> {
    let lines = bytes.split(|byte| *byte == b'\n').filter_map(|line| line.strip_prefix(b"kind:"));
    lines.filter_map(|value| std::str::from_utf8(value).ok()).map(bare)
}

fn bare(value: &str) -> &str {
    value.split(" #").next().unwrap_or_default().trim().trim_matches(['"', '\''])
}
