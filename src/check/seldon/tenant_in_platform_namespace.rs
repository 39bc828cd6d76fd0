//! A tenant is in a namespace of its own.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P6011",
    name: "tenant-in-platform-namespace",
    level: Level::Error,
    summary: "no tenant is in the namespace of a controller",
    explanation: "The policies of a tenant select every pod of its namespace: in Seldon's, MetalLB's or Calico's they would \
                  cut off the controller, and whoever may work in the tenant's namespace could replace it. Seldon refuses \
                  a second runtime in its own namespace as well.",
    fails: tested!("[seldon]\nversion = \"2.9.1\"\n\n[tenants.fraud]\nnamespace = \"seldon-system\"\n"),
    passes: tested!("[seldon]\nversion = \"2.9.1\"\n\n[tenants.fraud]\nnamespace = \"fraud\"\n"),
    covers: &["POL-10"],
};

/// Namespaces that Kubernetes, K3s and the Calico operator make for themselves.
const SYSTEM: &[&str] = &[
    "calico-apiserver",
    "calico-system",
    "default",
    "kube-node-lease",
    "kube-public",
    "kube-system",
    "tigera-operator",
];

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    for tenant in &resolved.tenants {
        let name = tenant.namespace_name();
        let metallb = resolved.cluster(tenant.cluster).metallb();
        let whose = if SYSTEM.contains(&name) {
            "Kubernetes or Calico"
        } else if resolved.install_of(tenant.cluster).is_some_and(|install| install.namespace_name == name) {
            "Seldon's controller"
        } else if metallb.is_some_and(|metallb| metallb.namespace().as_str() == name) {
            "MetalLB"
        } else if resolved.delivery.gitops.as_ref().is_some_and(|gitops| gitops.namespace == name) {
            "the GitOps controller"
        } else if resolved
            .services_of(tenant.cluster)
            .iter()
            .any(|service| service.namespace == tenant.namespace)
        {
            "a service of the platform"
        } else {
            continue;
        };
        let path = tenant.path();
        let span = tenant.written.namespace.as_ref().map_or(tenant.span, |namespace| namespace.span);
        let finding =
            Diagnostic::new(&RULE, span, format!("`{path}` is in `{name}`, the namespace of {whose}"))
                .here(format!("belongs to {whose}"))
                // Its own name, unless that is the name that is taken.
                .help(match tenant.key == name {
                    true => format!("write: namespace = \"team-{}\"", tenant.key),
                    false => format!("write: namespace = \"{}\", or remove the key", tenant.key),
                })
                .on(format!("{path}.namespace"));
        found.push(finding);
    }
}
