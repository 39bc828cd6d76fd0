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
        // With several clusters, an entry holds in each of them that has both names.
        let mut missing: [Option<Vec<Diagnostic>>; 2] = [None, None];
        let mut met = [false, false];
        for cluster in resolved.targets().map(|cluster| cluster.id).collect::<Vec<_>>() {
            let mut side = |at: usize, name: &Located<String>, key: &str| {
                let mut found = Vec::new();
                let named = directory.name(resolved, cluster, name, &format!("{path}.{key}"), &mut found);
                met[at] |= !named.is_empty();
                missing[at].get_or_insert(found);
                named
            };
            let from = side(0, &written.value.from, "from");
            let to = side(1, &written.value.to, "to");
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
        // A name that is in no cluster is said as such; a group without members allows nothing.
        for (missing, met) in missing.into_iter().zip(met) {
            if !met {
                diagnostics.extend(missing.into_iter().flatten());
            }
        }
        let meant = allows.last().is_some_and(|allow| allow.index == index);
        if !meant && met == [true, true] {
            let message = format!(
                "no cluster has both `{}` and `{}`",
                written.value.from.value, written.value.to.value
            );
            let finding = Diagnostic::new(&rules::UNKNOWN_NAME, written.value.from.span, message)
                .here("in one cluster")
                .label(written.value.to.span, "in another")
                .help("clusters reach each other by address: write the network in place of one of them")
                .on(path);
            diagnostics.push(finding);
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
                diagnostics.extend(self.unknown(resolved, cluster, written, on));
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
    ) -> Option<Diagnostic> {
        let text = written.value.as_str();
        let (group, name) = text.split_once('.').unwrap_or(("", text));
        if matches!(group, "" | "services" | "tenants")
            && let Some((what, place, homes)) = declared(resolved, group, name)
        {
            // A finding says already that nobody knows where it is.
            let there = match homes {
                Homes::Lost => return None,
                Homes::Elsewhere => "is in another cluster",
                Homes::Disabled => "is not enabled",
            };
            let message = format!("the {what} `{name}` {there}");
            return Some(
                Diagnostic::new(&rules::UNKNOWN_NAME, written.span, message)
                    .here("nothing answers")
                    .label(place, "declared here")
                    .help(match homes {
                        Homes::Elsewhere => {
                            "clusters reach each other by address: write its network, such as \"192.168.1.0/24\""
                        }
                        _ => "take the name out, or write there: enabled = true",
                    })
                    .on(on),
            );
        }
        if text.parse::<std::net::IpAddr>().is_ok_and(|address| !address.is_unspecified()) {
            let prefix = if text.contains(':') { 128 } else { 32 };
            let message = format!("`{text}` is an address, and a name or a network is expected");
            let finding = Diagnostic::new(&rules::UNKNOWN_NAME, written.span, message);
            let help = format!("write: \"{text}/{prefix}\", or give it a name under `[external]`");
            return Some(finding.here("not a name").help(help).on(on));
        }
        let services = resolved.services_of(cluster).iter().map(|service| service.key);
        let externals = resolved.externals.iter().map(|external| external.name);
        let tenants = resolved.tenants_of(cluster).map(|tenant| tenant.key);
        let groups = ["lan", "internet", "tenants", "seldon"];
        let known = services.chain(externals).chain(tenants).chain(groups);
        Some(names::unknown("service, tenant or external", text, written.span, on, known))
    }
}

/// Why a declared thing is not in the cluster that was asked about.
pub enum Homes {
    /// No cluster could be told, which is a finding of its own.
    Lost,
    Elsewhere,
    Disabled,
}

/// A service or a tenant that the plan declares, somewhere: what it is, where it is written, and where it lives.
pub fn declared(resolved: &Resolved<'_>, group: &str, name: &str) -> Option<(&'static str, Span, Homes)> {
    let home = |there: bool| if there { Homes::Elsewhere } else { Homes::Lost };
    let service = resolved.plan.services.as_ref().and_then(|all| all.value.get(name));
    if let Some(entry) = service.filter(|_| group != "tenants") {
        let homes = match entry.value.enabled() {
            true => home(resolved.services.iter().any(|service| service.key == name)),
            false => Homes::Disabled,
        };
        let switch = entry.value.enabled.as_ref().filter(|_| matches!(homes, Homes::Disabled));
        return Some(("service", switch.map_or(entry.name.span, |switch| switch.span), homes));
    }
    let tenant = resolved.plan.tenants.as_ref().and_then(|all| all.value.get(name));
    let entry = tenant.filter(|_| group != "services")?;
    let homes = home(resolved.tenants.iter().any(|tenant| tenant.key == name));
    Some(("tenant", entry.name.span, homes))
}
