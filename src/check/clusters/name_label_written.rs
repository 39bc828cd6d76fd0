//! The name label of a namespace is its name.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3018",
    name: "name-label-written",
    level: Level::Error,
    summary: "`kubernetes.io/metadata.name` of a namespace has no value but its name",
    explanation: "The API server sets this label on every namespace and puts it back whenever somebody changes it; policies rely on \
                  that. Another value in the plan would have no effect.",
    fails: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\n\n[namespaces.web]\nlabels = { \"kubernetes.io/metadata.name\" = \"shop\" }\n",
    passes: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\n\n[namespaces.web]\nlabels = { area = \"shop\" }\n",
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let plan = facts.resolved.plan;
    let namespaces = plan.namespaces.iter().flat_map(|all| all.value.iter()).map(|entry| {
        let name = entry.name.value.to_string();
        (format!("namespaces.{name}"), name, &entry.value.labels)
    });
    let tenants = plan.tenants.iter().flat_map(|all| all.value.iter()).map(|entry| {
        let key = entry.name.value.to_string();
        let name = entry.value.namespace.as_ref().map_or(key.clone(), |name| name.value.to_string());
        (format!("tenants.{key}"), name, &entry.value.labels)
    });
    for (path, name, labels) in namespaces.chain(tenants) {
        for label in labels.iter().flat_map(|labels| labels.value.iter()) {
            if label.name.value.as_str() != "kubernetes.io/metadata.name" || label.value.as_str() == name {
                continue;
            }
            let message = format!("`{path}` gives the namespace `{name}` another name in its label");
            let finding = Diagnostic::new(&RULE, label.name.span, message)
                .here("the API server writes the name here")
                .help("remove it, or choose a key of your own")
                .on(path.clone());
            found.push(finding);
        }
    }
}
