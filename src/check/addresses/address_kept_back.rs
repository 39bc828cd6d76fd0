//! A pinned address is not one that its pool keeps back.

use super::wanting::by_key;
use crate::addresses::Problem;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P2019",
    name: "address-kept-back",
    level: Level::Error,
    summary: "no service pins an address that its pool keeps back",
    explanation: "`reserve` is a promise to whoever reads the plan next: these addresses are spoken for. \
        With \
                  `avoid_buggy_ips` MetalLB itself refuses a pin that ends in .0 or .255 (internal/allocator).",
    fails: r#"[pools.lan]
cluster = "main"
addresses = ["192.168.1.200-192.168.1.250"]
reserve = "192.168.1.203"

[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }
ip = "192.168.1.203"
"#,
    passes: r#"[pools.lan]
cluster = "main"
addresses = ["192.168.1.200-192.168.1.250"]
reserve = "192.168.1.203"

[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }
ip = "192.168.1.204"
"#,
    covers: &["SV003", "LB-14"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    if resolved.address_problems.is_empty() {
        return;
    }
    let wanting = by_key(resolved);
    for problem in &resolved.address_problems {
        let Problem::PinExcluded { pool, address, key } = problem else { continue };
        let Some(one) = wanting.get(key) else { continue };
        let Some(pool) = resolved.pools.iter().find(|own| own.name == pool) else { continue };
        // What a machine or the DHCP server has is a finding about the pool; the pin is not the mistake.
        if !pool.excluded.contains(*address) {
            continue;
        }
        let mut reserve = pool.written.reserve.iter().flat_map(|reserve| reserve.value.iter());
        let kept = reserve.find(|range| range.value.0.contains(*address));
        let message = format!("`{}` pins {address}, which the pool `{}` keeps back", one.path, pool.name);
        let finding = Diagnostic::new(&RULE, one.place_of(*address), message)
            .here(
                "kept \
            back",
            )
            .on(&one.path);
        found.push(match kept {
            Some(range) => finding.label(range.span, "by this entry").help(format!(
                "take another address, or take {address} out of `pools.{}.reserve`",
                pool.name
            )),
            None => {
                let span = pool.written.avoid_buggy_ips.as_ref().map_or(pool.span, |avoid| avoid.span);
                finding
                    .label(span, "MetalLB then refuses addresses that end in .0 and .255")
                    .help("take an address that ends in neither .0 nor .255")
            }
        });
    }
}
