//! A Secret that pods mount comes from somewhere.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::Layer;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8016",
    name: "secret-without-writer",
    level: Level::Warning,
    summary: "somebody brings the Secrets that services name",
    explanation: "The tree holds no Secret, because a Git repository is no place for one. A pod whose Secret is missing stays \
                  in `CreateContainerConfigError` until somebody remembers which it was. Who brings them is said once, by \
                  `secrets` or `sealed-secrets` in `owns`.",
    fails: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nsecrets = [\"web-credentials\"]\n",
    passes: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nsecrets = [\"web-credentials\"]\n\n[ansible]\nowns = [\"hosts\", \"k3s\", \"secrets\"]\n",
    covers: &["REF-05"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    let written = |layer| resolved.delivery.writer(layer).is_some();
    if written(Layer::Secrets) || written(Layer::SealedSecrets) {
        return;
    }
    let mut seen = std::collections::BTreeSet::new();
    for service in resolved.services.iter().filter(|service| seen.insert(service.key)) {
        for secret in service.written.secrets.iter().flat_map(|list| &list.value) {
            let message = format!(
                "`{}` needs the Secret `{}`, and nobody brings Secrets",
                service.path(),
                secret.value
            );
            let finding = Diagnostic::new(&RULE, secret.span, message)
                .here("from nowhere")
                .help("say who brings them, such as:\n[ansible]\nowns = [\"hosts\", \"k3s\", \"secrets\"]")
                .on(service.path());
            found.push(finding);
        }
    }
}
