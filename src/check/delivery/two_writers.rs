//! Every layer has one writer.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::Layer;
use crate::source::Located;
use std::collections::BTreeMap;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8001",
    name: "two-writers",
    level: Level::Error,
    summary: "no layer is owned by two",
    explanation: "What Ansible applies by hand and a GitOps controller keeps in the state of Git changes back and forth for \
                  ever, and after each run the last writer has won. Only bootstrap and GitOps may both own Calico: kubectl \
                  applies once what the controller keeps from then on, because its own pods need the network first.",
    fails: "[ansible]\nowns = [\"hosts\", \"k3s\", \"metallb\"]\n\n[gitops]\ntool = \"argocd\"\nrepo = \"https://git.example.com/plans.git\"\npath = \"out/main\"\nowns = [\"calico\", \"metallb\", \"namespaces\"]\n",
    passes: "[ansible]\nowns = [\"hosts\", \"k3s\"]\n\n[gitops]\ntool = \"argocd\"\nrepo = \"https://git.example.com/plans.git\"\npath = \"out/main\"\nowns = [\"calico\", \"metallb\", \"namespaces\"]\n",
    covers: &["OWN-02"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let plan = facts.resolved.plan;
    type Owns<'a> = Option<&'a Located<Vec<Located<Layer>>>>;
    let lists: [(&str, Owns<'_>); 3] = [
        ("ansible", plan.ansible.as_ref().and_then(|table| table.value.owns.as_ref())),
        ("bootstrap", plan.bootstrap.as_ref().and_then(|table| table.value.owns.as_ref())),
        ("gitops", plan.gitops.as_ref().and_then(|table| table.value.owns.as_ref())),
    ];
    let mut owners: BTreeMap<Layer, Vec<(&str, &Located<Layer>)>> = BTreeMap::new();
    for (table, owns) in lists {
        for layer in owns.iter().flat_map(|owns| owns.value.iter()) {
            owners.entry(layer.value).or_default().push((table, layer));
        }
    }
    for (layer, owners) in owners {
        for pair in owners.windows(2) {
            let ((first, place), (second, written)) = (pair[0], pair[1]);
            if (first, second) == ("bootstrap", "gitops") {
                continue;
            }
            let message = if first == second {
                format!("`{first}` owns `{}` twice", layer.word())
            } else {
                format!("`{}` is owned by both `{first}` and `{second}`", layer.word())
            };
            let finding = Diagnostic::new(&RULE, written.span, message)
                .here(format!("`{second}` writes it"))
                .label(place.span, format!("so does `{first}`"))
                .help(format!("remove \"{}\" from one of the two lists", layer.word()))
                .on(format!("{second}.owns"));
            found.push(finding);
        }
    }
}
