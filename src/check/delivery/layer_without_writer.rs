//! What is generated, somebody applies.

use super::has;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::Layer;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8004",
    name: "layer-without-writer",
    level: Level::Warning,
    summary: "with GitOps, every generated layer is owned by somebody",
    explanation: "`gitops.owns` is a whole list: what it leaves out and Ansible does not own lies in the tree and is applied \
                  by nobody, and nobody notices that it is missing in the cluster. Without the key GitOps owns all that \
                  Ansible does not.",
    fails: "[gitops]\ntool = \"flux\"\nrepo = \"https://git.example.com/plans.git\"\npath = \"out/main\"\nowns = [\"calico\", \"namespaces\"]\n",
    passes: "[gitops]\ntool = \"flux\"\nrepo = \"https://git.example.com/plans.git\"\npath = \"out/main\"\nowns = [\"calico\", \"namespaces\", \"metallb\"]\n",
    covers: &["OWN-02", "GO016"],
};

const GENERATED: [Layer; 6] =
    [Layer::Calico, Layer::Metallb, Layer::Namespaces, Layer::Services, Layer::Policies, Layer::Seldon];

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let gitops = facts.resolved.plan.gitops.as_ref();
    let Some(owns) = gitops.and_then(|gitops| gitops.value.owns.as_ref()) else { return };
    for layer in GENERATED {
        if facts.resolved.delivery.writer(layer).is_some() || !has(facts, layer) {
            continue;
        }
        let word = layer.word();
        let finding = Diagnostic::new(&RULE, owns.span, format!("nobody owns `{word}`"))
            .here(format!("does not have \"{word}\""))
            .help(format!(
                "add \"{word}\" to the list, or remove `owns` for everything that Ansible does not own"
            ))
            .on("gitops.owns");
        found.push(finding);
    }
}
