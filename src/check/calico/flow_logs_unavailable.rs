//! Whisker shows what Goldmane collects, and both come with Calico 3.30.

use super::{path, with_calico};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::upstream::calico::{Feature, has};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3133",
    name: "flow-logs-unavailable",
    level: Level::Error,
    summary: "Whisker has Goldmane, and both have a Calico that brings them",
    explanation: "Whisker is a window: without Goldmane the operator reports it as Degraded. The operator knows \
                  both kinds from Calico 3.30 on; before, the objects are refused because their CRDs do not \
                  exist.",
    fails: r#"[clusters.main.calico]
version = "v3.30.7"
whisker = true
"#,
    passes: r#"[clusters.main.calico]
version = "v3.30.7"
goldmane = true
whisker = true
"#,
    covers: &["CAL100"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts) {
        let goldmane = settings.written.goldmane.as_ref().filter(|goldmane| goldmane.value);
        let whisker = settings.written.whisker.as_ref().filter(|whisker| whisker.value);
        let Some(first) = goldmane.or(whisker) else { continue };
        let finding = if !has(settings.version, Feature::Goldmane) {
            let message = format!("Calico {} has no Goldmane and no Whisker", settings.version);
            Diagnostic::new(&RULE, first.span, message)
                .here("from Calico 3.30")
                .label(settings.written.version.span, "the release")
                .help("take Calico v3.30 or newer, or remove the key")
        } else if goldmane.is_none() {
            let message =
                format!("`{}` has Whisker without Goldmane, which collects what it shows", cluster.name);
            Diagnostic::new(&RULE, first.span, message).here("nothing to show").help("add: goldmane = true")
        } else {
            continue;
        };
        found.push(finding.on(path(cluster)));
    }
}
