//! What a stage saves is something that can be saved.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::runbook::{self, Meaningless};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8502",
    name: "cannot-be-saved",
    level: Level::Error,
    summary: "`backup:` and `restore:` name something whose data `plan` knows how to copy",
    explanation: "Volumes of pods, databases, directories, objects and keys can be copied and read back. Something \
                  outside with neither `databases` nor `path` is an address and a port: a script would have nothing to \
                  copy, and a backup of nothing is found out too late. A template of your own, `backup-NAME.sh.j2` in \
                  the folder of `[runbook] templates`, says how.",
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

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for stage in &facts.resolved.stages {
        for word in stage.written.r#do.iter().flat_map(|list| &list.value) {
            if runbook::of_do(facts, &word.value).err() != Some(Meaningless::NoWay) {
                continue;
            }
            let (verb, name) = word.value.split_once(':').unwrap_or((&word.value, ""));
            let message =
                format!("nothing of `{name}` can be copied: the plan knows an address and a port of it");
            found.push(
                Diagnostic::new(&RULE, word.span, message)
                    .here("a script would have nothing to do")
                    .help(format!(
                        "say `databases` or `path` of it, or bring {verb}-{name}{}",
                        runbook::ENDING
                    ))
                    .on(format!("stages.{}.do", stage.name)),
            );
        }
    }
}
