//! An address has one holder, unless its holders say that they share it.

use super::wanting::by_key;
use crate::addresses::{Problem, address};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use std::collections::BTreeMap;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P2020",
    name: "address-conflict",
    level: Level::Error,
    summary: "no address is pinned twice without sharing",
    explanation: "MetalLB gives the address to the Service that it sees first and leaves the other one \
        pending with \"can't \
                  change sharing key\" (internal/allocator checkSharing); after a restart of the \
                      controller it may be the \
                  other way round. Seldon's mesh and scheduler take part like every service.",
    fails: r#"[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }
ip = "192.168.1.201"

[services.api]
namespace = "api"
selector = { app = "api" }
ports = { http = "8080" }
ip = "192.168.1.201"
"#,
    passes: r#"[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }
ip = "192.168.1.201"
share = "front"

[services.api]
namespace = "api"
selector = { app = "api" }
ports = { http = "8080" }
ip = "192.168.1.201"
share = "front"
"#,
    covers: &["LB-04", "SV002"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    if resolved.address_problems.is_empty() {
        return;
    }
    let wanting = by_key(resolved);
    // One address is proposed for each pool: whoever takes it runs `plan` again.
    let mut free = BTreeMap::new();
    for problem in &resolved.address_problems {
        let Problem::PinConflict { address, keys, pool } = problem else { continue };
        let mut holders: Vec<_> = keys.iter().filter_map(|key| wanting.get(key)).collect();
        holders.sort_by_key(|one| one.place_of(*address));
        let Some((first, others)) = holders.split_first() else { continue };
        let family = address::family(*address);
        let free = *free.entry((pool.as_str(), family)).or_insert_with(|| {
            let pool = resolved.pools.iter().find(|own| own.name == pool)?;
            super::lowest_free(resolved, pool, family)
        });
        for other in others {
            let message = format!("`{}` and `{}` both pin {address}", first.path, other.path);
            let help = match free {
                Some(free) => format!(
                    "{free} is free; or let both say `share = \"NAME\"` if their ports \
                    differ"
                ),
                None => "the pool has no other address left: let both say `share = \"NAME\"` if their \
                    ports differ"
                    .to_owned(),
            };
            let finding = Diagnostic::new(&RULE, other.place_of(*address), message)
                .here("already taken")
                .label(first.place_of(*address), format!("`{}` has it", first.path))
                .help(help)
                .on(&other.path);
            found.push(finding);
        }
    }
}
