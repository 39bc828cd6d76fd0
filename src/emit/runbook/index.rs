//! The first page: what has to be there before, when what happens, how to read a script, and what is left to do after.

use super::{Context, inline, level, rollback};
use crate::emit::gitops::order;
use crate::emit::gitops::unit::Content;
use crate::emit::readme::table;
use crate::facts::stages::{By, Factor, is_held, plain};
use crate::model::{Owner, Strategy, Tool};
use crate::resolve::{ClusterId, Unit};
use crate::runbook::{Kind, words};
use std::collections::BTreeSet;
use std::fmt::Write;

pub fn page(context: &Context<'_, '_>) -> String {
    let facts = context.facts;
    let resolved = &facts.resolved;
    let mut text = format!("# Runbook of {}\n\n", resolved.name);
    for cluster in resolved.targets() {
        let Some(old) = cluster.replaces.map(|old| resolved.cluster(old).name) else { continue };
        let _ = match cluster.strategy {
            Some(Strategy::Parallel) => writeln!(
                text,
                "`{}` is built beside `{old}`, which keeps running until the names have moved.",
                cluster.name
            ),
            _ => writeln!(
                text,
                "`{}` is built on the machines of `{old}`: from the stage that tears it down until its service is back, \
                 nothing answers.",
                cluster.name
            ),
        };
    }
    if resolved.targets().any(|cluster| cluster.replaces.is_some()) {
        text.push('\n');
    }
    let _ = writeln!(
        text,
        "{} stage{}{}. Do them in the order of the numbers; a stage begins when the checks of \
         those it waits for have passed.{} Commands run from the root of this tree, the folder with `plan.json`.\n",
        resolved.stages.len(),
        if resolved.stages.len() == 1 { "" } else { "s" },
        match facts.stages.schedule.length {
            0 => "; the plan does not say how long they take (`takes`)".to_owned(),
            length => format!(", {} from beginning to end{}", context.long(length), unsaid(context)),
        },
        side_by_side(context),
    );
    before(context, &mut text);
    timeline(context, &mut text);
    outages(context, &mut text);
    scripts(&mut text);
    failing(context, &mut text);
    after(context, &mut text);
    text
}

/// Two stages that do not wait for each other, as an example of all that there are.
fn side_by_side(context: &Context<'_, '_>) -> String {
    let stages = &context.facts.resolved.stages;
    let graph = &context.facts.stages.graph;
    let pairs = (1..stages.len()).flat_map(|second| (0..second).map(move |first| (first, second)));
    let apart = |(first, second): &(usize, usize)| !graph.is_before(*first, *second);
    match pairs.into_iter().find(apart) {
        Some((first, second)) => format!(
            " Those that do not wait for each other, such as `{}` and `{}`, may run at the same time.",
            stages[first].name, stages[second].name
        ),
        None => String::new(),
    }
}

/// The stages that say nothing of how long they take, and so count as nothing.
fn unsaid(context: &Context<'_, '_>) -> String {
    let stages = context.facts.resolved.stages.iter().filter(|stage| stage.written.takes.is_none());
    let names: Vec<String> = stages.map(|stage| format!("`{}`", stage.name)).collect();
    match names.is_empty() {
        true => String::new(),
        false => format!(", without {}, of which the plan does not say how long (`takes`)", names.join(", ")),
    }
}

