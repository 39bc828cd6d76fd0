//! A value for a chart is one that its templates read.

use crate::check::Check;
use crate::decode::{Raw, RawValue};
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::Owner;
use crate::source::Span;
use crate::upstream::charts::dead_key;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4516",
    name: "chart-key-unread",
    level: Level::Error,
    summary: "`release.raw` has no key that the chart is known not to read",
    explanation: "Helm passes every key to the templates, and a key that none of them reads changes nothing and is reported by \
                  nobody. The keys in the table are ones that people write.",
    fails: "[services.minio]\nnamespace = \"minio\"\nowner = \"chart\"\nrelease = { chart = \"bitnami/minio\", values = \"service\", raw = { consoleService = { type = \"LoadBalancer\" } } }\nselector = { app = \"minio\" }\nports = { api = \"9000\" }\n",
    passes: "[services.minio]\nnamespace = \"minio\"\nowner = \"chart\"\nrelease = { chart = \"bitnami/minio\", values = \"service\", raw = { service = { ports = { console = 9001 } } } }\nselector = { app = \"minio\" }\nports = { api = \"9000\" }\n",
    covers: &["SEL-01"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for service in super::once(facts).filter(|service| service.owner == Owner::Chart) {
        let Some(release) = &service.written.release else { continue };
        let Some(raw) = &release.value.raw else { continue };
        let chart = release.value.chart.value.as_str();
        walk(&raw.value, "", &mut |path, span| {
            let Some(dead) = dead_key(chart, path) else { return false };
            let help = match dead.instead {
                Some(instead) => format!("write `{instead}` instead"),
                None => "remove it: nothing in the chart does this".to_owned(),
            };
            let finding = Diagnostic::new(&RULE, span, format!("no template of `{chart}` reads `{path}`"))
                .here("has no effect")
                .help(help)
                .on(format!("{}.release.raw", service.path()));
            found.push(finding);
            true
        });
    }
}

/// Visits every key with its dotted path; what lies under a key for which `visit` is true is left out.
fn walk(raw: &Raw, above: &str, visit: &mut impl FnMut(&str, Span) -> bool) {
    for (key, value) in &raw.0 {
        let path = if above.is_empty() { key.value.clone() } else { format!("{above}.{}", key.value) };
        if !visit(&path, key.span)
            && let RawValue::Table(table) = &value.value
        {
            walk(table, &path, visit);
        }
    }
}
