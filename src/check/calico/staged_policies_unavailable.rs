//! Policies can be staged from Calico 3.30 on.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::PolicyMode;
use crate::source::Span;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3134",
    name: "staged-policies-unavailable",
    level: Level::Error,
    summary: "staged policies have a Calico that knows them",
    explanation: "A staged policy drops nothing: Felix evaluates it and flow logs show what it would do. \
        The \
                  kinds exist from Calico 3.30 on, and without Calico not at all; the API server refuses them \
                  elsewhere, and a namespace that is to be watched would be neither watched nor guarded.",
    fails: r#"[clusters.main]
distribution = "k3s"
version = "v1.32.5+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"

[clusters.main.calico]
version = "v3.29.7"

[tenants.team]
policy = "observe"
"#,
    passes: r#"[clusters.main.calico]
version = "v3.30.7"
goldmane = true

[tenants.team]
policy = "observe"
"#,
    covers: &["CAL084"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    for namespace in resolved.namespaces.iter().filter(|namespace| namespace.policy == PolicyMode::Observe) {
        let cluster = resolved.cluster(namespace.cluster);
        if !cluster.is_target() || cluster.has_staged_policies() {
            continue;
        }
        let of_tenant = namespace.tenant().and_then(|tenant| resolved.tenant(tenant).shared.policy.as_ref());
        let written = of_tenant.or(namespace.shared.policy.as_ref());
        let span: Span = written.map_or(namespace.span, |policy| policy.span);
        let (what, place) = match (&cluster.calico, &cluster.written.calico) {
            (Some(calico), Some(written)) => {
                (format!("Calico {}", calico.version), written.value.version.span)
            }
            _ => ("no Calico".to_owned(), cluster.span),
        };
        let message =
            format!("the policies of `{}` are staged, and `{}` has {what}", namespace.name, cluster.name);
        let finding = Diagnostic::new(&RULE, span, message)
            .here("staged policies need Calico 3.30")
            .label(place, what)
            .help("write: policy = \"isolated\" or \"open\", or take Calico v3.30 or newer")
            .on(namespace.from.first().cloned().unwrap_or_else(|| format!("namespaces.{}", namespace.name)));
        found.push(finding);
    }
}
