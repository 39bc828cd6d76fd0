//! The key of an annotation is one that Kubernetes takes.

use crate::check::Check;
use crate::decode::{FromText, Raw};
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::values::LabelKey;
use crate::source::Located;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4508",
    name: "annotation-key-refused",
    level: Level::Error,
    summary: "annotation keys are names of at most 63 characters, with a DNS prefix or none",
    explanation: "The API server refuses an object with another key (apimachinery ValidateAnnotations), and a GitOps \
                  controller then applies nothing of the whole folder.",
    fails: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nannotations = { \"owned by\" = \"ml\" }\n",
    passes: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nannotations = { \"example.com/owned-by\" = \"ml\" }\n",
    covers: &["SV028"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let plan = facts.resolved.plan;
    let mut judge = |annotations: &Option<Located<Raw>>, path: String| {
        for (key, _) in annotations.iter().flat_map(|raw| raw.value.0.iter()) {
            // Annotation keys are qualified names like those of labels; a capital letter in the prefix is forgiven.
            let Err(error) = LabelKey::from_text(&key.value.to_lowercase()) else { continue };
            let finding = Diagnostic::new(
                &RULE,
                key.span,
                format!("the annotation key `{}` {}", key.value, error.problem),
            )
            .here("the API server refuses the object")
            .help("write a key such as \"example.com/owner\"")
            .on(format!("{path}.annotations"));
            found.push(finding);
        }
    };
    for service in plan.services.iter().flat_map(|all| all.value.iter()) {
        judge(&service.value.annotations, format!("services.{}", service.name.value));
    }
    for tenant in plan.tenants.iter().flat_map(|all| all.value.iter()) {
        judge(&tenant.value.annotations, format!("tenants.{}", tenant.name.value));
    }
    for namespace in plan.namespaces.iter().flat_map(|all| all.value.iter()) {
        judge(&namespace.value.annotations, format!("namespaces.{}", namespace.name.value));
    }
}
