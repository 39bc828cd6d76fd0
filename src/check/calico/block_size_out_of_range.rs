//! A block has a size that Calico takes.

use super::{block_size_span, pool_path, with_calico};
use crate::addresses::Family;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3107",
    name: "block-size-out-of-range",
    level: Level::Error,
    summary: "a block is /20 to /32, or /116 to /128 for IPv6",
    explanation: "A block is what a node claims from a pool at once: /26 is 64 addresses. The operator \
        refuses \
                  other sizes at bootstrap and the API server later; the native CRDs of 3.32 accept them, and \
                  then IPAM fails. The size of a pool's blocks can never change afterwards.",
    fails: r#"[clusters.main.calico]
version = "v3.30.7"
block_size = 18
"#,
    passes: r#"[clusters.main.calico]
version = "v3.30.7"
block_size = 24
"#,
    covers: &["CAL009", "NET-04"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts) {
        for pool in &settings.pools {
            let (range, usual) = match pool.cidr.family() {
                Family::V4 => (20..=32, "block_size = 26"),
                Family::V6 => (
                    116..=128,
                    if pool.written.is_some() { "block_size = 122" } else { "block_size_v6 = 122" },
                ),
            };
            if range.contains(&pool.block_size) {
                continue;
            }
            let (first, last) = (range.start(), range.end());
            let message = format!(
                "the blocks of the pool `{}` are /{}, Calico takes /{first} to /{last}",
                pool.name, pool.block_size
            );
            let finding = Diagnostic::new(&RULE, block_size_span(settings, pool), message)
                .here(format!("expected {first} to {last}"))
                .help(format!("write: {usual}"))
                .on(pool_path(cluster, pool));
            found.push(finding);
        }
    }
}
