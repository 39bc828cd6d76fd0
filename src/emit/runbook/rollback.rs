//! The way back, in words and commands.

use super::{Context, inline};
use crate::emit::readme::table;
use crate::facts::stages::{Loss, Undo, is_held};
use crate::model::Owner;
use crate::resolve::{Cluster, Unit, Writer};
use crate::runbook::Kind;
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
        let mut steps: Vec<String> = rollback.undo.iter().filter_map(|undo| step(context, undo)).collect();
        steps.extend(start_again(context, at, &rollback.undo));
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

fn step(context: &Context<'_, '_>, undo: &Undo) -> Option<String> {
    let facts = context.facts;
    let resolved = &facts.resolved;
    Some(match undo {
        Undo::Names => "Point the names back: the column \"before\" of [ENDPOINTS.md](../../endpoints/ENDPOINTS.md), and take \
                        the block of `endpoints/hosts` out of hosts files. Caches keep the new addresses for as long as the \
                        records allow."
            .to_owned(),
        Undo::StopWriter(service) => {
            let service = resolved.service(*service);
            format!(
                "Stop `{}` in `{}`, so that it writes no more: take it out of the stage, commit, build, and \
                 `kubectl -n {} get pods -l {}` must answer with nothing.",
                service.key,
                resolved.cluster(service.cluster).name,
                resolved.namespace(service.namespace).name,
                selector(service.selector()),
            )
        }
        Undo::Reinstall(old) => {
            let old = resolved.cluster(*old);
            let list = |cidrs: &[crate::addresses::Cidr]| {
                cidrs.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
            };
            format!(
                "Tear the new cluster down and install `{}` again on the same machines: {} {}, {}, pods {}, Services {}, \
                 servers {}. Nothing of this tree does that: use the playbook and the commit that had installed it.",
                old.name,
                old.distribution.word(),
                old.version,
                old.cni.word(),
                list(&old.pods),
                list(&old.services),
                old.servers.iter().map(|id| resolved.host(*id).name).collect::<Vec<_>>().join(", "),
            )
        }
        Undo::Restore(name) => restore(context, name),
        Undo::Undrain(_) => return None,
        Undo::Remove(unit) => remove(context, *unit),
        Undo::Compare(external) => format!(
            "`{}` stays as it is. What the new pods wrote there since is there too: the old ones must be able to read it, or \
             it is restored from its backup and what was written since is lost.",
            resolved.external(*external).name
        ),
    })
}

/// What was drained starts again, all by one script.
fn start_again(context: &Context<'_, '_>, at: usize, undo: &[Undo]) -> Option<String> {
    let names: Vec<String> = (undo.iter())
        .filter_map(|undo| match undo {
            Undo::Undrain(name) => Some(format!("`{name}`")),
            _ => None,
        })
        .collect();
    let script = context.scripts[at].iter().find(|script| script.kind == Kind::Undo)?;
    let cluster = context.facts.resolved.cluster(script.cluster).name;
    let file = format!("{}/{}", context.folder(at), script.file);
    Some(format!("Start {} again, on `{cluster}`: `sh {file}`", names.join(", ")))
}

fn restore(context: &Context<'_, '_>, name: &str) -> String {
    let folder = format!("`$RUN_DIR/backup/{name}`");
    let objects = matches!(
        crate::runbook::of_do(context.facts, &format!("restore:{name}")),
        Ok(crate::runbook::Meaning::Action(action, _)) if action.name == "restore-objects"
    );
    match name {
        "sealed-secrets-key" => format!(
            "The keys of sealed secrets: `kubectl apply --server-side -f` each file of {folder}, then restart the controller."
        ),
        "manifests" => format!(
            "Objects that no repository has: `kubectl create -f` the files of {folder} that are needed."
        ),
        "etcd" => format!("Or, in place of single objects, the state of the server from {folder}."),
        _ if objects => {
            format!("Objects of `{name}` that no repository has: `kubectl create -f` the files of {folder}.")
        }
        _ => format!("The data of `{name}`, from {folder}, before its pods start."),
    }
}

fn remove(context: &Context<'_, '_>, unit: Unit) -> String {
    let resolved = &context.facts.resolved;
    let gitops = resolved.delivery.gitops.is_some();
    let how = |layer| match resolved.delivery.writer(layer) {
        Some(Writer::Gitops) if gitops => "revert the commit that brought it, and let the controller sync",
        Some(Writer::Ansible) => "with the playbook",
        _ => "with `kubectl delete -k` of its folder",
    };
    match unit {
        Unit::BootstrapCalico | Unit::Calico => {
            "Calico stays: without it no pod has a network. Going back from here is a rebuild.".to_owned()
        }
        Unit::Metallb => format!("MetalLB's pools and announcements: {}.", how(crate::model::Layer::Metallb)),
        Unit::Namespaces => "Namespaces stay: with them everything in them would go.".to_owned(),
        Unit::PoliciesBaseline | Unit::Policies => format!(
            "NetworkPolicies: {}. In a hurry, `policy = \"observe\"` for the namespaces keeps them and drops nothing.",
            how(crate::model::Layer::Policies)
        ),
        Unit::Service(id) => {
            let service = resolved.service(id);
            let namespace = &resolved.namespace(service.namespace).name;
            match service.owner {
                Owner::Plan => format!(
                    "Service `{namespace}/{}`: {}. Its address stays in `plan.lock`, for the next attempt.",
                    service.name,
                    how(crate::model::Layer::Services)
                ),
                Owner::Chart => {
                    format!("The release that owns `{namespace}/{}`: `helm rollback` it.", service.name)
                }
                Owner::Operator => {
                    format!("`{namespace}/{}`: take back what its operator was given.", service.name)
                }
            }
        }
        Unit::Seldon => format!("Seldon: {}. Its custom resources stay.", how(crate::model::Layer::Seldon)),
        Unit::Tenant(id) => {
            format!("Tenant `{}`: {}.", resolved.tenant(id).key, how(crate::model::Layer::Seldon))
        }
        Unit::Dns => "Names: as above.".to_owned(),
    }
}

fn selector<'s>(labels: impl Iterator<Item = (&'s str, &'s str)>) -> String {
    let mut pairs: Vec<String> = labels.map(|(key, value)| format!("{key}={value}")).collect();
    pairs.sort();
    pairs.join(",")
}
