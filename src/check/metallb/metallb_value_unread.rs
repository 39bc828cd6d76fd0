//! MetalLB's chart reads every value that it gets.

use super::installed;
use crate::check::Check;
use crate::decode::{Raw, RawValue};
use crate::diagnostics::{Diagnostic, Level, Rule, nearest};
use crate::facts::Facts;
use crate::source::Span;
use crate::upstream::metallb::CHART_VALUES;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4036",
    name: "metallb-value-unread",
    level: Level::Warning,
    summary: "every key of `metallb.values` is one that the chart of MetalLB reads",
    explanation: "Helm takes any key and says nothing about one that no template reads. `plan` knows the keys of the chart from \
                  0.13 to 0.16 (`charts/metallb/values.yaml`).",
    fails: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nvalues = { speaker = { loglevel = \"debug\" } }\n",
    passes: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nvalues = { speaker = { logLevel = \"debug\" } }\n",
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, metallb) in installed(facts) {
        let Some(values) = &metallb.values else { continue };
        let mut unread = Vec::new();
        walk(&values.value, "", &mut unread);
        for (path, span) in unread {
            let message = format!("the chart of MetalLB reads no `{path}`");
            let finding = Diagnostic::new(&RULE, span, message)
                .here("has no effect")
                .on(format!("clusters.{}.metallb.values", cluster.name));
            let known = CHART_VALUES.iter().map(|known| known.trim_end_matches(".*"));
            found.push(match nearest(&path, known) {
                Some(meant) => finding.help(format!("did you mean `{meant}`?")),
                None => finding.help("remove it: `helm show values metallb/metallb` lists the keys"),
            });
        }
    }
}

/// The keys that lead to nothing, the outermost of each.
fn walk(raw: &Raw, above: &str, unread: &mut Vec<(String, Span)>) {
    for (key, value) in &raw.0 {
        let path = if above.is_empty() { key.value.clone() } else { format!("{above}.{}", key.value) };
        let read = CHART_VALUES.iter().any(|known| match known.strip_suffix(".*") {
            Some(all) => all == path,
            None => *known == path,
        });
        let leads = CHART_VALUES.iter().any(|known| {
            known.strip_prefix(path.as_str()).is_some_and(|rest| rest.starts_with('.') && rest != ".*")
        });
        match &value.value {
            _ if read => {}
            RawValue::Table(table) if leads => walk(table, &path, unread),
            _ => unread.push((path, key.span)),
        }
    }
}
