//! A Service has the pods of one workload behind it.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use std::collections::BTreeMap;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4529",
    name: "selector-matches-other-pods",
    level: Level::Warning,
    summary: "a selector does not match the pods of another service as well",
    explanation: "A Service sends its traffic to every pod of its namespace that has the labels of its selector. With \
                  `app.kubernetes.io/name` alone it finds the pods of each release of that chart, and every second request \
                  goes to the wrong one; the policies of the two follow the same labels. Two services with the same selector \
                  are two names for the same pods and not meant.",
    fails: r#"[services.grafana]
namespace = "monitoring"
selector = { "app.kubernetes.io/name" = "grafana" }
ports = { http = "80:3000" }

[services.grafana-team]
namespace = "monitoring"
selector = { "app.kubernetes.io/name" = "grafana", "app.kubernetes.io/instance" = "team" }
ports = { http = "80:3000" }
"#,
    passes: r#"[services.grafana]
namespace = "monitoring"
selector = { "app.kubernetes.io/name" = "grafana", "app.kubernetes.io/instance" = "stack" }
ports = { http = "80:3000" }

[services.grafana-team]
namespace = "monitoring"
selector = { "app.kubernetes.io/name" = "grafana", "app.kubernetes.io/instance" = "team" }
ports = { http = "80:3000" }
"#,
    covers: &["SVC-06"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    // By one label of the more special selector, so that ten thousand services are no hundred million pairs.
    let mut by_label: BTreeMap<_, Vec<_>> = BTreeMap::new();
    let services = &facts.resolved.services;
    for service in services {
        for (key, value) in service.selector() {
            by_label.entry((service.namespace, key, value)).or_default().push(service);
        }
    }
    for service in services {
        let Some((key, value)) = service.selector().next() else { continue };
        let others = by_label.get(&(service.namespace, key, value)).into_iter().flatten();
        let wider = |other: &&&crate::resolve::Service<'_>| {
            let labels: Vec<_> = other.selector().collect();
            other.id != service.id
                && labels.len() > service.selector().count()
                && service.selector().all(|label| labels.contains(&label))
        };
        let Some(other) = others.into_iter().find(wider) else { continue };
        let message = format!("`{}` matches the pods of `{}` as well", service.path(), other.path());
        let finding = Diagnostic::new(&RULE, service.written.selector.span, message)
            .here("the labels of both")
            .label(other.written.selector.span, "one label more")
            .help("add the label that tells them apart, such as `app.kubernetes.io/instance`")
            .on(service.path());
        found.push(finding);
    }
}
