//! Every word of a stage is something that a script can do.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Names, Rule, nearest, quoted};
use crate::facts::Facts;
use crate::runbook::{self, Meaningless, words};
use crate::source::Located;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8501",
    name: "unknown-check",
    level: Level::Error,
    summary: "every word of `check` and `do` has a template",
    explanation: "The runbook has a script for each stage. A word that nobody wrote a template for would be a line \
                  that does nothing, and a stage that passes without having been looked at. A word of your own is a \
                  file `NAME.sh.j2` in the folder of `[runbook] templates`; `templates/checks/README.md` says what it \
                  may use.",
    fails: r#"[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }

[[stages]]
name = "workloads"
apply = ["web"]
check = ["ip-match"]
"#,
    passes: r#"[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }

[[stages]]
name = "workloads"
apply = ["web"]
check = ["ips-match"]
"#,
    covers: &[],
};

/// `NAME-reachable` is about everything that has a name.
fn unreachable(facts: &Facts<'_>, word: &Located<String>, name: &str, stage: &str) -> Diagnostic {
    let resolved = &facts.resolved;
    let externals = resolved.externals.iter().map(|external| external.name);
    let names: Vec<&str> = externals.chain(resolved.services.iter().map(|service| service.key)).collect();
    let message = format!("there is no service and no external `{name}` that `{}` could ask for", word.value);
    Diagnostic::new(&RULE, word.span, message)
        .here("no script can be made of this")
        .on(format!("stages.{stage}.check"))
        .help(match nearest(name, names.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}-reachable`?"),
            None => format!("write: \"{}-reachable\"", names.first().copied().unwrap_or("NAME")),
        })
}

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let own: Vec<&str> =
        facts.runbook.iter().filter_map(|(file, _)| file.strip_suffix(runbook::ENDING)).collect();
    let checks: Vec<&str> = words::CHECKS.iter().map(|word| word.name).chain(own.iter().copied()).collect();
    let verbs: Vec<&str> = ["backup", "drain", "restore"].into_iter().chain(own.iter().copied()).collect();
    for stage in &facts.resolved.stages {
        let lists = [("check", &stage.written.check, &checks), ("do", &stage.written.r#do, &verbs)];
        for (key, list, known) in lists {
            for word in list.iter().flat_map(|list| &list.value) {
                let meaning = match key {
                    "check" => runbook::of_check(facts, &word.value),
                    _ => runbook::of_do(facts, &word.value),
                };
                let Err(why) = meaning else { continue };
                if let Some(name) = word.value.strip_suffix("-reachable") {
                    found.push(unreachable(facts, word, name, stage.name));
                    continue;
                }
                let on = format!("stages.{}.{key}", stage.name);
                let (message, help) = match why {
                    Meaningless::NoArgument(argument) => (
                        format!("`{}` does not say of what", word.value),
                        format!("write: \"{}:{argument}\"", word.value),
                    ),
                    Meaningless::Superfluous => (
                        format!("`{}` asks about one thing, and that check is about all of them", word.value),
                        format!("write: \"{}\"", word.value.split(':').next().unwrap_or_default()),
                    ),
                    Meaningless::Unknown => (
                        format!("there is no template for `{}` in `{key}`", word.value),
                        format!(
                            "there are: {}; or bring {}{}",
                            known.join(", "),
                            word.value,
                            runbook::ENDING
                        ),
                    ),
                };
                let finding =
                    Diagnostic::new(&RULE, word.span, message).here("no script can be made of this").on(on);
                let plain = word.value.split(':').next().unwrap_or_default();
                found.push(match nearest(plain, known.iter().copied()) {
                    Some(meant) if why == Meaningless::Unknown => {
                        let rest = &word.value[plain.len()..];
                        let finding = finding.help(format!("did you mean `{meant}{rest}`?"));
                        if rest.is_empty() {
                            finding.spell(word.span, plain, known.iter().copied(), Names::Fixed, quoted)
                        } else {
                            finding
                        }
                    }
                    _ => finding.help(help),
                });
            }
        }
    }
}
