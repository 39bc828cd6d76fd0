//! Services: in which cluster, of which type, from which pool.

use super::Resolved;
use super::id::{ClusterId, NamespaceId, PoolId, ServiceId};
use super::party::Named;
use super::{names, rules};
use crate::addresses::{Address, Family, address};
use crate::decode::OneOrMany;
use crate::diagnostics::Diagnostic;
use crate::model::values::{DnsLabel, DnsSubdomain, Protocol, TargetPort};
use crate::model::{self, FamilyPolicy, Owner, ServiceShared, ServiceType};
use crate::source::{Located, Span};

/// A service in one cluster.
#[derive(Debug)]
pub struct Service<'p> {
    pub id: ServiceId,
    /// The plan's name for it.
    pub key: &'p str,
    /// The name of the Service object.
    pub name: &'p str,
    pub cluster: ClusterId,
    pub namespace: NamespaceId,
    pub owner: Owner,
    pub exposure: Exposure,
    pub families: Vec<Family>,
    pub family_policy: FamilyPolicy,
    /// The pool of its addresses; only a LoadBalancer has one.
    pub pool: Option<PoolId>,
    /// Its addresses, IPv4 first; empty until they are assigned and for what has none.
    pub addresses: Vec<Address>,
    /// By port number, then protocol.
    pub ports: Vec<Port<'p>>,
    /// The main host name first.
    pub hosts: Vec<String>,
    pub needs: Vec<Named>,
    pub clients: Vec<Named>,
    pub scrapers: Vec<Named>,
    /// Its own keys, with those of `service_defaults` where it has none.
    pub shared: ServiceShared,
    pub written: &'p model::Service,
    /// Where its name was written.
    pub span: Span,
}

/// How a service is reached; the upstream type.
pub type Exposure = ServiceType;

/// A port of a service.
#[derive(Debug)]
pub struct Port<'p> {
    pub name: &'p str,
    pub port: u16,
    pub target: &'p TargetPort,
    pub protocol: Protocol,
    /// The node port that it has today.
    pub was: Option<u16>,
    pub span: Span,
}

impl Port<'_> {
    /// The port of the pod, when it is known as a number.
    pub fn pod_port(&self) -> Option<u16> {
        match self.target {
            TargetPort::Number(number) => Some(*number),
            TargetPort::Name(_) => None,
        }
    }
}

impl Service<'_> {
    /// The key path of its table.
    pub fn path(&self) -> String {
        format!("services.{}", self.key)
    }

    pub fn selector(&self) -> impl Iterator<Item = (&str, &str)> {
        let labels = self.written.selector.value.iter();
        labels.map(|label| (label.name.value.as_str(), label.value.as_str()))
    }
}

pub fn services<'p>(resolved: &mut Resolved<'p>, diagnostics: &mut Vec<Diagnostic>) {
    let plan = resolved.plan;
    let nothing = ServiceShared::default();
    let defaults = plan.service_defaults.as_ref().map_or(&nothing, |defaults| &defaults.value);
    let mut services = Vec::new();
    for entry in plan.services.iter().flat_map(|services| services.value.iter()) {
        let written = &entry.value;
        if !written.enabled() {
            continue;
        }
        let shared = written.shared.or(defaults);
        let path = format!("services.{}", entry.name.value);
        let homes = homes(
            resolved,
            &path,
            entry.name.span,
            shared.cluster.as_ref(),
            shared.pool.as_ref(),
            diagnostics,
        );
        for cluster in homes {
            services.extend(service(resolved, entry, &path, cluster, shared.clone(), diagnostics));
        }
    }
    services.sort_by_key(|service| (service.cluster, service.key));
    for (index, service) in services.iter_mut().enumerate() {
        service.id = ServiceId::new(index);
    }
    resolved.services = services;
}

fn service<'p>(
    resolved: &Resolved<'p>,
    entry: &'p crate::decode::Entry<DnsLabel, model::Service>,
    path: &str,
    cluster: ClusterId,
    shared: ServiceShared,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Service<'p>> {
    let written = &entry.value;
    let outside = shared.clients().iter().any(|client| is_outside(&client.value));
    let exposure = match &written.r#type {
        Some(kind) => kind.value,
        // The operator decides what it writes; an address is only ours to give for the others.
        None if shared.owner() == Owner::Operator => ServiceType::ClusterIp,
        None if written.ip.is_some() || outside => ServiceType::LoadBalancer,
        None => ServiceType::ClusterIp,
    };
    let pins: Vec<Address> = written.ip.iter().flat_map(|ip| ip.value.iter()).map(|ip| ip.value).collect();
    let takes_address = exposure == ServiceType::LoadBalancer && shared.owner() != Owner::Operator;
    let pool = if takes_address {
        pool_for(resolved, cluster, shared.pool.as_ref(), &pins, path, diagnostics)
    } else {
        None
    };
    let (families, family_policy) = families(resolved, cluster, pool, &pins, &shared);
    let mut ports: Vec<Port<'p>> = (written.ports.value.iter())
        .map(|port| Port {
            name: port.name.value.as_str(),
            port: port.value.port,
            target: &port.value.target,
            protocol: port.value.protocol,
            was: written
                .was
                .as_ref()
                .and_then(|was| was.value.get(port.name.value.as_str()))
                .map(|was| was.value.0),
            span: port.span,
        })
        .collect();
    ports.sort_by_key(|port| (port.port, port.protocol, port.name));
    let main = match (&written.host, resolved.domain) {
        (Some(host), _) => Some(host.value.to_string()),
        (None, Some(domain)) => Some(format!("{}.{domain}", entry.name.value)),
        (None, None) => None,
    };
    let more = written.hosts.iter().flat_map(|hosts| hosts.value.iter()).map(|host| host.value.to_string());
    Some(Service {
        id: ServiceId::new(0),
        key: entry.name.value.as_str(),
        name: written.name.as_ref().map_or(entry.name.value.as_str(), |name| name.value.as_str()),
        cluster,
        namespace: NamespaceId::new(0),
        owner: shared.owner(),
        exposure,
        families,
        family_policy,
        pool,
        addresses: Vec::new(),
        ports,
        hosts: main.into_iter().chain(more).collect(),
        needs: Vec::new(),
        clients: Vec::new(),
        scrapers: Vec::new(),
        shared,
        written,
        span: entry.name.span,
    })
}

