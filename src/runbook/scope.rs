//! What a script is about: on which cluster, and which services, runtimes and namespaces of it.
//!
//! The checks of a stage are about what the stage applies; where it applies no service, about everything that came before
//! it on its cluster. On a cluster that is replaced they are about everything, for all of it is in use there.

use super::meaning::Meaning;
use crate::facts::Facts;
use crate::model::{ServiceType, Strategy};
use crate::resolve::{Cluster, ClusterId, Party, RuntimeId, Service, ServiceId, Unit};
use std::collections::BTreeSet;

/// The clusters that a stage works on: its own, or those of what it applies, or every one that is generated.
pub fn clusters_of(facts: &Facts<'_>, at: usize) -> Vec<ClusterId> {
    let resolved = &facts.resolved;
    let stage = &resolved.stages[at];
    if let Some(on) = stage.on {
        return vec![on];
    }
    let of_units: BTreeSet<ClusterId> = (stage.apply.iter())
        .filter_map(|unit| match unit.value {
            Unit::Service(id) => Some(resolved.service(id).cluster),
            Unit::Tenant(id) => Some(resolved.tenant(id).cluster),
            _ => None,
        })
        .collect();
    match of_units.is_empty() {
        true => resolved.targets().map(|cluster| cluster.id).collect(),
        false => of_units.into_iter().collect(),
    }
}

/// The cluster on which a word of `do` is done. Before a cluster is torn down it is the old one that is saved and drained;
/// beside a parallel one, the old copy of what this stage or a later one brings.
pub fn cluster_of_do(facts: &Facts<'_>, at: usize, word: &str) -> Option<ClusterId> {
    let resolved = &facts.resolved;
    let here = homes(facts, at, word).into_iter().next()?;
    let cluster = resolved.cluster(here);
    let Some(old) = cluster.replaces else { return Some(here) };
    let (verb, name) = word.split_once(':').unwrap_or((word, ""));
    let name = crate::facts::stages::plain(name);
    let old_copy = match cluster.strategy {
        Some(Strategy::Parallel) => {
            let service = resolved.services_of(here).iter().find(|service| service.key == name);
            let brought = service.and_then(|service| facts.order.stage_of(Unit::Service(service.id)));
            verb == "drain" || (verb == "backup" && brought.is_some_and(|brought| brought >= at))
        }
        _ => facts.stages.graph.first_on(here).is_none_or(|first| at <= first) && verb != "restore",
    };
    Some(if old_copy { old } else { here })
}

/// The clusters that a word of `do` is about: that of the stage, or those of its clusters that have what stands behind the
/// colon.
pub fn homes(facts: &Facts<'_>, at: usize, word: &str) -> Vec<ClusterId> {
    let resolved = &facts.resolved;
    if let Some(on) = resolved.stages[at].on {
        return vec![on];
    }
    let all = clusters_of(facts, at);
    let name = crate::facts::stages::plain(word.split_once(':').map_or("", |(_, name)| name));
    let needs = |service: &Service<'_>| {
        service
            .needs
            .iter()
            .any(|need| matches!(need.party, Party::External(id) if resolved.external(id).name == name))
    };
    let has = |cluster: &ClusterId| {
        resolved.services_of(*cluster).iter().any(|service| service.key == name || needs(service))
            || resolved.tenants_of(*cluster).any(|tenant| tenant.key == name)
            || (name == "seldon" && resolved.install_of(*cluster).is_some())
    };
    let some: Vec<ClusterId> = all.iter().copied().filter(has).collect();
    if some.is_empty() { all } else { some }
}

/// The cluster whose services a cluster has: itself, or the one that replaces it.
pub fn described<'f, 'p>(facts: &'f Facts<'p>, cluster: &'f Cluster<'p>) -> &'f Cluster<'p> {
    cluster.replaced_by.map_or(cluster, |new| facts.resolved.cluster(new))
}

/// The services that a script of a stage is about.
pub fn services<'f, 'p>(facts: &'f Facts<'p>, at: usize, cluster: &'f Cluster<'p>) -> Vec<&'f Service<'p>> {
    let resolved = &facts.resolved;
    let all = resolved.services_of(described(facts, cluster).id);
    if !cluster.is_target() {
        return all.iter().collect();
    }
    let here = applied(facts, at, cluster.id);
    all.iter().filter(|service| here.contains(&Unit::Service(service.id))).collect()
}

/// The runtimes that a script of a stage is about.
pub fn runtimes(facts: &Facts<'_>, at: usize, cluster: &Cluster<'_>) -> Vec<RuntimeId> {
    let resolved = &facts.resolved;
    let all = resolved.runtimes_of(described(facts, cluster).id);
    let here = applied(facts, at, cluster.id);
    all.filter(|runtime| {
        let unit = runtime.tenant.map_or(Unit::Seldon, Unit::Tenant);
        !cluster.is_target() || here.contains(&unit)
    })
    .map(|runtime| runtime.id)
    .collect()
}

