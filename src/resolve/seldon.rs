//! Seldon: one controller for each cluster that uses it, and the runtimes that it watches.

use super::Resolved;
use super::id::{ClusterId, InstallId, NamespaceId, PoolId, RuntimeId, ServiceId, TenantId};
use super::party::Named;
use super::service::pool_for;
use super::{names, rules};
use crate::addresses::Address;
use crate::decode;
use crate::diagnostics::Diagnostic;
use crate::model::{self, Seldon, SeldonAddress, TrafficPolicy};
use crate::source::{Located, Span};
use crate::upstream::Version;
use crate::upstream::seldon::Transport;
use std::collections::{BTreeSet, HashSet};

/// Seldon's controller in a cluster.
#[derive(Debug)]
pub struct Install<'p> {
    pub id: InstallId,
    pub cluster: ClusterId,
    pub version: Version,
    pub namespace_name: String,
    pub namespace: NamespaceId,
    pub kafka: Option<ServiceId>,
    /// The ServerConfigs in use, sorted.
    pub server_configs: Vec<String>,
    /// `[clusters.NAME.seldon]`, with `[seldon]` where it says nothing.
    pub settings: Seldon,
    /// What the shared runtime calls and is called by.
    pub needs: Vec<Named>,
    pub clients: Vec<Named>,
    pub scrapers: Vec<Named>,
    pub span: Span,
    pub plan: std::marker::PhantomData<&'p ()>,
}

impl Install<'_> {
    /// Whether connections of this sort are encrypted: `security` of the setup chart's values says so, and nothing else.
    pub fn encrypts(&self, transport: Transport) -> bool {
        let pointer = match transport {
            Transport::ControlPlane => "/security/controlplane/protocol",
            Transport::Kafka => "/security/kafka/protocol",
            Transport::Fixed | Transport::Declared => return false,
        };
        let setup = self.settings.values.as_ref().and_then(|values| values.value.setup.as_ref());
        let values = setup.map(|raw| raw.value.to_json());
        values
            .and_then(|values| values.pointer(pointer).map(|protocol| protocol != "PLAINTEXT"))
            .unwrap_or(false)
    }
}

/// A Seldon runtime: scheduler, envoy, gateways and servers in one namespace.
#[derive(Debug)]
pub struct Runtime<'p> {
    pub id: RuntimeId,
    pub install: InstallId,
    pub cluster: ClusterId,
    pub namespace: NamespaceId,
    /// The tenant that it belongs to; the shared runtime belongs to none.
    pub tenant: Option<TenantId>,
    /// The pool of its addresses, when it wants some.
    pub pool: Option<PoolId>,
    pub mesh_wish: Option<Located<SeldonAddress>>,
    pub scheduler_wish: Option<Located<SeldonAddress>>,
    /// The addresses of the inference endpoint, IPv4 first.
    pub mesh: Vec<Address>,
    /// The addresses of the scheduler, IPv4 first.
    pub scheduler: Vec<Address>,
    pub traffic: TrafficPolicy,
    /// The host name of its inference endpoint.
    pub host: Option<String>,
    /// The host name of its scheduler, for the address that it may have.
    pub scheduler_host: Option<String>,
    pub written: Option<&'p model::Tenant>,
    pub span: Span,
}

impl Runtime<'_> {
    /// The key path of the table that it comes from.
    pub fn path(&self, resolved: &Resolved<'_>) -> String {
        match self.tenant {
            Some(tenant) => resolved.tenant(tenant).path(),
            None => "seldon".to_owned(),
        }
    }
}

impl SeldonAddress {
    /// Whether an address shall be given at all.
    pub fn is_wanted(&self) -> bool {
        !matches!(self, SeldonAddress::Wanted(false))
    }

    pub fn pins(&self) -> Vec<Address> {
        match self {
            SeldonAddress::Pinned(pins) => pins.iter().map(|pin| pin.value).collect(),
            SeldonAddress::Wanted(_) => Vec::new(),
        }
    }
}

/// Controllers, and their runtimes. Namespaces are filled in later.
pub fn installs<'p>(resolved: &mut Resolved<'p>, diagnostics: &mut Vec<Diagnostic>) {
    let plan = resolved.plan;
    let using: BTreeSet<ClusterId> = resolved
        .tenants
        .iter()
        .filter(|tenant| tenant.shared.seldon())
        .map(|tenant| tenant.cluster)
        .collect();
    for cluster in homes(resolved, &using, diagnostics) {
        let own = resolved.cluster(cluster).written.seldon.as_ref();
        let whole = plan.seldon.as_ref();
        let (settings, span) = match (own, whole) {
            (Some(own), Some(whole)) => (own.value.or(&whole.value), own.span),
            (Some(one), None) | (None, Some(one)) => (one.value.clone(), one.span),
            (None, None) => continue,
        };
        let Some(version) = &settings.version else {
            let finding = Diagnostic::new(&decode::rules::MISSING_KEY, span, "`seldon` has no `version`")
                .here("`version` is missing")
                .help("add: version = \"2.9.1\"")
                .on("seldon");
            diagnostics.push(finding);
            continue;
        };
        let kafka = settings.kafka.as_ref().and_then(|name| {
            let services = resolved.services_of(cluster);
            names::look_up(
                "service",
                name,
                "seldon.kafka",
                services.iter().map(|service| service.key),
                diagnostics,
            )
            .map(|at| services[at].id)
        });
        let mut server_configs: Vec<String> =
            settings.server_configs().into_iter().map(|name| name.value).collect();
        server_configs.sort();
        let namespace = settings.namespace.as_ref();
        resolved.installs.push(Install {
            id: InstallId::new(resolved.installs.len()),
            cluster,
            version: version.value.clone(),
            namespace_name: namespace.map_or("seldon-system".to_owned(), |name| name.value.to_string()),
            namespace: NamespaceId::new(0),
            kafka,
            server_configs,
            needs: Vec::new(),
            clients: Vec::new(),
            scrapers: Vec::new(),
            settings,
            span,
            plan: std::marker::PhantomData,
        });
    }
    runtimes(resolved, diagnostics);
}

