//! A tier has a place of its own between those of Calico.

use super::with_calico;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::upstream::calico::RESERVED_TIERS;
use std::collections::BTreeMap;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3129",
    name: "tier-out-of-place",
    level: Level::Error,
    summary: "a tier has a name and an order that nobody else has",
    explanation: "Calico's own tiers have fixed orders: its system tier 100, kube-admin 1000, default \
        1000000, \
                  kube-baseline 10000000. A tier before the system tier could cut Calico off from its own API; \
                  one with an order of another tier is evaluated in an order by name that nobody meant; and a \
                  reserved name is refused or taken over by the operator.",
    fails: r#"[clusters.main.calico]
version = "v3.30.7"

[clusters.main.calico.tiers.platform]
order = 50
"#,
    passes: r#"[clusters.main.calico]
version = "v3.30.7"

[clusters.main.calico.tiers.platform]
order = 200
"#,
    covers: &["CAL085"],
};

/// The order of Calico's own tier (`allow-tigera`, from 3.32 `calico-system`).
const SYSTEM: u32 = 100;

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts) {
        let mut orders = BTreeMap::new();
        for tier in settings.written.tiers.iter().flat_map(|tiers| tiers.value.iter()) {
            let (name, order) = (tier.name.value.as_str(), &tier.value.order);
            let fixed = RESERVED_TIERS.iter().find(|(_, reserved)| *reserved == Some(order.value));
            let (span, message, here, other) = if RESERVED_TIERS.iter().any(|(reserved, _)| *reserved == name)
            {
                (
                    tier.name.span,
                    format!("the tier name `{name}` is reserved"),
                    "a tier of Calico itself",
                    None,
                )
            } else if order.value <= SYSTEM {
                let message = format!(
                    "the tier `{name}` has the order {}, before or beside Calico's own ({SYSTEM})",
                    order.value
                );
                (order.span, message, "expected more than 100", None)
            } else if let Some((reserved, _)) = fixed {
                let message =
                    format!("the tier `{name}` has the order {} of the tier `{reserved}`", order.value);
                (order.span, message, "a fixed order of Calico", None)
            } else if let Some((first, span)) = orders.insert(order.value, (name, order.span)) {
                let message = format!(
                    "the tiers `{first}` and `{name}` both have the order \
                    {}",
                    order.value
                );
                (order.span, message, "the same order", Some(span))
            } else {
                continue;
            };
            let mut finding = Diagnostic::new(&RULE, span, message)
                .here(here)
                .help(
                    "take a name of your own and an order between 101 and 999 (before kube-admin), \
                    such as 200",
                )
                .on(format!("clusters.{}.calico.tiers.{name}", cluster.name));
            if let Some(other) = other {
                finding = finding.label(other, "has it already");
            }
            found.push(finding);
        }
    }
}
