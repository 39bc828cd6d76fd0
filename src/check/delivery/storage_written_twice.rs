//! Two clusters that are alive do not write to one place.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::{Strategy, Writer};
use crate::resolve::{Party, Unit};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8017",
    name: "storage-written-twice",
    level: Level::Warning,
    summary: "what one cluster at a time may write to is drained before a parallel cluster uses it",
    explanation: "Until the cutover both clusters are alive, and the same workload runs in each. A database schema, an NFS \
                  path or a bucket with two writers that do not know of each other is corrupted without an error. \
                  `writer = \"one-cluster\"` says that it must not happen; `drain:NAME` in `do` of the stage that applies \
                  the service, or of one before, says when the old writer stops. Where none does, the runbook stops it right before \
                  the stage that applies the service, which a GitOps controller that applies by itself does not wait for.",
    fails: r#"[external]
files = { ip = "192.168.1.40", port = 2049, writer = "one-cluster" }

[clusters.old]
distribution = "k3s"
version = "v1.32.5+k3s1"
servers = ["node-3"]
cni = "flannel"
pods = "10.52.0.0/16"
services = "10.53.0.0/16"

[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
replaces = "old"
strategy = "parallel"

[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }
needs = ["files"]

[[stages]]
name = "workloads"
on = "main"
apply = ["web"]
check = ["ips-match"]
rollback = "old"
"#,
    passes: r#"[external]
files = { ip = "192.168.1.40", port = 2049, writer = "one-cluster" }

[clusters.old]
distribution = "k3s"
version = "v1.32.5+k3s1"
servers = ["node-3"]
cni = "flannel"
pods = "10.52.0.0/16"
services = "10.53.0.0/16"

[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
replaces = "old"
strategy = "parallel"

[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }
needs = ["files"]

[[stages]]
name = "workloads"
on = "main"
do = ["drain:web"]
apply = ["web"]
check = ["ips-match"]
rollback = "old"
"#,
    covers: &["STG-07"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    for cluster in resolved.targets().filter(|cluster| cluster.strategy == Some(Strategy::Parallel)) {
        let Some(old) = cluster.replaces.map(|old| resolved.cluster(old)) else { continue };
        for service in resolved.services_of(cluster.id) {
            let Some(stage) = facts.order.stage_of(Unit::Service(service.id)) else { continue };
            for need in &service.needs {
                let Party::External(id) = need.party else { continue };
                let external = resolved.external(id);
                if external.written.writer() != Writer::OneCluster {
                    continue;
                }
                let done = resolved.stages[..=stage].iter().flat_map(|stage| stage.written.r#do.iter());
                let drained = |name: &str| name == service.key || name == external.name;
                let names = done.flat_map(|list| &list.value);
                if names.filter_map(|name| name.value.strip_prefix("drain:")).any(drained) {
                    continue;
                }
                let message = format!(
                    "`{}` writes to `external.{}` while `{}` still does",
                    service.path(),
                    external.name,
                    old.name
                );
                let mut finding = Diagnostic::new(&RULE, need.span, message).here("a second writer");
                if let Some(writer) = &external.written.writer {
                    finding = finding.label(writer.span, "one at a time");
                }
                found.push(
                    finding
                        .help(format!(
                            "add to the stage `{}`: do = [\"drain:{}\"]",
                            resolved.stages[stage].name, service.key
                        ))
                        .on(service.path()),
                );
            }
        }
    }
}
