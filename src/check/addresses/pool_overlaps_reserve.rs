//! A pool never overlaps what `lan.reserve` keeps for something else.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P2005",
    name: "pool-overlaps-reserve",
    level: Level::Error,
    summary: "no pool overlaps what the LAN keeps for something else",
    explanation: "`lan.reserve` names addresses of printers, virtual router addresses and the like. \
        `plan` would not give \
                  them out, but MetalLB would: a Service that another tool creates can get any address of the pool. \
                  Addresses of the pool that are only kept for later belong into `reserve` of the pool itself.",
    fails: r#"[lan]
cidr = "192.168.1.0/24"
gateway = "192.168.1.1"
reserve = "192.168.1.250"
"#,
    passes: r#"[lan]
cidr = "192.168.1.0/24"
gateway = "192.168.1.1"
reserve = "192.168.1.251"
"#,
    covers: &["PL010"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let reserve = facts.resolved.plan.lan.value.reserve.iter().flat_map(|reserve| reserve.value.iter());
    for kept in reserve {
        for pool in &facts.resolved.pools {
            for entry in &pool.written.addresses.value {
                let Some(both) = entry.value.0.overlap(&kept.value.0) else { continue };
                let both = super::shown(both);
                let message = format!(
                    "the LAN keeps {both} for something else, and the pool `{}` holds \
                        it",
                    pool.name
                );
                let finding = Diagnostic::new(&RULE, entry.span, message)
                    .here("overlaps `lan.reserve`")
                    .label(kept.span, "kept here")
                    .help(format!(
                        "leave {both} out of the pool; if it is only kept for later, move it \
                        to `pools.{}.reserve`",
                        pool.name
                    ))
                    .on(format!("pools.{}", pool.name));
                found.push(finding);
            }
        }
    }
}
