//! Namespaces: every one that something of the plan is in, and how its pods are guarded.

use super::Resolved;
use super::id::{ClusterId, NamespaceId, TenantId};
use super::party::Named;
use super::service::homes;
use crate::decode::OneOrMany;
use crate::diagnostics::Diagnostic;
use crate::model::{self, NamespaceShared, PodSecurity, PolicyMode};
use crate::source::Span;
use std::collections::BTreeMap;

/// A namespace of one cluster.
#[derive(Debug)]
pub struct Namespace<'p> {
    pub id: NamespaceId,
    pub cluster: ClusterId,
    pub name: String,
    pub kind: NamespaceKind,
    pub policy: PolicyMode,
    pub pod_security: Option<PodSecurity>,
    /// Who scrapes all of its pods.
    pub scrapers: Vec<Named>,
    /// Its own keys, with those of `namespace_defaults` where it has none; nothing for tenants.
    pub shared: NamespaceShared,
    pub written: Option<&'p model::Namespace>,
    /// The tables that it comes from, as key paths.
    pub from: Vec<String>,
    /// Where the first of them was written.
    pub span: Span,
}

/// Whose a namespace is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NamespaceKind {
    /// A team's.
    Tenant(TenantId),
    /// The platform's.
    Platform,
    /// A controller's, with rights that no policy of ours limits: MetalLB.
    System,
}

impl Namespace<'_> {
    /// Whether policies are written for it, staged or not.
    pub fn is_guarded(&self) -> bool {
        self.policy != PolicyMode::Open
    }

    pub fn tenant(&self) -> Option<TenantId> {
        match self.kind {
            NamespaceKind::Tenant(tenant) => Some(tenant),
            _ => None,
        }
    }
}

/// What is known about a namespace before its mode is decided.
struct Draft {
    kind: NamespaceKind,
    from: Vec<String>,
    span: Span,
}

pub fn namespaces(resolved: &mut Resolved<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let plan = resolved.plan;
    let mut drafts: BTreeMap<(ClusterId, String), Draft> = BTreeMap::new();
    let mut add = |cluster: ClusterId, name: &str, kind: NamespaceKind, from: String, span: Span| {
        let draft =
            drafts.entry((cluster, name.to_owned())).or_insert(Draft { kind, from: Vec::new(), span });
        draft.kind = draft.kind.min(kind);
        if !draft.from.contains(&from) {
            draft.from.push(from);
        }
    };
    for tenant in &resolved.tenants {
        let kind = NamespaceKind::Tenant(tenant.id);
        add(tenant.cluster, tenant.namespace_name(), kind, tenant.path(), tenant.span);
    }
    for service in &resolved.services {
        let name = service.written.namespace.value.as_str();
        add(service.cluster, name, NamespaceKind::Platform, service.path(), service.written.namespace.span);
    }
    for install in &resolved.installs {
        add(
            install.cluster,
            &install.namespace_name,
            NamespaceKind::Platform,
            "seldon".to_owned(),
            install.span,
        );
    }
    for cluster in resolved.targets() {
        if let Some(metallb) = &cluster.written.metallb {
            let name = metallb.value.namespace();
            let from = format!("clusters.{}.metallb", cluster.name);
            add(cluster.id, name.as_str(), NamespaceKind::System, from, metallb.span);
        }
    }
    let written = plan.namespaces.iter().flat_map(|namespaces| namespaces.value.iter());
    for entry in written {
        let path = format!("namespaces.{}", entry.name.value);
        let name = entry.name.value.as_str();
        let known: Vec<ClusterId> = resolved
            .targets()
            .map(|cluster| cluster.id)
            .filter(|cluster| {
                resolved
                    .services_of(*cluster)
                    .iter()
                    .any(|service| service.written.namespace.value.as_str() == name)
            })
            .collect();
        let said = entry.value.cluster.as_ref().map(|cluster| {
            cluster.clone().map(|name| OneOrMany(vec![crate::source::Located::new(name, cluster.span)]))
        });
        let clusters = match (&said, known.is_empty()) {
            (None, false) => known,
            _ => homes(resolved, &path, entry.name.span, said.as_ref(), None, diagnostics),
        };
        for cluster in clusters {
            add(cluster, name, NamespaceKind::Platform, path.clone(), entry.name.span);
        }
    }
    build(resolved, drafts);
    wire(resolved);
}

fn build<'p>(resolved: &mut Resolved<'p>, drafts: BTreeMap<(ClusterId, String), Draft>) {
    let plan = resolved.plan;
    let nothing = NamespaceShared::default();
    let defaults = plan.namespace_defaults.as_ref().map_or(&nothing, |defaults| &defaults.value);
    for ((cluster, name), draft) in drafts {
        let written = plan.namespaces.as_ref().and_then(|all| all.value.get(&name)).map(|entry| &entry.value);
        let shared = written.map_or_else(|| defaults.clone(), |written| written.shared.or(defaults));
        let staged = resolved.cluster(cluster).has_staged_policies();
        let unless_said = if staged { PolicyMode::Observe } else { PolicyMode::Open };
        let policy = match draft.kind {
            NamespaceKind::System => PolicyMode::Open,
            NamespaceKind::Tenant(tenant) => resolved.tenant(tenant).shared.policy(),
            NamespaceKind::Platform => shared.policy.as_ref().map_or(unless_said, |policy| policy.value),
        };
        let pod_security = match draft.kind {
            // The speaker is on the host's network and has NET_RAW (metallb config/native/ns.yaml).
            NamespaceKind::System => Some(PodSecurity::Privileged),
            _ => shared.pod_security.as_ref().map(|level| level.value),
        };
        resolved.namespaces.push(Namespace {
            id: NamespaceId::new(resolved.namespaces.len()),
            cluster,
            name,
            kind: draft.kind,
            policy,
            pod_security,
            scrapers: Vec::new(),
            shared,
            written,
            from: draft.from,
            span: draft.span,
        });
    }
}

/// Tells everything that is in a namespace which one it is.
fn wire(resolved: &mut Resolved<'_>) {
    let find = |resolved: &Resolved<'_>, cluster: ClusterId, name: &str| {
        resolved
            .find_namespace(cluster, name)
            .expect("broken promise: every namespace in use was collected")
            .id
    };
    for at in 0..resolved.services.len() {
        let service = &resolved.services[at];
        resolved.services[at].namespace =
            find(resolved, service.cluster, service.written.namespace.value.as_str());
    }
    for at in 0..resolved.tenants.len() {
        let tenant = &resolved.tenants[at];
        resolved.tenants[at].namespace = find(resolved, tenant.cluster, tenant.namespace_name());
    }
    for at in 0..resolved.installs.len() {
        let install = &resolved.installs[at];
        resolved.installs[at].namespace = find(resolved, install.cluster, &install.namespace_name);
    }
    for at in 0..resolved.runtimes.len() {
        let runtime = &resolved.runtimes[at];
        resolved.runtimes[at].namespace = match runtime.tenant {
            Some(tenant) => resolved.tenant(tenant).namespace,
            None => resolved.install(runtime.install).namespace,
        };
    }
}
