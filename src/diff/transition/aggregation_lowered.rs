//! A route cannot be wider than the largest block of the pool, and the pool that counts is the one in the cluster.

use super::{Edit, Obstacle, Rule, Step, Way};
use crate::addresses::{AddressRange, Family};
use crate::diff::change::Change;
use crate::diff::context::{Context, Controller};
use crate::diff::document::Document;
use serde_json::Value;

pub static RULE: Rule = Rule {
    name: "aggregation-lowered",
    about: "routes of a BGPAdvertisement get wider together with the pool that makes it possible",
    find,
    way: Way::Staged(way_around),
};

const KEYS: [(&str, Family, u64, &str); 2] = [
    ("aggregationLength", Family::V4, 32, "aggregation_length"),
    ("aggregationLengthV6", Family::V6, 128, "aggregation_length_v6"),
];

struct Found {
    change: usize,
    pool: String,
    length: u64,
    block: u8,
    key: &'static str,
}

fn refused(context: &Context<'_>, changes: &[Change]) -> Vec<Found> {
    let mut found = Vec::new();
    for (at, change) in
        changes.iter().enumerate().filter(|(_, change)| change.is("metallb.io", "BGPAdvertisement"))
    {
        let Some(new) = &change.new else { continue };
        for (key, family, default, written) in KEYS {
            let length =
                |document: &Document| document.at(&["spec", key]).and_then(Value::as_u64).unwrap_or(default);
            for name in new.at(&["spec", "ipAddressPools"]).and_then(Value::as_array).into_iter().flatten() {
                let (Some(name), length) = (name.as_str(), length(new)) else { continue };
                let of = |side: &crate::diff::Side<'_>| {
                    let pools = side.of_kind("IPAddressPool");
                    let named = pools
                        .iter()
                        .find(|pool| pool.id.cluster == new.id.cluster && pool.id.name == name)
                        .cloned();
                    named.and_then(|document| largest(&document, family))
                };
                // metallb `internal/config/config.go`: the length may not be less than the prefix of the largest block.
                if let (Some(was), Some(is)) = (of(context.old), of(context.new))
                    && length < u64::from(was)
                    && length >= u64::from(is)
                {
                    found.push(Found { change: at, pool: name.to_owned(), length, block: was, key: written });
                }
            }
        }
    }
    found
}

/// The shortest prefix that every entry of a pool allows.
fn largest(document: &Document, family: Family) -> Option<u8> {
    let entries = document.at(&["spec", "addresses"]).and_then(Value::as_array).into_iter().flatten();
    let ranges = entries.filter_map(|entry| AddressRange::parse_pool_entry(entry.as_str()?).ok());
    let block = |range: AddressRange| range.to_cidrs().iter().map(|cidr| cidr.prefix_length()).min();
    ranges.filter(|range| range.family() == family).filter_map(block).max()
}

fn find(context: &Context<'_>, changes: &[Change]) -> Vec<Obstacle> {
    let controller = context.controller();
    let obstacle = |found: Found| {
        let id = changes[found.change].id().clone();
        let what = format!(
            "routes of pool `{}` become /{}, and the pool in the cluster has no block larger than /{} yet: MetalLB's webhook \
             refuses `{id}`",
            found.pool, found.length, found.block
        );
        let (sentence, forever) = match controller {
            Controller::Flux => {
                (format!("{what} at the trial that Flux makes before it applies anything, each time"), true)
            }
            _ => (format!("{what} until the pool is applied; a retry gets through"), false),
        };
        Obstacle {
            name: RULE.name,
            controller,
            sentence,
            advice: "two commits: the pool first, the routes then".to_owned(),
            forever,
            objects: vec![id],
        }
    };
    refused(context, changes).into_iter().map(obstacle).collect()
}

fn way_around(context: &Context<'_>, changes: &[Change]) -> Vec<Step> {
    let edits: Vec<Edit> = refused(context, changes)
        .iter()
        .map(|found| Edit::hold(&["pools", &found.pool, found.key]))
        .collect();
    Step::new("the pool is widened, its routes stay as they are", edits).into_iter().collect()
}
