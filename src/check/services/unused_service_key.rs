//! A service has only keys that its type and its owner read.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::{Owner, ServiceType};
use crate::source::Span;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4523",
    name: "unused-service-key",
    level: Level::Error,
    summary: "a service has only keys that its type and its owner read",
    explanation: "A ClusterIP or headless Service has no address, no node ports, no class and no traffic policy for the \
                  outside: the API server refuses or drops these fields. A Service that a chart writes gets what the \
                  chart's values can say, and one that an operator writes gets nothing of `plan`. Defaults in \
                  `service_defaults` are not meant: they are for those who can use them.",
    fails: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nclients = []\ntraffic = \"Local\"\n",
    passes: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nclients = [\"lan\"]\ntraffic = \"Local\"\n",
    covers: &["SV021", "SV029"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let one_target = facts.resolved.targets().count() == 1;
    for service in super::once(facts) {
        let (written, shared) = (service.written, &service.written.shared);
        let exposed = service.exposure == ServiceType::LoadBalancer;
        let (by_plan, by_chart) = (service.owner == Owner::Plan, service.owner == Owner::Chart);
        let balanced = exposed && (by_plan || by_chart);
        let keys: [(&str, Option<Span>, bool); 15] = [
            ("ip", written.ip.as_ref().map(|key| key.span), balanced),
            ("share", written.share.as_ref().map(|key| key.span), balanced),
            // The pool also says in which cluster a service is.
            ("pool", shared.pool.as_ref().map(|key| key.span), balanced || !one_target),
            ("node_ports", shared.node_ports.as_ref().map(|key| key.span), balanced),
            ("traffic", shared.traffic.as_ref().map(|key| key.span), balanced),
            ("class", shared.class.as_ref().map(|key| key.span), balanced),
            ("source_ranges", shared.source_ranges.as_ref().map(|key| key.span), exposed && by_plan),
            (
                "internal_traffic",
                shared.internal_traffic.as_ref().map(|key| key.span),
                by_plan && service.exposure != ServiceType::Headless,
            ),
            ("session_affinity", shared.session_affinity.as_ref().map(|key| key.span), by_plan),
            ("session_timeout", shared.session_timeout.as_ref().map(|key| key.span), by_plan),
            ("family_policy", shared.family_policy.as_ref().map(|key| key.span), by_plan || by_chart),
            ("annotations", written.annotations.as_ref().map(|key| key.span), by_plan || by_chart),
            ("labels", written.labels.as_ref().map(|key| key.span), by_plan),
            ("service", written.service.as_ref().map(|key| key.span), by_plan),
            ("release", written.release.as_ref().map(|key| key.span), by_chart),
        ];
        for (key, span, is_read) in keys {
            let Some(span) = span.filter(|_| !is_read) else { continue };
            let path = service.path();
            let (why, help) = match service.owner {
                _ if key == "release" => {
                    ("no chart writes it".to_owned(), "write: owner = \"chart\"".to_owned())
                }
                Owner::Operator => ("an operator writes it".to_owned(), format!("remove `{key}`")),
                Owner::Chart if exposed => (
                    "a chart writes it".to_owned(),
                    format!("remove `{key}`, and say it in the chart's own words in `release.raw`"),
                ),
                _ => (
                    format!("it is of type {}", service.exposure.word()),
                    format!("remove `{key}`, or add \"lan\" to `clients` for an address"),
                ),
            };
            let message = format!("`{path}` has `{key}`, and {why}");
            let finding = Diagnostic::new(&RULE, span, message)
                .here("nothing reads this key")
                .help(help)
                .on(format!("{path}.{key}"));
            found.push(finding);
        }
    }
}
