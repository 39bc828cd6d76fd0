//! A pool has an address for everyone who wants one.

use super::wanting::by_key;
use crate::addresses::Problem;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P2022",
    name: "pool-exhausted",
    level: Level::Error,
    summary: "a pool has as many addresses as are wanted",
    explanation: "A Service for which no address is left stays `<pending>`; which one it is depends on \
        the order in which \
                  MetalLB's controller sees them. What the pool keeps back (`reserve`, `avoid_buggy_ips`) does not count, \
                  and services that share an address count once.",
    fails: r#"[pools.lan]
cluster = "main"
addresses = ["192.168.1.200/32"]

[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }

[services.api]
namespace = "api"
selector = { app = "api" }
ports = { http = "8080" }
"#,
    passes: r#"[pools.lan]
cluster = "main"
addresses = ["192.168.1.200/31"]

[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }

[services.api]
namespace = "api"
selector = { app = "api" }
ports = { http = "8080" }
"#,
    covers: &["PL014", "LB-13"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    if resolved.address_problems.is_empty() {
        return;
    }
    let wanting = by_key(resolved);
    for problem in &resolved.address_problems {
        let Problem::Exhausted { pool, family, size, users, wanting: left } = problem else { continue };
        if *size == 0 {
            // None of the family at all is `pool-lacks-family`.
            continue;
        }
        let Some(pool) = resolved.pools.iter().find(|own| own.name == pool) else { continue };
        let without: Vec<_> = left.iter().filter_map(|key| wanting.get(key)).collect();
        let paths = super::listed(without.iter().map(|one| one.path.as_str()));
        let message = format!(
            "the pool `{}` has {size} {family} {}, {} are wanted: nothing is left for {paths}",
            pool.name,
            if *size == 1 { "address" } else { "addresses" },
            users.len() + left.len(),
        );
        let mut finding = Diagnostic::new(&RULE, pool.written.addresses.span, message)
            .here(format!("{} of {size} are taken", users.len()))
            .help(format!(
                "add a range with {} more, or let services with different ports `share` one",
                left.len()
            ))
            .on(format!("pools.{}", pool.name));
        // A screenful of labels helps nobody; the message says how many there are.
        for one in without.iter().take(3) {
            finding = finding.label(one.span, "gets none");
        }
        found.push(finding);
    }
}
