//! The label by which Argo CD may know its own is left to it.

use super::once;
use crate::check::Check;
use crate::decode::Entries;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::Tool;
use crate::model::values::{LabelKey, LabelValue};
use crate::source::Located;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4530",
    name: "label-of-argocd",
    level: Level::Warning,
    summary: "under Argo CD, no object of the plan has a label `app.kubernetes.io/instance`",
    explanation: "Before 3.0, and later with `application.resourceTrackingMethod: label`, Argo CD writes the name of the \
                  Application into that label and takes each object with another value for somebody else's: it is out of \
                  sync for ever, or is pruned (argo-cd `docs/user-guide/resource_tracking.md`). The labels of pods, and \
                  selectors, are not meant.",
    fails: "[gitops]\ntool = \"argocd\"\nrepo = \"https://git.example.com/plans.git\"\npath = \"out\"\n\n[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nlabels = { \"app.kubernetes.io/instance\" = \"web\" }\n",
    passes: "[gitops]\ntool = \"argocd\"\nrepo = \"https://git.example.com/plans.git\"\npath = \"out\"\n\n[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nlabels = { team = \"web\" }\n",
    covers: &["GO011"],
};

const LABEL: &str = "app.kubernetes.io/instance";

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    if resolved.delivery.gitops.as_ref().is_none_or(|gitops| gitops.tool != Tool::ArgoCd) {
        return;
    }
    let mut judge = |labels: Option<&Located<Entries<LabelKey, LabelValue>>>, path: String| {
        for label in labels.iter().flat_map(|labels| labels.value.iter()) {
            if label.name.value.as_str() == LABEL {
                let finding =
                    Diagnostic::new(&RULE, label.name.span, format!("`{path}` has Argo CD's own label"))
                        .here("Argo CD may write the name of its Application here")
                        .help("choose another key, such as `app.kubernetes.io/name`")
                        .on(path.clone());
                found.push(finding);
            }
        }
    };
    for service in once(facts) {
        judge(service.written.labels.as_ref(), service.path());
    }
    for tenant in resolved.plan.tenants.iter().flat_map(|tenants| tenants.value.iter()) {
        judge(tenant.value.labels.as_ref(), format!("tenants.{}", tenant.name.value));
    }
    for namespace in resolved.plan.namespaces.iter().flat_map(|namespaces| namespaces.value.iter()) {
        judge(namespace.value.labels.as_ref(), format!("namespaces.{}", namespace.name.value));
    }
}
