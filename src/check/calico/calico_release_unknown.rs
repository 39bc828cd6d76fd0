//! Calico's tables know the release that is installed.

use super::{path, with_calico};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::upstream::calico;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3101",
    name: "calico-release-unknown",
    level: Level::Warning,
    summary: "the Calico release is one that `plan` knows",
    explanation: "Which operator belongs to a release, which CRDs it needs and what it can do stand in a \
        table \
                  of Calico 3.29 to 3.32. For another minor `plan` assumes the nearest behaviour it knows, and \
                  nobody has tried the result.",
    fails: r#"[clusters.main.calico]
version = "v3.28.2"
"#,
    passes: r#"[clusters.main.calico]
version = "v3.30.7"
"#,
    covers: &["CAL070"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts) {
        if calico::line(settings.version).is_some() {
            continue;
        }
        let known: Vec<String> = calico::LINES.iter().map(|line| line.minor.to_string()).collect();
        let message =
            format!("`{}` uses Calico {}, which `plan` does not know", cluster.name, settings.version);
        let finding = Diagnostic::new(&RULE, settings.written.version.span, message)
            .here("not in the table of releases")
            .help(format!(
                "take a release of {}, or accept the finding and read the release notes",
                known.join(", ")
            ))
            .on(path(cluster));
        found.push(finding);
    }
}
