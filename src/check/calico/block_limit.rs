//! A node claims only so many blocks.

use super::capacity::capacities;
use super::{path, with_calico};
use crate::addresses::Family;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3111",
    name: "block-limit",
    level: Level::Error,
    summary: "the pods of a node fit into the blocks that it may claim",
    explanation: "Calico lets a node claim 20 blocks, unless IPAMConfiguration says otherwise \
                  (`max_blocks_per_host`). At the limit it answers ErrBlockLimit and does not borrow either \
                  (libcalico-go ipam.go): with /30 blocks a node stops at 80 addresses, whatever the pool has \
                  left.",
    fails: r#"[clusters.main.calico]
version = "v3.30.7"
block_size = 30
"#,
    passes: r#"[clusters.main.calico]
version = "v3.30.7"
block_size = 27
"#,
    covers: &["CAL012"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts) {
        let written = settings.written.max_blocks_per_host.as_ref();
        // Nought means the default (ipam.go).
        let limit = written.map_or(20, |limit| if limit.value == 0 { 20 } else { u128::from(limit.value) });
        for capacity in capacities(cluster, settings).into_iter().filter(|capacity| capacity.per_node > limit)
        {
            let message = format!(
                "a node of `{}` with {} pods needs {} blocks of {} {} addresses, and may claim {limit}",
                cluster.name,
                cluster.written.max_pods(),
                capacity.per_node,
                capacity.block,
                capacity.family
            );
            let size = settings.written.block_size.as_ref().map(|size| size.span);
            let mut finding = Diagnostic::new(
                &RULE,
                written.map(|limit| limit.span).or(size).unwrap_or(capacity.span),
                message,
            )
            .here(format!("at most {} pods on a node", limit * capacity.block))
            .help(help(cluster.written.max_pods(), limit, capacity.family, written.is_some()))
            .on(path(cluster));
            if let Some(pods) = &cluster.written.max_pods {
                finding = finding.label(pods.span, "pods on a node");
            }
            found.push(finding);
        }
    }
}

/// The smallest blocks of which so few are enough, as the key that says them.
fn help(pods: u16, limit: u128, family: Family, limited: bool) -> String {
    let (key, bits, shortest) = match family {
        Family::V4 => ("block_size", 32, 20),
        Family::V6 => ("block_size_v6", 128, 116),
    };
    let enough = |size: &u8| (u128::from(pods) + 1).div_ceil(1 << (bits - size)) <= limit;
    let larger = match (shortest..=bits).rev().find(enough) {
        Some(size) => {
            format!("write larger blocks: {key} = {size} ({} addresses); or ", 1u128 << (bits - size))
        }
        None => String::new(),
    };
    match limited {
        true => format!("{larger}a larger `max_blocks_per_host`, or a smaller `max_pods`"),
        false => format!("{larger}a smaller `max_pods`"),
    }
}
