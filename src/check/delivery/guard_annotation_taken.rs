//! What keeps an object from being deleted is not taken back by an annotation.

use crate::check::Check;
use crate::decode::Raw;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::{Layer, Tool};
use crate::source::Located;
use crate::upstream::{argocd, flux};
use std::collections::BTreeSet;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8019",
    name: "guard-annotation-taken",
    level: Level::Error,
    summary: "no annotation of yours says what a GitOps controller may delete",
    explanation: "`plan` writes that annotation itself, on every namespace and every Service with an address: a namespace takes \
                  its volumes with it, and an address that is given back is somebody else's a second later. A name that is gone \
                  from the plan must not be enough for that. Argo CD asks a person, Flux keeps the object.",
    fails: r#"[gitops]
tool = "argocd"
repo = "https://git.test/plans.git"
path = "out/example"

[namespaces.web]
annotations = { "argocd.argoproj.io/sync-options" = "Prune=true" }
"#,
    passes: r#"[gitops]
tool = "argocd"
repo = "https://git.test/plans.git"
path = "out/example"

[namespaces.web]
annotations = { "example.com/owner" = "web" }
"#,
    covers: &["GO009", "GO028"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    let Some(gitops) = &resolved.delivery.gitops else { return };
    let taken = match gitops.tool {
        Tool::ArgoCd => argocd::SYNC_OPTIONS,
        Tool::Flux => flux::PRUNE,
    };
    let mut judge = |annotations: &Option<Located<Raw>>, path: String, what: &str| {
        let Some(raw) = annotations else { return };
        if let Some(span) = raw.value.key_place("", taken) {
            let finding =
                Diagnostic::new(&RULE, span, format!("`{path}` has `{taken}`, which `plan` writes itself"))
                    .here(format!("guards {what}"))
                    .help("remove it; a person who wants the object gone deletes it by hand")
                    .on(format!("{path}.annotations"));
            found.push(finding);
        }
    };
    if resolved.delivery.gitops_owns(Layer::Services) {
        let mut seen = BTreeSet::new();
        let addressed = resolved.services.iter().filter(|service| !service.addresses.is_empty());
        for service in addressed.filter(|service| seen.insert(service.key)) {
            judge(&service.written.annotations, service.path(), "the address");
        }
    }
    if resolved.delivery.gitops_owns(Layer::Namespaces) {
        for tenant in resolved.plan.tenants.iter().flat_map(|all| all.value.iter()) {
            judge(&tenant.value.annotations, format!("tenants.{}", tenant.name.value), "the namespace");
        }
        for namespace in resolved.plan.namespaces.iter().flat_map(|all| all.value.iter()) {
            judge(
                &namespace.value.annotations,
                format!("namespaces.{}", namespace.name.value),
                "the namespace",
            );
        }
    }
}
