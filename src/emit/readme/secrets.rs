//! The tree names Secrets and holds none, so a person has to know which.

use super::table;
use crate::facts::Facts;
use std::collections::BTreeMap;

/// A Secret by its cluster, namespace and name.
type Key = (String, String, String);

pub fn write(facts: &Facts<'_>, text: &mut String) {
    let mut wanted: BTreeMap<Key, Vec<String>> = BTreeMap::new();
    collect(facts, &mut |cluster, namespace, name, used| {
        let key = (cluster.to_owned(), namespace.to_owned(), name.to_owned());
        let by = wanted.entry(key).or_default();
        if !by.contains(&used) {
            by.push(used);
        }
    });
    if wanted.is_empty() {
        return;
    }
    let rows: Vec<Vec<String>> = (wanted.into_iter())
        .map(|((cluster, namespace, name), used)| {
            vec![format!("`{name}`"), format!("`{namespace}`"), format!("`{cluster}`"), used.join(", ")]
        })
        .collect();
    text.push_str(
        "## Secrets\n\nA repository is no place for passwords: these are named here, and somebody else brings them.\n\n",
    );
    table(text, &["Secret", "namespace", "cluster", "for"], &rows);
}

fn collect(facts: &Facts<'_>, add: &mut dyn FnMut(&str, &str, &str, String)) {
    let resolved = &facts.resolved;
    for cluster in resolved.targets() {
        let of = cluster.name.to_string();
        let own = |path: String| format!("`clusters.{of}.{path}`");
        for service in resolved.services_of(cluster.id) {
            let namespace = &resolved.namespace(service.namespace).name;
            for secret in service.written.secrets.iter().flat_map(|list| &list.value) {
                add(&of, namespace, secret.value.as_str(), format!("`{}`", service.path()));
            }
        }
        for tenant in resolved.tenants_of(cluster.id) {
            for secret in tenant.shared.pull_secrets.iter().flat_map(|list| &list.value) {
                let used = format!("`{}`, to pull images", tenant.path());
                add(&of, tenant.namespace_name(), secret.value.as_str(), used);
            }
        }
        if let Some(calico) = cluster.calico.as_ref().map(|calico| calico.written) {
            for secret in calico.pull_secrets.iter().flat_map(|list| &list.value) {
                let used = format!("{}, to pull images", own("calico".to_owned()));
                add(&of, "tigera-operator", secret.value.as_str(), used);
            }
            for peer in calico.peers.iter().flat_map(|peers| peers.value.iter()) {
                let Some(secret) = &peer.value.password_secret else { continue };
                let (name, key) = secret.value.split_once('/').unwrap_or((&secret.value, "password"));
                let used = format!("{}, key `{key}`", own(format!("calico.peers.{}", peer.name.value)));
                add(&of, "calico-system", name, used);
            }
        }
        let Some(metallb) = cluster.metallb() else { continue };
        for peer in metallb.peers.iter().flat_map(|peers| peers.value.iter()) {
            let Some(secret) = &peer.value.password_secret else { continue };
            let path = own(format!("metallb.peers.{}", peer.name.value));
            // Without it, or of another type, MetalLB goes on with the configuration of before (internal/config).
            let used = format!("{path}, type `kubernetes.io/basic-auth`, key `password`");
            add(&of, metallb.namespace().as_str(), secret.value.as_str(), used);
        }
    }
}
