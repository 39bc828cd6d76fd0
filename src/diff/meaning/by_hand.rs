//! What no controller applies takes effect when a person runs it.

use super::{Effect, Rule};
use crate::diff::change::{Change, What};
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use crate::diff::departure::applier;

pub static RULE: Rule =
    Rule { name: "by-hand", about: "a person has to run something: the bootstrap, or Ansible", find };

fn find(context: &Context<'_>, change: &Change) -> Vec<Effect> {
    let document = change.any();
    let mut segments = document.path.split('/');
    let (first, cluster) = (segments.next().unwrap_or_default(), segments.next().unwrap_or_default());
    let file = document.path.rsplit('/').next().unwrap_or_default();
    if first == "gitops" && change.what() == What::Changed && !change.fields.is_empty() {
        return of_gitops(change).into_iter().collect();
    }
    if file == "README.md" || segments.next().is_none() || change.what() == What::Removed {
        return Vec::new();
    }
    match first {
        "bootstrap" if file == "kustomization.yaml" => Vec::new(),
        "bootstrap" => {
            // With a controller that reads the folder too, the running cluster follows by itself.
            if applier(context.new, document).is_some() {
                return Vec::new();
            }
            vec![
                Effect::new(Danger::Note, "nobody applies it but a person")
                    .advice(format!("run `sh bootstrap/{cluster}/bootstrap.sh` again")),
            ]
        }
        "ansible" if change.both().is_none() || !change.fields.is_empty() || !change.hunks.is_empty() => {
            vec![
                Effect::new(Danger::Note, "it takes effect when the playbook runs")
                    .advice("run the playbook after the merge"),
            ]
        }
        _ => Vec::new(),
    }
}

/// What the README of that folder says to apply once, no controller applies again.
fn of_gitops(change: &Change) -> Option<Effect> {
    let path = &change.any().path;
    let file = path.strip_prefix("gitops/")?;
    let command = match file {
        "health/argocd-cm-patch.yaml" => {
            let namespace = change.id().namespace.as_deref().unwrap_or("argocd");
            format!("kubectl -n {namespace} patch configmap argocd-cm --type merge --patch-file {path}")
        }
        _ if file.starts_with("root") && !file.contains('/') => {
            format!("kubectl apply --server-side -f {path}")
        }
        _ => return None,
    };
    let says_otherwise = change.differs(&["spec"]).is_some() || change.differs(&["data"]).is_some();
    says_otherwise.then(|| {
        Effect::new(Danger::Note, "nobody applies it but a person").advice(format!("run `{command}`"))
    })
}
