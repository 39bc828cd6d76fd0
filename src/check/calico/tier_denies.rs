//! A tier that denies at its end decides for everybody after it.

use super::with_calico;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::TierAction;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3130",
    name: "tier-denies",
    level: Level::Warning,
    summary: "a tier passes on what none of its policies decides",
    explanation: "With `default_action = \"Deny\"`, one policy that selects a pod is enough: whatever it \
        does \
                  not allow is dropped at the end of the tier, and no later tier, no NetworkPolicy of a team \
                  and no default is asked. That is right for a tier that is complete, and surprising for every \
                  other.",
    fails: r#"[clusters.main.calico]
version = "v3.30.7"

[clusters.main.calico.tiers.platform]
order = 200
default_action = "Deny"
"#,
    passes: r#"[clusters.main.calico]
version = "v3.30.7"

[clusters.main.calico.tiers.platform]
order = 200
default_action = "Pass"
"#,
    covers: &["CAL086"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts) {
        for tier in settings.written.tiers.iter().flat_map(|tiers| tiers.value.iter()) {
            let Some(action) = tier.value.default_action.as_ref() else { continue };
            if action.value != TierAction::Deny {
                continue;
            }
            let name = &tier.name.value;
            let on = format!("clusters.{}.calico.tiers.{name}", cluster.name);
            let message = format!(
                "the tier `{name}` drops what its policies select and do not decide, before \
                    NetworkPolicies are asked"
            );
            let finding = Diagnostic::new(&RULE, action.span, message)
                .here("ends the evaluation")
                .help(format!(
                    "write: default_action = \"Pass\", or accept it:\n[[accept]]\nrule = \"{}\"\non = \"{on}\"\n\
                     reason = \"why it is meant\"",
                    RULE.name
                ))
                .on(on);
            found.push(finding);
        }
    }
}
