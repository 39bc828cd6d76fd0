//! A policy of one's own lies in a namespace of the plan.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Names, Rule, nearest, quoted};
use crate::facts::Facts;
use crate::facts::raw::is_network_policy;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3505",
    name: "policy-without-namespace",
    level: Level::Error,
    summary: "a raw NetworkPolicy says its namespace, and the plan has it",
    explanation: "A policy works in its own namespace only. Without one it goes to `default`, where it guards nothing of the \
                  platform; in a namespace that nobody makes the API server refuses it.",
    fails: "[policies.allow-probe]\napiVersion = \"networking.k8s.io/v1\"\nkind = \"NetworkPolicy\"\nmetadata = { name = \"allow-probe\", namespace = \"wbe\" }\nspec = { podSelector = { }, policyTypes = [\"Ingress\"] }\n\n[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nclients = []\n",
    passes: "[policies.allow-probe]\napiVersion = \"networking.k8s.io/v1\"\nkind = \"NetworkPolicy\"\nmetadata = { name = \"allow-probe\", namespace = \"web\" }\nspec = { podSelector = { }, policyTypes = [\"Ingress\"] }\n\n[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nclients = []\n",
    covers: &["GO016"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    for policy in resolved.plan.policies.iter().flat_map(|policies| policies.value.iter()) {
        if !is_network_policy(&policy.value) {
            continue;
        }
        let path = format!("policies.{}", policy.name.value);
        let object = policy.value.to_json();
        let Some(namespace) = object.pointer("/metadata/namespace").and_then(serde_json::Value::as_str)
        else {
            let finding =
                Diagnostic::new(&RULE, policy.name.span, format!("`{path}` does not say its namespace"))
                    .here("has no `metadata.namespace`")
                    .help(format!(
                        "add: metadata = {{ name = \"{}\", namespace = \"mlflow\" }}",
                        policy.name.value
                    ))
                    .on(path);
            found.push(finding);
            continue;
        };
        if resolved.targets().any(|cluster| resolved.find_namespace(cluster.id, namespace).is_some()) {
            continue;
        }
        let span = policy.value.place("/metadata/namespace", policy.span);
        let finding = Diagnostic::new(
            &RULE,
            span,
            format!("`{path}` is in `{namespace}`, which the plan does not have"),
        )
        .here("nothing of the plan is in it")
        .on(path);
        let known = resolved.namespaces.iter().map(|namespace| namespace.name.as_str());
        found.push(match nearest(namespace, known.clone()) {
            Some(meant) => finding.help(format!("did you mean `{meant}`?")).spell(
                span,
                namespace,
                known,
                Names::Chosen,
                quoted,
            ),
            None => finding.help(format!("if somebody else makes it, add:\n[namespaces.{namespace}]")),
        });
    }
}
