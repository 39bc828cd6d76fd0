//! MetalLB takes an address back as soon as no pool holds it.

use super::{Effect, Rule};
use crate::addresses::{Address, AddressSet};
use crate::diff::change::{Change, What};
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use crate::diff::departure::Departure;
use crate::diff::document::Document;
use crate::diff::holder::{called, pool, ranges};
use crate::diff::user::few;

pub static RULE: Rule = Rule {
    name: "pool-shrinks",
    about: "a pool of MetalLB loses addresses, perhaps under Services that have them",
    find,
};

fn find(context: &Context<'_>, change: &Change) -> Vec<Effect> {
    let Some(old) = change.old.as_ref().filter(|old| old.id.is("metallb.io", "IPAddressPool")) else {
        return Vec::new();
    };
    // Under another name it is another pool: everything is lost first, and perhaps got again.
    let is_renamed = change.new.as_ref().is_some_and(|new| new.id.name != old.id.name);
    let after = change.new.as_ref().filter(|_| !is_renamed).map(|new| pool(new)).unwrap_or_default();
    let lost = pool(old).difference(&after);
    if lost.is_empty() {
        return Vec::new();
    }
    let is_removed = change.what() == What::Removed || is_renamed;
    let own = change.new.as_deref().filter(|_| !is_renamed);
    let elsewhere = elsewhere(context, old, own);
    let holders = context.old.holders().iter();
    let hit: Vec<(Address, String)> = holders
        .filter(|((cluster, address), _)| *cluster == old.id.cluster && lost.contains(*address))
        .flat_map(|((_, address), held)| {
            held.iter().map(move |holder| (*address, format!("{} at `{address}`", called(holder))))
        })
        .collect();
    let (later, never): (Vec<_>, Vec<_>) =
        hit.into_iter().partition(|(address, _)| elsewhere.contains(*address));
    let names =
        |list: Vec<(Address, String)>| few(&list.into_iter().map(|(_, name)| name).collect::<Vec<_>>());
    let what = match is_removed {
        true => format!("the pool with {} goes", ranges(&lost)),
        false => format!("it loses {}", ranges(&lost)),
    };
    let danger = if later.is_empty() && never.is_empty() { Danger::Note } else { Danger::Disruptive };
    let mut advice = String::new();
    let departure = Departure::of(context.controller(), old);
    // metallb `controller/service.go` convergeBalancer, since 0.14.2: at once, not when the Service is next touched.
    let mut sentence = match (later.is_empty(), never.is_empty()) {
        (true, true) => format!("{what}, and no Service had an address of it"),
        (false, true) => {
            format!("{what} under {}, and nobody answers there until another pool has them", names(later))
        }
        (_, false) => {
            advice = "give them other addresses in a commit before this one".to_owned();
            format!("{what} under {}: MetalLB takes the addresses back at once", names(never))
        }
    };
    if is_removed && departure != Departure::Pruned {
        sentence.push_str(&format!("; {}", departure.words(context.controller())));
        advice = departure.advice(old);
    }
    vec![Effect::new(danger, sentence).advice(advice)]
}

/// What the other pools of the cluster hold afterwards.
fn elsewhere(context: &Context<'_>, old: &Document, new: Option<&Document>) -> AddressSet {
    let pools = context.new.of_kind("IPAddressPool");
    let others = pools
        .iter()
        .filter(|other| other.id.cluster == old.id.cluster && new.is_none_or(|new| new.id != other.id));
    others.fold(AddressSet::new(), |all, other| all.union(&pool(other)))
}
