//! What a word of `check` or `do` means in this plan: one of our templates, one of the plan's own, or nothing.

use super::words::{self, Action, Word};
use crate::facts::Facts;
use crate::facts::stages::plain;
use crate::resolve::{External, Resolved};

/// What a word means.
#[derive(Clone, Debug)]
pub enum Meaning {
    /// A check of ours, with what stands behind the colon.
    Check(&'static Word, Option<String>),
    /// Something that is done, with what stands behind the colon.
    Action(&'static Action, String),
    /// A template of the plan, by its place among them.
    Own(usize, Option<String>),
}

/// Why a word means nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaningless {
    /// There is no such word.
    Unknown,
    /// The word wants something behind a colon.
    NoArgument(&'static str),
    /// The word stands alone.
    Superfluous,
}

/// The ending of a template of the plan.
pub const ENDING: &str = ".sh.j2";

/// What a word of `check` means.
pub fn of_check(facts: &Facts<'_>, written: &str) -> Result<Meaning, Meaningless> {
    let (name, argument) = split(written);
    if let Some(own) = own(facts, name, argument) {
        return Ok(own);
    }
    let resolved = &facts.resolved;
    if let Some(word) = words::check(name) {
        return match (word.argument, argument) {
            (Some(wanted), None) => Err(Meaningless::NoArgument(wanted)),
            (None, Some(_)) => Err(Meaningless::Superfluous),
            (_, argument) => Ok(Meaning::Check(word, argument.map(str::to_owned))),
        };
    }
    // `postgres-reachable`, for everything that has a name.
    let reached = written.strip_suffix("-reachable").filter(|name| {
        resolved.externals.iter().any(|external| external.name == *name)
            || resolved.services.iter().any(|service| service.key == *name)
    });
    match (reached, words::check("reachable")) {
        (Some(name), Some(word)) => Ok(Meaning::Check(word, Some(name.to_owned()))),
        _ => Err(Meaningless::Unknown),
    }
}

/// What a word of `do` means.
pub fn of_do(facts: &Facts<'_>, written: &str) -> Result<Meaning, Meaningless> {
    let (verb, argument) = split(written);
    if let Some(own) = own(facts, verb, argument) {
        return Ok(own);
    }
    if !["backup", "drain", "restore"].contains(&verb) {
        return Err(Meaningless::Unknown);
    }
    let Some(argument) = argument else { return Err(Meaningless::NoArgument("NAME")) };
    let name = plain(argument);
    let action = action(&facts.resolved, verb, name);
    Ok(Meaning::Action(words::action(action), name.to_owned()))
}

/// Ports of databases that `pg_dump` does not read: SQL Server, Oracle, MySQL, Redis, Cassandra, MongoDB. As the IANA
/// registry of service names and ports and the makers' documentation have them.
const NOT_POSTGRESQL: &[u16] = &[1433, 1521, 3306, 6379, 9042, 27017];

/// Which of our templates saves, restores or drains something. What is not declared at all is the business of another
/// rule, and means the simplest thing.
fn action(resolved: &Resolved<'_>, verb: &str, name: &str) -> &'static str {
    let external = resolved.externals.iter().find(|external| external.name == name);
    if verb == "drain" {
        return "drain";
    }
    let save = verb == "backup";
    let (saves, restores) = match (name, external) {
        ("manifests", _) => ("backup-manifests", "restore-objects"),
        ("sealed-secrets-key", _) => ("backup-sealed-secrets-key", "restore-sealed-secrets-key"),
        ("etcd", _) if save => ("backup-etcd", ""),
        ("etcd", _) => return "restore-by-hand",
        ("seldon", _) => ("backup-namespace", "restore-objects"),
        (_, Some(external)) if is_postgresql(external) => ("backup-database", "restore-database"),
        (_, Some(external)) if external.written.path.is_some() => ("backup-path", "restore-path"),
        (_, Some(_)) => ("backup-by-hand", "restore-by-hand"),
        _ if resolved.tenants.iter().any(|tenant| tenant.key == name) => {
            ("backup-namespace", "restore-objects")
        }
        _ => ("backup-volumes", "restore-volumes"),
    };
    if save { saves } else { restores }
}

fn is_postgresql(external: &External<'_>) -> bool {
    let ports = &external.written.port.value;
    !databases(external).is_empty() && !ports.iter().any(|port| NOT_POSTGRESQL.contains(&port.value.0))
}

/// The databases of something outside.
pub fn databases(external: &External<'_>) -> Vec<String> {
    let databases = external.written.databases.iter().flat_map(|databases| &databases.value);
    databases.map(|database| database.value.clone()).collect()
}

/// A template of the plan: `VERB-NAME.sh.j2` for that thing alone, or `VERB.sh.j2`.
fn own(facts: &Facts<'_>, name: &str, argument: Option<&str>) -> Option<Meaning> {
    let exact = argument.map(|argument| format!("{name}-{}{ENDING}", plain(argument)));
    let names = exact.into_iter().chain([format!("{name}{ENDING}")]);
    let mut found = names.filter_map(|name| facts.runbook.iter().position(|(file, _)| *file == name));
    found.next().map(|at| Meaning::Own(at, argument.map(|argument| plain(argument).to_owned())))
}

fn split(written: &str) -> (&str, Option<&str>) {
    match written.split_once(':') {
        Some((name, argument)) => (name, Some(argument)),
        None => (written, None),
    }
}
