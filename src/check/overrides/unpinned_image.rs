//! What runs tomorrow is what ran today: no image is `latest`.

use crate::check::Check;
use crate::decode::{Raw, RawValue};
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3509",
    name: "unpinned-image",
    level: Level::Warning,
    summary: "no override or value asks for an image `latest`",
    explanation: "The same plan gives the same tree, and `latest` gives another program on each node and each day: a pod that \
                  moves to another node starts a release that nobody chose, and going back is impossible, because the old \
                  one has no name.",
    fails: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nvalues = { speaker = { image = { tag = \"latest\" } } }\n",
    passes: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nvalues = { speaker = { image = { tag = \"v0.15.3\" } } }\n",
    covers: &["REF-03"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (raw, path) in super::raw_tables(facts) {
        search(raw, &path, found);
    }
}

fn search(raw: &Raw, path: &str, found: &mut Vec<Diagnostic>) {
    for (key, value) in &raw.0 {
        let path = format!("{path}.{}", key.value);
        match &value.value {
            RawValue::Table(table) => search(table, &path, found),
            RawValue::List(items) => {
                for item in items {
                    if let RawValue::Table(table) = &item.value {
                        search(table, &path, found);
                    }
                }
            }
            RawValue::Text(text) if is_latest(&key.value, text) => {
                let finding = Diagnostic::new(&RULE, value.span, format!("`{path}` is {text}"))
                    .here("another program every day")
                    .help("write a release, or remove it: the chart knows its own")
                    .on(path);
                found.push(finding);
            }
            _ => {}
        }
    }
}

/// `tag = "latest"`, `someImageTag = "latest"`, `image = "registry/name:latest"`.
fn is_latest(key: &str, text: &str) -> bool {
    let key = key.to_lowercase();
    (key.ends_with("tag") && text == "latest") || (key.ends_with("image") && text.ends_with(":latest"))
}
