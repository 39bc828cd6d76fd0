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
