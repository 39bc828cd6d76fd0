//! What has been saved up to a stage, and where the things that are saved lie.

use super::scope::described;
use crate::facts::Facts;
use crate::facts::stages::plain;
use crate::resolve::{Cluster, Party};
use serde_json::{Value, json};

/// The words behind `backup:` of a stage and those before it, each once, in their order.
pub fn names(facts: &Facts<'_>, at: usize) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for one in facts.stages.graph.before(at).chain([at]) {
        let words = facts.resolved.stages[one].written.r#do.iter().flat_map(|list| &list.value);
        for name in words.filter_map(|word| word.value.strip_prefix("backup:")).map(plain) {
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
    }
    names
}

/// The pods that are meant by a name: those of a service, of all services that need something outside, of the namespace
/// of a tenant, of every runtime of Seldon. A service that the plan switches off may still run in the old cluster.
pub fn pods(facts: &Facts<'_>, cluster: &Cluster<'_>, name: &str) -> Vec<Value> {
    let resolved = &facts.resolved;
    let described = described(facts, cluster);
    let services = resolved.services_of(described.id);
    let one = |service: &crate::resolve::Service<'_>| {
        json!({
            "key": service.key,
            "namespace": resolved.namespace(service.namespace).name,
            "selector": super::context::selector(service.written),
            "buckets": super::context::buckets(service.written),
        })
    };
    let needs = |service: &&crate::resolve::Service<'_>| {
        service.needs.iter().any(|need| match need.party {
            Party::External(id) => resolved.external(id).name == name,
            _ => false,
        })
    };
    if let Some(service) = services.iter().find(|service| service.key == name) {
        return vec![one(service)];
    }
    if resolved.externals.iter().any(|external| external.name == name) {
        return services.iter().filter(needs).map(one).collect();
    }
    let namespaces = namespaces(facts, cluster, name);
    if !namespaces.is_empty() {
        let all =
            |namespace: String| json!({ "key": name, "namespace": namespace, "selector": "", "buckets": [] });
        return namespaces.into_iter().map(all).collect();
    }
    let written = resolved.plan.services.iter().filter_map(|services| services.value.get(name)).next();
    let off = written.map(|entry| {
        json!({
            "key": name,
            "namespace": entry.value.namespace.value.as_str(),
            "selector": super::context::selector(&entry.value),
            "buckets": super::context::buckets(&entry.value),
        })
    });
    off.into_iter().collect()
}

/// The namespaces that are meant by the name of a tenant, or by `seldon`.
pub fn namespaces(facts: &Facts<'_>, cluster: &Cluster<'_>, name: &str) -> Vec<String> {
    let resolved = &facts.resolved;
    let described = described(facts, cluster);
    let mut names: Vec<String> = match name {
        "seldon" => {
            let runtimes = resolved.runtimes_of(described.id).map(|runtime| runtime.namespace);
            let install = resolved.install_of(described.id).map(|install| install.namespace);
            runtimes.chain(install).map(|id| resolved.namespace(id).name.clone()).collect()
        }
        _ => (resolved.tenants_of(described.id))
            .filter(|tenant| tenant.key == name)
            .map(|tenant| resolved.namespace(tenant.namespace).name.clone())
            .collect(),
    };
    names.sort();
    names.dedup();
    names
}
