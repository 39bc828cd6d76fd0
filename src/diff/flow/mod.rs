//! Who may connect to whom on one side and not on the other, decided by the evaluator on the policies of both.
//!
//! Both sides are judged on the same pods: those that either plan knows, or that the Services of a tree select. What a
//! tree alone does not say (the pods of a chart) is taken from the plan of the other side. What only some network
//! plugins let through counts as open, as Calico has it.

mod comparison;
mod names;
mod world;

use super::change::Change;
use super::danger::Danger;
use super::side::Side;
use comparison::{Comparison, Row, folded};
use ipnet::IpNet;
use names::{Names, names};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use world::{aligned, blocks, borrow, namespaces, seen};

/// Some pods may open other connections than before.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FlowChange {
    pub cluster: Option<String>,
    /// Who connects: `services.NAME`, `tenants.NAME` for all its pods, `namespace/name`, `namespace/*`, `lan`, a network,
    /// `internet`; `*` is every pod.
    pub from: Vec<String>,
    /// To whom: the same.
    pub to: Vec<String>,
    /// Ports of the pods, such as `TCP 5000`, `everything but TCP 53`; empty where there are none.
    pub gained: String,
    pub lost: String,
    pub why: Why,
}

/// Why a flow is there now, or not any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The policies say so.
    Policy,
    /// One of its ends is new.
    New,
    /// One of its ends is gone.
    Gone,
}

impl Why {
    /// What JSON calls it.
    pub fn word(self) -> &'static str {
        match self {
            Why::Policy => "policy",
            Why::New => "new",
            Why::Gone => "gone",
        }
    }
}

impl FlowChange {
    /// What a policy cuts off stops; that what is gone has no connections is no news.
    pub fn danger(&self) -> Danger {
        match self.why {
            Why::Policy if !self.lost.is_empty() => Danger::Disruptive,
            _ => Danger::Note,
        }
    }
}

/// Kinds that decide who may connect to whom.
const KINDS: &[&str] = &[
    "CronJob",
    "DaemonSet",
    "Deployment",
    "Job",
    "Namespace",
    "NetworkPolicy",
    "Pod",
    "ReplicaSet",
    "Service",
    "StatefulSet",
];

/// Every change of flows, by cluster. Only clusters with a change that may matter are judged, and of those only
/// connections with an end in a namespace that the change is about: policies of other namespaces are the same as before,
/// and so is what they say.
pub fn flows(old: &Side<'_>, new: &Side<'_>, changes: &[Change]) -> Vec<FlowChange> {
    let has_plan = old.facts().is_some() || new.facts().is_some();
    let mut clusters: BTreeMap<Option<String>, Touched> = BTreeMap::new();
    for change in changes.iter().filter(|change| matters(change, has_plan)) {
        for document in [&change.old, &change.new].into_iter().flatten() {
            let touched = clusters.entry(document.id.cluster.clone()).or_default();
            let id = &document.id;
            match (id.is_file(), id.kind.as_str()) {
                // A chart's Service has pods that only the plan knows.
                (true, _) => touched.all = true,
                (_, "Namespace") => _ = touched.namespaces.insert(id.name.clone()),
                _ => {
                    let namespace = id.namespace.clone().unwrap_or_else(|| "default".to_owned());
                    touched.namespaces.insert(namespace);
                }
            }
        }
    }
    let names = names(old, new);
    let found: Vec<Vec<FlowChange>> = (clusters.into_par_iter())
        .map(|(cluster, touched)| of_cluster(old, new, cluster, &touched, &names))
        .collect();
    found.into_iter().flatten().collect()
}

/// The namespaces that changes are about.
#[derive(Default)]
struct Touched {
    all: bool,
    namespaces: BTreeSet<String>,
}

impl Touched {
    fn holds(&self, namespace: &str) -> bool {
        self.all || self.namespaces.contains(namespace)
    }
}

/// Whether a change may open or close a connection. A port of a Service does not: policies look at the ports of pods.
fn matters(change: &Change, has_plan: bool) -> bool {
    let id = change.id();
    let is_new = change.both().is_none() || change.what() != super::change::What::Changed;
    let touches = |paths: &[&[&str]]| {
        is_new || change.fields.iter().any(|field| paths.iter().any(|path| field.is_below(path)))
    };
    match id.kind.as_str() {
        "" => has_plan && id.name.starts_with("values/") && is_new,
        "NetworkPolicy" => touches(&[&["spec"]]),
        "Namespace" => touches(&[&["metadata", "labels"]]),
        "Service" => touches(&[&["spec", "selector"]]),
        kind if KINDS.contains(&kind) => touches(&[&["metadata"], &["spec"]]),
        _ => false,
    }
}

fn of_cluster(
    old: &Side<'_>,
    new: &Side<'_>,
    cluster: Option<String>,
    touched: &Touched,
    names: &Names,
) -> Vec<FlowChange> {
    let (before, after) = seen(old, new, cluster.as_deref());
    let (Some(mut before), Some(mut after)) = (before, after) else { return Vec::new() };
    // A plan tells more pods than its tree. Where only one side has one, its pods are taken to be on both, as far as
    // their namespaces are.
    match (before.of_plan, after.of_plan) {
        (false, true) => borrow(&mut before.world, &after.world, &namespaces(new, &cluster)),
        (true, false) => borrow(&mut after.world, &before.world, &namespaces(old, &cluster)),
        _ => {}
    }
    let (before, after, there) = aligned(before, after);
    let mut blocks = blocks(&before, &after);
    blocks.extend([old, new].into_iter().filter_map(Side::facts).flat_map(|facts| {
        let lan = facts.resolved.lan.cidrs.iter();
        lan.filter_map(|cidr| IpNet::new(cidr.first(), cidr.prefix_length()).ok()).collect::<Vec<_>>()
    }));
    let comparison = Comparison::new(before, after, there, touched);
    let mut rows = comparison.between_pods();
    rows.extend(comparison.with_outside(&blocks));
    let name = |row: &Row| comparison.change(row, &cluster, names);
    let mut found: Vec<FlowChange> = folded(rows).iter().map(name).collect();
    // By whom it reaches: that is whose business it is.
    found.sort_by(|one, two| (&one.to, &one.from, one).cmp(&(&two.to, &two.from, two)));
    found
}
