//! Tenants: in which cluster, and in which namespace.

use super::Resolved;
use super::id::{ClusterId, NamespaceId, RuntimeId, TenantId};
use super::party::Named;
use super::service::homes;
use crate::diagnostics::Diagnostic;
use crate::model::{self, TenantShared};
use crate::source::Span;

/// A tenant in one cluster.
#[derive(Debug)]
pub struct Tenant<'p> {
    pub id: TenantId,
    /// The plan's name for it.
    pub key: &'p str,
    pub cluster: ClusterId,
    pub namespace: NamespaceId,
    /// Its Seldon runtime, if it has one.
    pub runtime: Option<RuntimeId>,
    pub needs: Vec<Named>,
    pub clients: Vec<Named>,
    pub scrapers: Vec<Named>,
    /// Its own keys, with those of `tenant_defaults` where it has none.
    pub shared: TenantShared,
    pub written: &'p model::Tenant,
    /// Where its name was written.
    pub span: Span,
}

impl Tenant<'_> {
    /// The key path of its table.
    pub fn path(&self) -> String {
        format!("tenants.{}", self.key)
    }

    pub fn namespace_name(&self) -> &str {
        self.written.namespace.as_ref().map_or(self.key, |name| name.value.as_str())
    }
}

pub fn tenants(resolved: &mut Resolved<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let plan = resolved.plan;
    let nothing = TenantShared::default();
    let defaults = plan.tenant_defaults.as_ref().map_or(&nothing, |defaults| &defaults.value);
    let mut tenants = Vec::new();
    for entry in plan.tenants.iter().flat_map(|tenants| tenants.value.iter()) {
        let shared = entry.value.shared.or(defaults);
        let path = format!("tenants.{}", entry.name.value);
        let homes = homes(
            resolved,
            &path,
            entry.name.span,
            shared.cluster.as_ref(),
            shared.pool.as_ref(),
            diagnostics,
        );
        tenants.extend(homes.into_iter().map(|cluster| Tenant {
            id: TenantId::new(0),
            key: entry.name.value.as_str(),
            cluster,
            namespace: NamespaceId::new(0),
            runtime: None,
            needs: Vec::new(),
            clients: Vec::new(),
            scrapers: Vec::new(),
            shared: shared.clone(),
            written: &entry.value,
            span: entry.name.span,
        }));
    }
    tenants.sort_by_key(|tenant| (tenant.cluster, tenant.key));
    for (index, tenant) in tenants.iter_mut().enumerate() {
        tenant.id = TenantId::new(index);
    }
    resolved.tenants = tenants;
}
