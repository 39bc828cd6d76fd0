//! `ansible.profile` names a profile that exists.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Names, Rule, nearest, quoted};
use crate::facts::{Facts, ansible::PROFILES};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P7003",
    name: "unknown-profile",
    level: Level::Error,
    summary: "`ansible.profile` is a folder of templates that this compiler has",
    explanation: "A profile is a folder of templates that writes the variables and groups which some roles read. For roles of \
                  your own take `default`, and add templates with `ansible.templates`.",
    fails: "[ansible]\nprofile = \"ml-plattform\"\n",
    passes: "[ansible]\nprofile = \"ml-platform\"\n",
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let Some(written) = facts.resolved.delivery.ansible.and_then(|ansible| ansible.profile.as_ref()) else {
        return;
    };
    let name = written.value.as_str();
    if PROFILES.iter().any(|profile| profile.name == name) {
        return;
    }
    let known: Vec<&str> = PROFILES.iter().map(|profile| profile.name).collect();
    let finding = Diagnostic::new(&RULE, written.span, format!("there is no Ansible profile `{name}`"))
        .here("no profile has this name")
        .on("ansible.profile");
    found.push(match nearest(name, known.iter().copied()) {
        Some(meant) => finding.help(format!("did you mean `{meant}`?")).spell(
            written.span,
            name,
            known.iter().copied(),
            Names::Fixed,
            quoted,
        ),
        None => finding.help(format!("there are: {}", known.join(", "))),
    });
}
