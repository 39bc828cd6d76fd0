//! An override has values that the object takes.

use super::list::overrides;
use super::schema::{Wrong, refusals};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3502",
    name: "refused-value",
    level: Level::Error,
    summary: "a raw override has values of the type and range that its kind takes",
    explanation: "The API server refuses the whole object for one value of another type, outside of a range, or that is no \
                  word of an enumeration, and a GitOps controller then applies nothing of the folder.",
    fails: "[clusters.main.calico]\nversion = \"v3.30.7\"\ninstallation = { kubernetesProvider = \"k3s\" }\n",
    passes: "[clusters.main.calico]\nversion = \"v3.30.7\"\ninstallation = { kubernetesProvider = \"\" }\n",
    covers: &["CAL-02"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for part in overrides(facts) {
        for refusal in refusals(&part) {
            let place = match refusal.field.as_str() {
                "" => part.path.clone(),
                field => format!("{}.{field}", part.path),
            };
            let kind = refusal.kind.named();
            let (message, here, help) = match &refusal.wrong {
                Wrong::Unknown { .. } => continue,
                Wrong::Missing { key } => (
                    format!("`{place}` has no `{key}`, which {kind} needs there"),
                    format!("`{key}` is missing"),
                    format!("add `{key}`: nothing else fills it in"),
                ),
                Wrong::Refused { found: there, expected } => (
                    format!("`{place}` is {there}, and {kind} takes {expected}"),
                    format!("expected {expected}"),
                    format!("write {expected}, or remove the key"),
                ),
            };
            let finding =
                Diagnostic::new(&RULE, refusal.span, message).here(here).help(help).on(part.path.clone());
            found.push(finding);
        }
    }
}
