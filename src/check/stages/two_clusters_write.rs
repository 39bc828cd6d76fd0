//! What has one writer is written to by one cluster.

use crate::check::Check;
use crate::check::alive_together;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::facts::stages;
use crate::model::Writer;
use crate::resolve::{ClusterId, ExternalId, Named, Party, Unit};
use crate::source::Span;
use std::collections::BTreeMap;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8509",
    name: "two-clusters-write",
    level: Level::Error,
    summary: "no two clusters that are alive at the same time write to what one cluster at a time may write to",
    explanation: "`writer = \"one-cluster\"` says that a directory, a database or a bucket is corrupted by two writers \
                  that do not know of each other. Two generated clusters that both need it both write, for ever. \
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
    cluster: ClusterId,
    path: String,
    span: Span,
}

fn two_generated(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    let mut uses: BTreeMap<ExternalId, Vec<Use>> = BTreeMap::new();
    let mut add = |cluster: ClusterId, path: &dyn Fn() -> String, needs: &[Named]| {
        for need in needs {
            if let Party::External(id) = need.party
                && resolved.external(id).written.writer() == Writer::OneCluster
            {
                uses.entry(id).or_default().push(Use { cluster, path: path(), span: need.span });
            }
        }
    };
    resolved.services.iter().for_each(|service| add(service.cluster, &|| service.path(), &service.needs));
    resolved.tenants.iter().for_each(|tenant| add(tenant.cluster, &|| tenant.path(), &tenant.needs));
    resolved
        .installs
        .iter()
        .for_each(|install| add(install.cluster, &|| "seldon".to_owned(), &install.needs));
    for (id, uses) in uses {
        let Some(first) = uses.first() else { continue };
        let alive =
            |other: &&Use| alive_together(resolved.cluster(first.cluster), resolved.cluster(other.cluster));
        let Some(second) = uses.iter().find(alive) else { continue };
        let external = resolved.external(id);
        let message = format!(
            "`{}` in `{}` and `{}` in `{}` both write to `external.{}`",
            first.path,
            resolved.cluster(first.cluster).name,
            second.path,
            resolved.cluster(second.cluster).name,
            external.name
        );
        let mut finding = Diagnostic::new(&RULE, second.span, message).here("a second writer");
        if first.span != second.span {
            finding = finding.label(first.span, "the first one");
        }
        if let Some(writer) = &external.written.writer {
            finding = finding.label(writer.span, "one at a time");
        }
        found.push(
            finding
                .help("give each cluster a place of its own, or leave one of them without it")
                .on(format!("external.{}", external.name)),
        );
    }
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
