//! A variable that takes the place of the profile's is a value of the same sort.

use crate::check::Check;
use crate::decode::RawValue;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use serde_json::Value;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P7007",
    name: "variable-of-other-type",
    level: Level::Error,
    summary: "a key of `ansible.vars` has the type of the variable that it replaces, and does not name itself",
    explanation: "What `vars` says wins over what the profile writes, whole: a number where a role joins texts stops the play, \
                  a list where it takes one text becomes the text of a list, and of a dictionary every key that is left out \
                  is gone (Ansible does not merge dictionaries). A variable whose value names itself stops the play with \
                  \"Recursive loop detected in template\".",
    fails: "[ansible]\nprofile = \"ml-platform\"\nvars = { metallb_namespace = [\"metallb-system\"] }\n",
    passes: "[ansible]\nprofile = \"ml-platform\"\nvars = { metallb_namespace = \"metallb-system\" }\n",
    covers: &["ANS-06", "ANS-07", "ANS-08"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let Some(vars) = facts.resolved.delivery.ansible.and_then(|ansible| ansible.vars.as_ref()) else {
        return;
    };
    let written = written(facts);
    for (name, value) in &vars.value.0 {
        let path = format!("ansible.vars.{}", name.value);
        if let RawValue::Text(text) = &value.value
            && names_itself(text, &name.value)
        {
            let finding = Diagnostic::new(&RULE, value.span, format!("`{path}` is made of itself"))
                .here("Ansible stops: \"Recursive loop detected in template\"")
                .help("write the value, or the name of another variable")
                .on(path);
            found.push(finding);
            continue;
        }
        let own = value.value.to_json();
        let Some(theirs) = written.iter().find_map(|file| file.get(&name.value)) else { continue };
        // Jinja makes anything of a text with braces.
        let open = |value: &Value| value.as_str().is_some_and(|text| text.contains("{{"));
        if open(&own) || open(theirs) || theirs.is_null() {
            continue;
        }
        let (here, help) = if sort(&own) != sort(theirs) {
            let written = theirs.as_str().map(|text| format!("write: {} = \"{text}\"", name.value));
            (
                format!("the roles take {}", sort(theirs)),
                written.unwrap_or_else(|| format!("write {}, or remove it: `plan` writes one", sort(theirs))),
            )
        } else if let Some(missing) = missing(&own, theirs) {
            (format!("`{missing}` is gone: Ansible replaces the whole"), format!("add `{missing}`"))
        } else {
            continue;
        };
        let message =
            format!("`{}` is {}, and takes the place of {}", name.value, sort(&own), described(theirs));
        found.push(Diagnostic::new(&RULE, value.span, message).here(here).help(help).on(path));
    }
}

/// The variables that the templates of the profile write, file by file.
fn written(facts: &Facts<'_>) -> Vec<Value> {
    let files = facts.resolved.targets().flat_map(|cluster| &facts.ansible_of(cluster).0);
    files
        .filter(|file| file.name.starts_with("group_vars/"))
        .filter_map(|file| serde_yaml::from_str(&file.text).ok())
        .collect()
}

/// Whether a Jinja expression of the text uses the name.
fn names_itself(text: &str, name: &str) -> bool {
    text.split("{{").skip(1).filter_map(|part| part.split("}}").next()).any(|expression| {
        let word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '.';
        expression.split(|letter| !word(letter)).any(|part| part == name)
    })
}

fn missing<'a>(own: &Value, theirs: &'a Value) -> Option<&'a str> {
    let (own, theirs) = (own.as_object()?, theirs.as_object()?);
    theirs.keys().find(|key| !own.contains_key(*key)).map(String::as_str)
}

fn sort(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "`true` or `false`",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a table",
    }
}

fn described(value: &Value) -> String {
    match value {
        Value::Array(_) | Value::Object(_) => sort(value).to_owned(),
        other => format!("the value {other}"),
    }
}
