//! A value that a chart declares is not always one that it reads.

use super::values::written;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::upstream::seldon::{Found, chart_name};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P6004",
    name: "seldon-key-without-effect",
    level: Level::Warning,
    summary: "`seldon.values` sets nothing that stands in `values.yaml` and is read by no template",
    explanation: "Some keys are declared in a chart's values.yaml and no template uses them in this release, so setting one \
                  changes nothing. They may come alive in a later release: that is why this is a warning.",
    fails: tested!(
        "[seldon]\nversion = \"2.9.1\"\nvalues = { setup = { scheduler = { service = { type = \"ClusterIP\" } } } }\n"
    ),
    passes: tested!(
        "[seldon]\nversion = \"2.9.1\"\nvalues = { setup = { controller = { resources = { cpu = \"200m\" } } } }\n"
    ),
    covers: &["P-02"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for key in written(facts) {
        if key.found != Found::Dead {
            continue;
        }
        let chart = chart_name(key.chart);
        let message = format!("{chart} {} declares `{}` and no template reads it", key.release, key.path);
        let finding = Diagnostic::new(&RULE, key.span, message)
            .here("has no effect")
            .help("remove it")
            .on(key.on.clone());
        found.push(finding);
    }
}
