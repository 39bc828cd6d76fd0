//! What has one writer is written to by one cluster.

use crate::addresses::Address;
use crate::check::Check;
use crate::check::alive_together;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::facts::stages;
use crate::model::Writer;
use crate::resolve::{ClusterId, External, ExternalId, Named, Party, Resolved, Unit};
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8509",
    name: "two-clusters-write",
    level: Level::Error,
    summary: "no two clusters that are alive at the same time write to what one cluster at a time may write to",
    explanation: "`writer = \"one-cluster\"` says that a directory, a database or a bucket is corrupted by two writers \
                  that do not know of each other. Two generated clusters that both need it both write, for ever, \
                  under whatever names and spellings the plan has for that place. \
                  Beside a parallel cluster the old copy is stopped before the new one starts: a `drain:` in a later \
                  stage than the one that applies the service leaves both writing in between.",
    fails: r#"[external]
files = { ip = "192.168.1.40", port = 2049, path = "/srv/files", writer = "one-cluster" }

[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"

[clusters.second]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-3"]
cni = "flannel"
pods = "10.52.0.0/16"
services = "10.53.0.0/16"

[services.web]
cluster = ["main", "second"]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }
clients = []
needs = ["files"]
"#,
    passes: r#"[external]
files = { ip = "192.168.1.40", port = 2049, path = "/srv/files", writer = "one-cluster" }

[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"

[clusters.second]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-3"]
cni = "flannel"
pods = "10.52.0.0/16"
services = "10.53.0.0/16"

[services.web]
cluster = "main"
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }
clients = []
needs = ["files"]
"#,
    covers: &["STG-07"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    two_generated(facts, found);
    drained_late(facts, found);
}

/// What writes to something outside, and where the plan says so.
struct Use {
    external: ExternalId,
    cluster: ClusterId,
    path: String,
    span: Span,
}

fn two_generated(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    let places = places(resolved);
    let exclusive: BTreeSet<usize> = (resolved.externals.iter().zip(&places))
        .filter(|(external, _)| external.written.writer() == Writer::OneCluster)
        .map(|(_, place)| *place)
        .collect();
    let mut uses: BTreeMap<usize, Vec<Use>> = BTreeMap::new();
    let mut add = |cluster: ClusterId, path: &dyn Fn() -> String, needs: &[Named]| {
        for need in needs {
            let Party::External(external) = need.party else { continue };
            let place = places[external.index()];
            if exclusive.contains(&place) {
                uses.entry(place).or_default().push(Use { external, cluster, path: path(), span: need.span });
            }
        }
    };
    resolved.services.iter().for_each(|service| add(service.cluster, &|| service.path(), &service.needs));
    resolved.tenants.iter().for_each(|tenant| add(tenant.cluster, &|| tenant.path(), &tenant.needs));
    resolved
        .installs
        .iter()
        .for_each(|install| add(install.cluster, &|| "seldon".to_owned(), &install.needs));
    for uses in uses.values() {
        let Some(first) = uses.first() else { continue };
        let alive =
            |other: &&Use| alive_together(resolved.cluster(first.cluster), resolved.cluster(other.cluster));
        let Some(second) = uses.iter().find(alive) else { continue };
        let (one, other) = (resolved.external(first.external), resolved.external(second.external));
        let what = match first.external == second.external {
            true => format!("`external.{}`", one.name),
            false => format!("one place, `external.{}` and `external.{}`", one.name, other.name),
        };
        let message = format!(
            "`{}` in `{}` and `{}` in `{}` both write to {what}",
            first.path,
            resolved.cluster(first.cluster).name,
            second.path,
            resolved.cluster(second.cluster).name,
        );
        let mut finding = Diagnostic::new(&RULE, second.span, message).here("a second writer");
        if first.span != second.span {
            finding = finding.label(first.span, "the first one");
        }
        let writers =
            [one, other].into_iter().filter(|external| external.written.writer() == Writer::OneCluster);
        if let Some(writer) = writers.filter_map(|external| external.written.writer.as_ref()).next() {
            finding = finding.label(writer.span, "one at a time");
        }
        found.push(
            finding
                .help("give each cluster a place of its own, or leave one of them without it")
                .on(format!("external.{}", other.name)),
        );
    }
}

/// For each thing outside the first one that is the same place, which may be itself: at one address and port, the same
/// directory or one in the other, or a database that both name. What says neither is all that listens there.
fn places(resolved: &Resolved<'_>) -> Vec<usize> {
    let mut places: Vec<usize> = (0..resolved.externals.len()).collect();
    let mut at: BTreeMap<(Address, u16), Vec<usize>> = BTreeMap::new();
    for (number, external) in resolved.externals.iter().enumerate() {
        for address in &external.addresses {
            for port in &external.ports {
                let others = at.entry((*address, *port)).or_default();
                for other in
                    others.iter().filter(|other| is_same_place(external, &resolved.externals[**other]))
                {
                    let (from, to) = (places[number], places[*other]);
                    let (from, to) = (from.max(to), from.min(to));
                    places.iter_mut().filter(|place| **place == from).for_each(|place| *place = to);
                }
                others.push(number);
            }
        }
    }
    places
}

