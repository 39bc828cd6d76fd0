//! From names to ids, from silence to defaults, from wishes to addresses: every question about the plan is answered.
//!
//! An id points into a vector of [`Resolved`] and cannot dangle. Each item keeps the table that it came from
//! (`written`), so that a check can point at the very key.

mod address;
mod cluster;
mod delivery;
mod id;
mod lock;
mod names;
mod namespace;
mod network;
mod party;
mod pool;
pub mod rules;
mod seldon;
mod service;
mod stage;
mod tenant;

pub use address::{AddressSource, Assigned, Holder};
pub use cluster::{CalicoPool, CalicoSettings, Cluster, Overlay};
pub use delivery::{Argo, Delivery, GitopsTarget, IN_CLUSTER, Writer};
pub use id::{ClusterId, ExternalId, HostId, InstallId, NamespaceId, PoolId, RuntimeId, ServiceId, TenantId};
pub use lock::LockFile;
pub use namespace::{Namespace, NamespaceKind};
pub use network::{External, Host, Lan};
pub use party::{Named, Party};
pub use pool::Pool;
pub use seldon::{Install, Runtime};
pub use service::{Exposure, Port, Service};
pub use stage::{LAYERS, Stage, Unit};
pub use tenant::Tenant;

use crate::addresses::{AddressRange, AddressSet, Problem};
use crate::diagnostics::{Diagnostic, has_errors};
use crate::model::values::Protocol;
use crate::model::{self, Plan};
use crate::upstream::seldon::Transport;

/// A plan whose every name is an id and whose every default is filled in.
#[derive(Debug)]
pub struct Resolved<'p> {
    pub plan: &'p Plan,
    pub name: &'p str,
    pub domain: Option<&'p str>,
    pub lan: Lan,
    pub hosts: Vec<Host<'p>>,
    pub externals: Vec<External<'p>>,
    /// Every cluster of the plan, by name; those that another replaces are not generated.
    pub clusters: Vec<Cluster<'p>>,
    pub pools: Vec<Pool<'p>>,
    /// By cluster, then by name.
    pub namespaces: Vec<Namespace<'p>>,
    /// One for each cluster that a service runs in, by cluster, then by name. Disabled services are not here.
    pub services: Vec<Service<'p>>,
    /// Seldon controllers: at most one for each cluster.
    pub installs: Vec<Install<'p>>,
    /// Seldon runtimes: shared ones and those of tenants.
    pub runtimes: Vec<Runtime<'p>>,
    /// One for each cluster that a tenant is in.
    pub tenants: Vec<Tenant<'p>>,
    pub allows: Vec<Allow<'p>>,
    pub delivery: Delivery<'p>,
    pub stages: Vec<Stage<'p>>,
    /// Every address that the plan gives, with who holds it and why.
    pub addresses: Vec<Assigned>,
    /// What the allocator could not do; a check words it.
    pub address_problems: Vec<Problem>,
    /// The lock as it is after this plan.
    pub lock: LockFile,
}

/// One more flow that is allowed.
#[derive(Debug)]
pub struct Allow<'p> {
    pub written: &'p model::Allow,
    /// Its place in the list, for names and key paths.
    pub index: usize,
    pub from: Party,
    pub to: Party,
}

/// Resolves a plan; `None` when a name means nothing. Findings are in `diagnostics`.
pub fn resolve<'p>(
    plan: &'p Plan,
    lock: &LockFile,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Resolved<'p>> {
    let before = diagnostics.len();
    let lan = network::lan(plan);
    let hosts = network::hosts(plan);
    let externals = network::externals(plan, &hosts, diagnostics);
    let clusters = cluster::clusters(plan, &hosts, &lan, diagnostics);
    // Which clusters are generated decides what every other name means.
    if diagnostics[before..].iter().any(|finding| finding.on.ends_with(".replaces")) {
        return None;
    }
    let pools = pool::pools(plan, &clusters, diagnostics);
    let mut resolved = Resolved {
        plan,
        name: plan.name.value.as_str(),
        domain: plan.domain.as_ref().map(|domain| domain.value.as_str()),
        lan,
        hosts,
        externals,
        clusters,
        pools,
        namespaces: Vec::new(),
        services: Vec::new(),
        installs: Vec::new(),
        runtimes: Vec::new(),
        tenants: Vec::new(),
        allows: Vec::new(),
        delivery: Delivery::default(),
        stages: Vec::new(),
        addresses: Vec::new(),
        address_problems: Vec::new(),
        lock: LockFile::default(),
    };
    service::services(&mut resolved, diagnostics);
    tenant::tenants(&mut resolved, diagnostics);
    seldon::installs(&mut resolved, diagnostics);
    namespace::namespaces(&mut resolved, diagnostics);
    party::parties(&mut resolved, diagnostics);
    delivery::delivery(&mut resolved, diagnostics);
    stage::stages(&mut resolved, diagnostics);
    if has_errors(&diagnostics[before..]) {
        return None;
    }
    address::assign(&mut resolved, lock);
    Some(resolved)
}