fn before(context: &Context<'_, '_>, text: &mut String) {
    let facts = context.facts;
    let resolved = &facts.resolved;
    let parts = || context.scripts.iter().flatten().flat_map(|script| &script.parts);
    let uses = |words: &[&str]| {
        context.scripts.iter().flatten().any(|script| words.iter().any(|word| script.text.contains(word)))
    };
    text.push_str("## Before you begin\n\n");
    let mut say = |line: String| {
        let _ = writeln!(text, "- [ ] {line}");
    };
    say(
        "This tree is at the commit that was reviewed, and `git status` is clean. What you see is what runs."
            .to_owned(),
    );
    let mut tools = vec!["`kubectl`"];
    for (word, tool) in
        [("curl ", "`curl`"), ("pg_dump ", "`pg_dump` and `pg_restore`, not older than the server")]
    {
        tools.extend(uses(&[word]).then_some(tool));
    }
    let installs = resolved.targets().any(|cluster| cluster.replaces.is_some());
    let ssh = installs || uses(&["limited \"$LONG\" ssh"]);
    tools.extend(ssh.then_some("`ssh`, with a key that asks for nothing"));
    tools.extend(
        (facts.stages.stages.iter().flat_map(|stage| &stage.steps).any(|step| step.by == By::Ansible))
            .then_some("`ansible-playbook`"),
    );
    let held = context.called.iter().any(|unit| unit.held);
    let tool = resolved.delivery.gitops.as_ref().map(|gitops| gitops.tool);
    tools.extend((tool == Some(Tool::ArgoCd)).then_some("`argocd`, signed in (`argocd login`)"));
    tools.extend((tool == Some(Tool::Flux) && held).then_some("`flux`"));
    let releases = resolved.services.iter().any(|service| service.owner == Owner::Chart)
        || resolved.targets().any(|cluster| {
            let units = order::by_hand(facts, cluster, &context.index);
            units.iter().any(|unit| matches!(unit.content, Content::Chart(_)))
        });
    tools.extend(releases.then_some("`helm`"));
    say(format!("One machine, on the LAN, with a POSIX shell, {}.", tools.join(", ")));
    let mut clusters: Vec<ClusterId> =
        context.scripts.iter().flatten().map(|script| script.cluster).collect();
    clusters.sort_unstable();
    clusters.dedup();
    for id in clusters {
        let cluster = resolved.cluster(id);
        let name = cluster.name;
        let built = cluster.replaces.and(facts.stages.graph.first_on(id)).map(|at| resolved.stages[at].name);
        say(match built {
            Some(stage) => {
                format!("A place for the kubeconfig of `{name}`, `~/{name}.yaml`: `{stage}` makes it.")
            }
            None => {
                format!("A kubeconfig for `{name}`: `KUBECONFIG=~/{name}.yaml kubectl get nodes` answers.")
            }
        });
    }
    let elsewhere = resolved.delivery.gitops.as_ref().filter(|gitops| gitops.tool == Tool::ArgoCd);
    if elsewhere.is_some_and(|gitops| {
        gitops.destinations.values().all(|argo| matches!(argo, crate::resolve::Argo::Named(_)))
    }) {
        say("A kubeconfig for the cluster that Argo CD runs in, `~/argo-cd.yaml`, or a link of that name to one of these."
            .to_owned());
    }
    let image = resolved
        .runbook()
        .map_or_else(|| crate::model::Runbook::default().probe_image(), |runbook| runbook.probe_image());
    say(format!("The nodes can pull `{}`, which the checks start pods from.", inline(image.as_str())));
    if parts().any(|part| part.word.starts_with("backup:")) {
        say(format!(
            "Room for the backups in `RUN_DIR` (`~/{}-runbook`, unless you set it), on a disk that is none of the cluster's. \
             They hold Secrets and keys: only you may read that folder.",
            resolved.name
        ));
    }
    let by_hand = words::action("backup-by-hand").does;
    let copied: BTreeSet<&str> = parts()
        .filter(|part| part.about == by_hand)
        .filter_map(|part| part.word.strip_prefix("backup:").map(plain))
        .collect();
    if !copied.is_empty() {
        let names: Vec<String> = copied.iter().map(|name| format!("`{name}`")).collect();
        say(format!(
            "Somebody who copies {} into `$RUN_DIR/backup/NAME` with the tool of its maker, and can put it back: no script of \
             this runbook does.",
            names.join(", ")
        ));
    }
    if uses(&["pg_dump "]) {
        say("`PGUSER` and `PGPASSFILE` let `pg_dump` in without a question.".to_owned());
    }
    if uses(&["MLFLOW_TRACKING_USERNAME"]) {
        say("`MLFLOW_TRACKING_USERNAME` and `MLFLOW_TRACKING_PASSWORD`, if MLflow asks for a password."
            .to_owned());
    }
    let names = resolved.stages.iter().filter(|stage| stage.apply.iter().any(|unit| unit.value == Unit::Dns));
    for stage in names {
        say(format!(
            "The names that move in `{}` and exist already have a short time to live, such as 60 seconds, for longer than \
             they had their old one.",
            stage.name
        ));
    }
    say("Everybody in the column \"who\" below knows when they are needed, and how to reach the others."
        .to_owned());
    if !facts.stages.outages.is_empty() {
        say("The people who use what is away below know from when until when.".to_owned());
    }
    say("`risk.md` was read, and whoever says \"go\" at the stages that wait has read it too.".to_owned());
    text.push('\n');
}

