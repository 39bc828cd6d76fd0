//! The way back, in words and commands.

use super::{Context, apply, data, inline, removal};
use crate::emit::readme::table;
use crate::facts::stages::{Loss, Undo, is_held};
use crate::resolve::{Cluster, ClusterId};
use crate::runbook::Kind;
use std::collections::BTreeSet;
use std::fmt::Write;

/// One cell: to where, and how long.
pub fn brief(context: &Context<'_, '_>, at: usize) -> String {
    let rollback = &context.facts.stages.stages[at].rollback;
    let to = match rollback.to {
        Some(to) => format!("to `{}`", context.facts.resolved.cluster(to).name),
        None if rollback.undo.is_empty() => return "nothing to undo".to_owned(),
        None => "the stage alone".to_owned(),
    };
    match rollback.seconds {
        0 => to,
        seconds => format!("{to}, {}", context.long(seconds)),
    }
}

/// What is lost for good, in one phrase.
pub fn loss(context: &Context<'_, '_>, loss: &Loss) -> String {
    let resolved = &context.facts.resolved;
    let networks = |cluster: &Cluster<'_>| {
        let all: Vec<String> =
            cluster.pods.iter().chain(&cluster.services).map(ToString::to_string).collect();
        all.join(", ")
    };
    match loss {
        Loss::Networks { cluster, old } => {
            let (cluster, old) = (resolved.cluster(*cluster), resolved.cluster(*old));
            format!(
                "the networks of `{}` ({}): they cannot change while a cluster lives, so going back is a second rebuild",
                old.name,
                networks(old)
            ) + &format!("; `{}` has {}", cluster.name, networks(cluster))
        }
        Loss::Data(service) => {
            format!("the data of `{}`: no stage saves it", resolved.service(*service).key)
        }
        Loss::SealingKey(cluster) => format!(
            "the key of sealed secrets before `{}`: no stage saves it, and no SealedSecret opens without it",
            resolved.cluster(*cluster).name
        ),
        Loss::Addresses { old, dropped, .. } => {
            let ranges: Vec<String> = dropped.ranges().map(|range| range.to_string()).collect();
            format!(
                "the addresses {} that `{}` announced: once somebody else has them they do not come back",
                ranges.join(", "),
                resolved.cluster(*old).name
            )
        }
        Loss::Writes(services) => {
            let names: Vec<String> =
                services.iter().map(|id| format!("`{}`", resolved.service(*id).key)).collect();
            format!("what is written to {} from here on: every backup is older", names.join(", "))
        }
        Loss::Said(text) => inline(text),
    }
}

/// The section of a stage's page.
pub fn section(context: &Context<'_, '_>, at: usize, text: &mut String) {
    let facts = context.facts;
    let resolved = &facts.resolved;
    let rollback = &facts.stages.stages[at].rollback;
    text.push_str("## If it fails: the way back\n\n");
    if rollback.undo.is_empty() {
        text.push_str(
            "This stage changes nothing that has to be undone. Mend what failed and run it again.\n\n",
        );
    } else {
        let to = match rollback.to {
            Some(to) => format!("To `{}`", resolved.cluster(to).name),
            None => "To where the stage before had ended".to_owned(),
        };
        let time = match (rollback.seconds, rollback.said) {
            (0, _) => "; the plan does not say how long it takes (`rollback_takes`)".to_owned(),
            (seconds, true) => format!(", in {}", context.long(seconds)),
            (seconds, false) => {
                format!(", in about {}: as long as what is undone took", context.long(seconds))
            }
        };
        let _ = writeln!(text, "{to}{time}.\n");
        let steps = steps(context, at);
        for (number, step) in steps.iter().enumerate() {
            let _ = writeln!(text, "{}. {step}", number + 1);
        }
        text.push('\n');
    }
    let mut rows = Vec::new();
    for crossed in &rollback.crosses {
        for one in &facts.stages.stages[*crossed].rollback.losses {
            rows.push(vec![format!("`{}`", resolved.stages[*crossed].name), loss(context, one)]);
        }
    }
    if rows.is_empty() {
        return;
    }
    text.push_str("What does not come back:\n\n");
    table(text, &["since the stage", "what"], &rows);
    if rollback.crosses.iter().any(|crossed| is_held(&resolved.stages[*crossed])) {
        text.push_str("A person accepted that by saying \"go\" there.\n\n");
    }
}

