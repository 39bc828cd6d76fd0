//! One object, or one file, that is not the same on both sides.

use super::cause::Cause;
use super::danger::Danger;
use super::document::{Document, Id, at};
use super::field::{Field, fields};
use super::filled::is_filled;
use super::meaning::Meaning;
use super::text::{Hunk, hunks};
use serde_json::Value;
use std::sync::Arc;

/// What differs, what it means, and which line of the plan it comes from.
#[derive(Clone, Debug)]
pub struct Change {
    /// What was there; nothing when it is added.
    pub old: Option<Arc<Document>>,
    /// What is there now; nothing when it is removed. One of both sides is there.
    pub new: Option<Arc<Document>>,
    /// Where the values differ, when both are there. Nothing for a text whose YAML says the same as before.
    pub fields: Vec<Field>,
    /// Where the lines of a file differ that holds no object, when both are there.
    pub hunks: Vec<Hunk>,
    /// The worst of its own and of `meanings`.
    pub danger: Danger,
    /// What it does, the worst first.
    pub meanings: Vec<Meaning>,
    /// The lines of the plans that it comes from.
    pub causes: Vec<Cause>,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    Added,
    Removed,
    Changed,
    /// Another name or namespace: for Kubernetes a removal and an addition.
    Renamed,
    /// The same object in another file or for another cluster, and perhaps changed.
    Moved,
}

impl What {
    pub const ALL: [What; 5] = [What::Added, What::Removed, What::Changed, What::Renamed, What::Moved];

    /// What JSON and headings call it.
    pub fn word(self) -> &'static str {
        match self {
            What::Added => "added",
            What::Removed => "removed",
            What::Changed => "changed",
            What::Renamed => "renamed",
            What::Moved => "moved",
        }
    }
}

impl Change {
    /// What differs between both; what it means is not asked yet. One of both is there.
    pub fn new(old: Option<Arc<Document>>, new: Option<Arc<Document>>) -> Change {
        let (mut found, mut lines) = (Vec::new(), Vec::new());
        if let (Some(old), Some(new)) = (&old, &new) {
            found = fields(&new.id.kind, &old.value, &new.value);
            if let (Some(old), Some(new)) = (&old.text, &new.text) {
                lines = hunks(old, new);
            }
        }
        let change = Change {
            old,
            new,
            fields: found,
            hunks: lines,
            danger: Danger::None,
            meanings: Vec::new(),
            causes: Vec::new(),
        };
        let danger = change.own_danger();
        Change { danger, ..change }
    }

    /// Its identity; of something renamed the new one.
    pub fn id(&self) -> &Id {
        &self.any().id
    }

    /// The new document, or the old one of something removed.
    pub fn any(&self) -> &Arc<Document> {
        (self.new.as_ref().or(self.old.as_ref())).expect("broken promise: one side of a change is there")
    }

    /// Both sides, when both are there.
    pub fn both(&self) -> Option<(&Document, &Document)> {
        Some((self.old.as_deref()?, self.new.as_deref()?))
    }

    pub fn what(&self) -> What {
        match (&self.old, &self.new) {
            (None, _) => What::Added,
            (_, None) => What::Removed,
            (Some(old), Some(new)) => {
                let is_named = |id: &Id| !id.is_file() && id.group != "kustomize.config.k8s.io";
                let named = |id: &Id| (id.kind.clone(), id.namespace.clone(), id.name.clone());
                match () {
                    () if is_named(&new.id) && named(&old.id) != named(&new.id) => What::Renamed,
                    () if old.path != new.path || old.id.cluster != new.id.cluster => What::Moved,
                    () => What::Changed,
                }
            }
        }
    }

    /// Whether it is an object of this API group and kind, in any version; the core group is empty.
    pub fn is(&self, group: &str, kind: &str) -> bool {
        self.id().is(group, kind)
    }

    /// Whether it is a file, or a list of files: no object of a cluster.
    pub fn is_of_files(&self) -> bool {
        self.id().is_file() || self.id().group == "kustomize.config.k8s.io"
    }

    /// The values at a path of keys on both sides where they say different things; a missing side has none. Lists are
    /// compared as in [`fields`].
    pub fn differs(&self, path: &[&str]) -> Option<(Option<&Value>, Option<&Value>)> {
        let old = self.old.as_deref().and_then(|document| at(&document.value, path));
        let new = self.new.as_deref().and_then(|document| at(&document.value, path));
        let normal = |value: &Value| super::list::normal(&self.id().kind, &path.join("."), value);
        (old.map(normal) != new.map(normal)).then_some((old, new))
    }

    /// How dangerous it is before anybody asks what it means. What a text does nobody knows, unless it is for people, or
    /// says the same as before.
    fn own_danger(&self) -> Danger {
        let id = self.id();
        let for_people = id.name.ends_with(".md") || id.name.starts_with("endpoints/");
        let is_structured = super::document::is_structured(&id.name);
        let says_the_same = is_structured && self.both().is_some() && self.fields.is_empty();
        let is_readable = self.both().is_none_or(|(old, new)| !old.value.is_null() && !new.value.is_null());
        match id.is_file() {
            true if for_people || (says_the_same && is_readable) => Danger::None,
            _ if id.group == "kustomize.config.k8s.io" => Danger::None,
            false
                if !self.fields.is_empty()
                    && self.what() == What::Changed
                    && self.fields.iter().all(is_filled) =>
            {
                Danger::None
            }
            _ => Danger::Note,
        }
    }
}