/// What a stage applies to a cluster; when that is no service and no tenant, what the stages before it applied.
pub fn applied(facts: &Facts<'_>, at: usize, cluster: ClusterId) -> BTreeSet<Unit> {
    let resolved = &facts.resolved;
    let of = |at: usize| {
        resolved.stages[at].apply.iter().map(|unit| unit.value).filter(move |unit| match unit {
            Unit::Service(id) => resolved.service(*id).cluster == cluster,
            Unit::Tenant(id) => resolved.tenant(*id).cluster == cluster,
            Unit::Seldon => resolved.install_of(cluster).is_some(),
            _ => false,
        })
    };
    let own: BTreeSet<Unit> = of(at).collect();
    if !own.is_empty() {
        return own;
    }
    facts.stages.graph.before(at).flat_map(of).collect()
}

/// Whether something is there once a stage is over.
pub fn is_there(facts: &Facts<'_>, at: usize, id: ServiceId) -> bool {
    match facts.order.stage_of(Unit::Service(id)) {
        Some(brought) => brought == at || facts.stages.graph.is_before(brought, at),
        None => true,
    }
}

/// Why a check asks about nothing, if it does: it would pass whatever happens.
pub fn is_about_nothing(facts: &Facts<'_>, at: usize, meaning: &Meaning) -> Option<&'static str> {
    let Meaning::Check(word, argument) = meaning else { return None };
    let resolved = &facts.resolved;
    let clusters: Vec<&Cluster<'_>> =
        clusters_of(facts, at).into_iter().map(|id| resolved.cluster(id)).collect();
    let services = || clusters.iter().flat_map(|cluster| services(facts, at, cluster));
    let runtimes = || clusters.iter().flat_map(|cluster| runtimes(facts, at, cluster));
    // Nothing can be applied there, and that is said elsewhere.
    if !resolved.stages[at].apply.is_empty() && clusters.iter().any(|cluster| !cluster.is_target()) {
        return None;
    }
    // Whoever wants an address and has none is a finding already.
    let pending = || {
        services()
            .any(|service| service.exposure == ServiceType::LoadBalancer && service.addresses.is_empty())
    };
    let none = |found: bool, why: &'static str| (!found).then_some(why);
    match word.name {
        "ips-match" => {
            let seldon = runtimes().any(|id| {
                let runtime = resolved.runtime(id);
                !runtime.mesh.is_empty() || !runtime.scheduler.is_empty()
            });
            none(seldon || services().any(|service| service.pool.is_some()), "no Service here has an address")
        }
        "pool-synced" => none(
            clusters.iter().any(|cluster| resolved.pools_of(cluster.id).next().is_some()),
            "the cluster has no pool",
        ),
        "calico-available" => {
            none(clusters.iter().any(|cluster| cluster.calico.is_some()), "the cluster has no Calico")
        }
        "host-clean" => none(
            clusters.iter().any(|cluster| crate::facts::ansible::residue(resolved, cluster).is_some()),
            "no other network plugin ran on these machines before",
        ),
        "buckets-present" => {
            none(services().any(|service| service.written.buckets.is_some()), "no service here has `buckets`")
        }
        "servers-ready" | "models-ready" => none(runtimes().next().is_some(), "no runtime of Seldon is here"),
        "artifact-roundtrip" => none(
            services().any(|service| super::context::is_mlflow(service)),
            "no service here is MLflow with an address",
        ),
        "names-resolve" => none(
            pending() || clusters.iter().any(|cluster| super::context::has_names(facts, at, cluster)),
            "nothing here with an address has a name",
        ),
        "http-health" => none(
            pending() || clusters.iter().any(|cluster| super::context::has_pages(facts, at, cluster)),
            "no port here with an address speaks HTTP",
        ),
        "cross-node-pod" => {
            none(clusters.iter().any(|cluster| cluster.nodes().count() > 1), "the cluster has one machine")
        }
        "gitops-synced" => none(resolved.delivery.gitops.is_some(), "the plan has no `[gitops]`"),
        "policy-probes" => none(
            clusters.iter().any(|cluster| super::probes::any(facts, at, cluster)),
            "no policy of the plan is enforced here",
        ),
        "pods-ready" => none(services().next().is_some(), "no service is here"),
        "secrets-present" => {
            none(services().any(|service| service.written.secrets.is_some()), "no service here has `secrets`")
        }
        "backups-readable" => {
            none(!super::saved::names(facts, at).is_empty(), "no stage up to here saves anything")
        }
        "reachable" => {
            let name = argument.as_deref().unwrap_or_default();
            let target = |party: &Party| match party {
                Party::External(id) => resolved.external(*id).name == name,
                Party::Service(id) => resolved.service(*id).key == name,
                _ => false,
            };
            none(
                clusters.iter().any(|cluster| {
                    let services = resolved.services_of(described(facts, cluster).id).iter();
                    services.flat_map(|service| &service.needs).any(|need| target(&need.party))
                }),
                "no service here needs it",
            )
        }
        _ => None,
    }
}
