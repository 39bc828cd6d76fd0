//! What a stage applies: by whom, with which command, and where it is.

use super::Context;
use crate::emit::gitops::{Called, order};
use crate::emit::readme::{self, table};
use crate::facts::Layer as Folder;
use crate::facts::stages::{By, StepKind, bootstraps, is_held};
use crate::model::{Distribution, Owner, Strategy, Tool};
use crate::resolve::{Argo, Cluster, ClusterId, Host, Unit};
use crate::runbook::Kind;
use std::fmt::Write;

pub fn machines(context: &Context<'_, '_>, at: usize, tags: &[String], text: &mut String) {
    let resolved = &context.facts.resolved;
    let ansible = resolved.delivery.ansible;
    let playbook =
        ansible.and_then(|ansible| ansible.playbook.as_ref()).map(|playbook| playbook.value.clone());
    for id in crate::runbook::clusters_of(context.facts, at) {
        let cluster = resolved.cluster(id);
        let first = context.facts.stages.graph.first_on(id) == Some(at);
        if let Some(old) = cluster.replaces.map(|old| resolved.cluster(old)).filter(|_| first)
            && cluster.strategy == Some(Strategy::Rebuild)
        {
            let _ = writeln!(
                text,
                "Here `{}` ends: `{}` is installed on its machines. Arguments of {} that differ take effect only \
                 where it is not installed already, so it is uninstalled first{}. Unless the playbook does that:\n\n\
                 ```sh\n{}```\n",
                old.name,
                cluster.name,
                cluster.distribution.word(),
                keep(context),
                uninstall(context, old)
            );
        }
        if first && tags.is_empty() {
            let _ = writeln!(
                text,
                "`{}` is installed on {}: {} {}, with the arguments, networks and firewall that [`ansible/{}`](../../ansible/README.md) \
                 has for it.\n",
                cluster.name,
                cluster.nodes().map(|id| resolved.host(id).name).collect::<Vec<_>>().join(", "),
                cluster.distribution.word(),
                cluster.version,
                cluster.name,
            );
        }
        let playbook =
            playbook.clone().map_or_else(|| "YOUR-PLAYBOOK.yml".to_owned(), |playbook| quoted(&playbook));
        let tags = match tags.is_empty() {
            true => String::new(),
            false => format!(" --tags {}", quoted(&tags.join(","))),
        };
        let _ = writeln!(
            text,
            "```sh\nansible-playbook -i ansible/{}/inventory.yaml {playbook}{tags}\n```\n",
            cluster.name,
        );
    }
    let place = match playbook {
        Some(_) => " The playbook is yours: its path starts where your playbooks are.",
        None => " `[ansible] playbook` would say which one.",
    };
    let _ = writeln!(text, "It ends with `failed=0` and `unreachable=0` for every machine.{place}\n");
    for id in crate::runbook::clusters_of(context.facts, at) {
        let cluster = resolved.cluster(id);
        let first = context.facts.stages.graph.first_on(id) == Some(at);
        if let Some(command) = kubeconfig(context, cluster).filter(|_| first) {
            let _ = writeln!(text, "Then its kubeconfig:\n\n```sh\n{command}\n```\n");
        }
    }
}

/// The command that fetches the kubeconfig of a cluster from its first server.
pub fn kubeconfig(context: &Context<'_, '_>, cluster: &Cluster<'_>) -> Option<String> {
    let server = context.facts.resolved.host(*cluster.servers.first()?);
    let address = server.address();
    // Both write a kubeconfig for root. That of K3s leads to the machine itself: `127.0.0.1`, or `[::1]` where
    // Services have IPv6 alone (k3s pkg/daemons/config, `Loopback`).
    let (file, edit) = match (cluster.distribution, address.is_ipv6()) {
        (Distribution::K3s, false) => {
            ("/etc/rancher/k3s/k3s.yaml", format!(" | sed 's/127\\.0\\.0\\.1/{address}/'"))
        }
        (Distribution::K3s, true) => (
            "/etc/rancher/k3s/k3s.yaml",
            format!(" | sed -e 's/127\\.0\\.0\\.1/[{address}]/' -e 's/\\[::1\\]/[{address}]/'"),
        ),
        (Distribution::Kubeadm, _) => ("/etc/kubernetes/admin.conf", String::new()),
    };
    Some(format!(
        "(umask 077; ssh -p {} {} sudo cat {file}{edit} > ~/{}.yaml)",
        server.written.ssh_port().0,
        quoted(&login(server)),
        cluster.name
    ))
}

