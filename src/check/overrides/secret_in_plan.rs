//! A password is no part of a plan.

use crate::check::Check;
use crate::decode::{Raw, RawValue};
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3506",
    name: "secret-in-plan",
    level: Level::Warning,
    summary: "overrides and values name a Secret instead of a password",
    explanation: "The plan and the tree that comes of it are committed, and what Git has seen it does not forget. Every chart \
                  that takes a password takes the name of a Secret as well (`existingSecret`, `passwordSecret`), and the \
                  Secret comes from Ansible or as a SealedSecret. A text counts as a secret by its key: `password`, `token`, \
                  `secretKey` and the like; a reference to a variable does not.",
    fails: "[ansible]\nowns = [\"hosts\", \"k3s\"]\nvars = { registry_password = \"Harbor12345\" }\n",
    passes: "[ansible]\nowns = [\"hosts\", \"k3s\"]\nvars = { registry_password = \"{{ vault_registry_password }}\" }\n",
    covers: &["REF-06", "GO024", "PE005"],
};

/// How the key of a secret ends, in lowercase and without `_` and `-`.
const KEYS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "token",
    "secretkey",
    "secretaccesskey",
    "apikey",
    "privatekey",
    "clientsecret",
];

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
            RawValue::Text(text) if is_secret(&key.value, text) => {
                let finding =
                    Diagnostic::new(&RULE, value.span, format!("`{path}` looks like a secret in plain text"))
                        .here("Git would keep it for ever")
                        .help("name a Secret, or a variable of Ansible's vault: \"{{ vault_NAME }}\"")
                        .on(path);
                found.push(finding);
            }
            _ => {}
        }
    }
}

fn is_secret(key: &str, text: &str) -> bool {
    let key: String = key.to_lowercase().chars().filter(|letter| !matches!(letter, '_' | '-')).collect();
    KEYS.iter().any(|end| key.ends_with(end))
        && !text.is_empty()
        && !text.contains("{{")
        && !text.starts_with('$')
}
