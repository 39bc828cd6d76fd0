//! Calico's own API: what the operator's Installation cannot say.
//!
//! These objects need `projectcalico.org/v3` to be served, so they come after the bootstrap. Fields that the operator
//! writes itself (`nftablesMode`, `bpfEnabled`, `programClusterRoutes`) are never here.

mod answers;
mod bgp;
mod passwords;
pub(super) mod pool;

pub use answers::ANSWERS;

use super::files::{Files, labels, metadata};
use super::{ClusterEmitter, GuardKind, guard, overlay};
use crate::facts::{Facts, Layer};
use crate::model::TierAction;
use crate::objects::calico::{
    self, Action, AssignIPs, Controllers, FelixConfiguration, FelixConfigurationSpec, IPAMConfiguration,
    IPAMConfigurationSpec, KubeControllersConfiguration, KubeControllersConfigurationSpec,
    LoadBalancerController, TierSpec,
};
use crate::objects::{AnyObject, IntOrString, Metadata};
use crate::resolve::{CalicoSettings, Cluster, Resolved};

pub(super) const EMITTER: ClusterEmitter = ClusterEmitter { name: "calico", emit };

fn emit(facts: &Facts<'_>, cluster: &Cluster<'_>, files: &mut Files) {
    let Some(calico) = &cluster.calico else { return };
    let resolved = &facts.resolved;
    let folder = format!("clusters/{}/{}", cluster.name, facts.order.name(cluster.id, Layer::Calico));
    let path = format!("clusters.{}.calico", cluster.name);
    let from = [path.clone()];

    files_of(files, &folder, felix(resolved, cluster, calico), &from_felix(cluster, &path));
    files_of(files, &folder, address_management(resolved, calico), &from);
    files_of(files, &folder, load_balancer_controller(resolved, cluster, calico), &from);
    bgp::emit(resolved, cluster, calico, &folder, files);
    for pool in calico.pools.iter().filter(|pool| pool.is_standalone()) {
        let object = pool::standalone(resolved, pool, calico);
        files.object(&folder, object, &[format!("{path}.pools.{}", pool.name)]);
    }
    for tier in calico.written.tiers.iter().flat_map(|tiers| tiers.value.iter()) {
        let name = tier.name.value.as_str();
        let spec = TierSpec {
            order: Some(tier.value.order.value),
            default_action: Some(match tier.value.default_action() {
                TierAction::Pass => Action::Pass,
                TierAction::Deny => Action::Deny,
            }),
        };
        let object = AnyObject::new(&calico::Tier { metadata: named(resolved, name), spec });
        files.object(&folder, object, &[format!("{path}.tiers.{name}")]);
    }
}

fn files_of(files: &mut Files, folder: &str, object: Option<AnyObject>, from: &[String]) {
    if let Some(object) = object {
        files.object(folder, object, from);
    }
}

fn named(resolved: &Resolved<'_>, name: &str) -> Metadata {
    metadata(name, None, labels("calico", "network", resolved.name))
}

/// Metadata of an object that Calico makes when it is missing: to delete it would set the nodes back to the defaults
/// under running pods.
fn kept(resolved: &Resolved<'_>, name: &str) -> Metadata {
    Metadata { annotations: guard(resolved, GuardKind::Network), ..named(resolved, name) }
}

/// Felix' configuration, when the plan says something that is not its default.
fn felix(resolved: &Resolved<'_>, cluster: &Cluster<'_>, calico: &CalicoSettings<'_>) -> Option<AnyObject> {
    let raw = calico.written.felix_configuration.as_ref().filter(|raw| !raw.value.is_empty());
    // Felix guards node ports by its own range, whatever kube-proxy's is.
    let range = cluster.written.node_port_range.as_ref().map(|range| range.value.replace('-', ":"));
    let range = range.filter(|range| range != "30000:32767");
    if raw.is_none() && range.is_none() {
        return None;
    }
    let spec = FelixConfigurationSpec {
        kube_node_port_ranges: range.into_iter().map(IntOrString::String).collect(),
        ..FelixConfigurationSpec::default()
    };
    let object = AnyObject::new(&FelixConfiguration { metadata: kept(resolved, "default"), spec });
    Some(overlay::with_spec(object, raw))
}

fn from_felix(cluster: &Cluster<'_>, calico: &str) -> Vec<String> {
    let range = cluster.written.node_port_range.as_ref().map(|_| format!("clusters.{}", cluster.name));
    range.into_iter().chain([calico.to_owned()]).collect()
}

/// How blocks of addresses are claimed, when the plan says so.
fn address_management(resolved: &Resolved<'_>, calico: &CalicoSettings<'_>) -> Option<AnyObject> {
    let strict = calico.written.strict_affinity.as_ref().map(|strict| strict.value);
    let most = calico.written.max_blocks_per_host.as_ref().map(|most| most.value);
    if strict.is_none() && most.is_none() {
        return None;
    }
    let spec = IPAMConfigurationSpec {
        strict_affinity: strict.unwrap_or(false),
        auto_allocate_blocks: true,
        max_blocks_per_host: most,
    };
    Some(AnyObject::new(&IPAMConfiguration { metadata: kept(resolved, "default"), spec }))
}

/// With a load balancer pool of its own, Calico gives every Service without a class an address and replaces MetalLB's
/// in the status (`loadbalancer_controller.go`), unless it is told to wait until it is asked.
fn load_balancer_controller(
    resolved: &Resolved<'_>,
    cluster: &Cluster<'_>,
    calico: &CalicoSettings<'_>,
) -> Option<AnyObject> {
    if cluster.metallb().is_none() || !calico.pools.iter().any(pool::is_for_services) {
        return None;
    }
    let assign_ips = Some(AssignIPs::RequestedServicesOnly);
    let spec = KubeControllersConfigurationSpec {
        controllers: Controllers {
            load_balancer: Some(LoadBalancerController { assign_ips }),
            ..Controllers::default()
        },
        ..KubeControllersConfigurationSpec::default()
    };
    Some(AnyObject::new(&KubeControllersConfiguration { metadata: kept(resolved, "default"), spec }))
}
