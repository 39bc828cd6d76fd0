//! Who calls and who is called: the names in `needs`, `clients`, `scraped_by` and `allow`.

use super::id::{ClusterId, ExternalId, HostId, NamespaceId, RuntimeId, ServiceId, TenantId};
use super::{Allow, Resolved, names, rules};
use crate::addresses::Cidr;
use crate::diagnostics::Diagnostic;
use crate::source::{Located, Span};
use std::collections::HashMap;

/// One side of a flow.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Party {
    Service(ServiceId),
    External(ExternalId),
    Host(HostId),
    Tenant(TenantId),
    /// A Seldon runtime: its inference endpoint when it is called, its pods when it calls.
    Runtime(RuntimeId),
    Namespace(NamespaceId),
    /// Everything on the physical network.
    Lan,
    /// Everything that is neither private nor ours.
    Internet,
    Network(Cidr),
}

/// A party and the name by which the plan called it. A group makes one for each member, all at the same place.
#[derive(Clone, Debug)]
pub struct Named {
    pub party: Party,
    pub span: Span,
}

/// The names of one cluster. Only looked up, never walked, so that their order cannot matter.
struct Directory<'a> {
    services: HashMap<(ClusterId, &'a str), ServiceId>,
    tenants: HashMap<(ClusterId, &'a str), TenantId>,
    externals: HashMap<&'a str, ExternalId>,
    hosts: HashMap<&'a str, HostId>,
}

/// Fills in what everything needs, is called by and is scraped by.
pub fn parties(resolved: &mut Resolved<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let directory = Directory::new(resolved);
    let mut services = Vec::with_capacity(resolved.services.len());
    for service in &resolved.services {
        let path = service.path();
        let read = |list: Option<&[Located<String>]>, key: &str, diagnostics: &mut Vec<Diagnostic>| {
            directory.list(resolved, service.cluster, list, &path, key, diagnostics)
        };
        let needs =
            read(service.written.needs.as_ref().map(|list| list.value.as_slice()), "needs", diagnostics);
        let clients = read(Some(&service.shared.clients()), "clients", diagnostics);
        let scraped = service.shared.scraped_by.as_ref().map(|list| list.value.as_slice());
        services.push((needs, clients, read(scraped, "scraped_by", diagnostics)));
    }
    let mut tenants = Vec::with_capacity(resolved.tenants.len());
    for tenant in &resolved.tenants {
        let path = tenant.path();
        let read =
            |list: &Option<Located<Vec<Located<String>>>>, key: &str, diagnostics: &mut Vec<Diagnostic>| {
                let list = list.as_ref().map(|list| list.value.as_slice());
                directory.list(resolved, tenant.cluster, list, &path, key, diagnostics)
            };
        let shared = &tenant.shared;
        tenants.push((
            read(&shared.needs, "needs", diagnostics),
            read(&shared.clients, "clients", diagnostics),
            read(&shared.scraped_by, "scraped_by", diagnostics),
        ));
    }
    let mut installs = Vec::new();
    for install in &resolved.installs {
        let read =
            |list: &Option<Located<Vec<Located<String>>>>, key: &str, diagnostics: &mut Vec<Diagnostic>| {
                let list = list.as_ref().map(|list| list.value.as_slice());
                directory.list(resolved, install.cluster, list, "seldon", key, diagnostics)
            };
        let settings = &install.settings;
        installs.push((
            read(&settings.needs, "needs", diagnostics),
            read(&settings.clients, "clients", diagnostics),
            read(&settings.scraped_by, "scraped_by", diagnostics),
        ));
    }
    let mut namespaces = Vec::with_capacity(resolved.namespaces.len());
    for namespace in &resolved.namespaces {
        let list = namespace.shared.scraped_by.as_ref().map(|list| list.value.as_slice());
        let path = format!("namespaces.{}", namespace.name);
        namespaces.push(directory.list(resolved, namespace.cluster, list, &path, "scraped_by", diagnostics));
    }
    let allows = allows(resolved, &directory, diagnostics);
    drop(directory);
    for (service, (needs, clients, scrapers)) in resolved.services.iter_mut().zip(services) {
        (service.needs, service.clients, service.scrapers) = (needs, clients, scrapers);
    }
    for (tenant, (needs, clients, scrapers)) in resolved.tenants.iter_mut().zip(tenants) {
        (tenant.needs, tenant.clients, tenant.scrapers) = (needs, clients, scrapers);
    }
    for (install, (needs, clients, scrapers)) in resolved.installs.iter_mut().zip(installs) {
        (install.needs, install.clients, install.scrapers) = (needs, clients, scrapers);
    }
    for (namespace, scrapers) in resolved.namespaces.iter_mut().zip(namespaces) {
        namespace.scrapers = scrapers;
    }
    resolved.allows = allows;
}

fn allows<'p>(
    resolved: &Resolved<'p>,
    directory: &Directory<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Allow<'p>> {
    let mut allows = Vec::new();
    for (index, written) in resolved.plan.allow.iter().flat_map(|list| list.value.iter()).enumerate() {
        let path = format!("allow.{index}");
        for cluster in resolved.targets().map(|cluster| cluster.id).collect::<Vec<_>>() {
            // With several clusters, an entry holds in each of them that has both names.
            let several = resolved.targets().count() > 1;
            let mut found = Vec::new();
            let from =
                directory.name(resolved, cluster, &written.value.from, &format!("{path}.from"), &mut found);
            let to = directory.name(resolved, cluster, &written.value.to, &format!("{path}.to"), &mut found);
            if found.is_empty() || !several {
                diagnostics.append(&mut found);
            }
            for from in &from {
                for to in &to {
                    allows.push(Allow {
                        written: &written.value,
                        index,
                        from: from.party.clone(),
                        to: to.party.clone(),
                    });
                }
            }
        }
        let meant = allows.iter().any(|allow| allow.index == index);
        if !meant && resolved.targets().count() > 1 {
            let message = format!(
                "no cluster has both `{}` and `{}`",
                written.value.from.value, written.value.to.value
            );
            diagnostics
                .push(Diagnostic::new(&rules::UNKNOWN_NAME, written.value.from.span, message).on(path));
        }
    }
    allows
}

