//! The page of one stage: who, what, every command, what must come of it, and the way back.

use super::{Context, apply, data, level, rollback};
use crate::emit::readme::table;
use crate::facts::stages::{Loss, StepKind, controller_starts, is_held};
use crate::model::RiskLevel;
use crate::resolve::{Party, Unit};
use crate::runbook::{Kind, Script};
use std::fmt::Write;

pub fn page(context: &Context<'_, '_>, at: usize) -> String {
    let facts = context.facts;
    let resolved = &facts.resolved;
    let (stage, made) = (&resolved.stages[at], &facts.stages.stages[at]);
    let slot = facts.stages.schedule.slots[at];
    let mut text = format!("# {}. {}, on {}\n\n", made.number, stage.name, context.on(at));
    let waits: Vec<String> = (facts.stages.graph.after[at].iter())
        .map(|before| {
            format!(
                "[{}](../{}/README.md)",
                resolved.stages[*before].name,
                crate::runbook::folder(facts, *before)
            )
        })
        .collect();
    let takes = stage
        .written
        .takes
        .as_ref()
        .map_or("the plan does not say".to_owned(), |takes| takes.value.to_string());
    let timed = facts.stages.schedule.length > 0;
    let slack = match slot.critical {
        _ if !timed => String::new(),
        true if slot.slack() == 0 => {
            "; on the critical path: what is late here is late at the end".to_owned()
        }
        true => format!(
            "; on the critical path, and may be late by {} all the same: what comes after waits for its hours",
            context.long(slot.slack())
        ),
        false => format!("; may be late by {}", context.long(slot.slack())),
    };
    let mut rows = vec![
        vec!["who".to_owned(), context.who(at)],
        vec![
            "when".to_owned(),
            format!("{} to {}", facts.stages.clock(slot.start), facts.stages.clock(slot.end)),
        ],
        vec!["takes".to_owned(), format!("{takes}{slack}")],
    ];
    if !timed {
        rows.remove(1);
    }
    if let Some(window) = &stage.written.window {
        rows.push(vec!["hours".to_owned(), format!("between {}", window.value)]);
    }
    if !waits.is_empty() {
        rows.push(vec!["after".to_owned(), format!("the checks of {} have passed", waits.join(", "))]);
    }
    rows.push(vec!["way back".to_owned(), rollback::brief(context, at)]);
    rows.push(vec!["risk".to_owned(), risk(context, at)]);
    table(&mut text, &["", ""], &rows);
    go(context, at, &mut text);
    commands(context, at, &mut text);
    checks(context, at, &mut text);
    rollback::section(context, at, &mut text);
    let next = resolved.stages.get(at + 1).map(|next| {
        format!("Next: [{}](../{}/README.md). ", next.name, crate::runbook::folder(facts, at + 1))
    });
    let _ = writeln!(text, "---\n\n{}[Back to the runbook](../README.md)", next.unwrap_or_default());
    text
}

fn risk(context: &Context<'_, '_>, at: usize) -> String {
    let stages = &context.facts.stages;
    let worst = stages.stages[at].risk;
    let names: Vec<String> = (stages.risks.iter())
        .filter(|risk| risk.stage == Some(at) && risk.level == worst && worst != RiskLevel::Low)
        .take(6)
        .map(|risk| format!("`{}`", risk.on))
        .collect();
    match names.is_empty() {
        true => level(worst).to_owned(),
        false => format!("{}: {} ([why](../risk.md))", level(worst), names.join(", ")),
    }
}

/// What a person has to know before saying "go".
fn go(context: &Context<'_, '_>, at: usize, text: &mut String) {
    let facts = context.facts;
    let stage = &facts.resolved.stages[at];
    let losses: Vec<&Loss> =
        facts.stages.stages[at].rollback.losses.iter().filter(|loss| loss.is_sudden()).collect();
    if is_held(stage) {
        let _ = writeln!(text, "**Stop. A person says \"go\" before anything of this stage is done.**\n");
    }
    if !losses.is_empty() {
        text.push_str("**After this stage there is no way back to:**\n\n");
        for loss in losses {
            let _ = writeln!(text, "- {}", rollback::loss(context, loss));
        }
        text.push('\n');
    }
}

