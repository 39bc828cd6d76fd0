//! Who uses a Service: those from outside by its address and its names, those inside by its name in the cluster.

use super::document::Document;
use super::side::Side;
use crate::facts::Facts;
use crate::model::TrafficPolicy;
use crate::resolve::{ClusterId, Named, Party, Resolved};
use std::collections::BTreeMap;

/// Who needs what, in every cluster: the callers of a party, in words.
pub type Callers = BTreeMap<(ClusterId, Party), Vec<String>>;

/// Who uses a Service.
#[derive(Debug, Default)]
pub struct Users {
    /// Its host names.
    pub hosts: Vec<String>,
    /// Those who come from outside the cluster, by address or host name.
    pub outside: Vec<String>,
    /// Those who come from inside, by the name that the cluster's DNS knows.
    pub inside: Vec<String>,
    pub traffic: Option<TrafficPolicy>,
}

/// Who uses the Service of a document, where its side knows its plan.
pub fn users(side: &Side<'_>, document: &Document) -> Option<Users> {
    let facts = side.facts()?;
    let resolved = &facts.resolved;
    let named = document.id.cluster.as_deref()?;
    let cluster = resolved.clusters.iter().find(|cluster| cluster.name == named)?.id;
    document.from.iter().find_map(|table| {
        let (party, hosts, clients) = party(facts, cluster, table)?;
        let mut users = Users { hosts, ..Users::default() };
        for client in clients {
            let words = words(resolved, &client.party);
            match client.party {
                Party::Lan | Party::Internet | Party::Network(_) | Party::Host(_) | Party::External(_) => {
                    users.outside.push(words);
                }
                _ => users.inside.push(words),
            }
        }
        let callers = side.callers()?;
        users.inside.extend(callers.get(&(cluster, party)).into_iter().flatten().cloned());
        for list in [&mut users.outside, &mut users.inside] {
            list.sort();
            list.dedup();
        }
        Some(users)
    })
}

/// What a table is, its host names and its clients.
fn party<'f>(
    facts: &'f Facts<'_>,
    cluster: ClusterId,
    table: &str,
) -> Option<(Party, Vec<String>, &'f [Named])> {
    let resolved = &facts.resolved;
    if let Some(name) = table.strip_prefix("services.") {
        let service = resolved.services_of(cluster).iter().find(|service| service.key == name)?;
        return Some((Party::Service(service.id), service.hosts.clone(), &service.clients));
    }
    let runtime = resolved.runtimes_of(cluster).find(|runtime| runtime.path(resolved) == table)?;
    let clients: &[Named] = match runtime.tenant {
        Some(tenant) => &resolved.tenant(tenant).clients,
        None => &resolved.install(runtime.install).clients,
    };
    Some((Party::Runtime(runtime.id), runtime.host.iter().cloned().collect(), clients))
}

/// Who needs what; once for a side.
pub fn callers(facts: &Facts<'_>) -> Callers {
    let resolved = &facts.resolved;
    let mut callers = Callers::new();
    let mut add = |cluster: ClusterId, needs: &[Named], who: &str| {
        for need in needs {
            callers.entry((cluster, need.party.clone())).or_default().push(who.to_owned());
        }
    };
    for service in &resolved.services {
        add(service.cluster, &service.needs, &format!("`{}`", service.path()));
    }
    for tenant in &resolved.tenants {
        add(tenant.cluster, &tenant.needs, &format!("`{}`", tenant.path()));
    }
    for install in &resolved.installs {
        add(install.cluster, &install.needs, "`seldon`");
    }
    callers
}

/// What sentences call a party.
fn words(resolved: &Resolved<'_>, party: &Party) -> String {
    match party {
        Party::Service(id) => format!("`{}`", resolved.service(*id).path()),
        Party::Tenant(id) => format!("`{}`", resolved.tenant(*id).path()),
        Party::External(id) => format!("`external.{}`", resolved.external(*id).name),
        Party::Host(id) => format!("`hosts.{}`", resolved.host(*id).name),
        Party::Namespace(id) => format!("`namespaces.{}`", resolved.namespace(*id).name),
        Party::Runtime(id) => format!("`{}`", resolved.runtime(*id).path(resolved)),
        Party::Lan => "the LAN".to_owned(),
        Party::Internet => "the internet".to_owned(),
        Party::Network(cidr) => format!("`{cidr}`"),
    }
}

/// The first few of a list, and how many more.
pub fn few(list: &[String]) -> String {
    const FEW: usize = 4;
    let shown = list.iter().take(FEW).cloned().collect::<Vec<_>>().join(", ");
    match list.len().saturating_sub(FEW) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
