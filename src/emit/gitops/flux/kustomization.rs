//! A Kustomization applies a folder once those before it are ready, and is ready when all that it applied is.

use super::super::unit::{Content, Folder, Unit};
use super::source::git_reference;
use super::{Context, in_repository};
use crate::objects::flux::{
    DeletionPolicy, Dependency, HealthCheck, HealthCheckExpression, Kustomization, KustomizationSpec,
};
use crate::upstream::flux::Feature;

/// Which units a unit waits for: those of the wave before. The servers of a runtime wait for it alone, so that a thousand
/// tenants do not make a million dependencies.
pub fn after(units: &[Unit<'_>], at: usize) -> Vec<usize> {
    let unit = &units[at];
    let start = units[..at].partition_point(|other| other.wave < unit.wave);
    let Some(last) = units[..start].last() else { return Vec::new() };
    let before = units[..start].partition_point(|other| other.wave < last.wave)..start;
    let own = before.clone().find(|other| unit.runtime.is_some() && units[*other].runtime == unit.runtime);
    own.map_or_else(|| before.collect(), |own| vec![own])
}

pub fn of_unit<'n>(
    context: &Context<'_>,
    unit: &Unit<'_>,
    name: &str,
    path: &str,
    after: impl Iterator<Item = (&'n str, bool)>,
) -> Kustomization {
    let mut spec = KustomizationSpec { suspend: unit.held.then_some(true), ..spec(context, path) };
    spec.prune = !unit.kept;
    spec.deletion_policy = context.has(Feature::HealthCheckExpressions).then_some(DeletionPolicy::Orphan);
    spec.depends_on = after
        .map(|(name, held)| Dependency {
            name: name.to_owned(),
            namespace: None,
            ready_expr: (held && context.has(Feature::ReadyExpressions)).then(|| READY_ONCE.to_owned()),
        })
        .collect();
    match &unit.content {
        Content::Folder(folder) => {
            let (checks, expressions) = health(context, folder);
            if !checks.is_empty() {
                // `wait` would look only at what was applied, and a TigeraStatus is the operator's.
                spec.wait = None;
                spec.timeout = Some("15m".to_owned());
            }
            (spec.health_checks, spec.health_check_exprs) = (checks, expressions);
        }
        Content::Chart(_) => spec.timeout = Some("15m".to_owned()),
    }
    Kustomization { metadata: context.metadata(name), spec }
}

/// The Kustomization that a person applies: it brings all others of a cluster.
pub fn root(context: &Context<'_>, name: &str, folder: &str) -> Kustomization {
    // It does not wait: a unit that is held would keep it from being ready.
    Kustomization {
        metadata: context.metadata(name),
        spec: KustomizationSpec { wait: None, ..spec(context, folder) },
    }
}

fn spec(context: &Context<'_>, path: &str) -> KustomizationSpec {
    KustomizationSpec {
        interval: context.interval(),
        retry_interval: Some("1m".to_owned()),
        timeout: Some("5m".to_owned()),
        source_ref: git_reference(context),
        path: Some(format!("./{}", in_repository(context.target, path))),
        prune: true,
        wait: Some(true),
        ..Default::default()
    }
}

/// A unit that a person resumed is suspended again a little later, and a suspended Kustomization does not note its own
/// new generation: the usual check would then call it not ready for ever
/// (kustomize-controller `internal/controller/kustomization_controller.go`, checkDependencies).
const READY_ONCE: &str = "has(dep.status) && has(dep.status.conditions) && \
                          dep.status.conditions.exists(c, c.type == 'Ready' && c.status == 'True')";

/// What tells that Calico's operator has done its work. A condition of an Installation names the generation that it was
/// seen at; one of a TigeraStatus names that of another object.
fn health(context: &Context<'_>, folder: &Folder<'_>) -> (Vec<HealthCheck>, Vec<HealthCheckExpression>) {
    if !context.has(Feature::HealthCheckExpressions) || !folder.has("Installation") {
        return (Vec::new(), Vec::new());
    }
    const API_VERSION: &str = "operator.tigera.io/v1";
    let ready = "has(status.conditions) && status.conditions.exists(c, c.type == 'Ready' && c.status == 'True' && \
                 (!has(c.observedGeneration) || c.observedGeneration >= metadata.generation)) && \
                 !status.conditions.exists(c, c.type == 'Degraded' && c.status == 'True')";
    let available = "has(status.conditions) && \
                     status.conditions.exists(c, c.type == 'Available' && c.status == 'True') && \
                     !status.conditions.exists(c, c.type == 'Degraded' && c.status == 'True')";
    let served = "has(status.state) && status.state == 'Ready'";
    let mut rows = vec![("Installation", "default", ready), ("TigeraStatus", "calico", available)];
    if let Some(server) = folder.objects.iter().find(|object| object.kind == "APIServer") {
        rows.push(("APIServer", server.name.as_str(), served));
        rows.push(("TigeraStatus", "apiserver", available));
    }
    rows.sort_unstable();
    let checks = rows.iter().map(|(kind, name, _)| HealthCheck {
        api_version: Some(API_VERSION.to_owned()),
        kind: (*kind).to_owned(),
        name: (*name).to_owned(),
        namespace: None,
    });
    let checks = checks.collect();
    rows.dedup_by_key(|row| row.0);
    // No expression says that it failed: the operator reports Degraded while it still starts.
    let expressions = rows.into_iter().map(|(kind, _, current)| HealthCheckExpression {
        api_version: API_VERSION.to_owned(),
        kind: Some(kind.to_owned()),
        current: current.to_owned(),
        in_progress: None,
        failed: None,
    });
    (checks, expressions.collect())
}
