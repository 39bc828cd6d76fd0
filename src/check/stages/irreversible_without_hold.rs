//! A point of no return is passed by a person.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::facts::stages::{Loss, is_guarded};
use crate::source::Span;
use std::collections::BTreeSet;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8508",
    name: "irreversible-without-hold",
    level: Level::Error,
    summary: "a stage that does what nothing undoes waits for a person, where a way back crosses it",
    explanation: "Data that no stage saves goes with the machines, addresses that the old cluster announced are given to others, \
                  what a stage calls `irreversible` is, and what people write to a rebuilt cluster is in no backup. \
                  `rollback` on such a stage, or on a later one, promises a way back over that point. \
                  `hold = \"manual\"`, on that stage or on one between the two, makes a person say \"go\" with the losses \
                  before their eyes.",
    fails: r#"[clusters.old]
distribution = "k3s"
version = "v1.32.5+k3s1"
servers = ["node-1"]
agents = ["node-2"]
cni = "flannel"
pods = "10.42.0.0/16"
services = "10.43.0.0/16"

[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
replaces = "old"
strategy = "rebuild"

[[stages]]
name = "foundation"
on = "main"
apply = ["bootstrap.calico", "metallb"]
check = ["nodes-ready"]
rollback = "old"
irreversible = ["the disks are formatted"]
"#,
    passes: r#"[clusters.old]
distribution = "k3s"
version = "v1.32.5+k3s1"
servers = ["node-1"]
agents = ["node-2"]
cni = "flannel"
pods = "10.42.0.0/16"
services = "10.43.0.0/16"

[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
replaces = "old"
strategy = "rebuild"

[[stages]]
name = "foundation"
on = "main"
apply = ["bootstrap.calico", "metallb"]
check = ["nodes-ready"]
rollback = "old"
irreversible = ["the disks are formatted"]
hold = "manual"
"#,
    covers: &["STG-08"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    let mut said = BTreeSet::new();
    for (at, stage) in resolved.stages.iter().enumerate() {
        let Some(back) = &stage.written.rollback else { continue };
        let crosses = &facts.stages.stages[at].rollback.crosses;
        let unguarded: Vec<usize> =
            crosses.iter().copied().filter(|crossed| !is_guarded(resolved, *crossed, at)).collect();
        for &crossed in &unguarded {
            let losses = &facts.stages.stages[crossed].rollback.losses;
            // That the key is not saved is an error of its own, and other networks are a rule of their own.
            let sudden =
                |loss: &&Loss| matches!(loss, Loss::Data(_) | Loss::Addresses { .. } | Loss::Said(_));
            let Some(loss) = losses.iter().find(sudden).filter(|_| said.insert(crossed)) else { continue };
            let other = &resolved.stages[crossed];
            let (what, place) = described(facts, crossed, loss);
            let message = format!(
                "the way back from `{}` to `{}` crosses `{}`, which {what}, and no person is asked",
                stage.name, back.value, other.name
            );
            let mut finding = Diagnostic::new(&RULE, other.written.name.span, message)
                .here("passes a point of no return")
                .label(back.span, "promises a way back");
            if let Some((span, words)) = place {
                finding = finding.label(span, words);
            }
            found.push(
                finding
                    .help(format!("add to the stage `{}`:\nhold = \"manual\"", other.name))
                    .on(format!("stages.{}", other.name)),
            );
        }
        written_since(facts, at, &unguarded, back.span, found);
    }
}

/// Services that keep data and are back before this stage have been written to.
fn written_since(facts: &Facts<'_>, at: usize, crossed: &[usize], back: Span, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    let stage = &resolved.stages[at];
    let mut services = Vec::new();
    let mut stages = Vec::new();
    for &one in crossed.iter().filter(|one| **one != at) {
        for loss in &facts.stages.stages[one].rollback.losses {
            if let Loss::Writes(ids) = loss {
                services.extend(ids.iter().map(|id| resolved.service(*id).key));
                stages.push(resolved.stages[one].written.name.span);
            }
        }
    }
    let Some(first) = services.first() else { return };
    let others = match services.len() {
        1 => String::new(),
        more => format!(" and {} more", more - 1),
    };
    let message = format!(
        "the way back from `{}` loses what was written to `{first}`{others} since, and no person is asked before",
        stage.name
    );
    let mut finding = Diagnostic::new(&RULE, back, message).here("promises a way back");
    for span in stages {
        finding = finding.label(span, "from here on data is written that no backup has");
    }
    found.push(
        finding
            .help(format!("add to the stage `{}`, or to one between:\nhold = \"manual\"", stage.name))
            .on(format!("stages.{}", stage.name)),
    );
}

/// What a loss is, behind "which", and where the plan says so.
fn described(facts: &Facts<'_>, stage: usize, loss: &Loss) -> (String, Option<(Span, &'static str)>) {
    let resolved = &facts.resolved;
    match loss {
        Loss::Data(id) => {
            let service = resolved.service(*id);
            let place = service.written.stateful.as_ref().map(|stateful| (stateful.span, "keeps data"));
            (format!("loses the data of `{}`", service.key), place)
        }
        Loss::Addresses { old, .. } => {
            let name = resolved.cluster(*old).name;
            let pool = resolved.pools_of(*old).next().map(|pool| (pool.span, "announced until then"));
            (format!("gives addresses of `{name}` up"), pool)
        }
        Loss::Said(text) => {
            let place = resolved.stages[stage].written.irreversible.as_ref();
            (format!("is irreversible: {text}"), place.map(|list| (list.span, "nothing undoes this")))
        }
        Loss::Networks { .. } | Loss::SealingKey(_) | Loss::Writes(_) => (String::new(), None),
    }
}
