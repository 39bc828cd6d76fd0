//! Names move when what they lead to is there.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::resolve::Unit;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8518",
    name: "names-before-services",
    level: Level::Warning,
    summary: "`dns` comes after the services that names lead to",
    explanation: "The stage that applies `dns` points every name of its cluster at the address that the plan has for it. Where the \
                  Service comes in a later stage, nothing answers at that address until then, and what answered before is no longer \
                  asked.",
    fails: r#"domain = "lab.test"

[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }

[[stages]]
name = "names"
apply = ["dns"]

[[stages]]
name = "workloads"
apply = ["web"]
"#,
    passes: r#"domain = "lab.test"

[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }

[[stages]]
name = "workloads"
apply = ["web"]

[[stages]]
name = "names"
apply = ["dns"]
"#,
    covers: &["STG-01"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    for (at, stage) in resolved.stages.iter().enumerate() {
        let Some(dns) = stage.apply.iter().find(|unit| unit.value == Unit::Dns) else { continue };
        let clusters = crate::runbook::clusters_of(facts, at);
        let services = clusters.iter().flat_map(|cluster| resolved.services_of(*cluster));
        let late: Vec<_> = services
            .filter(|service| service.pool.is_some() && !service.hosts.is_empty())
            .filter_map(|service| Some((service, facts.order.stage_of(Unit::Service(service.id))?)))
            .filter(|(_, brought)| *brought != at && !facts.stages.graph.is_before(*brought, at))
            .collect();
        let Some((service, brought)) = late.first() else { continue };
        let others = match late.len() {
            1 => String::new(),
            count => format!(" and {} more", count - 1),
        };
        let brought = &resolved.stages[*brought];
        let message = format!(
            "the names of `{}`{others} move in `{}`, and the services come later",
            service.path(),
            stage.name
        );
        found.push(
            Diagnostic::new(&RULE, dns.span, message)
                .here("nothing answers there yet")
                .label(brought.written.name.span, format!("brings `{}`", service.path()))
                .help(format!("apply `dns` in `{}` or after it", brought.name))
                .on(format!("stages.{}", stage.name)),
        );
    }
}
