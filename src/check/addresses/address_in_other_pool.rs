//! A pinned address is in the pool that is named beside it.

use super::wanting::by_key;
use crate::addresses::Problem;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P2018",
    name: "address-in-other-pool",
    level: Level::Error,
    summary: "a pinned address lies in the pool that its service names, and both addresses in one",
    explanation: "MetalLB takes all addresses of a Service from one pool (internal/allocator poolFor): a \
        pin that is not in \
                  the pool of the `address-pool` annotation is refused, and so are an IPv4 and an IPv6 pin from two pools. \
                  A dual-stack Service needs a pool with ranges of both families.",
    fails: r#"[pools.edge]
cluster = "main"
addresses = ["192.168.1.100-192.168.1.109"]

[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }
pool = "edge"
ip = "192.168.1.220"
"#,
    passes: r#"[pools.edge]
cluster = "main"
addresses = ["192.168.1.100-192.168.1.109"]

[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }
pool = "edge"
ip = "192.168.1.100"
"#,
    covers: &["SV004", "PL023"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    if resolved.address_problems.is_empty() {
        return;
    }
    let wanting = by_key(resolved);
    for problem in &resolved.address_problems {
        let Problem::PinOutsidePool { pool, address, key } = problem else { continue };
        let Some(one) = wanting.get(key) else { continue };
        let holder = resolved.pools_of(one.cluster).find(|pool| pool.addresses.contains(*address));
        let (Some(holder), Some(pool)) = (holder, resolved.pools.iter().find(|own| own.name == pool)) else {
            continue;
        };
        let other_pin =
            one.pins.iter().find(|pin| pin.value != *address && pool.addresses.contains(pin.value));
        let finding = match other_pin {
            Some(pin) => {
                let message = format!(
                    "`{}` pins {} of the pool `{}` and {address} of the pool `{}`",
                    one.path, pin.value, pool.name, holder.name
                );
                Diagnostic::new(&RULE, one.place_of(*address), message)
                    .here(format!("in the pool `{}`", holder.name))
                    .label(pin.span, format!("in the pool `{}`", pool.name))
                    .help("make one pool of both: its `addresses` may have ranges of both families")
            }
            None => {
                let message = format!(
                    "`{}` uses the pool `{}` and pins {address}, which is in the pool `{}`",
                    one.path, pool.name, holder.name
                );
                Diagnostic::new(&RULE, one.place_of(*address), message)
                    .here(format!("in the pool `{}`", holder.name))
                    .label(pool.span, "the pool that it uses")
                    .help(format!("write: pool = \"{}\"", holder.name))
            }
        };
        found.push(finding.on(&one.path));
    }
}
