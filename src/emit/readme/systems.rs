//! Where every system of the plan is in the tree, and who writes it.

use super::{order::owner, table};
use crate::facts::{Facts, ansible};
use crate::model::{Layer, Owner, PolicyMode};
use crate::resolve::{NamespaceKind, Service};

pub fn write(facts: &Facts<'_>, text: &mut String) {
    let resolved = &facts.resolved;
    text.push_str("## Where every system is\n\n");
    let mut rows = Vec::new();
    for cluster in &resolved.clusters {
        let place = match cluster.replaced_by {
            Some(new) => format!("described only: `{}` takes its place", resolved.cluster(new).name),
            None => format!("`clusters/{0}/`, `bootstrap/{0}/`, `values/{0}/`", cluster.name),
        };
        rows.push(vec![format!("cluster `{}`", cluster.name), place, String::new()]);
    }
    for pool in &resolved.pools {
        let cluster = resolved.cluster(pool.cluster).name;
        let place = format!("`clusters/{cluster}/20-metallb/ipaddresspool-{}.yaml`", pool.name);
        rows.push(vec![format!("pool `{}`", pool.name), place, owner(facts, Layer::Metallb)]);
    }
    for service in &resolved.services {
        let (place, by) = service_place(facts, service);
        rows.push(vec![format!("service `{}`", service.key), place, by]);
    }
    for install in &resolved.installs {
        let cluster = resolved.cluster(install.cluster).name;
        let place = format!(
            "`values/{cluster}/seldon-core-v2-setup.yaml`, controller in `{}`",
            install.namespace_name
        );
        rows.push(vec![format!("Seldon Core {}", install.version), place, owner(facts, Layer::Seldon)]);
    }
    for tenant in &resolved.tenants {
        let cluster = resolved.cluster(tenant.cluster).name;
        let namespace = &resolved.namespace(tenant.namespace).name;
        let mut place = format!("namespace `{namespace}`");
        if resolved.namespace(tenant.namespace).is_guarded() {
            place += &format!(", policies in `clusters/{cluster}/30-policies/{namespace}/`");
        }
        if tenant.runtime.is_some() {
            place += &format!(", runtime from `values/{cluster}/{namespace}/`");
        }
        rows.push(vec![format!("tenant `{}`", tenant.key), place, owner(facts, Layer::Seldon)]);
    }
    for external in &resolved.externals {
        let addresses: Vec<String> = external.addresses.iter().map(ToString::to_string).collect();
        let place = format!("outside, at {}; policies reach it by address", addresses.join(", "));
        rows.push(vec![format!("external `{}`", external.name), place, String::new()]);
    }
    for host in &resolved.hosts {
        rows.push(vec![format!("host `{}`", host.name), "`ansible/`".to_owned(), owner(facts, Layer::Hosts)]);
    }
    table(text, &["system", "where", "written by"], &rows);
    modes(facts, text);
}

fn service_place(facts: &Facts<'_>, service: &Service<'_>) -> (String, String) {
    let resolved = &facts.resolved;
    let cluster = resolved.cluster(service.cluster).name;
    let namespace = &resolved.namespace(service.namespace).name;
    match service.owner {
        Owner::Plan => {
            let folder = facts.order.name(service.cluster, facts.order.of_service(service.id));
            let place = match ansible::by_roles(facts, Layer::Services) {
                true => format!("Service `{namespace}/{}`, made by a role", service.name),
                false => format!("`clusters/{cluster}/{folder}/{namespace}/service-{}.yaml`", service.name),
            };
            (place, owner(facts, Layer::Services))
        }
        Owner::Chart => {
            let chart = service
                .written
                .release
                .as_ref()
                .map_or("its chart", |release| release.value.chart.value.as_str());
            (
                format!("`values/{cluster}/{}.yaml`, for the release that owns it", service.key),
                format!("the chart `{chart}`"),
            )
        }
        Owner::Operator => {
            (format!("Service `{namespace}/{}`, only referred to", service.name), "its operator".to_owned())
        }
    }
}

/// How much the policies of each namespace do: the first thing to know when something cannot connect.
fn modes(facts: &Facts<'_>, text: &mut String) {
    let resolved = &facts.resolved;
    let mut rows = Vec::new();
    for namespace in &resolved.namespaces {
        let mode = match namespace.policy {
            PolicyMode::Open => "open: no policies",
            PolicyMode::Observe => "observe: staged policies, nothing is dropped",
            PolicyMode::Isolated => "isolated: what the plan declares is allowed, nothing else",
        };
        let whose = match namespace.kind {
            NamespaceKind::Tenant(tenant) => format!("tenant `{}`", resolved.tenant(tenant).key),
            NamespaceKind::Platform => "platform".to_owned(),
            NamespaceKind::System => "system".to_owned(),
        };
        let cluster = resolved.cluster(namespace.cluster).name;
        rows.push(vec![format!("`{}`", namespace.name), format!("`{cluster}`"), whose, mode.to_owned()]);
    }
    if rows.is_empty() {
        return;
    }
    text.push_str("### Namespaces and their policies\n\n");
    table(text, &["namespace", "cluster", "whose", "policy"], &rows);
}
