//! The key of sealed secrets survives a rebuild.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::{Layer, Strategy};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8014",
    name: "sealing-key-without-backup",
    level: Level::Error,
    summary: "the key of the sealed-secrets controller is saved before its cluster is rebuilt",
    explanation: "The controller makes its key in the cluster when it starts for the first time; with the cluster it is \
                  gone, and the new controller makes another. Every SealedSecret in Git is then a text that nobody can \
                  read (`no key could decrypt secret`), and each secret has to be found and sealed again.",
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

[ansible]
owns = ["hosts", "k3s", "sealed-secrets"]

[[stages]]
name = "freeze"
on = "old"
do = ["backup:manifests"]
check = ["backups-readable"]

[[stages]]
name = "foundation"
on = "main"
apply = ["metallb"]
check = ["pool-synced"]
rollback = "old"
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

[ansible]
owns = ["hosts", "k3s", "sealed-secrets"]

[[stages]]
name = "freeze"
on = "old"
do = ["backup:sealed-secrets-key"]
check = ["backups-readable"]

[[stages]]
name = "foundation"
on = "main"
apply = ["metallb"]
check = ["pool-synced"]
rollback = "old"
"#,
    covers: &["STG-05"],
};

/// The word after `backup:`.
const KEY: &str = "sealed-secrets-key";

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    if resolved.delivery.writer(Layer::SealedSecrets).is_none() {
        return;
    }
    for cluster in resolved.targets().filter(|cluster| cluster.strategy == Some(Strategy::Rebuild)) {
        let Some(saved) = super::saved_before(facts, cluster) else { continue };
        if saved.names.contains(KEY) {
            continue;
        }
        let message =
            format!("`{}` is rebuilt, and no stage before saves the key of its sealed secrets", cluster.name);
        let span = cluster.written.strategy.as_ref().map_or(cluster.span, |strategy| strategy.span);
        let mut finding = Diagnostic::new(&RULE, span, message)
            .here("the key goes with the old cluster")
            .help(format!("add \"backup:{KEY}\" to `do` of a stage before the rebuild"))
            .on(format!("clusters.{}", cluster.name));
        let owns = resolved.delivery.ansible.and_then(|ansible| ansible.owns.as_ref());
        for layer in
            owns.iter().flat_map(|owns| &owns.value).filter(|layer| layer.value == Layer::SealedSecrets)
        {
            finding = finding.label(layer.span, "sealed secrets are in use");
        }
        if let Some(list) = saved.list {
            finding = finding.label(list, "what is saved");
        }
        found.push(finding);
    }
}
