//! A pool keeps back only what it has.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P2029",
    name: "reserve-outside-pool",
    level: Level::Warning,
    summary: "what a pool keeps back lies in the pool",
    explanation: "An entry of `reserve` that no range of the pool holds keeps nothing back. It is mostly \
        a slip in one \
                  number, and then the address that was meant is given out.",
    fails: r#"[pools.lan]
cluster = "main"
addresses = ["192.168.1.200-192.168.1.250"]
reserve = "192.168.1.23"
"#,
    passes: r#"[pools.lan]
cluster = "main"
addresses = ["192.168.1.200-192.168.1.250"]
reserve = "192.168.1.230"
"#,
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for pool in &facts.resolved.pools {
        for kept in pool.written.reserve.iter().flat_map(|reserve| reserve.value.iter()) {
            if pool.ranges.iter().any(|range| range.overlap(&kept.value.0).is_some()) {
                continue;
            }
            let range = super::shown(kept.value.0);
            let message = format!("the pool `{}` keeps back {range}, which it does not have", pool.name);
            let finding = Diagnostic::new(&RULE, kept.span, message)
                .here("outside of the pool")
                .label(pool.written.addresses.span, "the pool")
                .help("correct the address, or remove the entry")
                .on(format!("pools.{}", pool.name));
            found.push(finding);
        }
    }
}
