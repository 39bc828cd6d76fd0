//! `ansible.templates` names a folder that holds templates.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::template::ENDING;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P7002",
    name: "missing-templates",
    level: Level::Error,
    summary: "the folder of `ansible.templates` holds at least one `NAME.j2`",
    explanation: "The folder lies beside the plan. Without a template in it the tree would lack what the playbook expects, and \
                  nothing would say so.",
    fails: "[ansible]\ntemplates = \"templates\"\n",
    passes: "[ansible]\nprofile = \"default\"\n",
    covers: &["ANS-05"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let Some(folder) = facts.resolved.delivery.ansible.and_then(|ansible| ansible.templates.as_ref()) else {
        return;
    };
    if !facts.templates.iter().any(|(name, _)| name.ends_with(ENDING)) {
        let message = format!("there is no template in `{}`", folder.value);
        let finding = Diagnostic::new(&RULE, folder.span, message)
            .here(format!("no file here ends in `{ENDING}`"))
            .help("the folder is relative to the plan; each `NAME.j2` in it becomes `ansible/CLUSTER/NAME`")
            .on("ansible.templates");
        found.push(finding);
    }
}
