//! What somebody owns, the plan has.

use super::has;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::Layer;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8003",
    name: "layer-of-nothing",
    level: Level::Warning,
    summary: "a layer that somebody owns is one that the plan has",
    explanation: "An owner of Calico in a plan whose clusters run flannel owns nothing. Usually the cluster's table is what \
                  is wrong: a `cni` that was not changed, a table of MetalLB or Seldon that is missing.",
    fails: "[gitops]\ntool = \"flux\"\nrepo = \"https://git.example.com/plans.git\"\npath = \"out/main\"\nowns = [\"calico\", \"metallb\", \"namespaces\", \"seldon\"]\n",
    passes: "[gitops]\ntool = \"flux\"\nrepo = \"https://git.example.com/plans.git\"\npath = \"out/main\"\nowns = [\"calico\", \"metallb\", \"namespaces\"]\n",
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let plan = facts.resolved.plan;
    let lists = [
        ("ansible", plan.ansible.as_ref().and_then(|table| table.value.owns.as_ref())),
        ("bootstrap", plan.bootstrap.as_ref().and_then(|table| table.value.owns.as_ref())),
        ("gitops", plan.gitops.as_ref().and_then(|table| table.value.owns.as_ref())),
    ];
    for (table, owns) in lists {
        for layer in owns.iter().flat_map(|owns| owns.value.iter()) {
            // What bootstrap cannot bring is told by a rule of its own. These three come and go with the services of a plan; to own none of them yet is no mistake.
            let unbrought = table == "bootstrap" && layer.value != Layer::Calico;
            let grows = matches!(layer.value, Layer::Services | Layer::Namespaces | Layer::Policies);
            if grows || unbrought || has(facts, layer.value) {
                continue;
            }
            let word = layer.value.word();
            let help = match layer.value {
                Layer::Calico => {
                    "write in the cluster's table: cni = \"calico\", or remove it here".to_owned()
                }
                Layer::Seldon => "add: [seldon]\nversion = \"2.9.1\", or remove it here".to_owned(),
                Layer::Metallb => "add a `metallb` table to the cluster, or remove it here".to_owned(),
                _ => format!("remove \"{word}\""),
            };
            let message = format!("`{table}` owns `{word}`, and no generated cluster has it");
            let finding = Diagnostic::new(&RULE, layer.span, message)
                .here("there is nothing to own")
                .help(help)
                .on(format!("{table}.owns"));
            found.push(finding);
        }
    }
}
