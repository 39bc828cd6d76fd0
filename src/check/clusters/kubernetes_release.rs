//! A Kubernetes release is spelt as its distribution spells it.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::Distribution;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3006",
    name: "kubernetes-release",
    level: Level::Error,
    summary: "a Kubernetes release is one that its distribution publishes",
    explanation: "K3s releases are tagged `v1.33.1+k3s1`: the Kubernetes release and the build of K3s. \
        The install script \
                  downloads exactly that tag and gets a 404 for `v1.33.1`. kubeadm installs Kubernetes itself, whose tags \
                  have no `+k3s1`.",
    fails: r#"[clusters.main]
distribution = "k3s"
version = "v1.33.1"
servers = ["node-1"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
"#,
    passes: r#"[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
"#,
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for cluster in facts.resolved.targets() {
        let version = cluster.version;
        let of_k3s = version.suffix.contains("+k3s") && version.to_string().starts_with('v');
        let (what, meant) = match cluster.distribution {
            Distribution::K3s if !of_k3s => {
                let build = version.suffix.find("+k3s").map_or("+k3s1", |at| &version.suffix[at..]);
                ("K3s", format!("v{}{build}", version.numbers()))
            }
            Distribution::Kubeadm if version.suffix.contains('+') => {
                ("Kubernetes", format!("v{}", version.numbers()))
            }
            _ => continue,
        };
        let message =
            format!("`{}` has the version {version}, and there is no such release of {what}", cluster.name);
        let finding = Diagnostic::new(&RULE, cluster.written.version.span, message)
            .here(format!("not a release of {what}"))
            .label(cluster.written.distribution.span, "the distribution")
            .help(format!("write: version = \"{meant}\""))
            .on(format!("clusters.{}", cluster.name));
        // Only the letter is missing; which build of a release is meant is another matter.
        let certain = cluster.distribution == Distribution::K3s && version.suffix.contains("+k3s");
        found.push(if certain {
            finding.fix(cluster.written.version.span, format!("\"{meant}\""))
        } else {
            finding
        });
    }
}