fn timeline(context: &Context<'_, '_>, text: &mut String) {
    let facts = context.facts;
    let stages = &facts.stages;
    let resolved = &facts.resolved;
    text.push_str("## Timeline\n\n");
    if stages.schedule.length > 0 {
        let _ = writeln!(text, "```mermaid\n{}```\n", crate::timeline::mermaid(facts));
    }
    let rows: Vec<Vec<String>> = (resolved.stages.iter().zip(&stages.stages).enumerate())
        .map(|(at, (stage, made))| {
            let slot = stages.schedule.slots[at];
            let slack = match slot.slack() {
                0 => "none".to_owned(),
                slack => context.long(slack),
            };
            let folder = crate::runbook::folder(facts, at);
            vec![
                made.number.to_string(),
                format!("[{}]({folder}/README.md)", stage.name),
                context.on(at),
                stages.clock(slot.start),
                stage.written.takes.as_ref().map_or("?".to_owned(), |takes| takes.value.to_string()),
                slack,
                context.who(at),
                if is_held(stage) { "a person says \"go\"".to_owned() } else { String::new() },
                rollback::brief(context, at),
                level(made.risk).to_owned(),
            ]
        })
        .collect();
    let header =
        ["", "stage", "on", "starts", "takes", "may be late by", "who", "waits for", "way back", "risk"];
    table(text, &header, &rows);
    if stages.schedule.length == 0 {
        return;
    }
    let path: Vec<&str> = stages.schedule.critical.iter().map(|at| resolved.stages[*at].name).collect();
    let _ = writeln!(
        text,
        "What is late on the critical path ({}) makes the end late{}. It ends at {}.{}\n",
        path.join(" → "),
        if stages.schedule.critical.iter().any(|at| stages.schedule.slots[*at].slack() > 0) {
            ", once it is later than the table allows: what waits for its hours leaves some time before it"
        } else {
            ""
        },
        stages.clock(stages.schedule.length),
        match stages.allowed {
            Some(allowed) => format!(
                " The plan allows {}, so {} are left for what goes wrong.",
                context.long(allowed),
                context.long(allowed.saturating_sub(stages.schedule.length))
            ),
            None => String::new(),
        }
    );
}

fn outages(context: &Context<'_, '_>, text: &mut String) {
    let facts = context.facts;
    let timed = facts.stages.schedule.length > 0;
    let rows: Vec<Vec<String>> = (facts.stages.outages.iter())
        .map(|outage| {
            let service = facts.resolved.service(outage.service);
            let name = |at: usize| facts.resolved.stages[at].name;
            let at = |seconds: u64, stage: usize| match timed {
                true => format!("{} (`{}`)", facts.stages.clock(seconds), name(stage)),
                false => format!("`{}`", name(stage)),
            };
            vec![
                format!("`{}`", service.key),
                at(outage.from, outage.stops),
                at(outage.to, outage.returns),
                if timed { context.long(outage.to - outage.from) } else { "?".to_owned() },
            ]
        })
        .collect();
    if rows.is_empty() {
        return;
    }
    text.push_str(
        "## What is away, and for how long\n\nAt the latest, if every stage takes as long as it may:\n\n",
    );
    table(text, &["service", "from", "until", "away"], &rows);
}

