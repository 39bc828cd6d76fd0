//! What a stage saves is something that can be saved.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::facts::stages::plain;
use crate::runbook::{self, Meaning};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8502",
    name: "cannot-be-saved",
    level: Level::Note,
    summary: "`backup:` and `restore:` name something whose data `plan` knows how to copy",
    explanation: "Volumes of pods, databases of PostgreSQL, directories, objects and keys are copied by a script and read \
                  back. Something outside with neither `databases` nor `path`, or a database of another maker, is an \
                  address and a port: its script asks a person for the copy, and fails until the copy is there and can \
                  be read. That costs time in the window. A template of your own, `backup-NAME.sh.j2` in the folder of \
                  `[runbook] templates`, does it without a person.",
    fails: r#"[external]
queue = { ip = "192.168.1.40", port = 5672 }

[[stages]]
name = "freeze"
do = ["backup:queue"]
"#,
    passes: r#"[external]
queue = { ip = "192.168.1.40", port = 5672, path = "/var/lib/queue" }

[[stages]]
name = "freeze"
do = ["backup:queue"]
"#,
    covers: &["STG-03"],
};

fn help(facts: &Facts<'_>, verb: &str, name: &str) -> String {
    let own = format!("{verb}-{}{}", plain(name), runbook::ENDING);
    let external = facts.resolved.externals.iter().find(|external| external.name == plain(name));
    match external.filter(|external| external.written.databases.is_some()) {
        Some(_) => format!(
            "this is no port of PostgreSQL; bring {own} in `[runbook] templates`, or say the `path` of its files"
        ),
        None => {
            format!("say `databases` (PostgreSQL) or `path` of it, or bring {own} in `[runbook] templates`")
        }
    }
}

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for stage in &facts.resolved.stages {
        for word in stage.written.r#do.iter().flat_map(|list| &list.value) {
            let Ok(Meaning::Action(action, _)) = runbook::of_do(facts, &word.value) else { continue };
            let message = match action.name {
                "backup-by-hand" => "a person has to copy",
                "restore-by-hand" => "a person has to put back",
                _ => continue,
            };
            let (verb, name) = word.value.split_once(':').unwrap_or((&word.value, ""));
            let message = format!("{message} `{name}`: the plan does not say what a script could copy");
            found.push(
                Diagnostic::new(&RULE, word.span, message)
                    .here("its script waits for that person")
                    .help(help(facts, verb, name))
                    .on(format!("stages.{}.do", stage.name)),
            );
        }
    }
}
