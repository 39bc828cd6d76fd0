//! Two pools never hold the same address.

use crate::addresses::AddressRange;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::Strategy;
use crate::resolve::Pool;
use crate::source::Span;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P2001",
    name: "overlapping-pools",
    level: Level::Error,
    summary: "no address is in two pools of one network",
    explanation: "MetalLB's webhook refuses a pool that overlaps another one of its cluster \
        (internal/config poolsFor), and \
                  then nothing of the new configuration is used. Between two clusters on one LAN no controller can see it: \
                  two speakers answer ARP for one address, and clients reach whichever was faster.",
    fails: r#"[pools.other]
cluster = "main"
addresses = ["192.168.1.240-192.168.1.252"]
"#,
    passes: r#"[pools.other]
cluster = "main"
addresses = ["192.168.1.251-192.168.1.252"]
"#,
    covers: &["PL006", "PL007", "LB-11", "LB-12"],
};

struct Part<'a> {
    range: AddressRange,
    span: Span,
    pool: &'a Pool<'a>,
}

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    // A cluster that is rebuilt is gone before its successor answers, so its pools are only compared with each other.
    let mut networks: BTreeMap<Option<usize>, Vec<Part<'_>>> = BTreeMap::new();
    for pool in &resolved.pools {
        let successor = resolved.cluster(pool.cluster).replaced_by.map(|id| resolved.cluster(id));
        let rebuilt = successor.is_some_and(|cluster| cluster.strategy == Some(Strategy::Rebuild));
        let network = rebuilt.then(|| pool.cluster.index());
        networks.entry(network).or_default().extend(parts(pool));
    }
    for parts in networks.into_values() {
        overlaps(parts, found);
    }
}

/// The ranges that MetalLB gets: a list of an override stands in place of the plan's own.
fn parts<'a>(pool: &'a Pool<'a>) -> Vec<Part<'a>> {
    let over = pool.written.ip_address_pool.as_ref();
    let list = over.and_then(|raw| Some((raw, raw.value.to_json().get("addresses")?.as_array()?.clone())));
    if let Some((raw, entries)) = list {
        let part = |(at, entry): (usize, &Value)| {
            // What is no range is refused elsewhere.
            let range = AddressRange::parse_pool_entry(entry.as_str()?).ok()?;
            let span = raw.value.place(&format!("/addresses/{at}"), raw.span);
            Some(Part { range, span, pool })
        };
        return entries.iter().enumerate().filter_map(part).collect();
    }
    let entries = pool.written.addresses.value.iter();
    entries.map(|entry| Part { range: entry.value.0, span: entry.span, pool }).collect()
}

/// Sorted by first address, an overlap is always with a range that has not ended yet: one pass instead of all pairs.
fn overlaps(mut parts: Vec<Part<'_>>, found: &mut Vec<Diagnostic>) {
    parts.sort_by_key(|part| (part.range.first(), part.range.last(), part.span));
    let mut reported = BTreeSet::new();
    let mut widest: Option<Part<'_>> = None;
    for part in parts {
        if let Some(other) = &widest
            && let Some(both) = part.range.overlap(&other.range)
            && reported.insert((other.pool.id.min(part.pool.id), other.pool.id.max(part.pool.id)))
        {
            let both = super::shown(both);
            let (first, second) = if other.span < part.span { (other, &part) } else { (&part, other) };
            let message = if first.pool.id == second.pool.id {
                format!("the pool `{}` holds {both} twice", first.pool.name)
            } else {
                format!("the pools `{}` and `{}` both hold {both}", first.pool.name, second.pool.name)
            };
            let finding = Diagnostic::new(&RULE, second.span, message)
                .here("overlaps")
                .label(first.span, "with this range")
                .help("give each range addresses of its own")
                .on(format!("pools.{}", second.pool.name));
            found.push(finding);
        }
        if widest.as_ref().is_none_or(|before| before.range.last() < part.range.last()) {
            widest = Some(part);
        }
    }
}