/// The commands that take a cluster off its machines, workers first: the scripts that the installer of K3s leaves there
/// (docs.k3s.io/installation/uninstall), or `kubeadm reset`.
pub fn uninstall(context: &Context<'_, '_>, old: &Cluster<'_>) -> String {
    let mut text = String::new();
    for (ids, script) in [(&old.agents, "k3s-agent-uninstall.sh"), (&old.servers, "k3s-uninstall.sh")] {
        for host in ids.iter().map(|id| context.facts.resolved.host(*id)) {
            let command = match old.distribution {
                Distribution::K3s => format!("/usr/local/bin/{script}"),
                Distribution::Kubeadm => "kubeadm reset --force".to_owned(),
            };
            let _ = writeln!(
                text,
                "ssh -p {} {} sudo {command}   # {}",
                host.written.ssh_port().0,
                quoted(&login(host)),
                host.name
            );
        }
    }
    text
}

/// Who signs in to a machine, and where.
fn login(host: &Host<'_>) -> String {
    match &host.written.user {
        Some(user) => format!("{}@{}", user.value, host.address()),
        None => host.address().to_string(),
    }
}

/// What an uninstallation must leave alone.
fn keep(context: &Context<'_, '_>) -> String {
    let kept = context.facts.resolved.externals.iter().filter(|external| external.written.keep_on_teardown());
    let paths: Vec<String> = kept
        .filter_map(|external| external.written.path.as_ref())
        .map(|path| format!("`{}`", path.value))
        .collect();
    match paths.is_empty() {
        true => String::new(),
        false => format!(". It must leave {} alone", paths.join(", ")),
    }
}

pub fn bootstrap(context: &Context<'_, '_>, at: usize, text: &mut String) {
    for id in crate::runbook::clusters_of(context.facts, at) {
        let cluster = context.facts.resolved.cluster(id);
        if bootstraps(&context.facts.resolved, cluster) != Some(at) {
            continue;
        }
        let _ = writeln!(
            text,
            "```sh\nexport KUBECONFIG=~/{name}.yaml\nsh bootstrap/{name}/bootstrap.sh\n```\n\nIt may be run again. Its last line \
             says that Calico runs; nodes are `Ready` only now. [What it does](../../bootstrap/{name}/README.md).\n",
            name = cluster.name
        );
    }
}

pub fn controller(context: &Context<'_, '_>, at: usize, text: &mut String) {
    let resolved = &context.facts.resolved;
    let Some(gitops) = &resolved.delivery.gitops else { return };
    let on = resolved.stages[at].on;
    let later = (at..resolved.stages.len())
        .filter(|one| resolved.stages[*one].on == on && !is_held(&resolved.stages[*one]));
    let handovers: Vec<String> = later
        .flat_map(|one| context.scripts[one].iter().map(move |script| (one, script)))
        .filter(|(_, script)| script.kind == Kind::HandOver)
        .map(|(one, script)| {
            let old = resolved.cluster(script.cluster).name;
            format!("KUBECONFIG=~/{old}.yaml sh {}/{}", context.folder(one), script.file)
        })
        .collect();
    if !handovers.is_empty() {
        let _ = writeln!(
            text,
            "**First stop the old writers of later stages**: the controller does not wait for you, and two clusters that write \
             to one place corrupt it. What they serve is away from here on. `hold = \"manual\"` on those stages would let them \
             run until then.\n\n```sh\n{}\n```\n",
            handovers.join("\n")
        );
    }
    match gitops.tool {
        Tool::ArgoCd => {
            let _ = writeln!(
                text,
                "Argo CD must run, in the namespace `{}`; the plan does not install it. Then tell it where this tree is, once:\n\n\
                 ```sh\n{}\n\
                 kubectl -n {} patch configmap argocd-cm --type merge --patch-file gitops/health/argocd-cm-patch.yaml\n\
                 kubectl apply --server-side -f gitops/appproject-{name}.yaml -f gitops/root.yaml\n```\n",
                gitops.namespace,
                home(context, at),
                gitops.namespace,
                name = resolved.name
            );
        }
        Tool::Flux => {
            text.push_str("Flux must run (`flux install`); the plan does not install it. Then tell it where this tree is, once:\n\n```sh\n");
            for id in crate::runbook::clusters_of(context.facts, at) {
                let name = resolved.cluster(id).name;
                let _ = writeln!(
                    text,
                    "export KUBECONFIG=~/{name}.yaml\n\
                     kubectl apply --server-side -f gitops/{name}/gitrepository-{}.yaml -f gitops/root-{name}.yaml",
                    resolved.name
                );
            }
            text.push_str("```\n\n");
        }
    }
    text.push_str(
        "From here on it applies by itself whatever is not held, each unit when the one before is healthy: later stages too. \
         [What comes when](../../gitops/README.md).\n\n",
    );
}

