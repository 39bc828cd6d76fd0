//! What people call networks, namespaces and pods.

use crate::diff::side::Side;
use ipnet::IpNet;
use std::collections::{BTreeMap, BTreeSet};

/// What people call networks, namespaces and pods.
#[derive(Default)]
pub(super) struct Names {
    pub(super) blocks: BTreeMap<IpNet, String>,
    /// Tenants by their namespaces.
    pub(super) tenants: BTreeMap<String, String>,
    /// The namespaces and keys of services.
    pub(super) services: BTreeSet<(String, String)>,
}

pub(super) fn names(old: &Side<'_>, new: &Side<'_>) -> Names {
    let mut names = Names::default();
    for facts in [old, new].into_iter().filter_map(Side::facts) {
        let resolved = &facts.resolved;
        for host in &resolved.hosts {
            let name = format!("hosts.{}", host.name);
            names.blocks.extend(host.addresses.iter().map(|ip| (IpNet::from(*ip), name.clone())));
        }
        for external in &resolved.externals {
            let name = format!("external.{}", external.name);
            names.blocks.extend(external.addresses.iter().map(|ip| (IpNet::from(*ip), name.clone())));
        }
        for cidr in &resolved.lan.cidrs {
            let network = IpNet::new(cidr.first(), cidr.prefix_length());
            names.blocks.extend(network.ok().map(|network| (network, "lan".to_owned())));
        }
        for tenant in &resolved.tenants {
            names.tenants.insert(resolved.namespace(tenant.namespace).name.clone(), tenant.path());
        }
        for service in &resolved.services {
            let namespace = resolved.namespace(service.namespace).name.clone();
            names.services.insert((namespace, service.key.to_owned()));
        }
    }
    names
}
