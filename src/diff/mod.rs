//! What a change of the plan would do to the network: two trees in, changes with their meaning out.
//!
//! A [`Side`] is a tree, compiled or read from somewhere. [`compare`] reads only files whose bytes differ, matches their
//! objects by identity ([`pair`]), compares them field by field ([`field`], [`list`]) and asks what each change means
//! ([`meaning`]), who may connect now ([`FlowChange`]), which addresses move ([`AddressChange`]), whether the controllers can get there ([`transition`]) and which line of the plan it comes from
//! ([`cause`]). How it is printed is in [`format`].

mod address;
pub mod apply;
pub mod cause;
pub mod change;
mod context;
mod danger;
pub mod departure;
mod document;
pub mod field;
mod filled;
mod filter;
mod firewall;
mod flow;
pub mod format;
pub mod holder;
pub mod list;
pub mod meaning;
mod member;
mod pair;
mod plan;
mod side;
pub mod stage;
pub mod text;
pub mod transition;
pub mod upgrade;
pub mod user;

pub use address::{AddressChange, service_addresses};
pub use change::{Change, What};
pub use context::{Context, Controller};
pub use danger::Danger;
pub use document::{Document, Id, at, unreadable};
pub use filter::Filter;
pub use firewall::FirewallChange;
pub use flow::{FlowChange, Why};
pub use plan::with_plan;
pub use side::{Known, Side};

use rayon::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;
use transition::Obstacle;

/// How two trees differ.
#[derive(Debug, Default)]
pub struct Diff {
    /// What the sides are called.
    pub old: String,
    pub new: String,
    /// The worst first, then by identity.
    pub changes: Vec<Change>,
    pub addresses: Vec<AddressChange>,
    pub flows: Vec<FlowChange>,
    pub firewall: Vec<FirewallChange>,
    pub obstacles: Vec<Obstacle>,
    /// The rules of those that commits in between get around.
    pub staged: BTreeSet<&'static str>,
    /// Files with other bytes that say the same: comments, an order that means nothing.
    pub rewritten: Vec<String>,
}

impl Diff {
    /// Whether both sides say the same.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Whether commits in between get around an obstacle.
    pub fn can_be_staged(&self, obstacle: &Obstacle) -> bool {
        self.staged.contains(obstacle.name)
    }

    /// The worst of everything.
    pub fn danger(&self) -> Danger {
        let changes = self.changes.iter().map(|change| change.danger);
        let obstacles = self.obstacles.iter().map(Obstacle::danger);
        let flows = self.flows.iter().map(FlowChange::danger);
        let all =
            changes.chain(obstacles).chain(flows).chain(self.addresses.iter().map(AddressChange::danger));
        all.max().unwrap_or_default()
    }
}

/// Whether an object of the old side and one of the new side are of clusters that both sides have. What is of one that only
/// the old side has may be of the same one under another name.
fn are_apart(old: &Side<'_>, new: &Side<'_>, one: &Id, other: &Id) -> bool {
    let (Some(was), Some(is)) = (&one.cluster, &other.cluster) else { return false };
    was != is && (new.clusters().contains(was) || old.clusters().contains(is))
}

/// Compares two trees.
pub fn compare(old: &Side<'_>, new: &Side<'_>) -> Diff {
    let paths: BTreeSet<&String> = old.files.keys().chain(new.files.keys()).collect();
    let differing: Vec<&String> =
        paths.into_iter().filter(|path| old.files.get(*path) != new.files.get(*path)).collect();
    // Where one side is a single file, no path says anything.
    let places = old.has_places && new.has_places;
    let read = |side: &Side<'_>| -> Vec<Arc<Document>> {
        let file = |path: &&String| side.files.get(*path).map(|bytes| document::read(path, bytes));
        let read: Vec<_> = differing.par_iter().filter_map(file).collect();
        let documents = read.into_iter().flatten();
        let is_something = |document: &Arc<Document>| places || !document.is_empty();
        let documents = documents.filter(is_something);
        if places { documents.collect() } else { documents.map(document::without_place).collect() }
    };
    let pairs = pair::pairs(read(old), read(new), |one, other| are_apart(old, new, one, other));
    let compared: Vec<Change> = pairs.into_par_iter().map(|(old, new)| Change::new(old, new)).collect();
    let differs = |change: &Change| {
        change.what() != What::Changed || !change.fields.is_empty() || !change.hunks.is_empty()
    };
    let (mut changes, same): (Vec<Change>, Vec<Change>) = compared.into_iter().partition(differs);
    let addresses = address::addresses(old, new, &changes);
    let flows = flow::flows(old, new, &changes);
    let firewall = firewall::firewall(&changes);
    let context = Context { old, new, addresses: &addresses, flows: &flows };
    for change in &mut changes {
        change.meanings = meaning::meanings(&context, change);
        change.danger = change.meanings.iter().map(|meaning| meaning.danger).fold(change.danger, Danger::max);
        change.causes = cause::causes(&context, change);
    }
    changes.sort_by_key(|change| std::cmp::Reverse(change.danger));
    let obstacles = transition::obstacles(&context, &changes);
    let staged = transition::staged(&context, &changes, &obstacles);
    let mut rewritten: BTreeSet<String> = same.iter().map(|change| change.any().path.clone()).collect();
    // Of a file in which something else changes, nobody asks; where paths mean nothing, they are empty.
    for document in changes.iter().flat_map(|change| [&change.old, &change.new]).flatten() {
        rewritten.remove(&document.path);
    }
    rewritten.remove("");
    Diff {
        old: old.title.clone(),
        new: new.title.clone(),
        changes,
        addresses,
        flows,
        firewall,
        obstacles,
        staged,
        rewritten: rewritten.into_iter().collect(),
    }
}