/// The command that chooses the cluster that the controller runs in: the one of the stage, unless Argo CD reaches that one
/// from elsewhere.
fn home(context: &Context<'_, '_>, at: usize) -> String {
    let resolved = &context.facts.resolved;
    let clusters = crate::runbook::clusters_of(context.facts, at);
    let gitops = resolved.delivery.gitops.as_ref();
    let local = |id: &ClusterId| {
        gitops.is_none_or(|gitops| match (gitops.tool, gitops.destinations.get(id)) {
            (Tool::ArgoCd, Some(argo)) => matches!(argo, Argo::InCluster),
            _ => true,
        })
    };
    let all = resolved.targets().map(|cluster| cluster.id);
    let found = clusters.iter().copied().find(local).or_else(|| all.into_iter().find(local));
    found.map_or_else(
        || "export KUBECONFIG=~/argo-cd.yaml   # of the cluster that Argo CD runs in".to_owned(),
        |id| format!("export KUBECONFIG=~/{}.yaml", resolved.cluster(id).name),
    )
}

/// What the stage applies, unit by unit, and how to see or release it.
pub fn units(context: &Context<'_, '_>, at: usize, text: &mut String) {
    let facts = context.facts;
    let steps = facts.stages.stages[at].steps.iter();
    let mut rows = Vec::new();
    let mut brought_by_others = false;
    for step in steps {
        let StepKind::Apply(unit) = step.kind else { continue };
        if unit == Unit::Dns {
            continue;
        }
        let (what, place) = described(context, at, unit);
        let by = match step.by {
            By::ArgoCd => "Argo CD",
            By::Flux => "Flux",
            By::Ansible if facts.resolved.stages[at].written.tags.is_some() => "Ansible, with the tags above",
            By::Ansible => "Ansible",
            By::Chart => "who deploys it",
            By::Script | By::Person => "you",
        };
        let place: Vec<String> = place.iter().map(|place| format!("`{place}`")).collect();
        brought_by_others |= step.by == By::Chart;
        rows.push(vec![what, by.to_owned(), place.join(", ")]);
    }
    table(text, &["what", "by", "from"], &rows);
    if brought_by_others {
        text.push_str(
            "Nothing of this tree deploys what has its own release or operator. Whoever does gives the release its file as the \
             last `--values`, deploys it now, in the order of the table, and says when its pods are ready.\n\n",
        );
    }
    by_hand(context, at, text);
    released(context, at, text);
}

/// The commands for what nobody keeps, in their order: charts before what needs their kinds.
fn by_hand(context: &Context<'_, '_>, at: usize, text: &mut String) {
    for id in crate::runbook::clusters_of(context.facts, at) {
        let cluster = context.facts.resolved.cluster(id);
        if !cluster.is_target() {
            continue;
        }
        let units = order::by_hand(context.facts, cluster, &context.index);
        let commands: String = (units.iter())
            .filter(|unit| stage_of(context, id, &unit.key) == Some(at))
            .map(readme::by_hand::command)
            .collect();
        if !commands.is_empty() {
            if readme::by_hand::is_shared(context.facts) {
                text.push_str("By hand, or by a task of your playbook for each:\n\n");
            }
            let _ = writeln!(text, "```sh\nexport KUBECONFIG=~/{}.yaml\n{commands}```\n", cluster.name);
        }
    }
}

