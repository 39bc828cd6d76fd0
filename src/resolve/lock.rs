//! `plan.lock`: who has which address, in TOML, canonical, sorted, committed.

use super::rules;
use crate::addresses::{Address, Held, Lock};
use crate::diagnostics::Diagnostic;
use crate::source::{Source, Span};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The lock of one plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LockFile {
    pub lock: Lock,
}

const HEADER: &str = "\
# Which address each service has. Written by `plan build`; commit it, and leave its lines alone:
# a pin in migration.toml moves an address, an edit here only confuses the next reader.
version = 1
";

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    version: u32,
    #[serde(default)]
    held: BTreeMap<String, Vec<Address>>,
    #[serde(default)]
    released: BTreeMap<String, Vec<Address>>,
}

impl LockFile {
    /// Reads a lock; an unreadable one is a finding, and the plan is not compiled with it.
    pub fn read(source: &Source, number: u16, diagnostics: &mut Vec<Diagnostic>) -> Option<LockFile> {
        let refuse = |span: Span, problem: String| {
            Diagnostic::new(&rules::LOCK_UNREADABLE, span, format!("the lock cannot be read: {problem}"))
                .here("not what `plan build` writes")
                .help("restore plan.lock from Git")
        };
        let written: Written = match toml::from_str(&source.text) {
            Ok(written) => written,
            Err(error) => {
                let span = Span::new(number, error.span().unwrap_or(0..0));
                diagnostics.push(refuse(span, error.message().replace('\n', ", ")));
                return None;
            }
        };
        if written.version != 1 {
            let problem = format!("its version is {}, this compiler knows 1", written.version);
            diagnostics.push(refuse(Span::new(number, 0..0), problem));
            return None;
        }
        let held =
            written.held.into_iter().map(|(key, addresses)| (key, addresses.into_iter().collect::<Held>()));
        Some(LockFile {
            lock: Lock {
                held: held.filter(|(_, held)| !held.is_empty()).collect(),
                released: written.released,
            },
        })
    }

    /// The text of the lock: equal locks have equal texts.
    pub fn text(&self) -> String {
        let mut text = HEADER.to_owned();
        let mut table = |name: &str, entries: Vec<(&String, Vec<Address>)>| {
            if entries.is_empty() {
                return;
            }
            let _ = write!(text, "\n[{name}]\n");
            for (key, addresses) in entries {
                let list: Vec<String> = addresses.iter().map(|address| format!("\"{address}\"")).collect();
                let _ = writeln!(text, "\"{key}\" = [{}]", list.join(", "));
            }
        };
        table("held", self.lock.held.iter().map(|(key, held)| (key, held.iter().collect())).collect());
        table("released", self.lock.released.iter().map(|(pool, list)| (pool, list.clone())).collect());
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_reads_back() {
        let mut file = LockFile::default();
        let held = ["192.168.1.202", "fd00::2"].map(|ip| ip.parse::<Address>().unwrap());
        file.lock.held.insert("after/services.mlflow".to_owned(), held.into_iter().collect());
        file.lock.released.insert("homelab".to_owned(), vec!["192.168.1.203".parse().unwrap()]);
        let text = file.text();
        let mut found = Vec::new();
        assert_eq!(LockFile::read(&Source::new("plan.lock", text.clone()), 1, &mut found), Some(file));
        assert!(
            found.is_empty() && text.contains("\"after/services.mlflow\" = [\"192.168.1.202\", \"fd00::2\"]")
        );
    }

    #[test]
    fn another_version_is_refused() {
        let mut found = Vec::new();
        assert!(LockFile::read(&Source::new("plan.lock", "version = 2\n"), 1, &mut found).is_none());
        assert_eq!(found[0].rule.name, "unreadable-lock");
    }
}
