//! What several ways around have in common.

use super::overlap::Overlap;
use super::{Edit, Step};
use crate::addresses::{Address, AddressSet};
use crate::diff::context::Context;
use crate::diff::departure::{Departure, applier, delete};
use crate::diff::document::{Document, Id};
use crate::diff::holder::{called, pool, ranges};
use crate::diff::side::Side;
use crate::resolve::Cluster;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A cluster of the plan that a side was compiled from.
pub fn cluster<'s>(side: &Side<'s>, name: &str) -> Option<&'s Cluster<'s>> {
    let clusters = &side.facts()?.resolved.clusters;
    clusters.iter().find(|cluster| cluster.name == name)
}

/// The state in which every pool of these overlaps has let go of what it loses and has got nothing yet.
pub fn pools_let_go<'o>(context: &Context<'_>, overlaps: impl Iterator<Item = &'o Overlap>) -> Vec<Step> {
    let mut involved: BTreeMap<Id, AddressSet> = BTreeMap::new();
    let mut moving = AddressSet::new();
    let mut hands = BTreeSet::new();
    for overlap in overlaps {
        moving = moving.union(&overlap.addresses);
        involved.insert(overlap.to.id.clone(), AddressSet::new());
        match &overlap.from_after {
            Some(_) => {
                involved.insert(overlap.from.id.clone(), AddressSet::new());
            }
            None if Departure::of(context.controller(), &overlap.from) != Departure::Pruned => {
                hands.insert(format!("`{}`", gone(context, &overlap.from)));
            }
            None => {}
        }
    }
    let mut edits = Vec::new();
    for (id, left) in &mut involved {
        let of = |side: &Side<'_>| side.find(id).map(|document| pool(&document)).unwrap_or_default();
        *left = of(context.old).intersection(&of(context.new));
        if left.is_empty() {
            edits.push(Edit::remove(&["pools", &id.name]));
            continue;
        }
        let entries = entries(context.new, &id.name, left);
        edits.push(Edit::set(&["pools", &id.name, "addresses"], format!("[{}]", entries.join(", "))));
    }
    let inside = without_places(context, &involved);
    let title = match inside.is_empty() {
        true => format!("{} in no pool", ranges(&moving)),
        false => format!("{} in no pool, and the Services there wait inside", ranges(&moving)),
    };
    edits.extend(inside);
    let step = Step::new(title, edits);
    step.map(|step| hands.into_iter().fold(step, Step::by_hand)).into_iter().collect()
}

/// What a person runs so that something that left the tree goes.
pub fn gone(context: &Context<'_>, document: &Document) -> String {
    match (Departure::of(context.controller(), document), applier(context.old, document)) {
        (Departure::Asked, Some(application)) => confirm(&application.id),
        _ => delete(document),
    }
}

/// How a person tells Argo CD that what it asks about may go.
pub fn confirm(application: &Id) -> String {
    format!("argocd app confirm-deletion {}", application.name)
}

/// Addresses of a pool as its plan writes them, quotes and all, where an entry is whole, and as ranges where it is not.
fn entries(side: &Side<'_>, pool: &str, left: &AddressSet) -> Vec<String> {
    let mut rest = left.clone();
    let mut found = Vec::new();
    let Some(plan) = &side.plan else { return found };
    let written = plan.facts.resolved.pools.iter().find(|known| known.name == pool);
    for entry in written.iter().flat_map(|pool| &pool.written.addresses.value) {
        let range = entry.value.0;
        if left.range_of(range.first()).is_some_and(|whole| whole.contains(range.last())) {
            found.push(plan.source.text[entry.span.range()].to_owned());
            rest.remove(range);
        }
    }
    found.extend(rest.ranges().map(|range| format!("\"{}-{}\"", range.first(), range.last())));
    found
}

/// Takes everything off the LAN whose address no pool holds for the time being.
fn without_places(context: &Context<'_>, involved: &BTreeMap<Id, AddressSet>) -> Vec<Edit> {
    let pools = context.new.of_kind("IPAddressPool");
    let place = |cluster: &Option<String>| {
        let of_cluster = pools.iter().filter(|pool| pool.id.cluster == *cluster);
        of_cluster.fold(AddressSet::new(), |all, document| match involved.get(&document.id) {
            Some(left) => all.union(left),
            None => all.union(&pool(document)),
        })
    };
    let clusters: BTreeSet<&Option<String>> = involved.keys().map(|id| &id.cluster).collect();
    let mut edits = Vec::new();
    for cluster in clusters {
        let held = place(cluster);
        let holders = context
            .new
            .holders()
            .iter()
            .filter(|((of, address), _)| of == cluster && !held.contains(*address));
        for document in holders.flat_map(|(_, documents)| documents) {
            edits.extend(off_the_lan(context, document));
        }
    }
    edits.dedup();
    edits
}

