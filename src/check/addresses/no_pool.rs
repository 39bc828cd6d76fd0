//! Whoever wants an address has a pool to take it from.

use super::wanting::wanting;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P2024",
    name: "no-pool",
    level: Level::Error,
    summary: "every service that wants an address has a pool",
    explanation: "A service that the LAN or the internet calls becomes a LoadBalancer. Its address comes \
        from the pool that \
                  it names, from the one that holds its `ip`, from the pool of its cluster that says `default = true`, or \
                  from the only pool of its cluster. With several pools and none of these, only you can say which.",
    fails: r#"[pools.edge]
cluster = "main"
addresses = ["192.168.1.100-192.168.1.109"]

[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }
"#,
    passes: r#"[pools.edge]
cluster = "main"
addresses = ["192.168.1.100-192.168.1.109"]

[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }
pool = "edge"
"#,
    covers: &["LB-06"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    for one in wanting(resolved).iter().filter(|one| one.pool.is_none()) {
        let cluster = resolved.cluster(one.cluster);
        let pools: Vec<&str> = resolved.pools_of(cluster.id).map(|pool| pool.name).collect();
        let pin = one.pins.first();
        let message = match (pin, pools.is_empty()) {
            (_, true) => {
                format!("`{}` wants an address, and the cluster `{}` has no pool", one.path, cluster.name)
            }
            (Some(pin), false) => {
                format!("`{}` pins {}, which is in no pool of `{}`", one.path, pin.value, cluster.name)
            }
            (None, false) => format!("`{}` wants an address and does not say of which pool", one.path),
        };
        let inside = if one.path.starts_with("services.") {
            "clients = [] to keep it inside"
        } else {
            "remove the key to keep it inside"
        };
        let help = match pools.first() {
            Some(first) => {
                format!("add: pool = \"{first}\" (there are: {}), or write {inside}", pools.join(", "))
            }
            None => format!(
                "add a pool: [pools.lan] cluster = \"{}\", addresses = [\"FIRST-LAST\"]; or write {inside}",
                cluster.name
            ),
        };
        let mut finding = Diagnostic::new(&RULE, pin.map_or(one.span, |pin| pin.span), message)
            .here("no pool to take it from")
            .help(help)
            .on(&one.path);
        // A few of them say enough.
        for pool in resolved.pools_of(cluster.id).take(if pin.is_none() { 3 } else { 0 }) {
            finding = finding.label(pool.span, "would be it with `default = true`");
        }
        found.push(finding);
    }
}