/// Whether a client is outside the cluster: the LAN, the internet, a network.
fn is_outside(client: &str) -> bool {
    client == "lan" || client == "internet" || client.contains('/')
}

/// The clusters that something is in, or a finding.
pub fn homes(
    resolved: &Resolved<'_>,
    path: &str,
    span: Span,
    written: Option<&Located<OneOrMany<DnsLabel>>>,
    pool: Option<&Located<DnsSubdomain>>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<ClusterId> {
    if let Some(list) = written {
        let on = format!("{path}.cluster");
        let known = resolved.clusters.iter().map(|cluster| cluster.name);
        let found = list
            .value
            .iter()
            .filter_map(|name| names::look_up("cluster", name, &on, known.clone(), diagnostics));
        // One that is named twice has one copy.
        return found.map(ClusterId::new).collect::<std::collections::BTreeSet<_>>().into_iter().collect();
    }
    let of_pool = pool.and_then(|name| resolved.pools.iter().find(|pool| pool.name == name.value.as_str()));
    if let Some(pool) = of_pool {
        return vec![pool.cluster];
    }
    let targets: Vec<_> = resolved.targets().collect();
    if let [only] = targets.as_slice() {
        return vec![only.id];
    }
    if !targets.is_empty() {
        let known = targets.iter().map(|cluster| cluster.name).collect::<Vec<_>>().join(", ");
        let message = format!("`{path}` does not say which cluster it is in");
        let finding = Diagnostic::new(&rules::AMBIGUOUS_CLUSTER, span, message)
            .here(format!("the plan generates {} clusters", targets.len()))
            .help(format!("add: cluster = \"{}\" (or another of: {known})", targets[0].name))
            .on(path);
        diagnostics.push(finding);
    }
    Vec::new()
}

/// The pool that an address comes from: the one that is named, the one that holds the pin, or the cluster's default.
pub fn pool_for(
    resolved: &Resolved<'_>,
    cluster: ClusterId,
    written: Option<&Located<DnsSubdomain>>,
    pins: &[Address],
    path: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<PoolId> {
    if let Some(name) = written {
        let on = format!("{path}.pool");
        let known = resolved.pools.iter().map(|pool| pool.name);
        let at = names::look_up("pool", name, &on, known, diagnostics)?;
        let pool = &resolved.pools[at];
        // A default names the pool of one cluster; a copy in another cluster uses that cluster's own.
        if pool.cluster == cluster {
            return Some(pool.id);
        }
    }
    let mut own = resolved.pools.iter().filter(|pool| pool.cluster == cluster);
    let holding = own.clone().find(|pool| pins.iter().any(|pin| pool.addresses.contains(*pin)));
    let default = own.clone().find(|pool| pool.written.default());
    let only = own.next().filter(|_| own.next().is_none());
    holding.or(default).or(only).map(|pool| pool.id)
}

fn families(
    resolved: &Resolved<'_>,
    cluster: ClusterId,
    pool: Option<PoolId>,
    pins: &[Address],
    shared: &ServiceShared,
) -> (Vec<Family>, FamilyPolicy) {
    let cluster = resolved.cluster(cluster);
    let of_cluster: Vec<Family> = cluster.families().collect();
    let primary = of_cluster.first().copied().unwrap_or(Family::V4);
    let pinned: Vec<Family> = pins.iter().map(|pin| address::family(*pin)).collect();
    let policy = match &shared.family_policy {
        Some(written) => written.value,
        None if pinned.len() > 1 => FamilyPolicy::RequireDualStack,
        None => FamilyPolicy::SingleStack,
    };
    let both = policy != FamilyPolicy::SingleStack && of_cluster.len() > 1;
    let families = match pinned.as_slice() {
        _ if both => of_cluster,
        [one] => vec![*one],
        // A pool of the cluster's other family alone decides for a service that nobody pinned.
        _ => {
            let pool = pool.map(|pool| resolved.pool(pool));
            let has = |family: &Family| pool.is_none_or(|pool| pool.has_family(*family));
            vec![of_cluster.into_iter().find(has).unwrap_or(primary)]
        }
    };
    (families, policy)
}
