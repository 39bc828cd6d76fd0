//! Of two pools that a Service may use, it is clear which comes first.

use super::{pool_path, pools};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use std::collections::BTreeSet;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4034",
    name: "pools-tie",
    level: Level::Warning,
    summary: "pools of one namespace differ in `priority`",
    explanation: "MetalLB sorts the pools that a Service may use by priority; those of the same priority, or of none, come in \
                  the order of a Go map (`internal/allocator/allocator.go`), which is another one every time. What `plan` \
                  writes has its address pinned; every other Service of the namespace gets its address from either pool.",
    fails: r#"[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }
ip = "192.168.1.200"

[pools.lan]
cluster = "main"
addresses = ["192.168.1.200-192.168.1.219"]
default = true
auto_assign = true
namespaces = ["web"]
priority = 10

[pools.more]
cluster = "main"
addresses = ["192.168.1.230-192.168.1.239"]
auto_assign = true
namespaces = ["web"]
priority = 10

[checks]
auto-assign-with-pins = "allow"
"#,
    passes: r#"[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }
ip = "192.168.1.200"

[pools.lan]
cluster = "main"
addresses = ["192.168.1.200-192.168.1.219"]
default = true
auto_assign = true
namespaces = ["web"]
priority = 10

[pools.more]
cluster = "main"
addresses = ["192.168.1.230-192.168.1.239"]
auto_assign = true
namespaces = ["web"]
priority = 20

[checks]
auto-assign-with-pins = "allow"
"#,
    covers: &["PL019"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let all: Vec<_> = pools(facts).filter(|(_, _, pool)| pool.written.auto_assign()).collect();
    for (at, (cluster, _, pool)) in all.iter().enumerate() {
        let names = |pool: &crate::resolve::Pool<'_>| -> BTreeSet<String> {
            let names = pool.written.namespaces.iter().flat_map(|list| &list.value);
            names.map(|name| name.value.to_string()).collect()
        };
        let mine = names(pool);
        for (other_cluster, _, other) in &all[..at] {
            let both: Vec<String> = mine.intersection(&names(other)).cloned().collect();
            let priority =
                |pool: &crate::resolve::Pool<'_>| pool.written.priority.as_ref().map(|own| own.value);
            let (Some(first), true, true) =
                (both.first(), cluster.id == other_cluster.id, priority(pool) == priority(other))
            else {
                continue;
            };
            let place = |pool: &crate::resolve::Pool<'_>| {
                pool.written.priority.as_ref().map_or(pool.span, |priority| priority.span)
            };
            let message = format!(
                "a Service in `{first}` gets its address from `{}` or from `{}`, as it happens",
                other.name, pool.name
            );
            let finding = Diagnostic::new(&RULE, place(pool), message)
                .here("the same priority")
                .label(place(other), format!("as `{}`", other.name))
                .help("give each a `priority` of its own: the lower one is tried first")
                .on(pool_path(pool));
            found.push(finding);
        }
    }
}
