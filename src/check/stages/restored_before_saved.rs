//! What a stage puts back was saved by one before it.

use crate::check::Check;
use crate::check::delivery::saved_thing_unknown::is_known;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::facts::stages::plain;
use crate::runbook::{self, Meaning};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8517",
    name: "restored-before-saved",
    level: Level::Error,
    summary: "`restore:` puts back what a `backup:` before it has saved",
    explanation: "The script of `restore:NAME` reads the folder that the script of `backup:NAME` has filled, and fails when it is \
                  not there: at night, in the middle of the migration. What only a person can put back, and what a template of your own \
                  does, may come from anywhere.",
    fails: r#"[external]
db = { ip = "192.168.1.40", port = 5432, databases = ["app"] }

[[stages]]
name = "data"
do = ["restore:db"]
"#,
    passes: r#"[external]
db = { ip = "192.168.1.40", port = 5432, databases = ["app"] }

[[stages]]
name = "freeze"
do = ["backup:db"]

[[stages]]
name = "data"
do = ["restore:db"]
"#,
    covers: &["STG-04"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    let words = |at: usize| resolved.stages[at].written.r#do.iter().flat_map(|list| &list.value);
    let saves =
        |word: &str, name: &str| word.strip_prefix("backup:").is_some_and(|saved| plain(saved) == name);
    for (at, stage) in resolved.stages.iter().enumerate() {
        for (place, word) in words(at).enumerate() {
            let Some(name) = word.value.strip_prefix("restore:").map(plain) else { continue };
            // What nobody declared is a finding already.
            if !is_known(facts, name) {
                continue;
            }
            let Ok(Meaning::Action(action, _)) = runbook::of_do(facts, &word.value) else { continue };
            let before = facts.stages.graph.before(at).flat_map(words);
            let mut before = before.chain(words(at).take(place));
            if action.name == "restore-by-hand" || before.any(|word| saves(&word.value, name)) {
                continue;
            }
            let late = (at..resolved.stages.len()).flat_map(words).find(|word| saves(&word.value, name));
            let message = format!("`{name}` is put back in `{}`, and nothing before it saves it", stage.name);
            let mut finding = Diagnostic::new(&RULE, word.span, message).here("finds no backup");
            if let Some(late) = late {
                finding = finding.label(late.span, "is saved here");
            }
            found.push(
                finding
                    .help(format!("add \"backup:{name}\" to `do` of a stage before `{}`", stage.name))
                    .on(format!("stages.{}.do", stage.name)),
            );
        }
    }
}
