//! A running cluster and a plan are one, or differ in what can be named: missing, foreign, different.
//!
//! What is planned is read from the rendered tree, and, where the tree has no object for it (nodes, what a chart or an
//! operator makes), described from the facts. What is live is the output of `kubectl get … -o json`: nothing here asks
//! a cluster. Only fields that the plan sets are compared; what an API server or a controller fills in is no deviation.
//! How one kind is compared is one file in `kinds` and one line in its list.

mod address;
mod asked;
mod before;
mod commands;
mod described;
mod difference;
mod due;
pub mod format;
mod identity;
mod kinds;
mod live;
mod planned;
mod same;

pub use address::{AddressRow, Whereabouts};
pub use asked::{Asked, NoSuch};
pub use commands::commands;
pub use identity::Identity;
pub use kinds::KINDS;
pub use live::{Live, Unreadable};

use crate::tree::Tree;
use difference::Difference;
use kinds::Comparison;
use planned::Planned;
use std::collections::BTreeSet;

/// What a comparison found.
#[derive(Debug)]
pub struct Verification {
    /// The cluster that was compared, as the plan calls it.
    pub cluster: String,
    /// The stage at whose end it was compared; nothing stands for the end of all.
    pub stage: Option<String>,
    /// Missing, then foreign, then different; each by object.
    pub deviations: Vec<Deviation>,
    /// Every address that the plan gives or that a Service took from its pools.
    pub addresses: Vec<AddressRow>,
    /// How many planned objects were compared, and how many need not be there yet.
    pub compared: usize,
    pub later: usize,
    /// Kinds of which every cluster has some and the dump has none, so that nothing is said about them.
    pub not_compared: Vec<&'static str>,
    /// What a reader has to know beside the deviations.
    pub notes: Vec<String>,
}

/// One object that is not as planned.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deviation {
    pub sort: Sort,
    pub object: Identity,
    /// Every field that differs; empty for what is missing or foreign.
    pub fields: Vec<Difference>,
    /// What a person has to know, in a phrase; possibly nothing.
    pub about: String,
    /// Key paths of the plan that want it.
    pub from: Vec<String>,
    /// The file of the tree that holds it.
    pub file: Option<String>,
    /// The stage that applies it.
    pub stage: Option<String>,
}

/// What is wrong with an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// It is planned and not there.
    Missing,
    /// It is there, in what the plan rules, and nobody planned it.
    Foreign,
    /// It is there with other fields than planned.
    Different,
}

impl Sort {
    pub fn word(self) -> &'static str {
        match self {
            Sort::Missing => "missing",
            Sort::Foreign => "foreign",
            Sort::Different => "different",
        }
    }
}

impl Verification {
    /// Whether the cluster is as planned.
    pub fn is_clean(&self) -> bool {
        self.deviations.is_empty()
    }

    /// Forgets deviations of objects that match one of the patterns `KIND/NAMESPACE/NAME` or `KIND/NAME`.
    pub fn ignore(&mut self, patterns: &[String]) {
        self.deviations.retain(|found| !patterns.iter().any(|pattern| found.object.matches(pattern)));
    }
}

/// Compares what the plan wants with what is there. `tree` is nothing for a cluster that another replaces; `only` names
/// the kinds to look at, all of them when it is empty.
pub fn verify(asked: &Asked, tree: Option<&Tree>, live: &Live, only: &[String]) -> Verification {
    let wanted = |kind: &str| only.is_empty() || only.iter().any(|name| kinds::is_called(kind, name));
    let mut planned: Vec<Planned> = asked.described.clone();
    planned.extend(tree.into_iter().flat_map(|tree| planned::planned(asked, tree)));
    planned.retain(|object| wanted(&object.identity.kind));
    if asked.controller_elsewhere && !has_controller(asked, live) {
        planned.retain(|object| !object.file.as_ref().is_some_and(|file| file.starts_with("gitops/")));
    }
    planned.sort_by(|a, b| a.identity.cmp(&b.identity));
    let is_planned = |kind: &str| planned.iter().any(|object| object.identity.kind == kind);
    let not_compared: Vec<&'static str> = (KINDS.iter())
        .filter(|kind| kind.everywhere && wanted(kind.kind) && !live.has_kind(kind.kind))
        // A setting of another program is asked for where the plan has a say in it, the others always.
        .filter(|kind| kind.kind != "ConfigMap" || is_planned(kind.kind))
        .map(|kind| kind.kind)
        .collect();
    planned.retain(|object| !not_compared.contains(&object.identity.kind.as_str()));

    let mut deviations = Vec::new();
    let mut compared = 0;
    for object in planned.iter().filter(|object| asked.is_due(object.due)) {
        compared += 1;
        let Some(found) = live.get(&object.identity) else {
            deviations.push(deviation(asked, Sort::Missing, object, Vec::new()));
            continue;
        };
        let fields = Comparison::of(asked, object, found);
        if !fields.is_empty() {
            deviations.push(deviation(asked, Sort::Different, object, fields));
        }
    }
    let known: BTreeSet<&Identity> = planned.iter().map(|object| &object.identity).collect();
    for (identity, object) in live.iter().filter(|(identity, _)| wanted(&identity.kind)) {
        if known.contains(identity) {
            continue;
        }
        if let Some(about) = kinds::foreign(asked, identity, object) {
            let (fields, from) = (Vec::new(), Vec::new());
            let object = identity.clone();
            let sort = Sort::Foreign;
            deviations.push(Deviation { sort, object, fields, about, from, file: None, stage: None });
        }
    }
    if wanted("Service") && live.has_kind("Service") {
        before::compare(asked, live, &mut deviations);
    }
    deviations.sort();
    let mut notes = Vec::new();
    notes.extend(another_cluster(asked, live));
    Verification {
        cluster: asked.cluster.clone(),
        stage: asked.stage.clone(),
        addresses: if wanted("Service") { address::rows(asked, live) } else { Vec::new() },
        later: planned.len() - compared,
        deviations,
        compared,
        not_compared,
        notes,
    }
}

/// Whether the dump is of the cluster that Argo CD runs in: an Application of the plan's project is there.
fn has_controller(asked: &Asked, live: &Live) -> bool {
    let project = |application: &serde_json::Value| {
        application.pointer("/spec/project").and_then(serde_json::Value::as_str)
            == Some(asked.platform.as_str())
    };
    live.of_kind("Application").any(|(_, application)| project(application))
}

fn deviation(asked: &Asked, sort: Sort, object: &Planned, fields: Vec<Difference>) -> Deviation {
    Deviation {
        sort,
        object: object.identity.clone(),
        fields,
        about: object.about.clone(),
        from: object.from.clone(),
        file: object.file.clone(),
        stage: asked.stage_name(object.due),
    }
}

/// At night the wrong context is the likeliest mistake.
fn another_cluster(asked: &Asked, live: &Live) -> Option<String> {
    let nodes: BTreeSet<&str> = live.of_kind("Node").map(|(node, _)| node.name.as_str()).collect();
    let planned = asked.described.iter().filter(|object| object.identity.kind == "Node");
    let known = planned.filter(|node| nodes.contains(node.identity.name.as_str())).count();
    (known == 0 && !nodes.is_empty()).then(|| {
        format!("no node of the dump is one of cluster `{}`: look at the context of kubectl", asked.cluster)
    })
}
