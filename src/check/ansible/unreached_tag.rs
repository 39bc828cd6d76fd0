//! A stage with a tag that no task carries succeeds, having done nothing.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Names, Rule, nearest, quoted};
use crate::facts::{Facts, ansible};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P7006",
    name: "unreached-tag",
    level: Level::Warning,
    summary: "every tag of a stage is carried by a task of the profile's roles",
    explanation: "`ansible-playbook --tags` runs the tasks that carry the tag and reports success when there are none. The roles \
                  of `ml-platform` are taken in by `include_role`, and a tag on that line does not reach the tasks inside: \
                  `database`, say, runs nothing at all.",
    fails: "[ansible]\nprofile = \"ml-platform\"\n\n[[stages]]\nname = \"data\"\ntags = [\"database\"]\n",
    passes: "[ansible]\nprofile = \"ml-platform\"\n\n[[stages]]\nname = \"data\"\ntags = [\"minio\"]\n",
    covers: &["ANS-04"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let Some(profile) = ansible::profile_of(facts) else { return };
    let Some(known) = profile.tag_names() else { return };
    for stage in &facts.resolved.stages {
        for tag in stage.written.tags.iter().flat_map(|tags| &tags.value) {
            if known.clone().any(|name| name == tag.value) {
                continue;
            }
            let message = format!("no task of `{}` carries the tag `{}`", profile.name, tag.value);
            let finding = Diagnostic::new(&RULE, tag.span, message)
                .here("the stage would succeed, having done nothing")
                .on(format!("stages.{}.tags", stage.name));
            found.push(match nearest(&tag.value, known.clone()) {
                Some(meant) => finding.help(format!("did you mean `{meant}`?")).spell(
                    tag.span,
                    &tag.value,
                    known.clone(),
                    Names::Fixed,
                    quoted,
                ),
                None => finding.help("remove the tag, or name one that a task carries"),
            });
        }
    }
}
