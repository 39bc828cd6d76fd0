//! The tables of this compiler know the keys of the Seldon release.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::upstream::Version;
use crate::upstream::seldon::known_releases;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P6002",
    name: "seldon-release-unknown",
    level: Level::Warning,
    summary: "Seldon's release is one whose charts `plan` has read",
    explanation: "Seldon's charts have no schema, so every key that a template reads was collected release by release. For \
                  another release the values of the plan cannot be checked, and the flows between its pods are those of \
                  the nearest known one.",
    fails: tested!("[seldon]\nversion = \"2.9.7\"\n"),
    passes: tested!("[seldon]\nversion = \"2.9.1\"\n"),
    covers: &["P-28", "GO025"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for install in &facts.resolved.installs {
        let known = known_releases();
        if known.iter().any(|release| Version::from(*release) == install.version) {
            continue;
        }
        let list: Vec<String> = known.iter().map(|release| Version::from(*release).numbers()).collect();
        let span = install.settings.version.as_ref().map_or(install.span, |version| version.span);
        let message = format!("the charts of Seldon {} are not in the tables of `plan`", install.version);
        let finding = Diagnostic::new(&RULE, span, message)
            .here("its values cannot be checked")
            .help(format!("the tables hold {}", list.join(", ")))
            .on("seldon.version");
        found.push(finding);
    }
}