/// The units of the controller that belong to a stage. Argo CD has those of every cluster, Flux runs in each.
fn released(context: &Context<'_, '_>, at: usize, text: &mut String) {
    let Some(gitops) = &context.facts.resolved.delivery.gitops else { return };
    let own: Vec<&Called> =
        context.called.iter().filter(|unit| stage_of(context, unit.cluster, &unit.key) == Some(at)).collect();
    let mut places: Vec<(String, Vec<&Called>)> = Vec::new();
    for unit in own {
        let place = match gitops.tool {
            Tool::ArgoCd => home(context, at),
            Tool::Flux => {
                format!("export KUBECONFIG=~/{}.yaml", context.facts.resolved.cluster(unit.cluster).name)
            }
        };
        match places.iter_mut().find(|(known, _)| *known == place) {
            Some((_, units)) => units.push(unit),
            None => places.push((place, vec![unit])),
        }
    }
    for (place, units) in places {
        let (held, free): (Vec<&Called>, Vec<&Called>) = units.into_iter().partition(|unit| unit.held);
        let namespace = &gitops.namespace;
        if !held.is_empty() {
            text.push_str(
                "\"Go\" is said with these, in this order; each must be healthy before the next:\n\n```sh\n",
            );
            if gitops.tool == Tool::Flux {
                let _ = writeln!(text, "{place}");
            }
            for unit in held {
                let _ = match gitops.tool {
                    Tool::ArgoCd => writeln!(
                        text,
                        "argocd app sync {name} && argocd app wait {name} --health",
                        name = unit.name
                    ),
                    Tool::Flux => {
                        writeln!(text, "flux -n {namespace} resume kustomization {}", unit.name)
                    }
                };
            }
            text.push_str("```\n\n");
        }
        if !free.is_empty() {
            text.push_str("The controller brings these by itself. Wait until each is there, and ");
            text.push_str(match gitops.tool {
                Tool::ArgoCd => "its columns say `Synced` and `Healthy`:\n\n```sh\n",
                Tool::Flux => "its column `READY` says `True`:\n\n```sh\n",
            });
            let _ = writeln!(text, "{place}");
            let names: Vec<&str> = free.iter().map(|unit| unit.name.as_str()).collect();
            let kind = match gitops.tool {
                Tool::ArgoCd => "applications.argoproj.io",
                Tool::Flux => "kustomizations.kustomize.toolkit.fluxcd.io",
            };
            let _ =
                writeln!(text, "kubectl -n {namespace} get {kind} \\\n  {}\n```\n", names.join(" \\\n  "));
        }
    }
}

/// The stage that a unit belongs to.
fn stage_of(context: &Context<'_, '_>, cluster: ClusterId, key: &str) -> Option<usize> {
    let facts = context.facts;
    let resolved = &facts.resolved;
    let first = |units: &[Unit]| {
        resolved.stages.iter().position(|stage| {
            stage.on.is_none_or(|on| on == cluster)
                && stage.apply.iter().any(|one| units.contains(&one.value))
        })
    };
    let of_layer = |folder: Folder| match folder {
        Folder::Workloads(stage) => stage,
        _ => None,
    };
    if let Some(name) = key.strip_prefix("stage-") {
        return resolved.stages.iter().position(|stage| stage.name == name);
    }
    let runtime = ["seldon-runtime-", "seldon-servers-"].iter().find_map(|start| key.strip_prefix(start));
    if let Some(namespace) = runtime {
        let mut runtimes = resolved.runtimes_of(cluster);
        let runtime = runtimes.find(|runtime| resolved.namespace(runtime.namespace).name == namespace)?;
        return of_layer(facts.order.of_runtime(resolved, runtime.id));
    }
    match key {
        _ if key.starts_with("calico") => first(&[Unit::BootstrapCalico, Unit::Calico]),
        "namespaces" => first(&[Unit::Namespaces])
            .or_else(|| first(&[Unit::Metallb, Unit::PoliciesBaseline, Unit::Policies]))
            .or_else(|| facts.stages.graph.first_on(cluster)),
        "metallb" | "metallb-config" => {
            first(&[Unit::Metallb]).or_else(|| facts.stages.graph.first_on(cluster))
        }
        "policies" => {
            first(&[Unit::PoliciesBaseline, Unit::Policies]).or_else(|| facts.stages.graph.first_on(cluster))
        }
        _ => of_layer(facts.order.of_seldon()).or_else(|| {
            let tenants = resolved.tenants_of(cluster);
            tenants.filter_map(|tenant| of_layer(facts.order.of_tenant(tenant.id))).min()
        }),
    }
}

