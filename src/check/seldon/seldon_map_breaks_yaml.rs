//! Some maps of the servers chart hold one entry.

use crate::check::Check;
use crate::decode::{Raw, RawValue};
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::upstream::seldon::ONE_ENTRY_ONLY;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P6006",
    name: "seldon-map-breaks-yaml",
    level: Level::Error,
    summary: "`labels` and `annotations` of the servers chart have one entry at most",
    explanation: "The template prints these maps with `toYaml` and no indentation for the second line, so that two entries \
                  give YAML that does not parse, in every release. Helm stops with an error about the rendered file.",
    fails: tested!(
        "[seldon]\nversion = \"2.9.1\"\n\n[seldon.values.servers.mlserver.labels]\nteam = \"ml\"\ntier = \"gold\"\n"
    ),
    passes: tested!(
        "[seldon]\nversion = \"2.9.1\"\n\n[seldon.values.servers.mlserver.labels]\nteam = \"ml\"\n"
    ),
    covers: &["P-20"],
};

fn table<'a>(raw: &'a Raw, key: &str) -> Option<&'a Raw> {
    raw.0.iter().find(|(name, _)| name.value == key).and_then(|(_, value)| match &value.value {
        RawValue::Table(table) => Some(table),
        _ => None,
    })
}

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for install in &facts.resolved.installs {
        let values = install.settings.values.as_ref().and_then(|values| values.value.servers.as_ref());
        let Some(servers) = values else { continue };
        for path in ONE_ENTRY_ONLY {
            let Some((server, map)) = path.split_once('.') else { continue };
            let entries = table(&servers.value, server).and_then(|server| table(server, map));
            let Some((second, _)) = entries.and_then(|entries| entries.0.get(1)) else { continue };
            let on = format!("seldon.values.servers.{path}");
            let finding = Diagnostic::new(&RULE, second.span, format!("`{on}` has more than one entry"))
                .here("the second one breaks the chart's YAML")
                .help("keep one, and put the others on a Server of your own")
                .on(on);
            found.push(finding);
        }
    }
}
