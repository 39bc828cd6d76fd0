//! A label selector is a conjunction of requirements; one without requirements selects everything.

use std::collections::{BTreeMap, BTreeSet};

/// The labels of an object, sorted by key.
pub type Labels = BTreeMap<String, String>;

/// A label selector, `matchLabels` folded into [`Requirement::In`]. The empty selector (`{}`) selects everything; a
/// *missing* selector is another thing and is never written with this type.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Selector {
    /// All of them must hold. The order is kept, so that an explanation can name the one that failed by its index.
    pub requirements: Vec<Requirement>,
}

/// One requirement on one key (`apimachinery pkg/labels selector.go`, `Requirement.Matches`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Requirement {
    /// The key is there with one of these values. The API requires at least one value.
    In { key: String, values: BTreeSet<String> },
    /// The key is absent, or there with another value.
    NotIn { key: String, values: BTreeSet<String> },
    /// The key is there, with any value.
    Exists { key: String },
    /// The key is absent.
    DoesNotExist { key: String },
}

impl Selector {
    /// Selects everything.
    pub fn everything() -> Selector {
        Selector::default()
    }

    /// What `matchLabels` means: every one of these labels is there with this value.
    pub fn labels<K: Into<String>, V: Into<String>>(labels: impl IntoIterator<Item = (K, V)>) -> Selector {
        let requirements = labels
            .into_iter()
            .map(|(key, value)| Requirement::In { key: key.into(), values: BTreeSet::from([value.into()]) })
            .collect();
        Selector { requirements }
    }

    /// The namespace of this name, by the label that the API server sets on every namespace and nobody can change.
    pub fn namespace(name: &str) -> Selector {
        Selector::labels([(NAMESPACE_NAME, name)])
    }

    /// Whether an object with these labels is selected.
    pub fn matches(&self, labels: &Labels) -> bool {
        self.requirements.iter().all(|requirement| requirement.matches(labels))
    }
}

impl Requirement {
    /// Whether these labels meet the requirement.
    pub fn matches(&self, labels: &Labels) -> bool {
        match self {
            Requirement::In { key, values } => labels.get(key).is_some_and(|value| values.contains(value)),
            Requirement::NotIn { key, values } => labels.get(key).is_none_or(|value| !values.contains(value)),
            Requirement::Exists { key } => labels.contains_key(key),
            Requirement::DoesNotExist { key } => !labels.contains_key(key),
        }
    }

    /// The key that is looked at.
    pub fn key(&self) -> &str {
        match self {
            Requirement::In { key, .. }
            | Requirement::NotIn { key, .. }
            | Requirement::Exists { key }
            | Requirement::DoesNotExist { key } => key,
        }
    }
}

/// The label of a namespace's own name (`k8s.io/api/core/v1`, `LabelMetadataName`).
pub const NAMESPACE_NAME: &str = "kubernetes.io/metadata.name";
