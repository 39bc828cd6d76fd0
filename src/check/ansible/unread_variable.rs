//! A variable that no role reads does nothing, without a word.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule, nearest};
use crate::facts::{Facts, ansible, ansible::Status};
use std::collections::BTreeMap;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P7005",
    name: "unread-variable",
    level: Level::Warning,
    summary: "every key of `ansible.vars` is a variable that a role of the profile reads",
    explanation: "Ansible never complains about a variable that nothing reads. The profile `ml-platform` carries the list of \
                  all names in its roles: a third of those in the original inventory do nothing, and some are fixed in the \
                  role's own `vars/`, which win over every inventory.",
    fails: "[ansible]\nprofile = \"ml-platform\"\nvars = { k3s_cni = \"calico\" }\n",
    passes: "[ansible]\nprofile = \"ml-platform\"\nvars = { mlflow_storage_size = \"500Gi\" }\n",
    covers: &["ANS-01", "ANS-03"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let Some(profile) = ansible::profile_of(facts).filter(|profile| profile.variables.is_some()) else {
        return;
    };
    let Some(vars) = facts.resolved.delivery.ansible.and_then(|ansible| ansible.vars.as_ref()) else {
        return;
    };
    let known: BTreeMap<&str, Status> = profile.statuses().collect();
    for (name, _) in &vars.value.0 {
        // Ansible's own: connection, interpreter, become.
        if name.value.starts_with("ansible_") {
            continue;
        }
        let (message, here) = match known.get(name.value.as_str()) {
            Some(Status::Live) => continue,
            Some(Status::Fixed) => (
                format!("`{}` is fixed in the role's own `vars/`", name.value),
                "an inventory cannot change it",
            ),
            Some(Status::Dead) => {
                (format!("no role of `{}` reads `{}`", profile.name, name.value), "does nothing")
            }
            None => (format!("no role of `{}` knows `{}`", profile.name, name.value), "does nothing"),
        };
        let live = known.iter().filter(|(_, status)| **status == Status::Live).map(|(name, _)| *name);
        let finding =
            Diagnostic::new(&RULE, name.span, message).here(here).on(format!("ansible.vars.{}", name.value));
        found.push(match nearest(&name.value, live) {
            Some(meant) => finding.help(format!("did you mean `{meant}`?")),
            None => finding.help("remove it, or accept it if a play of your own reads it"),
        });
    }
}
