//! Seldon is installed by four charts, so that each of its objects has one writer: the chart, or the operator behind it.
//!
//! The `SeldonRuntime` of a namespace is rendered by the runtime chart, and its `Server`s by the servers chart; no object
//! of these kinds stands beside the charts, for two runtimes in one namespace fight over the names of their pods. The
//! operator in turn owns the Services `seldon-mesh` and `seldon-scheduler` and takes foreign annotations off them, so an
//! address is given to a Service of our own with the same pods behind it.
//!
//! What no release reads is not written, `controllerManager.env` above all: the controller dials
//! `seldon-scheduler.NAMESPACE` by itself (`operator/scheduler/client.go`), and the chart passes it no environment.
//! Secrets are named and never written.

mod addresses;
mod answers;
mod values;

pub use answers::ANSWERS;

use super::ClusterEmitter;
use super::files::Files;
use crate::facts::Facts;
use crate::resolve::{Cluster, Install, Runtime};
use crate::upstream::seldon::{Chart, chart_name};
use std::collections::BTreeSet;

pub const EMITTER: ClusterEmitter = ClusterEmitter { name: "seldon", emit };

fn emit(facts: &Facts<'_>, cluster: &Cluster<'_>, files: &mut Files) {
    let resolved = &facts.resolved;
    let Some(install) = resolved.install_of(cluster.id) else { return };
    let runtimes: Vec<&Runtime<'_>> = resolved.runtimes_of(cluster.id).collect();
    let own = tables(facts, cluster);
    let of = |runtime: &Runtime<'_>| -> Vec<String> {
        let tenant = runtime.tenant.map(|_| runtime.path(resolved));
        own.iter().cloned().chain(tenant).collect()
    };
    let all: Vec<String> = own
        .iter()
        .cloned()
        .chain(resolved.tenants_of(cluster.id).filter(|t| t.runtime.is_some()).map(|t| t.path()))
        .collect();
    let place = |below: &str, chart| format!("values/{}/{below}{}.yaml", cluster.name, chart_name(chart));
    let setup = values::setup(resolved, install, &runtimes);
    files.values(place("", Chart::Crds), &values::crds(install), &own);
    files.values(place("", Chart::Setup), &setup, &all);
    let mut seen = BTreeSet::new();
    for runtime in runtimes {
        // One namespace has one runtime (`seldon` is the only name); a check reports the second.
        if !seen.insert(runtime.namespace) {
            continue;
        }
        let from = of(runtime);
        let below = format!("{}/", resolved.namespace(runtime.namespace).name);
        files.values(place(&below, Chart::Runtime), &values::runtime(install, &setup), &from);
        files.values(place(&below, Chart::Servers), &values::servers(install), &from);
        addresses::emit(facts, cluster, runtime, has_tls(install), &from, files);
    }
}

/// Whether the control plane speaks TLS, on ports of its own.
pub(super) fn has_tls(install: &Install<'_>) -> bool {
    let setup = install.settings.values.as_ref().and_then(|values| values.value.setup.as_ref());
    let setup = setup.map(|raw| raw.value.to_json()).unwrap_or_default();
    setup.pointer("/security/controlplane/protocol").is_some_and(|protocol| protocol == "SSL")
}

/// The tables that a controller comes from.
fn tables(facts: &Facts<'_>, cluster: &Cluster<'_>) -> Vec<String> {
    let whole = facts.resolved.plan.seldon.as_ref().map(|_| "seldon".to_owned());
    let own = cluster.written.seldon.as_ref().map(|_| format!("clusters.{}.seldon", cluster.name));
    whole.into_iter().chain(own).collect()
}
