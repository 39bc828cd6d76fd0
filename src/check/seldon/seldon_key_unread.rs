//! A value for one of Seldon's charts is one that a template reads.

use super::values::written;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Names, Rule};
use crate::facts::Facts;
use crate::upstream::seldon::{Found, chart_name};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P6003",
    name: "seldon-key-unread",
    level: Level::Error,
    summary: "`seldon.values` has only keys that the charts of the release read",
    explanation: "The charts have no schema: Helm takes every key and no template complains. `controllerManager.resources` \
                  and `dataflowEngine.replicas` have limited and scaled nothing, in any release of version 2.",
    fails: tested!(
        "[seldon]\nversion = \"2.9.1\"\nvalues = { setup = { controllerManager = { webhookPort = 9443 } } }\n"
    ),
    passes: tested!(
        "[seldon]\nversion = \"2.9.1\"\nvalues = { setup = { controller = { resources = { cpu = \"200m\" } } } }\n"
    ),
    covers: &["P-01", "P-03", "SEL-01"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for key in written(facts) {
        let Found::Unknown { nearest, replacement } = &key.found else { continue };
        let chart = chart_name(key.chart);
        let message = format!("no template of {chart} {} reads `{}`", key.release, key.path);
        let finding = Diagnostic::new(&RULE, key.span, message).here("has no effect").on(key.on.clone());
        found.push(match (replacement, nearest) {
            (Some(row), _) => match row.instead {
                Some(instead) if row.in_chart == key.chart => {
                    finding.help(format!("write `{instead}`: {}", row.why))
                }
                Some(instead) => {
                    finding.help(format!("write `{instead}` for {}: {}", chart_name(row.in_chart), row.why))
                }
                None => finding.help(format!("remove it: {}", row.why)),
            },
            (None, Some(nearest)) => {
                let (above, last) = parted(nearest);
                let (written_above, written) = parted(&key.path);
                let known = (above == written_above).then_some(last);
                finding.help(format!("did you mean `{nearest}`?")).spell(
                    key.span,
                    written,
                    known,
                    Names::Fixed,
                    crate::diagnostics::key,
                )
            }
            (None, None) => finding.help("remove it: the chart reads nothing like it"),
        });
    }
}

/// A dotted path as what it lies in and its last step.
fn parted(path: &str) -> (&str, &str) {
    path.rsplit_once('.').unwrap_or(("", path))
}
