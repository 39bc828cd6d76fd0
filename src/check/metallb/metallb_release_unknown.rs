//! The tables of this compiler know the MetalLB release.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::upstream::metallb::MINORS;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4002",
    name: "metallb-release-unknown",
    level: Level::Warning,
    summary: "MetalLB's release is one that `plan` has read",
    explanation: "The annotation prefix, the fields of each kind and the chart's keys are looked up by release. A release \
                  that is newer than the tables is treated like the newest one in them, which is usually right and \
                  proven by nobody.",
    fails: "[clusters.main.metallb]\nversion = \"v0.99.0\"\n",
    passes: "[clusters.main.metallb]\nversion = \"v0.16.1\"\n",
    covers: &["GO025"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let first = MINORS.first().expect("broken promise: the table of MetalLB minors has rows");
    let last = MINORS.last().expect("broken promise: the table of MetalLB minors has rows");
    for (cluster, metallb) in super::installed(facts) {
        let version = &metallb.version;
        // What is older than the table is refused by a rule of its own.
        if version.value.minor_line() <= *last {
            continue;
        }
        let range = format!("v{}.{} to v{}.{}", first.0, first.1, last.0, last.1);
        let message = format!("MetalLB {} is newer than the tables of `plan`", version.value);
        let finding = Diagnostic::new(&RULE, version.span, message)
            .here(format!("the tables hold {range}"))
            .help(format!(
                "compare its release notes with v{}.{}, or write a release of {range}",
                last.0, last.1
            ))
            .on(format!("clusters.{}.metallb.version", cluster.name));
        found.push(finding);
    }
}