impl<'p> Resolved<'p> {
    /// How the runbook is made, where the plan says so.
    pub fn runbook(&self) -> Option<&'p model::Runbook> {
        self.plan.runbook.as_ref().map(|runbook| &runbook.value)
    }

    /// The clusters that something is generated for.
    pub fn targets(&self) -> impl Iterator<Item = &Cluster<'p>> {
        self.clusters.iter().filter(|cluster| cluster.is_target())
    }

    pub fn cluster(&self, id: ClusterId) -> &Cluster<'p> {
        &self.clusters[id.index()]
    }

    pub fn host(&self, id: HostId) -> &Host<'p> {
        &self.hosts[id.index()]
    }

    pub fn external(&self, id: ExternalId) -> &External<'p> {
        &self.externals[id.index()]
    }

    pub fn pool(&self, id: PoolId) -> &Pool<'p> {
        &self.pools[id.index()]
    }

    pub fn namespace(&self, id: NamespaceId) -> &Namespace<'p> {
        &self.namespaces[id.index()]
    }

    pub fn service(&self, id: ServiceId) -> &Service<'p> {
        &self.services[id.index()]
    }

    pub fn tenant(&self, id: TenantId) -> &Tenant<'p> {
        &self.tenants[id.index()]
    }

    pub fn runtime(&self, id: RuntimeId) -> &Runtime<'p> {
        &self.runtimes[id.index()]
    }

    pub fn install(&self, id: InstallId) -> &Install<'p> {
        &self.installs[id.index()]
    }

    /// The namespace of that name in that cluster.
    pub fn find_namespace(&self, cluster: ClusterId, name: &str) -> Option<&Namespace<'p>> {
        let at = self
            .namespaces
            .binary_search_by(|namespace| (namespace.cluster, namespace.name.as_str()).cmp(&(cluster, name)));
        at.ok().map(|at| &self.namespaces[at])
    }

    /// The services of a cluster, by name.
    pub fn services_of(&self, cluster: ClusterId) -> &[Service<'p>] {
        let start = self.services.partition_point(|service| service.cluster < cluster);
        let end = self.services.partition_point(|service| service.cluster <= cluster);
        &self.services[start..end]
    }

    /// The namespaces of a cluster, by name.
    pub fn namespaces_of(&self, cluster: ClusterId) -> &[Namespace<'p>] {
        let start = self.namespaces.partition_point(|namespace| namespace.cluster < cluster);
        let end = self.namespaces.partition_point(|namespace| namespace.cluster <= cluster);
        &self.namespaces[start..end]
    }

    pub fn tenants_of(&self, cluster: ClusterId) -> impl Iterator<Item = &Tenant<'p>> {
        self.tenants.iter().filter(move |tenant| tenant.cluster == cluster)
    }

    pub fn pools_of(&self, cluster: ClusterId) -> impl Iterator<Item = &Pool<'p>> {
        self.pools.iter().filter(move |pool| pool.cluster == cluster)
    }

    /// The addresses that something of the plan has in a cluster.
    pub fn taken(&self, cluster: ClusterId) -> AddressSet {
        let services = self.services_of(cluster).iter().flat_map(|service| &service.addresses);
        let runtimes = self.runtimes_of(cluster);
        let of_runtimes = runtimes.flat_map(|runtime| runtime.mesh.iter().chain(&runtime.scheduler));
        let mut taken = AddressSet::new();
        services.chain(of_runtimes).for_each(|address| taken.insert(AddressRange::single(*address)));
        taken
    }

    pub fn runtimes_of(&self, cluster: ClusterId) -> impl Iterator<Item = &Runtime<'p>> {
        self.runtimes.iter().filter(move |runtime| runtime.cluster == cluster)
    }

    /// What scrapes in a cluster: a service that something there names in `scraped_by`, or else one called `prometheus`.
    pub fn scraper_of(&self, cluster: ClusterId) -> Option<ServiceId> {
        let services = self.services_of(cluster);
        let mut named = (services.iter().map(|service| &service.scrapers))
            .chain(self.tenants_of(cluster).map(|tenant| &tenant.scrapers))
            .chain(self.namespaces_of(cluster).iter().map(|namespace| &namespace.scrapers))
            .chain(self.install_of(cluster).map(|install| &install.scrapers))
            .flatten();
        let scraper = named.find_map(|named| match named.party {
            Party::Service(id) => Some(id),
            _ => None,
        });
        let called = || services.iter().find(|service| service.key == "prometheus");
        scraper.or_else(|| called().map(|service| service.id))
    }

    /// The broker of Seldon as `name.namespace:port`, on the listener that the protocol needs: Strimzi calls them `plain`
    /// and `tls`.
    pub fn broker_of(&self, install: &Install<'_>) -> Option<String> {
        let kafka = self.service(install.kafka?);
        let encrypted = install.encrypts(Transport::Kafka);
        let listens = |name: &str, number: u16| match encrypted {
            true => name.contains("tls") || name.contains("ssl") || number == 9093,
            false => name.contains("plain") || number == 9092,
        };
        let mut ports = kafka.ports.iter().filter(|port| port.protocol == Protocol::Tcp);
        let port = ports.clone().find(|port| listens(port.name, port.port)).or_else(|| ports.next());
        let number = port.map_or(9092, |port| port.port);
        Some(format!("{}.{}:{number}", kafka.name, self.namespace(kafka.namespace).name))
    }

    /// The service that Seldon sends its traces to, and its port: `seldon.telemetry` is `NAME.NAMESPACE:PORT`.
    pub fn collector_of(&self, install: &Install<'p>) -> Option<(&Service<'p>, &Port<'p>)> {
        let telemetry = install.settings.telemetry.as_ref()?;
        let (host, port) = telemetry.value.rsplit_once(':')?;
        let port: u16 = port.parse().ok()?;
        let mut labels = host.split('.');
        let (name, namespace) = (labels.next()?, labels.next()?);
        self.services_of(install.cluster).iter().find_map(|service| {
            let here = service.name == name && self.namespace(service.namespace).name == namespace;
            let port = service.ports.iter().find(|declared| here && declared.port == port)?;
            Some((service, port))
        })
    }

    pub fn install_of(&self, cluster: ClusterId) -> Option<&Install<'p>> {
        self.installs.iter().find(|install| install.cluster == cluster)
    }
}