/// The steps in words; what one script does is one step, and so is what goes in the same way.
fn steps(context: &Context<'_, '_>, at: usize) -> Vec<String> {
    let undo = &context.facts.stages.stages[at].rollback.undo;
    let mut steps = Vec::new();
    let mut done = BTreeSet::new();
    for one in undo {
        match one {
            Undo::Remove(_) if done.insert("remove") => steps.extend(removal::steps(context, at)),
            Undo::StopWriter(_) if done.insert("stop") => steps.extend(stop_writers(context, at, undo)),
            Undo::Restore(_) if done.insert("restore") => {
                steps.extend(put_back(context, at));
                if undo.contains(&Undo::Restore("etcd".to_owned())) {
                    steps.push(
                        "Or, in place of single objects, the state of the server from `$RUN_DIR/backup/etcd`.".to_owned(),
                    );
                }
            }
            Undo::Remove(_) | Undo::StopWriter(_) | Undo::Restore(_) | Undo::Undrain(_) => {}
            Undo::Names => steps.push(
                "Point the names back: the column \"before\" of [ENDPOINTS.md](../../endpoints/ENDPOINTS.md), and take the block \
                 of `endpoints/hosts` out of hosts files. Caches keep the new addresses for as long as the records allow."
                    .to_owned(),
            ),
            Undo::Reinstall(old) => steps.extend(reinstall(context, at, *old)),
            Undo::Compare(external) => steps.push(format!(
                "`{}` stays as it is. What the new pods wrote there since is there too: the old ones must be able to read it, \
                 or it is restored from its backup and what was written since is lost.",
                context.facts.resolved.external(*external).name
            )),
        }
    }
    steps.extend(data::stays_in_the_new_one(context, at));
    steps.extend(start_again(context, at, undo));
    steps
}

fn reinstall(context: &Context<'_, '_>, at: usize, old: ClusterId) -> Vec<String> {
    let resolved = &context.facts.resolved;
    let new = resolved.stages[at].on.map(|on| resolved.cluster(on));
    let uninstall = new.map(|new| {
        let commands = apply::uninstall(context, new);
        let lines: Vec<String> = commands.lines().map(|line| format!("   {line}\n")).collect();
        format!("Tear `{}` down, unless the playbook does:\n\n   ```sh\n{}   ```\n", new.name, lines.concat())
    });
    let old = resolved.cluster(old);
    let list = |cidrs: &[crate::addresses::Cidr]| {
        cidrs.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
    };
    let install = format!(
        "Install `{}` again on the same machines: {} {}, {}, pods {}, Services {}, servers {}. \
         Nothing of this tree does that: use the playbook and the commit that had installed it.",
        old.name,
        old.distribution.word(),
        old.version,
        old.cni.word(),
        list(&old.pods),
        list(&old.services),
        old.servers.iter().map(|id| resolved.host(*id).name).collect::<Vec<_>>().join(", "),
    );
    let kubeconfig = apply::kubeconfig(context, old).map(|command| {
        format!("Its kubeconfig again, for the one from before opens nothing any more:\n\n   ```sh\n   {command}\n   ```\n")
    });
    uninstall.into_iter().chain([install]).chain(kubeconfig).collect()
}

/// How a script of the way back is run, each cluster with its own.
fn scripts<'c>(context: &'c Context<'_, '_>, at: usize, kind: Kind) -> Vec<(&'c str, String)> {
    let scripts = context.scripts[at].iter().filter(|script| script.kind == kind);
    let run = |script: &crate::runbook::Script| {
        let cluster = context.facts.resolved.cluster(script.cluster).name;
        (cluster, format!("`KUBECONFIG=~/{cluster}.yaml sh {}/{}`", context.folder(at), script.file))
    };
    scripts.map(run).collect()
}

fn stop_writers(context: &Context<'_, '_>, at: usize, undo: &[Undo]) -> Vec<String> {
    let resolved = &context.facts.resolved;
    let keys = |cluster: &str| {
        let services = undo.iter().filter_map(|undo| match undo {
            Undo::StopWriter(id) => Some(resolved.service(*id)),
            _ => None,
        });
        let here = services.filter(|service| resolved.cluster(service.cluster).name == cluster);
        here.map(|service| format!("`{}`", service.key)).collect::<Vec<_>>().join(", ")
    };
    let step = |(cluster, command): (&str, String)| {
        format!(
            "Stop {} in `{cluster}`, so that it writes no more: {command}. Whatever would start it again by itself, such as an \
             Application that heals, is switched off first.",
            keys(cluster)
        )
    };
    scripts(context, at, Kind::Stop).into_iter().map(step).collect()
}

fn put_back(context: &Context<'_, '_>, at: usize) -> Vec<String> {
    let parts = context.scripts[at].iter().filter(|script| script.kind == Kind::PutBack);
    let by_hand = parts.flat_map(|script| &script.parts).any(|part| part.word == "restore:manifests");
    let step = |(cluster, command): (&str, String)| {
        let objects = match by_hand {
            true => format!(
                " Claims and pods that no repository brings are created by hand first, from the files of \
                 `$RUN_DIR/backup/manifests`: `KUBECONFIG=~/{cluster}.yaml kubectl create -f FILE`."
            ),
            false => String::new(),
        };
        format!(
            "What was saved comes back to `{cluster}`: {command}.{objects} It may be run again until all passes."
        )
    };
    scripts(context, at, Kind::PutBack).into_iter().map(step).collect()
}

/// What was drained starts again, all by one script.
fn start_again(context: &Context<'_, '_>, at: usize, undo: &[Undo]) -> Vec<String> {
    let names: Vec<String> = (undo.iter())
        .filter_map(|undo| match undo {
            Undo::Undrain(name) => Some(format!("`{name}`")),
            _ => None,
        })
        .collect();
    let step = |(cluster, command): (&str, String)| {
        format!("Start {} again, on `{cluster}`: {command}", names.join(", "))
    };
    scripts(context, at, Kind::Undo).into_iter().map(step).collect()
}
