//! A cluster with Calico says which.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::Cni;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3010",
    name: "calico-missing",
    level: Level::Error,
    summary: "a generated cluster with Calico has a `calico` table",
    explanation: "K3s is installed without a CNI of its own when `cni` is `calico` (which is the \
        default), so without a release \
                  of Calico every node stays `NotReady` and every pod `ContainerCreating`.",
    fails: r#"[clusters.second]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-3"]
pods = "10.52.0.0/16"
services = "10.53.0.0/16"
"#,
    passes: r#"[clusters.second]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-3"]
pods = "10.52.0.0/16"
services = "10.53.0.0/16"
calico = { version = "v3.30.7" }
"#,
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for cluster in facts.resolved.targets().filter(|cluster| cluster.cni == Cni::Calico) {
        if cluster.calico.is_some() {
            continue;
        }
        let message =
            format!("the CNI of `{}` is Calico, and the plan does not say which release", cluster.name);
        let finding = Diagnostic::new(&RULE, cluster.span, message)
            .here("no `calico` table")
            .help(format!(
                "write: cni = \"flannel\", or add:\n[clusters.{}.calico]\nversion = \"v3.30.7\"",
                cluster.name
            ))
            .on(format!("clusters.{}", cluster.name));
        found.push(finding);
    }
}
