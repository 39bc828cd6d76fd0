//! How what a stage applied is taken away again: by its writer, or it comes back.

use super::Context;
use crate::emit::gitops::Called;
use crate::emit::guard::{GuardKind, guard};
use crate::facts::Layer as Folder;
use crate::facts::stages::Undo;
use crate::model::{Layer, Owner, Tool};
use crate::resolve::{ClusterId, ServiceId, TenantId, Unit, Writer};
use std::collections::BTreeMap;

/// One step for everything that goes in the same way, the last thing that was applied first.
pub fn steps(context: &Context<'_, '_>, at: usize) -> Vec<String> {
    let undo = &context.facts.stages.stages[at].rollback.undo;
    let units =
        || undo.iter().filter_map(|undo| if let Undo::Remove(unit) = undo { Some(*unit) } else { None });
    let services: Vec<ServiceId> =
        units().filter_map(|unit| if let Unit::Service(id) = unit { Some(id) } else { None }).collect();
    let tenants: Vec<TenantId> =
        units().filter_map(|unit| if let Unit::Tenant(id) = unit { Some(id) } else { None }).collect();
    let mut steps = seldon(context, at, &tenants, units().any(|unit| unit == Unit::Seldon));
    steps.extend(others(context, &services));
    for (cluster, ids) in by_cluster(context, &services) {
        steps.push(own(context, at, cluster, &ids));
    }
    let has = |wanted: &[Unit]| units().any(|unit| wanted.contains(&unit));
    let mut networks: [Vec<String>; 2] = Default::default();
    for cluster in crate::runbook::clusters_of(context.facts, at) {
        if has(&[Unit::Policies, Unit::PoliciesBaseline]) && context.has_folder(cluster, Folder::Policies) {
            networks[0].push(format!(
                "NetworkPolicies: {}. In a hurry, `policy = \"observe\"` for the namespaces keeps them and drops nothing.",
                way(context, cluster, Layer::Policies, "policies", Folder::Policies, None)
            ));
        }
        if has(&[Unit::Metallb]) {
            networks[1].push(format!(
                "MetalLB's pools and announcements: {}.",
                way(
                    context,
                    cluster,
                    Layer::Metallb,
                    "metallb-config",
                    Folder::Metallb,
                    Some(GuardKind::Pool)
                )
            ));
        }
    }
    // Where clusters say the same it is said once.
    networks.iter_mut().for_each(Vec::dedup);
    steps.extend(networks.into_iter().flatten());
    if has(&[Unit::Namespaces]) {
        steps.push("Namespaces stay: with them everything in them would go.".to_owned());
    }
    if has(&[Unit::Calico, Unit::BootstrapCalico]) {
        steps.push(
            "Calico stays: without it no pod has a network. Going back from here is a rebuild.".to_owned(),
        );
    }
    steps
}

fn by_cluster(context: &Context<'_, '_>, services: &[ServiceId]) -> BTreeMap<ClusterId, Vec<ServiceId>> {
    let mut by_cluster: BTreeMap<ClusterId, Vec<ServiceId>> = BTreeMap::new();
    for id in services {
        let service = context.facts.resolved.service(*id);
        if service.owner == Owner::Plan {
            by_cluster.entry(service.cluster).or_default().push(*id);
        }
    }
    by_cluster
}

/// The name of a Service with its namespace.
fn called(context: &Context<'_, '_>, id: ServiceId) -> String {
    let service = context.facts.resolved.service(id);
    format!("`{}/{}`", context.facts.resolved.namespace(service.namespace).name, service.name)
}

/// Services that a release or an operator writes.
fn others(context: &Context<'_, '_>, services: &[ServiceId]) -> Vec<String> {
    let of = |owner: Owner| -> Vec<String> {
        let such = services.iter().filter(|id| context.facts.resolved.service(**id).owner == owner);
        such.map(|id| called(context, *id)).collect()
    };
    let mut steps = Vec::new();
    let (charts, operators) = (of(Owner::Chart), of(Owner::Operator));
    if !charts.is_empty() {
        steps.push(format!(
            "The releases that own {}: `helm uninstall` those that this stage brought, `helm rollback` those that were there \
             before. Claims that a chart writes go with it, and their data with them: read its documentation first.",
            charts.join(", ")
        ));
    }
    if !operators.is_empty() {
        steps.push(format!("{}: take back what the operator was given.", operators.join(", ")));
    }
    steps
}

/// Services that the plan writes.
fn own(context: &Context<'_, '_>, at: usize, cluster: ClusterId, services: &[ServiceId]) -> String {
    let resolved = &context.facts.resolved;
    let names: Vec<String> = services.iter().map(|id| called(context, *id)).collect();
    let addressed = services.iter().any(|id| !resolved.service(*id).addresses.is_empty());
    let key = format!("stage-{}", resolved.stages[at].name);
    let folder = context.facts.order.of_service(services[0]);
    let guarded = addressed.then_some(GuardKind::Address);
    format!(
        "The Service{} {}: {}.{}",
        if names.len() == 1 { "" } else { "s" },
        names.join(", "),
        way(context, cluster, Layer::Services, &key, folder, guarded),
        if addressed { " `plan.lock` keeps the address for the next attempt." } else { "" }
    )
}