fn homes(
    resolved: &Resolved<'_>,
    using: &BTreeSet<ClusterId>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<ClusterId> {
    let mut homes = using.clone();
    homes.extend(
        resolved.targets().filter(|cluster| cluster.written.seldon.is_some()).map(|cluster| cluster.id),
    );
    if let Some(list) = resolved.plan.seldon.as_ref().and_then(|seldon| seldon.value.cluster.as_ref()) {
        let known = resolved.clusters.iter().map(|cluster| cluster.name);
        for name in &list.value {
            let at = names::look_up("cluster", name, "seldon.cluster", known.clone(), diagnostics);
            homes.extend(at.map(ClusterId::new));
        }
    } else if resolved.plan.seldon.is_some() && homes.is_empty() {
        let mut targets = resolved.targets();
        if let (Some(only), None) = (targets.next(), targets.next()) {
            homes.insert(only.id);
        }
    }
    homes.into_iter().collect()
}

fn runtimes(resolved: &mut Resolved<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let mut runtimes = Vec::new();
    for install in resolved.installs.iter().filter(|install| install.settings.runtime()) {
        let settings = &install.settings;
        let wishes = [&settings.mesh, &settings.scheduler];
        let pool = pool_of(resolved, install.cluster, settings.pool.clone(), wishes, "seldon", diagnostics);
        runtimes.push(Runtime {
            id: RuntimeId::new(0),
            install: install.id,
            cluster: install.cluster,
            namespace: NamespaceId::new(0),
            tenant: None,
            pool,
            mesh_wish: settings.mesh.clone(),
            scheduler_wish: settings.scheduler.clone(),
            mesh: Vec::new(),
            scheduler: Vec::new(),
            traffic: settings.traffic(),
            host: resolved.domain.map(|domain| format!("seldon-mesh.{domain}")),
            scheduler_host: resolved.domain.map(|domain| format!("seldon-scheduler.{domain}")),
            written: None,
            span: install.span,
        });
    }
    // Only looked up, never walked.
    let taken: HashSet<&str> =
        resolved.services.iter().flat_map(|service| &service.hosts).map(String::as_str).collect();
    for tenant in resolved.tenants.iter().filter(|tenant| tenant.shared.seldon()) {
        let path = tenant.path();
        let Some(install) = resolved.install_of(tenant.cluster) else {
            let span = tenant.shared.seldon.as_ref().map_or(tenant.span, |seldon| seldon.span);
            let message = format!("`{path}` uses Seldon, and the plan does not declare it");
            let finding = Diagnostic::new(&rules::UNKNOWN_NAME, span, message)
                .here("no controller would watch its runtime")
                .help("add:\n[seldon]\nversion = \"2.9.1\"")
                .on(path);
            diagnostics.push(finding);
            continue;
        };
        let wishes = [&tenant.written.mesh, &tenant.written.scheduler];
        let pool = pool_of(resolved, tenant.cluster, tenant.shared.pool.clone(), wishes, &path, diagnostics);
        let host = match (&tenant.written.host, resolved.domain) {
            (Some(host), _) => Some(host.value.to_string()),
            (None, Some(domain)) => Some(free_host(&taken, tenant.key, domain)),
            (None, None) => None,
        };
        runtimes.push(Runtime {
            id: RuntimeId::new(0),
            install: install.id,
            cluster: tenant.cluster,
            namespace: NamespaceId::new(0),
            tenant: Some(tenant.id),
            pool,
            mesh_wish: tenant.written.mesh.clone(),
            scheduler_wish: tenant.written.scheduler.clone(),
            mesh: Vec::new(),
            scheduler: Vec::new(),
            traffic: tenant.shared.traffic(),
            host,
            scheduler_host: resolved.domain.map(|domain| format!("{}-scheduler.{domain}", tenant.key)),
            written: Some(tenant.written),
            span: tenant.span,
        });
    }
    runtimes.sort_by_key(|runtime| (runtime.cluster, runtime.tenant));
    for (index, runtime) in runtimes.iter_mut().enumerate() {
        runtime.id = RuntimeId::new(index);
        if let Some(tenant) = runtime.tenant {
            resolved.tenants[tenant.index()].runtime = Some(runtime.id);
        }
    }
    resolved.runtimes = runtimes;
}

/// `NAME.DOMAIN`, or `NAME-mesh.DOMAIN` where a service answers to the first: a gateway in front of the tenant may have
/// the tenant's name, and one name cannot have two addresses.
fn free_host(taken: &HashSet<&str>, tenant: &str, domain: &str) -> String {
    let host = format!("{tenant}.{domain}");
    if taken.contains(host.as_str()) { format!("{tenant}-mesh.{domain}") } else { host }
}

fn pool_of(
    resolved: &Resolved<'_>,
    cluster: ClusterId,
    written: Option<Located<model::values::DnsSubdomain>>,
    wishes: [&Option<Located<SeldonAddress>>; 2],
    path: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<PoolId> {
    let wanted: Vec<&SeldonAddress> =
        wishes.into_iter().flatten().map(|wish| &wish.value).filter(|wish| wish.is_wanted()).collect();
    if wanted.is_empty() {
        return None;
    }
    let pins: Vec<Address> = wanted.iter().flat_map(|wish| wish.pins()).collect();
    pool_for(resolved, cluster, written.as_ref(), &pins, path, diagnostics)
}