fn is_same_place(one: &External<'_>, other: &External<'_>) -> bool {
    let databases = |external: &External<'_>| -> BTreeSet<String> {
        let databases = external.written.databases.iter().flat_map(|list| &list.value);
        databases.map(|database| database.value.clone()).collect()
    };
    match (&one.written.path, &other.written.path) {
        (Some(one), Some(other)) => {
            let (one, other) = (components(one.value.as_str()), components(other.value.as_str()));
            one.starts_with(&other) || other.starts_with(&one)
        }
        (None, None) => {
            let (one, other) = (databases(one), databases(other));
            (one.is_empty() && other.is_empty()) || !one.is_disjoint(&other)
        }
        _ => false,
    }
}

/// The parts of a path, however it is spelled: `/srv//data/`, `/srv/./data` and `/srv/x/../data` are one.
fn components(path: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts
}

fn drained_late(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    for service in &resolved.services {
        let Some(at) = facts.order.stage_of(Unit::Service(service.id)) else { continue };
        if !stages::hands_over(resolved, service.id) {
            continue;
        }
        let names: Vec<&str> =
            stages::one_writer(resolved, service.id).map(|id| resolved.external(id).name).collect();
        let drains = resolved.stages.iter().enumerate().flat_map(|(at, stage)| {
            let words = stage.written.r#do.iter().flat_map(|list| &list.value);
            words.map(move |word| (at, word))
        });
        let mut own = drains.filter(|(_, word)| {
            let name = word.value.strip_prefix("drain:").map(stages::plain);
            name.is_some_and(|name| name == service.key || names.contains(&name))
        });
        let Some((drained, word)) = own.next().filter(|(drained, _)| *drained > at) else { continue };
        let (stage, late) = (&resolved.stages[at], &resolved.stages[drained]);
        let message = format!(
            "`{}` writes to `external.{}` from the stage `{}` on, and its old copy is stopped in `{}`",
            service.path(),
            names.first().copied().unwrap_or_default(),
            stage.name,
            late.name
        );
        found.push(
            Diagnostic::new(&RULE, word.span, message)
                .here("until then both write")
                .label(stage.written.name.span, "the new copy begins here")
                .help(format!("move it to `do` of the stage `{}`, or of one before", stage.name))
                .on(service.path()),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::scaffold;
    use crate::source::Source;

    /// What is found when each of two clusters writes to something of its own name.
    fn found(one: &str, other: &str) -> usize {
        let plan = format!(
            "[external]\none = {{ ip = \"192.168.1.40\", {one} }}\nother = {{ ip = \"192.168.1.40\", {other} }}\n\
             [clusters.second]\ndistribution = \"k3s\"\nversion = \"v1.33.1+k3s1\"\nservers = [\"node-3\"]\ncni = \"flannel\"\n\
             pods = \"10.52.0.0/16\"\nservices = \"10.53.0.0/16\"\n\
             [services.web]\ncluster = \"main\"\nnamespace = \"web\"\nselector = {{ app = \"web\" }}\nports = {{ http = \"80\" }}\n\
             clients = []\nneeds = [\"one\"]\n\
             [services.shop]\ncluster = \"second\"\nnamespace = \"shop\"\nselector = {{ app = \"shop\" }}\nports = {{ http = \"80\" }}\n\
             clients = []\nneeds = [\"other\"]\n"
        );
        let inputs = crate::Inputs::new(Source::new("migration.toml", scaffold(&plan)));
        let found = crate::judge(&inputs, |_, _| {});
        found.iter().filter(|finding| finding.rule.name == RULE.name).count()
    }

    #[test]
    fn a_place_is_one_under_any_name_and_spelling() {
        let exclusive = "port = 2049, path = \"/srv/data\", writer = \"one-cluster\"";
        for spelled in ["/srv/data", "/srv//data/", "/srv/./data", "/srv/x/../data", "/srv/data/sub", "/srv"]
        {
            assert_eq!(found(exclusive, &format!("port = 2049, path = \"{spelled}\"")), 1, "{spelled}");
        }
        assert_eq!(found(exclusive, "port = 2049, path = \"/srv/database\""), 0);
        assert_eq!(found("port = 2049, path = \"/srv/data\"", "port = 2049, path = \"/srv/data\""), 0);
        let database = "port = 5432, databases = [\"a\", \"b\"], writer = \"one-cluster\"";
        assert_eq!(found(database, "port = 5432, databases = [\"b\"]"), 1);
        assert_eq!(found(database, "port = 5432, databases = [\"c\"], writer = \"one-cluster\""), 0);
        assert_eq!(found("port = 9000, writer = \"one-cluster\"", "port = 9000"), 1);
        assert_eq!(found("port = 9000, writer = \"one-cluster\"", "port = 9001"), 0);
    }
}
