//! A pool has room for the next services.

use crate::addresses::{Address, Family, address};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::resolve::PoolId;
use std::collections::{BTreeMap, BTreeSet};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P2031",
    name: "pool-nearly-full",
    level: Level::Warning,
    summary: "a pool of ten addresses or more is not taken by more than nine tenths",
    explanation: "The next service or tenant finds no address, on the day on which somebody is in a hurry, and a pool that \
                  is moved or renamed takes the addresses of its Services with it. What `reserve` keeps back counts as \
                  room: a line of the plan frees it.",
    fails: r#"[pools.lan]
cluster = "main"
addresses = ["192.168.1.200-192.168.1.209"]

[tenants.a]
seldon = true
mesh = "192.168.1.200"
[tenants.b]
seldon = true
mesh = "192.168.1.201"
[tenants.c]
seldon = true
mesh = "192.168.1.202"
[tenants.d]
seldon = true
mesh = "192.168.1.203"
[tenants.e]
seldon = true
mesh = "192.168.1.204"
[tenants.f]
seldon = true
mesh = "192.168.1.205"
[tenants.g]
seldon = true
mesh = "192.168.1.206"
[tenants.h]
seldon = true
mesh = "192.168.1.207"
[tenants.i]
seldon = true
mesh = "192.168.1.208"
[tenants.j]
seldon = true
mesh = "192.168.1.209"

[seldon]
version = "2.9.1"

[clusters.main]
distribution = "k3s"
version = "v1.31.9+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
"#,
    passes: r#"[pools.lan]
cluster = "main"
addresses = ["192.168.1.200-192.168.1.219"]

[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }
ip = "192.168.1.200"
"#,
    covers: &["PL014"],
};

/// Below it a pool is made for what is in it.
const SMALL: u128 = 10;

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    let mut given: BTreeMap<(PoolId, Family), BTreeSet<Address>> = BTreeMap::new();
    for assigned in &resolved.addresses {
        if let Some(pool) = assigned.pool {
            given.entry((pool, address::family(assigned.address))).or_default().insert(assigned.address);
        }
    }
    for pool in &resolved.pools {
        for family in [Family::V4, Family::V6] {
            let size = pool.addresses.of_family(family).size();
            let taken = given.get(&(pool.id, family)).map_or(0, BTreeSet::len) as u128;
            if size < SMALL || taken * 10 <= size * 9 {
                continue;
            }
            let message = format!("{taken} of the {size} {family} addresses of `{}` are taken", pool.name);
            let finding = Diagnostic::new(&RULE, pool.written.addresses.span, message)
                .here(match size - taken {
                    0 => "no room is left".to_owned(),
                    left => format!("room for {left} more"),
                })
                .help("add a range now, before the next service waits for its address")
                .on(format!("pools.{}", pool.name));
            found.push(finding);
        }
    }
}
