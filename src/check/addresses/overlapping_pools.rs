//! Two pools never hold the same address.

use crate::addresses::AddressRange;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::resolve::Pool;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P2001",
    name: "overlapping-pools",
    level: Level::Error,
    summary: "no address is in two pools of one network",
    explanation: "MetalLB's webhook refuses a pool that overlaps another one of its cluster (internal/config poolsFor), and \
                  then nothing of the new configuration is used. Between two clusters on one LAN no controller can see it: \
                  two speakers answer ARP for one address, and clients reach whichever was faster.",
    fails: "[pools.other]\ncluster = \"main\"\naddresses = [\"192.168.1.240-192.168.1.252\"]\n",
    passes: "[pools.other]\ncluster = \"main\"\naddresses = [\"192.168.1.251-192.168.1.252\"]\n",
    covers: &["PL006", "PL007", "LB-11", "LB-12"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    // Sorted by first address, an overlap is always with a range that has not ended yet: one pass instead of all pairs.
    let mut ranges: Vec<(AddressRange, &Pool<'_>)> = facts
        .resolved
        .pools
        .iter()
        .flat_map(|pool| pool.ranges.iter().map(move |range| (*range, pool)))
        .collect();
    ranges.sort_by_key(|(range, pool)| (range.first(), range.last(), pool.id));
    let mut reported = std::collections::BTreeSet::new();
    let mut widest: Option<(AddressRange, &Pool<'_>)> = None;
    for (range, pool) in ranges {
        if let Some((before, other)) = widest
            && let Some(both) = range.overlap(&before)
            && reported.insert((other.id.min(pool.id), other.id.max(pool.id)))
        {
            let (first, second) = if other.id < pool.id { (other, pool) } else { (pool, other) };
            let message = format!("the pools `{}` and `{}` both hold {both}", first.name, second.name);
            let finding = Diagnostic::new(&RULE, second.span, message)
                .here("overlaps")
                .label(first.span, "the other pool")
                .help("give each pool a range of its own")
                .on(format!("pools.{}", second.name));
            found.push(finding);
        }
        if widest.is_none_or(|(before, _)| before.last() < range.last()) {
            widest = Some((range, pool));
        }
    }
}