fn commands(context: &Context<'_, '_>, at: usize, text: &mut String) {
    text.push_str("## What to do\n\n");
    let mut number = 0;
    let mut heading = |text: &mut String, title: &str| {
        number += 1;
        let _ = writeln!(text, "### {number}. {title}\n");
    };
    let scripts = |kind: Kind| context.scripts[at].iter().filter(move |script| script.kind == kind);
    let several = scripts(Kind::Do).count() > 1;
    for script in scripts(Kind::Do) {
        let cluster = context.facts.resolved.cluster(script.cluster).name;
        let where_to = if several { format!(", on `{cluster}`") } else { String::new() };
        heading(text, &format!("Save, drain, and whatever else comes first{where_to}"));
        run(context, at, script, "what is done", "what shows it", text);
        data::saved_while_in_use(context, at, script, text);
    }
    for script in scripts(Kind::HandOver) {
        let old = context.facts.resolved.cluster(script.cluster).name;
        heading(text, &format!("Stop the old writers, on `{old}`"));
        let _ = writeln!(
            text,
            "One cluster at a time may write to {}. So the old copies stop here, and stay stopped, before the new ones start.{}\n",
            outside(context, at),
            stopped_earlier(context, at)
        );
        run(context, at, script, "what is done", "what shows it", text);
    }
    let steps = &context.facts.stages.stages[at].steps;
    for step in steps {
        match &step.kind {
            StepKind::Machines(tags) => {
                heading(text, "Machines");
                apply::machines(context, at, tags, text);
            }
            StepKind::Bootstrap => {
                heading(text, "The network");
                apply::bootstrap(context, at, text);
            }
            StepKind::StartController => {
                heading(text, "The controller");
                apply::controller(context, at, text);
            }
            _ => {}
        }
    }
    if steps.iter().any(|step| matches!(step.kind, StepKind::Apply(unit) if unit != Unit::Dns)) {
        heading(text, "Apply");
        apply::units(context, at, text);
        data::left_behind(context, at, text);
    }
    for script in scripts(Kind::Restore) {
        heading(text, "Put back what was saved");
        run(context, at, script, "what is done", "what shows it", text);
    }
    if steps.iter().any(|step| step.kind == StepKind::Apply(Unit::Dns)) {
        heading(text, "Names");
        apply::names(context, at, text);
    }
    if number == 0 {
        text.push_str("Nothing but the checks.\n\n");
    }
}

/// Where the old writers of a stage stop before its turn comes, because nobody holds the controller back.
fn stopped_earlier(context: &Context<'_, '_>, at: usize) -> String {
    let stage = &context.facts.resolved.stages[at];
    let starts = stage.on.and_then(|on| controller_starts(&context.facts.resolved, on));
    match starts.filter(|starts| *starts < at && !is_held(stage)) {
        Some(starts) => format!(
            " [{}](../{}/README.md) ran this already, before it started the controller; here it shows that they still stand \
             still.",
            context.facts.resolved.stages[starts].name,
            crate::runbook::folder(context.facts, starts)
        ),
        None => String::new(),
    }
}

/// What one cluster at a time may write to, of what the stage takes over.
fn outside(context: &Context<'_, '_>, at: usize) -> String {
    let resolved = &context.facts.resolved;
    let services = context.facts.stages.stages[at].steps.iter().filter_map(|step| match step.kind {
        StepKind::HandOver(id) => Some(resolved.service(id)),
        _ => None,
    });
    let mut names: Vec<String> = services
        .flat_map(|service| &service.needs)
        .filter_map(|need| match need.party {
            Party::External(id)
                if resolved.external(id).written.writer() == crate::model::Writer::OneCluster =>
            {
                Some(format!("`{}`", resolved.external(id).name))
            }
            _ => None,
        })
        .collect();
    names.sort();
    names.dedup();
    names.join(", ")
}

fn checks(context: &Context<'_, '_>, at: usize, text: &mut String) {
    let mut scripts = context.scripts[at].iter().filter(|script| script.kind == Kind::Check).peekable();
    text.push_str("## Is it done?\n\n");
    if scripts.peek().is_none() {
        text.push_str("The plan names no check for this stage, so nothing shows that it is done. Look for yourself.\n\n");
    }
    for script in scripts {
        run(context, at, script, "what is asked", "what must come", text);
    }
}

/// A script with its parts.
fn run(context: &Context<'_, '_>, at: usize, script: &Script, about: &str, expects: &str, text: &mut String) {
    let cluster = context.facts.resolved.cluster(script.cluster).name;
    let _ = writeln!(
        text,
        "```sh\nexport KUBECONFIG=~/{cluster}.yaml   # or CONTEXT\nsh {}/{}\n```\n",
        context.folder(at),
        script.file
    );
    let rows: Vec<Vec<String>> = (script.parts.iter())
        .map(|part| vec![format!("`{}`", part.word), part.about.clone(), part.expects.clone()])
        .collect();
    table(text, &["", about, expects], &rows);
}
