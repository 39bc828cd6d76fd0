//! What is applied as a whole: a folder of the tree, or a chart.

use super::super::files::ObjectName;
use super::chart::Chart;
use std::collections::BTreeSet;

/// One Application, or one Flux Kustomization.
#[derive(Debug)]
pub struct Unit<'a> {
    /// Its name in its cluster. It holds no number, so that a new stage renames nothing.
    pub key: String,
    /// Grows along the list, with gaps. Units of one wave do not wait for each other.
    pub wave: u32,
    /// The namespace of a Seldon runtime: its servers wait for it and for no other.
    pub runtime: Option<String>,
    pub content: Content<'a>,
    /// Whether a person releases it: the stage that applies it says `hold = "manual"`.
    pub held: bool,
    /// Whether nothing of it may ever be pruned: the network of the cluster, and what defines its kinds.
    pub kept: bool,
    /// Key paths of the tables that it comes from.
    pub from: Vec<String>,
}

/// What a unit applies.
#[derive(Debug)]
pub enum Content<'a> {
    Folder(Folder<'a>),
    Chart(Box<Chart<'a>>),
}

impl<'a> Unit<'a> {
    pub fn chart(&self) -> Option<&Chart<'a>> {
        match &self.content {
            Content::Chart(chart) => Some(chart),
            Content::Folder(_) => None,
        }
    }
}

/// The Namespaces that these units apply. A chart that goes into another one has to make it.
pub fn brought_namespaces<'u>(units: &'u [Unit<'_>]) -> BTreeSet<&'u str> {
    let folders = units.iter().filter_map(|unit| match &unit.content {
        Content::Folder(folder) => Some(folder),
        Content::Chart(_) => None,
    });
    let objects = folders.flat_map(|folder| &folder.objects).filter(|object| object.kind == "Namespace");
    objects.map(|object| object.name.as_str()).collect()
}

/// A folder with a kustomization.
#[derive(Debug)]
pub struct Folder<'a> {
    /// From the root of the tree.
    pub path: String,
    pub objects: Vec<&'a ObjectName>,
}

impl Folder<'_> {
    /// Whether it holds objects of kinds that something else brings into the cluster.
    pub fn needs_kinds(&self) -> bool {
        let built_in = |group: &str| !group.contains('.') || group.ends_with(".k8s.io");
        self.objects.iter().any(|object| !built_in(group(&object.api_version)))
    }

    pub fn has(&self, kind: &str) -> bool {
        self.objects.iter().any(|object| object.kind == kind)
    }
}

/// `metallb.io` of `metallb.io/v1beta1`; nothing of `v1`.
pub fn group(api_version: &str) -> &str {
    api_version.split_once('/').map_or("", |(group, _)| group)
}