/// A unit in words, and where its files lie.
fn described(context: &Context<'_, '_>, at: usize, unit: Unit) -> (String, Vec<String>) {
    let facts = context.facts;
    let resolved = &facts.resolved;
    let clusters = crate::runbook::clusters_of(facts, at);
    let exists = |place: &String| context.made.iter().any(|file| file.path.starts_with(place.as_str()));
    let folders = |layer: Folder, clusters: &[ClusterId]| -> Vec<String> {
        let targets = clusters.iter().filter(|id| resolved.cluster(**id).is_target());
        let folders = targets
            .map(|id| format!("clusters/{}/{}", resolved.cluster(*id).name, facts.order.name(*id, layer)));
        folders.filter(|folder| exists(&format!("{folder}/"))).collect()
    };
    match unit {
        Unit::BootstrapCalico | Unit::Calico => {
            let mut places = folders(Folder::Calico, &clusters);
            let targets = clusters.iter().filter(|id| resolved.cluster(**id).is_target());
            places.extend(targets.map(|id| format!("bootstrap/{}", resolved.cluster(*id).name)));
            ("Calico".to_owned(), places)
        }
        Unit::Metallb => {
            ("MetalLB, its pools and how they are announced".to_owned(), folders(Folder::Metallb, &clusters))
        }
        Unit::Namespaces => ("namespaces".to_owned(), folders(Folder::Namespaces, &clusters)),
        Unit::PoliciesBaseline | Unit::Policies => {
            let places = folders(Folder::Policies, &clusters);
            let none = if places.is_empty() { ": none, every namespace here is open" } else { "" };
            (format!("NetworkPolicies{none}"), places)
        }
        Unit::Service(id) => {
            let service = resolved.service(id);
            let cluster = resolved.cluster(service.cluster).name;
            let addresses: Vec<String> = service.addresses.iter().map(ToString::to_string).collect();
            let of = match (service.owner, &service.written.release) {
                (Owner::Chart, Some(release)) => {
                    format!(", in the release of `{}`", release.value.chart.value)
                }
                (Owner::Operator, _) => ", by its operator".to_owned(),
                _ => String::new(),
            };
            let name = match addresses.is_empty() {
                true => format!("`{}`{of}", service.key),
                false => format!("`{}` at {}{of}", service.key, addresses.join(", ")),
            };
            let place = match service.owner {
                Owner::Plan => folders(facts.order.of_service(id), &[service.cluster]),
                Owner::Chart => vec![format!("values/{cluster}/{}.yaml", service.key)],
                Owner::Operator => Vec::new(),
            };
            (name, place)
        }
        Unit::Seldon => {
            let values = clusters
                .iter()
                .map(|id| format!("values/{}/seldon-core-v2-setup.yaml", resolved.cluster(*id).name));
            ("Seldon: controller and shared runtime".to_owned(), values.filter(exists).collect())
        }
        Unit::Tenant(id) => {
            let tenant = resolved.tenant(id);
            let cluster = resolved.cluster(tenant.cluster).name;
            let namespace = &resolved.namespace(tenant.namespace).name;
            let what = if tenant.runtime.is_some() { "with its runtime" } else { "namespace and policies" };
            let places = match tenant.runtime {
                Some(_) => vec![format!("values/{cluster}/{namespace}")],
                None => folders(Folder::Policies, &[tenant.cluster])
                    .into_iter()
                    .map(|folder| format!("{folder}/{namespace}"))
                    .collect(),
            };
            let places = places.into_iter().filter(|place| exists(&format!("{place}/"))).collect();
            (format!("tenant `{}`, {what}", tenant.key), places)
        }
        Unit::Dns => ("names".to_owned(), vec!["endpoints/hosts".to_owned()]),
    }
}

pub fn names(context: &Context<'_, '_>, at: usize, text: &mut String) {
    let resolved = &context.facts.resolved;
    let clusters = crate::runbook::clusters_of(context.facts, at);
    text.push_str(
        "In the DNS server of the LAN, one `A` or `AAAA` record for each. Machines without that server get the block of [endpoints/hosts](../../endpoints/hosts) between \
         its two comments, in place of an older one.\n\n",
    );
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut add = |host: &str, addresses: &[crate::addresses::Address], before: String| {
        let addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
        rows.push(vec![format!("`{host}`"), before, addresses.join(", ")]);
    };
    for id in clusters {
        let cluster = resolved.cluster(id);
        let old = cluster.replaces.and_then(|old| resolved.cluster(old).servers.first().copied());
        let old = old.map(|server| resolved.host(server).address().to_string());
        for service in resolved.services_of(id).iter().filter(|service| !service.addresses.is_empty()) {
            let was: Vec<String> =
                service.ports.iter().filter_map(|port| port.was).map(|was| was.to_string()).collect();
            let before = match (&old, was.is_empty()) {
                (Some(old), false) => format!("{old}, node port {}", was.join(", ")),
                _ => String::new(),
            };
            service.hosts.iter().for_each(|host| add(host, &service.addresses, before.clone()));
        }
        for runtime in resolved.runtimes_of(id) {
            for (host, addresses) in
                [(&runtime.host, &runtime.mesh), (&runtime.scheduler_host, &runtime.scheduler)]
            {
                if let Some(host) = host.as_ref().filter(|_| !addresses.is_empty()) {
                    add(host, addresses, String::new());
                }
            }
        }
    }
    rows.sort();
    table(text, &["name", "before", "after"], &rows);
}

/// One word of a shell command, as it is where nothing in it needs quotes.
pub fn quoted(text: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "_./:@%+,-".contains(letter);
    match !text.is_empty() && text.chars().all(plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}
