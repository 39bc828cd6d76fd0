//! A destination is the name under which Argo CD knows a cluster.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::Tool;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8020",
    name: "destination-is-an-address",
    level: Level::Error,
    summary: "`destination` of a cluster is a name and not a URL",
    explanation: "An Application has the name of a cluster or its URL, never both (argo-cd `pkg/apis/application/v1alpha1`, \
                  ApplicationDestination), and `plan` writes the name: it stays when the address of the API server changes. \
                  Argo CD finds no cluster whose name is a URL, and every Application stays `Unknown`.",
    fails: r#"[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
destination = "https://192.168.1.11:6443"

[gitops]
tool = "argocd"
repo = "https://git.test/plans.git"
path = "out/example"
"#,
    passes: r#"[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
destination = "main"

[gitops]
tool = "argocd"
repo = "https://git.test/plans.git"
path = "out/example"
"#,
    covers: &["GO006"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    if resolved.delivery.gitops.as_ref().is_none_or(|gitops| gitops.tool != Tool::ArgoCd) {
        return;
    }
    for cluster in resolved.targets() {
        let Some(destination) = &cluster.written.destination else { continue };
        if !destination.value.contains("://") {
            continue;
        }
        let message = format!("the destination of `{}` is the address {}", cluster.name, destination.value);
        let finding = Diagnostic::new(&RULE, destination.span, message)
            .here("Argo CD looks for a cluster of this name")
            .help(format!("write the name of its cluster Secret: destination = \"{}\"", cluster.name))
            .on(format!("clusters.{}.destination", cluster.name));
        found.push(finding);
    }
}