fn scripts(text: &mut String) {
    text.push_str(
        "## How to read a script\n\n\
         Every line begins with `PASS`, `FAIL` or `UNKNOWN` (it could not be asked: a missing tool, no way to the cluster). \
         The exit status is 0, 1 or 2 in the same sense. A script asks nothing, may be stopped and run again (`KEEP=yes` \
         keeps the backups that are complete; what was put back once is not put back twice), takes its pods away, and refuses to talk to a cluster whose servers are not those of the plan. `KUBECONFIG` or `CONTEXT` says \
         which cluster it talks to; `WAIT=600` tries what does not pass again for ten minutes. Its first lines name every \
         variable. What all of them do is in [functions.sh](functions.sh): take the folder as a whole to another machine.\n\n\
         The same answers are in `$RUN_DIR/results/`, as JSON lines with the keys `format_version` (1), `plan`, `stage`, \
         `cluster`, `check`, `result` (`PASS`, `FAIL` or `UNKNOWN`), `what`, `detail` and `at` (UTC). Keep them: they are the \
         evidence that a stage was over.\n\n",
    );
}

fn failing(context: &Context<'_, '_>, text: &mut String) {
    let facts = context.facts;
    text.push_str(
        "## When a check fails\n\n\
         1. Run it again with `WAIT=600`: much of what fails is late.\n\
         2. `UNKNOWN` is no failure of the platform. Mend the question first.\n\
         3. Still `FAIL`: do not begin the next stage. Its page has the way back, with what it costs. Decide before the slack \
         of the stage is used up.\n\
         4. Past these points no way leads back to what was before:\n\n",
    );
    let rows: Vec<Vec<String>> = (facts.stages.stages.iter().enumerate())
        .filter(|(_, stage)| !stage.rollback.losses.is_empty())
        .map(|(at, stage)| {
            let losses: Vec<String> =
                stage.rollback.losses.iter().map(|loss| rollback::loss(context, loss)).collect();
            vec![format!("`{}`", facts.resolved.stages[at].name), losses.join("; ")]
        })
        .collect();
    if rows.is_empty() {
        text.push_str("   None: as far as the plan knows, everything can be undone.\n\n");
    } else {
        table(text, &["stage", "what nothing brings back"], &rows);
    }
}

fn after(context: &Context<'_, '_>, text: &mut String) {
    let facts = context.facts;
    let resolved = &facts.resolved;
    text.push_str("## After\n\n");
    let mut say = |line: String| {
        let _ = writeln!(text, "- [ ] {line}");
    };
    if let Some(last) = resolved.stages.len().checked_sub(1) {
        for script in context.scripts[last].iter().filter(|script| script.kind == Kind::Check) {
            say(format!("The next morning, once more: `sh {}/{}`.", context.folder(last), script.file));
        }
    }
    say("Where everything answers now, and where it answered before: [ENDPOINTS.md](../endpoints/ENDPOINTS.md).".to_owned());
    if resolved.stages.iter().any(|stage| stage.apply.iter().any(|unit| unit.value == Unit::Dns)) {
        say("Hosts files that people keep by hand get the block of [endpoints/hosts](../endpoints/hosts)."
            .to_owned());
    }
    for cluster in resolved.targets() {
        let Some(old) = cluster.replaces.map(|old| resolved.cluster(old)) else { continue };
        if cluster.strategy == Some(Strategy::Parallel) {
            say(format!(
                "`{}` is switched off only when nobody has missed anything for as long as you would want to go back. Until \
                 then nothing writes there that must be kept.",
                old.name
            ));
        }
    }
    let one_pod = facts.stages.risks.iter().any(|risk| risk.factors.contains(&Factor::SingleReplica));
    if one_pod {
        say("What runs with one pod alone is in [risk.md](risk.md); the next maintenance stops it again."
            .to_owned());
    }
    say("`RUN_DIR` has the backups, with Secrets and keys, and the results. Move it to where such things are kept, and \
         delete it here."
        .to_owned());
}
