//! A GitOps controller gets only what it reads.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::Tool;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8007",
    name: "unused-gitops-key",
    level: Level::Error,
    summary: "`interval` and `secret` are for Flux, `destination` is for Argo CD",
    explanation: "Argo CD looks at Git as often as its own ConfigMap says (`timeout.reconciliation`) and takes credentials \
                  from its own repository Secrets; an Application has no field for either. Flux runs in the cluster that \
                  it works on, so it knows no destinations by name.",
    fails: "[gitops]\ntool = \"argocd\"\nrepo = \"https://git.example.com/plans.git\"\npath = \"out/main\"\ninterval = \"5m\"\n",
    passes: "[gitops]\ntool = \"flux\"\nrepo = \"https://git.example.com/plans.git\"\npath = \"out/main\"\ninterval = \"5m\"\n",
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let Some(gitops) = &facts.resolved.plan.gitops else { return };
    let written = &gitops.value;
    let tool = &written.tool;
    let mut report = |key: &str, span, on: String, other: &str| {
        let finding = Diagnostic::new(&RULE, span, format!("`{on}` is read by {other} only"))
            .here("nothing reads this key")
            .label(tool.span, "the controller")
            .help(format!("remove `{key}`"))
            .on(on);
        found.push(finding);
    };
    if tool.value == Tool::ArgoCd {
        if let Some(interval) = &written.interval {
            report("interval", interval.span, "gitops.interval".to_owned(), "Flux");
        }
        if let Some(secret) = &written.secret {
            report("secret", secret.span, "gitops.secret".to_owned(), "Flux");
        }
        return;
    }
    for cluster in facts.resolved.targets() {
        if let Some(destination) = &cluster.written.destination {
            report(
                "destination",
                destination.span,
                format!("clusters.{}.destination", cluster.name),
                "Argo CD",
            );
        }
    }
}
