//! Services that exchange their addresses are without one for a while.

use super::{Edit, Obstacle, Rule, Step, Way, way};
use crate::addresses::{Address, AddressSet, address};
use crate::diff::change::{Change, What};
use crate::diff::context::Context;
use crate::diff::document::Document;
use crate::diff::holder::{addresses, called};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub static RULE: Rule = Rule {
    name: "addresses-swapped",
    about: "Services exchange their addresses in one commit",
    find,
    way: Way::Staged(way_around),
};

/// An address of a cluster.
type Place = (Option<String>, Address);

/// Who goes from one address to another one, as it was and as it shall be.
type Moves = BTreeMap<Place, Vec<(Address, Arc<Document>, Arc<Document>)>>;

fn moves(changes: &[Change]) -> Moves {
    let mut moves = Moves::new();
    for change in changes.iter().filter(|change| matches!(change.what(), What::Changed | What::Moved)) {
        let (Some(old), Some(new)) = (&change.old, &change.new) else { continue };
        let (was, is) = (addresses(old), addresses(new));
        for from in was.difference(&is) {
            let of_family = |to: &&Address| address::family(**to) == address::family(*from);
            if let Some(to) = is.difference(&was).find(of_family) {
                let place = (new.id.cluster.clone(), *from);
                moves.entry(place).or_default().push((*to, old.clone(), new.clone()));
            }
        }
    }
    moves
}

/// Rings of addresses: who has one goes to the next one, and who has the last one to the first.
fn rings(moves: &Moves) -> Vec<Vec<Place>> {
    let mut open: BTreeSet<Place> = moves.keys().cloned().collect();
    let mut rings = Vec::new();
    while let Some(start) = open.pop_first() {
        let mut ring = vec![start.clone()];
        let next = |place: &Place| Some((place.0.clone(), moves.get(place)?.first()?.0));
        let mut at = next(&start);
        while let Some(place) = at {
            if !open.remove(&place) {
                // What leads into a ring is no part of it; where an earlier one is met, there is none.
                rings.extend(ring.iter().position(|known| *known == place).map(|at| ring.split_off(at)));
                break;
            }
            at = next(&place);
            ring.push(place);
        }
    }
    rings
}

fn find(context: &Context<'_>, changes: &[Change]) -> Vec<Obstacle> {
    let moves = moves(changes);
    let obstacle = |ring: Vec<Place>| {
        let members: Vec<&Arc<Document>> =
            ring.iter().filter_map(|place| Some(&moves[place].first()?.2)).collect();
        let names: Vec<String> = members.iter().map(|member| called(member)).collect();
        Obstacle {
            name: RULE.name,
            controller: context.controller(),
            // metallb `controller/service.go` convergeBalancer: the old address is dropped before the new one is asked
            // for, and a Service that found none is tried again when one is freed.
            sentence: format!(
                "{} exchange their addresses: MetalLB drops the old address of the first before it finds the new one taken, \
                 so that they are silent until it tries again",
                match names.split_last() {
                    Some((last, others)) => format!("{} and {last}", others.join(", ")),
                    None => String::new(),
                }
            ),
            advice: "give one of them a free address first, and each the other's in the commits after"
                .to_owned(),
            forever: false,
            objects: members.iter().map(|member| member.id.clone()).collect(),
        }
    };
    rings(&moves).into_iter().map(obstacle).collect()
}

/// One of each ring waits at an address that nobody has, until the others have moved.
fn way_around(context: &Context<'_>, changes: &[Change]) -> Vec<Step> {
    let moves = moves(changes);
    let (mut first, mut second, mut names) = (Vec::new(), Vec::new(), Vec::new());
    let mut taken = AddressSet::new();
    for side in [context.old, context.new] {
        side.holders().keys().for_each(|(_, held)| taken.insert(*held));
    }
    for ring in rings(&moves) {
        let Some(start) = ring.first() else { continue };
        let Some(free) = free(context, start, moves[start].first().map(|one| one.0), &taken) else {
            continue;
        };
        taken.insert(free);
        // Those who share the address wait together.
        for (to, old, new) in &moves[start] {
            let instead = |document: &Document, gone: Address| -> Option<Edit> {
                let others = addresses(document).into_iter().filter(|other| *other != gone);
                way::pin(document, others.chain([free]))
            };
            first.extend(instead(old, start.1));
            second.extend(instead(new, *to));
            names.push(format!("{} at `{free}`", called(new)));
        }
    }
    let names = names.join(", ");
    let steps = [
        Step::new(format!("{names}, which nobody has"), first).map(Step::of_old),
        Step::new(format!("the others have moved, and still {names}"), second),
    ];
    steps.into_iter().flatten().collect()
}

/// An address of the pools that both addresses lie in, before and after, that nobody has on either side.
fn free(context: &Context<'_>, start: &Place, to: Option<Address>, taken: &AddressSet) -> Option<Address> {
    let family = address::family(start.1);
    let usable = |side: &crate::diff::Side<'_>, held: Address| {
        let resolved = &side.facts()?.resolved;
        let pools = resolved
            .pools
            .iter()
            .filter(|pool| Some(resolved.cluster(pool.cluster).name) == start.0.as_deref());
        let pool = pools.into_iter().find(|pool| pool.addresses.contains(held))?;
        Some(pool.addresses.difference(&pool.excluded))
    };
    let both = usable(context.old, start.1)?.intersection(&usable(context.new, to?)?);
    both.lowest_outside(family, taken)
}
