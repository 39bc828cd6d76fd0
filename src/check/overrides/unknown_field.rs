//! An override names fields that the object has.

use super::list::overrides;
use super::schema::{Wrong, refusals};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Names, Rule, nearest};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3501",
    name: "unknown-field",
    level: Level::Error,
    summary: "a raw override names fields that its kind has",
    explanation: "The API server prunes a field that the CRD does not name, without a word unless the client asks for strict \
                  validation: `calicoVersion` in an Installation has never chosen a version, and \
                  `nodeAddressAutodetection` beside `calicoNetwork` never an interface. The schemas are those of the \
                  newest releases that `plan` knows.",
    fails: "[clusters.main.calico]\nversion = \"v3.30.7\"\ninstallation = { calicoNetwork = { bgb = \"Disabled\" } }\n",
    passes: "[clusters.main.calico]\nversion = \"v3.30.7\"\ninstallation = { controlPlaneReplicas = 1 }\n",
    covers: &["CAL-01", "CAL-02", "GO025"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for part in overrides(facts) {
        for refusal in refusals(&part) {
            let Wrong::Unknown { key, known } = &refusal.wrong else { continue };
            let kind = refusal.kind.kind;
            let message = format!("`{}` has `{}`, which no {kind} has", part.path, refusal.field);
            let finding = Diagnostic::new(&RULE, refusal.span, message)
                .here("the API server would drop it without a word")
                .on(part.path.clone());
            found.push(match nearest(key, known.iter().map(String::as_str)) {
                Some(meant) => finding.help(format!("did you mean `{meant}`?")).spell(
                    refusal.span,
                    key,
                    known.iter().map(String::as_str),
                    Names::Fixed,
                    crate::diagnostics::key,
                ),
                None if known.is_empty() => finding.help("remove it"),
                None if known.len() <= 16 => finding.help(format!("the fields are: {}", known.join(", "))),
                None => {
                    finding.help(format!("remove it, or look for the right name in the reference of {kind}"))
                }
            });
        }
    }
}