impl<'a> Directory<'a> {
    fn new(resolved: &'a Resolved<'_>) -> Directory<'a> {
        Directory {
            services: resolved
                .services
                .iter()
                .map(|service| ((service.cluster, service.key), service.id))
                .collect(),
            tenants: resolved
                .tenants
                .iter()
                .map(|tenant| ((tenant.cluster, tenant.key), tenant.id))
                .collect(),
            externals: (resolved.externals.iter().enumerate())
                .map(|(at, external)| (external.name, ExternalId::new(at)))
                .collect(),
            hosts: resolved.hosts.iter().map(|host| (host.name, host.id)).collect(),
        }
    }

    fn list(
        &self,
        resolved: &Resolved<'_>,
        cluster: ClusterId,
        list: Option<&[Located<String>]>,
        path: &str,
        key: &str,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Vec<Named> {
        let Some(list) = list.filter(|list| !list.is_empty()) else { return Vec::new() };
        let on = format!("{path}.{key}");
        list.iter().flat_map(|name| self.name(resolved, cluster, name, &on, diagnostics)).collect()
    }

    /// What a name means in a cluster: one party, the members of a group, or nothing and a finding.
    fn name(
        &self,
        resolved: &Resolved<'_>,
        cluster: ClusterId,
        written: &Located<String>,
        on: &str,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Vec<Named> {
        let named = |party: Party| Named { party, span: written.span };
        let text = written.value.as_str();
        match text {
            "lan" => return vec![named(Party::Lan)],
            "internet" => return vec![named(Party::Internet)],
            "tenants" => {
                return resolved.tenants_of(cluster).map(|tenant| named(Party::Tenant(tenant.id))).collect();
            }
            "seldon" if resolved.install_of(cluster).is_some() => {
                return resolved
                    .runtimes_of(cluster)
                    .map(|runtime| named(Party::Runtime(runtime.id)))
                    .collect();
            }
            _ => {}
        }
        if text.contains('/') {
            match Cidr::parse(text) {
                Ok(cidr) => return vec![named(Party::Network(cidr))],
                Err(error) => {
                    let message = format!("`{text}` is not a network: {error}");
                    let finding =
                        Diagnostic::new(&crate::decode::rules::UNREADABLE_ADDRESS, written.span, message);
                    diagnostics.push(finding.here("expected a network such as \"192.168.1.0/24\"").on(on));
                    return Vec::new();
                }
            }
        }
        let found = match text.split_once('.') {
            Some(("services", name)) => {
                self.services.get(&(cluster, name)).map(|id| Party::Service(*id)).into_iter().collect()
            }
            Some(("tenants", name)) => {
                self.tenants.get(&(cluster, name)).map(|id| Party::Tenant(*id)).into_iter().collect()
            }
            Some(("external", name)) => {
                self.externals.get(name).map(|id| Party::External(*id)).into_iter().collect()
            }
            Some(("hosts", name)) => self.hosts.get(name).map(|id| Party::Host(*id)).into_iter().collect(),
            Some(("namespaces", name)) => resolved
                .find_namespace(cluster, name)
                .map(|namespace| Party::Namespace(namespace.id))
                .into_iter()
                .collect(),
            _ => self.bare(cluster, text),
        };
        match found.as_slice() {
            [one] => vec![named(one.clone())],
            [] => {
                diagnostics.push(self.unknown(resolved, cluster, written, on));
                Vec::new()
            }
            _ => {
                let message = format!("`{text}` is the name of more than one thing");
                let finding = Diagnostic::new(&rules::UNKNOWN_NAME, written.span, message).on(on);
                diagnostics.push(finding.here("which one?").help(format!(
                    "write \"services.{text}\", \"external.{text}\", \"tenants.{text}\" or \"hosts.{text}\""
                )));
                Vec::new()
            }
        }
    }

    fn bare(&self, cluster: ClusterId, name: &str) -> Vec<Party> {
        let service = self.services.get(&(cluster, name)).map(|id| Party::Service(*id));
        let external = self.externals.get(name).map(|id| Party::External(*id));
        let tenant = self.tenants.get(&(cluster, name)).map(|id| Party::Tenant(*id));
        let several: Vec<Party> = service.into_iter().chain(external).chain(tenant).collect();
        // A host often has the name of what runs on it; what runs on it is meant.
        if several.is_empty() {
            self.hosts.get(name).map(|id| Party::Host(*id)).into_iter().collect()
        } else {
            several
        }
    }

    fn unknown(
        &self,
        resolved: &Resolved<'_>,
        cluster: ClusterId,
        written: &Located<String>,
        on: &str,
    ) -> Diagnostic {
        let text = written.value.as_str();
        let name = text.split_once('.').map_or(text, |(_, name)| name);
        let disabled = resolved.plan.services.as_ref().and_then(|all| all.value.get(name));
        if let Some(entry) = disabled {
            let there = if entry.value.enabled() { "runs in another cluster" } else { "is not enabled" };
            return Diagnostic::new(
                &rules::UNKNOWN_NAME,
                written.span,
                format!("the service `{name}` {there}"),
            )
            .here("nothing answers")
            .label(entry.name.span, "declared here")
            .on(on);
        }
        let services = resolved.services_of(cluster).iter().map(|service| service.key);
        let externals = resolved.externals.iter().map(|external| external.name);
        let tenants = resolved.tenants_of(cluster).map(|tenant| tenant.key);
        let groups = ["lan", "internet", "tenants", "seldon"];
        let known = services.chain(externals).chain(tenants).chain(groups);
        names::unknown("service, tenant or external", text, written.span, on, known)
    }
}
