//! What keeps data comes before those that need it.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::resolve::{Party, Unit};
use std::collections::BTreeSet;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8507",
    name: "needs-later-data",
    level: Level::Error,
    summary: "a service or tenant is applied no earlier than a stateful service that it needs",
    explanation: "Whoever starts without its database or object store does not become ready, and a GitOps controller \
                  that waits until it is never comes to the stage that brings the data. Services without data may call \
                  each other in any order: they find each other later.",
    fails: r#"[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }
needs = ["db"]

[services.db]
namespace = "db"
selector = { app = "db" }
ports = { sql = "5432" }
clients = []
stateful = true

[[stages]]
name = "workloads"
apply = ["web"]

[[stages]]
name = "data"
apply = ["db"]
"#,
    passes: r#"[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }
needs = ["db"]

[services.db]
namespace = "db"
selector = { app = "db" }
ports = { sql = "5432" }
clients = []
stateful = true

[[stages]]
name = "data"
apply = ["db"]

[[stages]]
name = "workloads"
apply = ["web"]
"#,
    covers: &["STG-01"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    let services =
        (resolved.services.iter()).map(|service| (Unit::Service(service.id), service.path(), &service.needs));
    let tenants =
        resolved.tenants.iter().map(|tenant| (Unit::Tenant(tenant.id), tenant.path(), &tenant.needs));
    let mut said = BTreeSet::new();
    for (unit, path, needs) in services.chain(tenants) {
        let Some(at) = facts.order.stage_of(unit) else { continue };
        for need in needs {
            let Party::Service(id) = need.party else { continue };
            let needed = resolved.service(id);
            let Some(brought) = facts.order.stage_of(Unit::Service(id)) else { continue };
            let early = brought != at && !facts.stages.graph.is_before(brought, at);
            if !needed.written.stateful() || !early || !said.insert((path.clone(), needed.key)) {
                continue;
            }
            let (stage, other) = (&resolved.stages[at], &resolved.stages[brought]);
            let message = format!(
                "`{path}` is applied in `{}`, and the data of `{}` comes in `{}`",
                stage.name, needed.key, other.name
            );
            let place = stage.apply.iter().find(|applied| applied.value == unit);
            found.push(
                Diagnostic::new(&RULE, place.map_or(stage.span, |place| place.span), message)
                    .here("starts without its data")
                    .label(need.span, "is needed here")
                    .label(other.written.name.span, "brings it later")
                    .help(format!("apply `{}` in `{}` or before it", needed.key, stage.name))
                    .on(path.clone()),
            );
        }
    }
}
