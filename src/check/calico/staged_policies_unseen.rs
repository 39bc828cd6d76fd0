//! Somebody sees what a staged policy would do.

use super::path;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::PolicyMode;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3137",
    name: "staged-policies-unseen",
    level: Level::Note,
    summary: "where a plan asks for staged policies, Goldmane collects what they would do",
    explanation: "Felix evaluates a staged policy and writes the verdict into the flow logs. In the open-source Calico only \
                  Goldmane collects those: without it the policies are there, cost a little, and tell nobody anything. \
                  Namespaces that are staged because the plan says nothing else about them are not meant.",
    fails: "[tenants.team]\npolicy = \"observe\"\n",
    passes: "[clusters.main.calico]\nversion = \"v3.30.7\"\ngoldmane = true\n\n[tenants.team]\npolicy = \"observe\"\n",
    covers: &["CAL084"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    for namespace in resolved.namespaces.iter().filter(|namespace| namespace.policy == PolicyMode::Observe) {
        let cluster = resolved.cluster(namespace.cluster);
        let of_tenant = namespace.tenant().and_then(|tenant| resolved.tenant(tenant).shared.policy.as_ref());
        let (Some(written), Some(calico)) = (of_tenant.or(namespace.shared.policy.as_ref()), &cluster.calico)
        else {
            continue;
        };
        if !cluster.is_target() || !cluster.has_staged_policies() || calico.written.goldmane() {
            continue;
        }
        let message = format!(
            "the policies of `{}` are staged, and nothing in `{}` shows what they would do",
            namespace.name, cluster.name
        );
        let finding = Diagnostic::new(&RULE, written.span, message)
            .here("evaluated, and seen by nobody")
            .help(format!("add to `{}`: goldmane = true and whisker = true", path(cluster)))
            .on(namespace.from.first().cloned().unwrap_or_else(|| format!("namespaces.{}", namespace.name)));
        found.push(finding);
    }
}
