//! Somebody gives the addresses of the pools.

use super::{installed, pools};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use serde_json::Value;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4039",
    name: "controller-switched-off",
    level: Level::Warning,
    summary: "the controller of MetalLB runs where there are pools",
    explanation: "Only MetalLB's controller gives addresses to Services, and it answers the webhooks that judge pools and \
                  peers. With `controller.enabled` false in the chart's values (0.13 to 0.16) the speakers run alone: every \
                  new Service of type LoadBalancer stays `<pending>`, and no event says why.",
    fails: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nvalues = { controller = { enabled = false } }\n",
    passes: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nvalues = { controller = { enabled = true } }\n",
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, metallb) in installed(facts) {
        let Some(values) = metallb.values.as_ref().map(|values| &values.value) else { continue };
        let is_off = values.to_json().pointer("/controller/enabled") == Some(&Value::Bool(false));
        let mut pools = pools(facts).filter(|(of, ..)| of.id == cluster.id);
        let (true, Some((.., pool))) = (is_off, pools.next()) else { continue };
        let Some(span) = values.key_place("/controller", "enabled") else { continue };
        let message = format!("without a controller nobody gives the addresses of the pool `{}`", pool.name);
        let finding = Diagnostic::new(&RULE, span, message)
            .here("Services stay without an address")
            .label(pool.span, "gives nothing")
            .help("remove it")
            .on(format!("clusters.{}.metallb.values", cluster.name));
        found.push(finding);
    }
}
