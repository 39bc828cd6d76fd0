//! A template of the plan is a template, names what exists, and makes what its file's name says.

use crate::TEMPLATES;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::{Facts, ansible::VARS};
use crate::source::Span;
use crate::template::{ENDING, is_yaml};
use rayon::prelude::*;
use serde::Deserialize;
use std::collections::BTreeSet;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P7001",
    name: "unreadable-template",
    level: Level::Error,
    summary: "a template of `ansible.templates` makes a file for every cluster",
    explanation: "A template is rendered once for each generated cluster. It stops at a tag that is not closed, at a name that \
                  `templates/ansible/README.md` does not list, and at a list or table that is printed without `| yaml`; and \
                  a file called `.yaml` must be YAML. Jinja would print nothing for a name that does not exist, and Ansible \
                  would run with it.",
    fails: r#"[ansible]
templates = "templates"

# templates/address.ini.j2
address = {{ cluster.dns_adress }}
"#,
    passes: r#"[ansible]
templates = "templates"

# templates/address.ini.j2
address = {{ cluster.name }}
"#,
    covers: &["ANS-05"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let mut said = BTreeSet::new();
    for (index, (name, source)) in facts.templates.iter().enumerate() {
        let Some(file) = name.strip_suffix(ENDING) else { continue };
        let problem = match file {
            VARS => format!("`{name}` would make the file of `ansible.vars`"),
            file if !file.split('/').all(is_plain) => {
                format!("`{name}` makes a file that not every system can hold")
            }
            _ => continue,
        };
        let whole = Span::new(TEMPLATES + index as u16, 0..source.text.len().min(1));
        said.insert(index);
        found.push(
            finding(whole, problem)
                .here("its place gives the file its place")
                .help("letters, digits, `_`, `.` and `-` are safe; `group_vars/all/vars.yaml` is taken"),
        );
    }
    // Without a server there is nothing to join, and `no-servers` says so.
    let clusters: Vec<_> = facts.resolved.targets().filter(|cluster| !cluster.servers.is_empty()).collect();
    let rendered: Vec<_> = clusters.par_iter().map(|cluster| (*cluster, facts.ansible_of(cluster))).collect();
    for (cluster, (made, failures)) in rendered {
        for failure in failures {
            let name = format!("{}{ENDING}", failure.template);
            let message = format!("the template `{name}` fails: {}", failure.message);
            let Some(index) = facts.templates.iter().position(|(file, _)| *file == name) else {
                let span =
                    facts.resolved.plan.ansible.as_ref().map_or(Span::default(), |ansible| ansible.span);
                found.push(finding(span, message));
                continue;
            };
            if said.insert(index) {
                let range = failure.range.clone().unwrap_or(0..facts.templates[index].1.text.len().min(1));
                let finding = finding(Span::new(TEMPLATES + index as u16, range), message);
                found.push(
                    finding
                        .here(failure.message.clone())
                        .help("templates/ansible/README.md lists every name that a template may use"),
                );
            }
        }
        for file in made.iter().filter(|file| file.own && is_yaml(&file.name)) {
            let Some(problem) = not_yaml(&file.text) else { continue };
            let name = format!("{}{ENDING}", file.name);
            let Some(index) = facts.templates.iter().position(|(known, _)| *known == name) else { continue };
            if said.insert(index) {
                let message =
                    format!("the template `{name}` makes no YAML for `{}`: {problem}", cluster.name);
                let whole =
                    Span::new(TEMPLATES + index as u16, 0..facts.templates[index].1.text.len().min(1));
                let finding = finding(whole, message).here("what it makes is no YAML");
                found.push(finding.help("write a list or a table as `key:{{ value | yaml }}`, and give the key's column: `| yaml(4)`"));
            }
        }
    }
}

fn finding(span: Span, message: String) -> Diagnostic {
    Diagnostic::new(&RULE, span, message).on("ansible.templates")
}

/// Whether a segment of a path is a file's name on every system: letters, digits, `_`, `.` and `-`, neither `.` nor `-`
/// first, no dot last, and no device of Windows.
fn is_plain(segment: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "_.-".contains(letter);
    let stem = segment.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let numbered = stem.strip_suffix(|last: char| last.is_ascii_digit()).unwrap_or_default();
    let device = ["con", "prn", "aux", "nul"].contains(&stem.as_str()) || ["com", "lpt"].contains(&numbered);
    (1..=200).contains(&segment.len())
        && segment.chars().all(plain)
        && !segment.starts_with(['.', '-'])
        && !segment.ends_with('.')
        && !device
}

/// What a reader says about a text that is not YAML.
fn not_yaml(text: &str) -> Option<String> {
    let mut documents = serde_yaml::Deserializer::from_str(text);
    documents
        .find_map(|document| serde_yaml::Value::deserialize(document).err())
        .map(|error| error.to_string())
}
