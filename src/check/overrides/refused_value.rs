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
            let Wrong::Refused { found: there, expected } = &refusal.wrong else { continue };
            let place = if refusal.field.is_empty() {
                part.path.clone()
            } else {
                format!("{}.{}", part.path, refusal.field)
            };
            let message = format!("`{place}` is {there}, and a {} takes {expected}", refusal.kind.kind);
            let finding = Diagnostic::new(&RULE, refusal.span, message)
                .here(format!("expected {expected}"))
                .help(format!("write {expected}, or remove the key"))
                .on(part.path.clone());
            found.push(finding);
        }
    }
}