/// How a folder goes: what a controller keeps is taken from the controller first.
fn way(
    context: &Context<'_, '_>,
    cluster: ClusterId,
    layer: Layer,
    key: &str,
    folder: Folder,
    guarded: Option<GuardKind>,
) -> String {
    let resolved = &context.facts.resolved;
    let name = resolved.cluster(cluster).name;
    let delete = format!(
        "`KUBECONFIG=~/{name}.yaml kubectl delete -k clusters/{name}/{}`",
        context.facts.order.name(cluster, folder)
    );
    let gitops = resolved.delivery.gitops.as_ref().filter(|_| resolved.delivery.gitops_owns(layer));
    let Some(gitops) = gitops else {
        return match resolved.delivery.writer(layer) {
            Some(Writer::Ansible) => format!("with the playbook, or {delete}"),
            _ => delete,
        };
    };
    let unit: Option<&Called> = context.called.iter().find(|unit| unit.cluster == cluster && unit.key == key);
    match unit.filter(|unit| unit.held) {
        Some(_) if gitops.tool == Tool::ArgoCd => {
            return format!(
                "{delete}. The Application is held, so nothing brings it back until it is synced again"
            );
        }
        Some(unit) => {
            return format!(
                "`KUBECONFIG=~/{name}.yaml flux -n {} suspend kustomization {}`, and then {delete}",
                gitops.namespace, unit.name
            );
        }
        None => {}
    }
    let guard = guarded.map(|kind| guard(resolved, kind)).unwrap_or_default();
    let asked = guard.values().any(|value| value.contains("Prune=confirm"));
    let rest = match (guard.is_empty(), asked, unit) {
        (true, ..) => "; the controller takes it away".to_owned(),
        (_, true, Some(unit)) => {
            format!(
                "; Argo CD asks before it takes an address away: `argocd app confirm-deletion {}`",
                unit.name
            )
        }
        _ => {
            let objects = match guarded {
                Some(GuardKind::Pool) => "IPAddressPools",
                _ => "Services",
            };
            format!(
                ". The controller leaves what has an address: once it has synced, delete those {objects} with \
                 `KUBECONFIG=~/{name}.yaml kubectl`"
            )
        }
    };
    format!("out of the plan (revert the commit that brought it), `plan build`, commit, push{rest}")
}

fn seldon(context: &Context<'_, '_>, at: usize, tenants: &[TenantId], install: bool) -> Vec<String> {
    let resolved = &context.facts.resolved;
    let mut steps = Vec::new();
    let (with, without): (Vec<&TenantId>, Vec<&TenantId>) =
        tenants.iter().partition(|id| resolved.tenant(**id).runtime.is_some());
    let names = |ids: &[&TenantId]| {
        ids.iter().map(|id| format!("`{}`", resolved.tenant(**id).key)).collect::<Vec<_>>().join(", ")
    };
    let held = crate::facts::stages::is_held(&resolved.stages[at]);
    let first = match resolved.delivery.gitops_owns(Layer::Seldon) && !held {
        true => {
            "revert the commit that brought it, `plan build`, commit, push, or the controller brings it back; then "
        }
        false => "",
    };
    let delete = |cluster: ClusterId, namespace: &str| {
        format!(
            "`KUBECONFIG=~/{}.yaml kubectl -n {namespace} delete servers.mlops.seldon.io,seldonruntimes.mlops.seldon.io --all`",
            resolved.cluster(cluster).name
        )
    };
    if !without.is_empty() {
        steps.push(format!(
            "Tenants without a runtime ({}): their namespaces and policies stay.",
            names(&without)
        ));
    }
    for id in &with {
        let tenant = resolved.tenant(**id);
        let namespace = &resolved.namespace(tenant.namespace).name;
        steps.push(format!(
            "The runtime of tenant `{}`: {first}{}. Its models stay, and serve nothing.",
            tenant.key,
            delete(tenant.cluster, namespace)
        ));
    }
    if install {
        for cluster in crate::runbook::clusters_of(context.facts, at) {
            let shared = resolved.runtimes_of(cluster).filter(|runtime| runtime.tenant.is_none());
            for runtime in shared {
                let namespace = &resolved.namespace(runtime.namespace).name;
                steps.push(format!("The shared runtime of Seldon: {first}{}.", delete(cluster, namespace)));
            }
        }
        steps.push("Seldon's kinds and controller stay: without a runtime they do nothing.".to_owned());
    }
    steps
}
