//! GitLab's Code Quality report: one array of issues, each with a fingerprint by which a merge request compares them.
//!
//! The form is that of GitLab's documentation, "Code Quality report format": `description`, `check_name`, `fingerprint`,
//! `location.path` relative to the repository and without `./`, `location.lines.begin`, `severity`.

use super::fingerprint::{digest, fingerprints};
use super::location::{Location, sentence};
use super::{Format, Options, refusals};
use crate::cli::run::PlanRun;
use crate::diagnostics::Level;
use serde_json::{Value, json};

pub static FORMAT: Format =
    Format { name: "gitlab", about: "a Code Quality report for GitLab", for_programs: true, render };

fn render(runs: &[PlanRun], _: &Options) -> String {
    let mut issues: Vec<Value> = Vec::new();
    for run in runs {
        for (finding, fingerprint) in run.diagnostics.iter().zip(fingerprints(run)) {
            let severity = match finding.level {
                Level::Error => "critical",
                Level::Warning => "minor",
                Level::Note => "info",
            };
            let place = Location::of(finding.span(), &run.sources);
            issues.push(json!({
                "type": "issue",
                "check_name": finding.rule.name,
                "description": format!("{}: {}", finding.rule.code, sentence(finding)),
                "categories": ["Bug Risk"],
                "fingerprint": fingerprint,
                "severity": severity,
                "location": {
                    "path": place.file,
                    "lines": { "begin": place.start.line, "end": place.end.line },
                },
            }));
        }
        for (path, message) in refusals(run) {
            issues.push(json!({
                "type": "issue",
                "check_name": "plan",
                "fingerprint": digest(&["plan", &path, &message]),
                "description": message,
                "categories": ["Bug Risk"],
                "severity": "blocker",
                "location": { "path": path, "lines": { "begin": 1, "end": 1 } },
            }));
        }
    }
    format!("{:#}\n", Value::Array(issues))
}