/// The same Service without an address on the LAN.
pub fn off_the_lan(context: &Context<'_>, document: &Document) -> Vec<Edit> {
    let Some(facts) = context.new.facts() else { return Vec::new() };
    let resolved = &facts.resolved;
    let mut edits = Vec::new();
    for table in &document.from {
        let parts: Vec<&str> = table.split('.').collect();
        match parts.as_slice() {
            ["services", name] => {
                let path = |key: &'static str| ["services", name, key];
                edits.push(Edit::set(&path("type"), "\"ClusterIP\""));
                // Keys that mean something with an address alone.
                for key in [
                    "ip",
                    "share",
                    "pool",
                    "class",
                    "node_ports",
                    "traffic",
                    "source_ranges",
                    "session_timeout",
                ] {
                    edits.push(Edit::remove(&path(key)));
                }
                let inside = resolved.services.iter().find(|service| service.key == *name).map(|service| {
                    let clients = service.shared.clients();
                    let inside = clients
                        .iter()
                        .map(|client| client.value.clone())
                        .filter(|client| !is_outside(client));
                    inside.map(|client| format!("\"{client}\"")).collect::<Vec<_>>()
                });
                edits.extend(
                    inside.map(|inside| Edit::set(&path("clients"), format!("[{}]", inside.join(", ")))),
                );
            }
            ["seldon"] | ["tenants", _] => {
                let is_mesh = called(document).contains("mesh");
                let key = if is_mesh { "mesh" } else { "scheduler" };
                edits.push(Edit::remove(&[&parts[..], &[key]].concat()));
            }
            _ => {}
        }
    }
    edits
}

fn is_outside(client: &str) -> bool {
    matches!(client, "lan" | "internet") || client.contains('/')
}

/// The plan without some BGP peers of MetalLB; pools that were announced to them alone are announced to `kept`.
pub fn without_peers(context: &Context<'_>, cluster: &str, kept: &str, gone: &[&str]) -> Vec<Edit> {
    let mut edits: Vec<Edit> =
        gone.iter().map(|peer| Edit::remove(&["clusters", cluster, "metallb", "peers", peer])).collect();
    let Some(facts) = context.new.facts() else { return edits };
    for pool in &facts.resolved.pools {
        let Some(peers) = &pool.written.peers else { continue };
        let names: Vec<&str> = peers.value.iter().map(|peer| peer.value.as_str()).collect();
        if facts.resolved.cluster(pool.cluster).name != cluster
            || !names.iter().any(|name| gone.contains(name))
        {
            continue;
        }
        let mut left: Vec<&str> = names.into_iter().filter(|name| !gone.contains(name)).collect();
        if left.is_empty() && !kept.is_empty() {
            left.push(kept);
        }
        let left: Vec<String> = left.iter().map(|name| format!("\"{name}\"")).collect();
        edits.push(Edit::set(&["pools", pool.name, "peers"], format!("[{}]", left.join(", "))));
    }
    edits
}

/// The Service with these addresses and no others.
pub fn pin(document: &Document, addresses: impl IntoIterator<Item = Address>) -> Option<Edit> {
    let texts: Vec<String> = addresses.into_iter().map(|address| format!("\"{address}\"")).collect();
    let value = match &texts[..] {
        [one] => one.clone(),
        several => format!("[{}]", several.join(", ")),
    };
    let key = if called(document).contains("mesh") { "mesh" } else { "scheduler" };
    document.from.iter().find_map(|table| {
        let parts: Vec<&str> = table.split('.').collect();
        let key = match parts.as_slice() {
            ["services", _] => "ip",
            ["seldon"] | ["tenants", _] => key,
            _ => return None,
        };
        Some(Edit::set(&[&parts[..], &[key]].concat(), value.clone()))
    })
}

/// Whether the Application that applies a document prunes after everything else, or not at all.
pub fn prunes_last(context: &Context<'_>, document: &Document) -> bool {
    let Some(application) = applier(context.old, document) else { return false };
    let options = application.at(&["spec", "syncPolicy", "syncOptions"]).and_then(Value::as_array);
    let last = options.into_iter().flatten().any(|option| option.as_str() == Some("PruneLast=true"));
    let prunes =
        application.at(&["spec", "syncPolicy", "automated", "prune"]).and_then(Value::as_bool) == Some(true);
    last || !prunes
}
