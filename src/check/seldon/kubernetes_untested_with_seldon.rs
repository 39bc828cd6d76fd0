//! Seldon says with which Kubernetes it is tested.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::upstream::kubernetes::minor;
use crate::upstream::seldon::KUBERNETES;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P6009",
    name: "kubernetes-untested-with-seldon",
    level: Level::Note,
    summary: "the cluster's Kubernetes is one that Seldon's documentation names",
    explanation: "The documentation of Seldon Core 2 names Kubernetes 1.27 to 1.31. Its CRDs and RBAC use nothing that a later \
                  release removed, so a newer cluster usually works; when it does not, upstream has made no promise.",
    fails: "[seldon]\nversion = \"2.9.1\"\n",
    passes: tested!("[seldon]\nversion = \"2.9.1\"\n"),
    covers: &["P-29"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let (first, last) = (KUBERNETES.start(), KUBERNETES.end());
    for install in &facts.resolved.installs {
        let cluster = facts.resolved.cluster(install.cluster);
        let kubernetes = minor(cluster.version);
        if KUBERNETES.contains(&kubernetes) {
            continue;
        }
        let range = format!("{}.{} to {}.{}", first.0, first.1, last.0, last.1);
        let message = format!(
            "`{}` runs Kubernetes {}.{}, and Seldon's documentation names {range}",
            cluster.name, kubernetes.0, kubernetes.1
        );
        let place = install.settings.version.as_ref().map_or(install.span, |version| version.span);
        let finding = Diagnostic::new(&RULE, cluster.written.version.span, message)
            .here("not tested by Seldon")
            .label(place, "Seldon's release")
            .help("try the models in the stage before the cutover, or choose a Kubernetes of that range")
            .on(format!("clusters.{}.version", cluster.name));
        found.push(finding);
    }
}
