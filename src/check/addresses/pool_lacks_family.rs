//! A pool has addresses of every family that its services want.

use super::wanting::by_key;
use crate::addresses::{Family, Problem};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P2023",
    name: "pool-lacks-family",
    level: Level::Error,
    summary: "a pool has addresses of every family that its services want",
    explanation: "MetalLB gives a dual-stack Service one address of each family out of one pool. A pool \
        of one family serves \
                  no such Service at all: it stays `<pending>`, without even the address that the pool does have. Whatever \
                  the pool keeps back does not count.",
    fails: r#"[pools.lan]
cluster = "main"
addresses = ["192.168.1.200/31"]
reserve = "192.168.1.200/31"

[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }
"#,
    passes: r#"[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }
"#,
    covers: &["PL023"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    if resolved.address_problems.is_empty() {
        return;
    }
    let wanting = by_key(resolved);
    for problem in &resolved.address_problems {
        let Problem::Exhausted { pool, family, size: 0, wanting: left, .. } = problem else { continue };
        let Some(pool) = resolved.pools.iter().find(|own| own.name == pool) else { continue };
        let without: Vec<_> = left.iter().filter_map(|key| wanting.get(key)).collect();
        let paths = super::listed(without.iter().map(|one| one.path.as_str()));
        let message = format!("the pool `{}` has no {family} address to give to {paths}", pool.name);
        let example =
            if *family == Family::V4 { "192.168.1.200-192.168.1.250" } else { "fd00::200-fd00::250" };
        let mut finding = Diagnostic::new(&RULE, pool.written.addresses.span, message)
            .here(format!("no {family} address that may be given"))
            .help(format!("add a range such as \"{example}\", or let them be of the other family alone"))
            .on(format!("pools.{}", pool.name));
        for one in without.iter().take(3) {
            finding = finding.label(one.span, format!("wants {family}"));
        }
        found.push(finding);
    }
}
