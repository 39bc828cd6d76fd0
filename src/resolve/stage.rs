//! Stages: what each one applies, by id.

use super::id::{ClusterId, ServiceId, TenantId};
use super::party::{Homes, declared};
use super::{Resolved, names, rules};
use crate::diagnostics::Diagnostic;
use crate::model;
use crate::source::{Located, Span};

/// A stage of the migration.
#[derive(Debug)]
pub struct Stage<'p> {
    pub name: &'p str,
    /// The cluster that it works on.
    pub on: Option<ClusterId>,
    /// The stages that must be over before it, by their place in the plan: those of `after`, or the one before it.
    pub after: Vec<Located<usize>>,
    /// What it applies, in the order in which it was written; a group is expanded by name.
    pub apply: Vec<Located<Unit>>,
    pub rollback: Option<ClusterId>,
    pub written: &'p model::Stage,
    pub span: Span,
}

/// Something that a stage applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// Calico by kubectl, before a controller can run.
    BootstrapCalico,
    Calico,
    Metallb,
    Namespaces,
    /// The default-deny, DNS and API server policies.
    PoliciesBaseline,
    Policies,
    Service(ServiceId),
    /// The controller and the shared runtime.
    Seldon,
    Tenant(TenantId),
    /// The DNS names and hosts entries.
    Dns,
}

impl Unit {
    /// What it is called in a sentence.
    pub fn name(self, resolved: &Resolved<'_>) -> String {
        let layer = match self {
            Unit::Service(id) => return format!("`{}`", resolved.service(id).path()),
            Unit::Tenant(id) => return format!("`{}`", resolved.tenant(id).path()),
            Unit::BootstrapCalico => "bootstrap.calico",
            Unit::Calico => "calico",
            Unit::Metallb => "metallb",
            Unit::Namespaces => "namespaces",
            Unit::PoliciesBaseline => "policies.baseline",
            Unit::Policies => "policies",
            Unit::Seldon => "seldon",
            Unit::Dns => "dns",
        };
        format!("`{layer}`")
    }
}

/// What a stage applies beside services and single tenants. A service of such a name is applied as `services.NAME`.
pub const LAYERS: &[&str] = &[
    "bootstrap.calico",
    "calico",
    "metallb",
    "namespaces",
    "policies",
    "policies.baseline",
    "dns",
    "seldon",
    "tenants",
];

pub fn stages(resolved: &mut Resolved<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let plan = resolved.plan;
    let mut stages: Vec<Stage<'_>> = Vec::new();
    let names: Vec<&str> = (plan.stages.iter().flat_map(|list| list.value.iter()))
        .map(|entry| entry.value.name.value.as_str())
        .collect();
    for entry in plan.stages.iter().flat_map(|list| list.value.iter()) {
        let written = &entry.value;
        let path = format!("stages.{}", written.name.value);
        let clusters: Vec<&str> = resolved.clusters.iter().map(|cluster| cluster.name).collect();
        let mut cluster = |name: Option<&Located<model::values::DnsLabel>>, key: &str| {
            let on = format!("{path}.{key}");
            name.and_then(|name| names::look_up("cluster", name, &on, clusters.iter().copied(), diagnostics))
                .map(ClusterId::new)
        };
        let said = cluster(written.on.as_ref(), "on");
        let rollback = cluster(written.rollback.as_ref(), "rollback");
        let mut targets = resolved.targets().map(|cluster| cluster.id);
        let only = targets.next().filter(|_| targets.next().is_none());
        let on = said.or(only);
        let after = match &written.after {
            Some(after) => {
                let on = format!("{path}.after");
                let places = after.value.iter().filter_map(|name| {
                    let at = names::look_up("stage", name, &on, names.iter().copied(), diagnostics)?;
                    Some(Located::new(at, name.span))
                });
                places.collect()
            }
            None => stages.len().checked_sub(1).map(|at| Located::new(at, entry.span)).into_iter().collect(),
        };
        let mut apply = Vec::new();
        for name in written.apply.iter().flat_map(|list| list.value.iter()) {
            match units(resolved, on, &name.value) {
                Some(units) => apply.extend(units.into_iter().map(|unit| Located::new(unit, name.span))),
                None => diagnostics.extend(unknown_unit(resolved, name, &path)),
            }
        }
        stages.push(Stage {
            name: written.name.value.as_str(),
            on,
            after,
            apply,
            rollback,
            written,
            span: entry.span,
        });
    }
    resolved.stages = stages;
}

/// What a name in `apply` stands for; `None` when it stands for nothing.
fn units(resolved: &Resolved<'_>, on: Option<ClusterId>, name: &str) -> Option<Vec<Unit>> {
    let here = |cluster: ClusterId| on.is_none_or(|on| on == cluster);
    let one = match name {
        "bootstrap.calico" => Unit::BootstrapCalico,
        "calico" => Unit::Calico,
        "metallb" => Unit::Metallb,
        "namespaces" => Unit::Namespaces,
        "policies" => Unit::Policies,
        "policies.baseline" => Unit::PoliciesBaseline,
        "dns" => Unit::Dns,
        "seldon" if !resolved.installs.is_empty() => Unit::Seldon,
        "tenants" => {
            let tenants = resolved.tenants.iter().filter(|tenant| here(tenant.cluster));
            return Some(tenants.map(|tenant| Unit::Tenant(tenant.id)).collect());
        }
        _ => {
            let plain = name.strip_prefix("services.").unwrap_or(name);
            let services =
                resolved.services.iter().filter(|service| service.key == plain && here(service.cluster));
            let found: Vec<Unit> = services.map(|service| Unit::Service(service.id)).collect();
            if !found.is_empty() {
                return Some(found);
            }
            let plain = name.strip_prefix("tenants.")?;
            let tenants =
                resolved.tenants.iter().filter(|tenant| tenant.key == plain && here(tenant.cluster));
            let found: Vec<Unit> = tenants.map(|tenant| Unit::Tenant(tenant.id)).collect();
            return (!found.is_empty()).then_some(found);
        }
    };
    Some(vec![one])
}

fn unknown_unit(resolved: &Resolved<'_>, name: &Located<String>, path: &str) -> Option<Diagnostic> {
    let text = name.value.as_str();
    let (group, plain) = match text.split_once('.') {
        Some((group @ ("services" | "tenants"), plain)) => (group, plain),
        _ => ("services", text),
    };
    if let Some((what, place, homes)) = declared(resolved, group, plain) {
        let replaced = |key: &str, cluster: ClusterId| key == plain && !resolved.cluster(cluster).is_target();
        let there = match homes {
            Homes::Lost => return None,
            // `in-replaced-cluster` speaks of these.
            Homes::Elsewhere
                if resolved.services.iter().any(|service| replaced(service.key, service.cluster))
                    || resolved.tenants.iter().any(|tenant| replaced(tenant.key, tenant.cluster)) =>
            {
                return None;
            }
            Homes::Elsewhere => "is in another cluster than this stage",
            Homes::Disabled => "is not enabled",
        };
        let finding =
            Diagnostic::new(&rules::UNKNOWN_NAME, name.span, format!("the {what} `{plain}` {there}"))
                .here("cannot be applied here")
                .label(place, "declared here")
                .help("take it out of `apply`")
                .on(format!("{path}.apply"));
        return Some(finding);
    }
    let services = resolved.services.iter().map(|service| service.key);
    let known = LAYERS.iter().copied().chain(services);
    Some(names::unknown("service or layer", &name.value, name.span, format!("{path}.apply"), known))
}
