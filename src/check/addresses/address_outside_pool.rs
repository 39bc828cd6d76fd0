//! A pinned address is one that some pool of the cluster has.

use super::wanting::by_key;
use crate::addresses::Problem;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P2004",
    name: "address-outside-pool",
    level: Level::Error,
    summary: "a pinned address lies in a pool of its cluster",
    explanation: "MetalLB answers a Service that asks for an address outside of every pool with the \
        event AllocationFailed, \
                  \"is not allowed in config\", and leaves it without an address. If it had one before, \
                      that one is taken \
                  away first (controller/service.go convergeBalancer).",
    fails: r#"[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }
ip = "192.168.1.20"
"#,
    passes: r#"[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }
ip = "192.168.1.220"
"#,
    covers: &["SV001", "LB-06"],
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
        let mut holders = resolved.pools.iter().filter(|pool| pool.addresses.contains(*address));
        let holder = holders.clone().find(|pool| pool.cluster == one.cluster).or_else(|| holders.next());
        if holder.is_some_and(|holder| holder.cluster == one.cluster) {
            // It is in a pool, only not in the named one: that is `address-in-other-pool`.
            continue;
        }
        let Some(pool) = resolved.pools.iter().find(|candidate| candidate.name == pool) else { continue };
        let ranges: Vec<String> = pool.ranges.iter().map(|range| super::shown(*range)).collect();
        let message = format!(
            "`{}` pins {address}, which is in no pool of `{}`",
            one.path,
            resolved.cluster(one.cluster).name
        );
        let finding = Diagnostic::new(&RULE, one.place_of(*address), message)
            .here("in no pool of this cluster")
            .label(pool.written.addresses.span, format!("the pool `{}`", pool.name))
            .on(&one.path);
        found.push(match holder {
            Some(other) => {
                let cluster = resolved.cluster(other.cluster).name;
                finding.label(other.span, format!("it is in this pool, of the cluster `{cluster}`")).help(
                    format!("take an address of {}, or give the range to this cluster", ranges.join(", ")),
                )
            }
            None => finding
                .help(format!("take an address of {}, or add {address} to the pool", ranges.join(", "))),
        });
    }
}
