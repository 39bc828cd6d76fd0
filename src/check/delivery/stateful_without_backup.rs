//! What keeps data is saved before its machines are torn down.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::Strategy;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8013",
    name: "stateful-without-backup",
    level: Level::Warning,
    summary: "a stateful service of a cluster that is rebuilt has a backup in a stage before",
    explanation: "A rebuild tears the cluster down, and with it every claim and every object of an operator: volumes whose \
                  reclaim policy is `Delete` go, and those that stay belong to nobody. `backup:NAME` in `do` of a stage puts \
                  the step into the runbook, before the first stage of the new cluster. Services whose data lies outside \
                  the cluster, on a database or an NFS server that the teardown leaves alone, are not `stateful`.",
    fails: r#"[clusters.old]
distribution = "k3s"
version = "v1.32.5+k3s1"
servers = ["node-1"]
agents = ["node-2"]
cni = "flannel"
pods = "10.42.0.0/16"
services = "10.43.0.0/16"

[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
replaces = "old"
strategy = "rebuild"

[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }
stateful = true

[[stages]]
name = "freeze"
on = "old"
do = ["backup:manifests"]
check = ["backups-readable"]

[[stages]]
name = "workloads"
on = "main"
apply = ["web"]
check = ["ips-match"]
rollback = "old"
hold = "manual"
"#,
    passes: r#"[clusters.old]
distribution = "k3s"
version = "v1.32.5+k3s1"
servers = ["node-1"]
agents = ["node-2"]
cni = "flannel"
pods = "10.42.0.0/16"
services = "10.43.0.0/16"

[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
replaces = "old"
strategy = "rebuild"

[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }
stateful = true

[[stages]]
name = "freeze"
on = "old"
do = ["backup:web"]
check = ["backups-readable"]

[[stages]]
name = "workloads"
on = "main"
apply = ["web"]
check = ["ips-match"]
rollback = "old"
"#,
    covers: &["STG-04"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    for cluster in resolved.targets().filter(|cluster| cluster.strategy == Some(Strategy::Rebuild)) {
        let Some(saved) = super::saved_before(facts, cluster) else { continue };
        for service in resolved.services_of(cluster.id) {
            let Some(stateful) = service.written.stateful.as_ref().filter(|stateful| stateful.value) else {
                continue;
            };
            if saved.names.contains(service.key) {
                continue;
            }
            let message = format!(
                "`{}` keeps data, and no stage saves it before `{}` is rebuilt",
                service.path(),
                cluster.name
            );
            let mut finding = Diagnostic::new(&RULE, stateful.span, message)
                .here("its claims go with the old cluster")
                .help(format!("add \"backup:{}\" to `do` of a stage before the rebuild", service.key))
                .on(service.path());
            if let Some(list) = saved.list {
                finding = finding.label(list, "what is saved");
            }
            found.push(finding);
        }
    }
}
