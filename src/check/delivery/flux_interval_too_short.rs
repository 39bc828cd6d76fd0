//! Flux looks once a minute at most.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::Tool;
use crate::upstream::flux::SHORTEST_INTERVAL;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8006",
    name: "flux-interval-too-short",
    level: Level::Error,
    summary: "`gitops.interval` is a minute or more",
    explanation: "Flux documents 60 s as the shortest interval of a Kustomization and of a source: the controllers take less, \
                  and then fetch and dry-run every folder without pause. A webhook receiver is the way to be told of a \
                  push at once.",
    fails: "[gitops]\ntool = \"flux\"\nrepo = \"https://git.example.com/plans.git\"\npath = \"out/main\"\ninterval = \"30s\"\n",
    passes: "[gitops]\ntool = \"flux\"\nrepo = \"https://git.example.com/plans.git\"\npath = \"out/main\"\ninterval = \"5m\"\n",
    covers: &["GO013"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let Some(gitops) = &facts.resolved.plan.gitops else { return };
    let Some(interval) = gitops.value.interval.as_ref().filter(|_| gitops.value.tool.value == Tool::Flux)
    else {
        return;
    };
    if interval.value.seconds >= SHORTEST_INTERVAL.into() {
        return;
    }
    let finding = Diagnostic::new(&RULE, interval.span, format!("`gitops.interval` is {}", interval.value))
        .here("shorter than a minute")
        .help("write: interval = \"10m\"")
        .on("gitops.interval");
    found.push(finding);
}
