//! What the templates of Ansible know of a cluster, and the files that they make of it.
//!
//! `templates/ansible/README.md` is the page about [`Context`] for people who bring templates of their own.

mod firewall;
mod k3s;
mod kubeadm;
mod machine;
mod profile;

pub use firewall::{Command, HostFirewall};
pub use k3s::K3s;
pub use kubeadm::Kubeadm;
pub use machine::{Chains, Machine, Residue, residue};
pub use profile::{PROFILES, Profile, Status, profile};

use super::Facts;
use crate::model::{Distribution, HostRole};
use crate::resolve::{Cluster, Host, HostId, Writer};
use crate::template::{ENDING, Failure, Templates};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that a template may name.
#[derive(Clone, Debug, Serialize)]
pub struct Context {
    /// The platform's name.
    pub plan: String,
    pub playbook: Option<String>,
    /// The layers that Ansible keeps.
    pub owns: Vec<&'static str>,
    pub cluster: ClusterContext,
    /// Every machine of the inventory, each once: nodes, then the replaced cluster's, then the others.
    pub hosts: Vec<HostContext>,
    pub servers: Vec<String>,
    pub agents: Vec<String>,
    /// The machines of each role, by role; `load_balancer` is spelt with `_`.
    pub roles: BTreeMap<String, Vec<String>>,
    /// The cluster that this one takes the place of.
    pub replaced: Option<ReplacedContext>,
    pub k3s: Option<K3s>,
    pub kubeadm: Option<Kubeadm>,
    pub machine: Machine,
    pub firewall: Option<HostFirewall>,
    pub residue: Option<Residue>,
    pub metallb: Option<MetallbContext>,
    pub seldon: Option<SeldonContext>,
    /// By the plan's names for them.
    pub services: BTreeMap<String, ServiceContext>,
    pub external: BTreeMap<String, ExternalContext>,
}

/// The cluster.
#[derive(Clone, Debug, Serialize)]
pub struct ClusterContext {
    pub name: String,
    /// `k3s` or `kubeadm`.
    pub distribution: &'static str,
    pub version: String,
    pub cni: &'static str,
    /// Networks, the primary family first.
    pub pods: Vec<String>,
    pub services: Vec<String>,
    pub dns: Vec<String>,
    pub domain: String,
    /// The address that every node reaches the API server at.
    pub api_address: String,
    pub api_port: u16,
    pub api_url: String,
    pub kube_proxy: &'static str,
    pub node_port_range: String,
    pub max_pods: u16,
}

/// A machine.
#[derive(Clone, Debug, Serialize)]
pub struct HostContext {
    pub name: String,
    pub address: String,
    /// IPv4 first.
    pub addresses: Vec<String>,
    pub user: Option<String>,
    pub port: u16,
    pub interface: Option<String>,
    /// Every label of its node.
    pub labels: BTreeMap<String, String>,
    /// Those that a kubelet must not give itself, for `kubectl label` after it has joined.
    pub late_labels: BTreeMap<String, String>,
    /// Arguments of this node alone: of K3s, or of kubeadm's kubelet. Empty for what is no node.
    pub node_args: Vec<String>,
    /// How a K3s node finds the others. Empty for a single server.
    pub join_args: Vec<String>,
}

/// The cluster that another takes the place of.
#[derive(Clone, Debug, Serialize)]
pub struct ReplacedContext {
    pub name: String,
    pub distribution: &'static str,
    pub version: String,
    pub cni: &'static str,
    /// `rebuild` or `parallel`.
    pub strategy: &'static str,
    pub servers: Vec<String>,
    pub agents: Vec<String>,
    /// Its machines that are no nodes of the new cluster.
    pub other_machines: Vec<String>,
}

/// MetalLB.
#[derive(Clone, Debug, Serialize)]
pub struct MetallbContext {
    pub version: String,
    pub namespace: String,
    /// The cluster's default pool first, then by name.
    pub pools: Vec<PoolContext>,
}

/// An address pool.
#[derive(Clone, Debug, Serialize)]
pub struct PoolContext {
    pub name: String,
    /// Each as `FIRST-LAST`.
    pub ranges: Vec<String>,
    pub auto_assign: bool,
}

/// Seldon.
#[derive(Clone, Debug, Serialize)]
pub struct SeldonContext {
    pub version: String,
    pub namespace: String,
    /// Namespaces of tenants with a runtime, sorted.
    pub tenant_namespaces: Vec<String>,
}

/// A service.
#[derive(Clone, Debug, Serialize)]
pub struct ServiceContext {
    /// The Service object.
    pub name: String,
    pub namespace: String,
    /// Its first address, if it has one.
    pub address: Option<String>,
    pub addresses: Vec<String>,
    /// Port numbers by name.
    pub ports: BTreeMap<String, u16>,
    pub hosts: Vec<String>,
}

/// Something outside of every cluster.
#[derive(Clone, Debug, Serialize)]
pub struct ExternalContext {
    pub address: String,
    pub addresses: Vec<String>,
    pub ports: Vec<u16>,
    pub databases: Vec<String>,
    pub path: Option<String>,
    pub storage_class: Option<String>,
    /// Services of this cluster that need it.
    pub needed_by: Vec<String>,
}

/// What the templates know of a cluster.
pub fn context(facts: &Facts<'_>, cluster: &Cluster<'_>) -> Context {
    let resolved = &facts.resolved;
    let name_of = |host: &HostId| resolved.host(*host).name.to_owned();
    let replaced = cluster.replaces.map(|old| resolved.cluster(old));
    let api_address = match (&cluster.written.api_address, cluster.servers.first()) {
        (Some(address), _) => address.value.to_string(),
        (None, Some(first)) => resolved.host(*first).address().to_string(),
        (None, None) => String::new(),
    };
    let endpoint = match api_address.contains(':') {
        true => format!("[{api_address}]:{}", cluster.api_port),
        false => format!("{api_address}:{}", cluster.api_port),
    };
    let api_url = format!("https://{endpoint}");
    let k3s = (cluster.distribution == Distribution::K3s).then(|| k3s::k3s(resolved, cluster));
    let kubeadm = (cluster.distribution == Distribution::Kubeadm)
        .then(|| kubeadm::kubeadm(resolved, cluster, &endpoint));
    let (hosts, roles) = inventory(facts, cluster, &api_url);
    let nodes: BTreeSet<HostId> = cluster.nodes().collect();
    let configured = super::firewall::is_configured(resolved, cluster);
    let rules = super::firewall::firewall(resolved, cluster);
    Context {
        plan: resolved.name.to_owned(),
        playbook: resolved
            .delivery
            .ansible
            .and_then(|ansible| ansible.playbook.as_ref())
            .map(|name| name.value.clone()),
        owns: (resolved.delivery.writers.iter())
            .filter(|(_, writer)| **writer == Writer::Ansible)
            .map(|(layer, _)| layer.word())
            .collect(),
        hosts,
        servers: cluster.servers.iter().map(name_of).collect(),
        agents: cluster.agents.iter().map(name_of).collect(),
        roles,
        replaced: replaced.map(|old| ReplacedContext {
            name: old.name.to_owned(),
            distribution: old.distribution.word(),
            version: old.version.to_string(),
            cni: old.cni.word(),
            strategy: cluster.strategy.map_or("parallel", |strategy| strategy.word()),
            servers: old.servers.iter().map(name_of).collect(),
            agents: old.agents.iter().map(name_of).collect(),
            other_machines: old
                .nodes()
                .filter(|host| !nodes.contains(host))
                .map(|host| name_of(&host))
                .collect(),
        }),
        cluster: ClusterContext {
            name: cluster.name.to_owned(),
            distribution: cluster.distribution.word(),
            version: cluster.version.to_string(),
            cni: cluster.cni.word(),
            pods: texts(&cluster.pods),
            services: texts(&cluster.services),
            dns: texts(&cluster.dns),
            domain: cluster.written.domain().to_string(),
            api_address,
            api_port: cluster.api_port,
            api_url,
            kube_proxy: cluster.written.kube_proxy().word(),
            node_port_range: cluster.written.node_port_range(),
            max_pods: cluster.written.max_pods(),
        },
        k3s,
        kubeadm,
        machine: machine::machine(resolved, cluster),
        firewall: configured.then(|| firewall::host_firewall(&rules, cluster.written.firewall())).flatten(),
        residue: machine::residue(resolved, cluster),
        metallb: metallb(facts, cluster),
        seldon: seldon(facts, cluster),
        services: services(facts, cluster),
        external: externals(facts, cluster),
    }
}

fn texts<T: ToString>(values: &[T]) -> Vec<String> {
    values.iter().map(T::to_string).collect()
}

/// The machines of the inventory and the roles among them. A machine of another cluster is in that one's inventory.
fn inventory(
    facts: &Facts<'_>,
    cluster: &Cluster<'_>,
    url: &str,
) -> (Vec<HostContext>, BTreeMap<String, Vec<String>>) {
    let resolved = &facts.resolved;
    let elsewhere: BTreeSet<HostId> = resolved.clusters.iter().flat_map(Cluster::nodes).collect();
    let mut order: Vec<HostId> = cluster.nodes().collect();
    order.extend(cluster.replaces.into_iter().flat_map(|old| resolved.cluster(old).nodes()));
    order.extend(resolved.hosts.iter().map(|host| host.id).filter(|host| !elsewhere.contains(host)));
    let mut seen = BTreeSet::new();
    order.retain(|host| seen.insert(*host));
    let mut roles: BTreeMap<String, Vec<String>> =
        HostRole::WORDS.iter().map(|(word, _)| (word.replace('-', "_"), Vec::new())).collect();
    let mut hosts = Vec::new();
    for id in order {
        let host = resolved.host(id);
        for (word, _) in HostRole::WORDS {
            if HostRole::from_word(word).is_some_and(|role| host.has_role(role)) {
                roles.entry(word.replace('-', "_")).or_default().push(host.name.to_owned());
            }
        }
        hosts.push(machine_of(cluster, host, url));
    }
    (hosts, roles)
}

fn machine_of(cluster: &Cluster<'_>, host: &Host<'_>, url: &str) -> HostContext {
    let (node_args, join_args) = match (cluster.nodes().any(|node| node == host.id), cluster.distribution) {
        (false, _) => (Vec::new(), Vec::new()),
        (true, Distribution::K3s) => (k3s::node_args(cluster, host), k3s::join_args(cluster, host, url)),
        (true, Distribution::Kubeadm) => (kubeadm::node_args(cluster, host), Vec::new()),
    };
    let owned = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
    HostContext {
        name: host.name.to_owned(),
        address: host.address().to_string(),
        addresses: texts(&host.addresses),
        user: host.written.user.as_ref().map(|user| user.value.to_string()),
        port: host.written.ssh_port().0,
        interface: host.written.interface.as_ref().map(|name| name.value.to_string()),
        labels: host.labels().map(owned).collect(),
        late_labels: host.labels().filter(|(key, _)| !machine::kubelet_may_set(key)).map(owned).collect(),
        node_args,
        join_args,
    }
}

fn metallb(facts: &Facts<'_>, cluster: &Cluster<'_>) -> Option<MetallbContext> {
    let metallb = cluster.metallb()?;
    let mut pools: Vec<_> = facts.resolved.pools_of(cluster.id).collect();
    pools.sort_by_key(|pool| (!pool.written.default(), pool.name));
    let pools = pools.into_iter().map(|pool| PoolContext {
        name: pool.name.to_owned(),
        ranges: pool.ranges.iter().map(|range| format!("{}-{}", range.first(), range.last())).collect(),
        auto_assign: pool.written.auto_assign(),
    });
    Some(MetallbContext {
        version: metallb.version.value.to_string(),
        namespace: metallb.namespace().to_string(),
        pools: pools.collect(),
    })
}

fn seldon(facts: &Facts<'_>, cluster: &Cluster<'_>) -> Option<SeldonContext> {
    let install = facts.resolved.install_of(cluster.id)?;
    let tenants = facts.resolved.tenants_of(cluster.id).filter(|tenant| tenant.runtime.is_some());
    let mut tenant_namespaces: Vec<String> =
        tenants.map(|tenant| tenant.namespace_name().to_owned()).collect();
    tenant_namespaces.sort();
    Some(SeldonContext {
        version: install.version.to_string(),
        namespace: install.namespace_name.clone(),
        tenant_namespaces,
    })
}

fn services(facts: &Facts<'_>, cluster: &Cluster<'_>) -> BTreeMap<String, ServiceContext> {
    let services = facts.resolved.services_of(cluster.id).iter();
    services
        .map(|service| {
            let context = ServiceContext {
                name: service.name.to_owned(),
                namespace: facts.resolved.namespace(service.namespace).name.clone(),
                address: service.addresses.first().map(ToString::to_string),
                addresses: texts(&service.addresses),
                ports: service.ports.iter().map(|port| (port.name.to_owned(), port.port)).collect(),
                hosts: service.hosts.clone(),
            };
            (service.key.to_owned(), context)
        })
        .collect()
}

fn externals(facts: &Facts<'_>, cluster: &Cluster<'_>) -> BTreeMap<String, ExternalContext> {
    use crate::resolve::Party;
    let resolved = &facts.resolved;
    let externals = resolved.externals.iter().enumerate();
    externals
        .map(|(index, external)| {
            let needs = |party: &Party| matches!(party, Party::External(id) if id.index() == index);
            let callers = resolved.services_of(cluster.id).iter();
            let callers = callers.filter(|service| service.needs.iter().any(|need| needs(&need.party)));
            let written = external.written;
            let context = ExternalContext {
                address: external.addresses.first().map(ToString::to_string).unwrap_or_default(),
                addresses: texts(&external.addresses),
                ports: external.ports.clone(),
                databases: written
                    .databases
                    .iter()
                    .flat_map(|list| &list.value)
                    .map(|name| name.value.clone())
                    .collect(),
                path: written.path.as_ref().map(|path| path.value.to_string()),
                storage_class: written.storage_class.as_ref().map(|name| name.value.to_string()),
                needed_by: callers.map(|service| service.key.to_owned()).collect(),
            };
            (external.name.to_owned(), context)
        })
        .collect()
}

/// The file of `[ansible] vars`, below the cluster's folder. Ansible reads it after `plan.yaml`, so that its values win.
pub const VARS: &str = "group_vars/all/vars.yaml";

/// A file that a template made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Below the cluster's folder.
    pub name: String,
    pub text: String,
    /// Whether the template came with the plan.
    pub own: bool,
}

/// What templates make of one cluster: files, and what is wrong with the plan's own templates.
pub type Rendered = (Vec<Made>, Vec<Failure>);

/// The files of a cluster, by name, and what is wrong with the plan's own templates.
///
/// A template of the plan takes the place of the profile's of the same name. One whose last part starts with `_` is
/// there for others to include, and one that makes nothing but blanks makes no file.
pub fn files(facts: &Facts<'_>, cluster: &Cluster<'_>) -> Rendered {
    let mut templates = Templates::new();
    let mut failures = Vec::new();
    let mut names: BTreeMap<&str, bool> = BTreeMap::new();
    for (name, text) in profile_of(facts).iter().flat_map(|profile| profile.templates) {
        templates.add(name, text).expect("broken promise: a test parses the templates of every profile");
        names.insert(name, false);
    }
    for (file, source) in facts.templates {
        let Some(name) = file.strip_suffix(ENDING) else { continue };
        match templates.add(name, &source.text) {
            Ok(()) => drop(names.insert(name, true)),
            Err(failure) => {
                failures.push(failure);
                names.remove(name);
            }
        }
    }
    let context = context(facts, cluster);
    let mut made = Vec::new();
    for (name, own) in names {
        if name.rsplit('/').next().is_some_and(|last| last.starts_with('_')) {
            continue;
        }
        match templates.render(name, &context) {
            Ok(text) if text.trim().is_empty() => {}
            Ok(text) => made.push(Made { name: name.to_owned(), text, own }),
            Err(failure) => failures.push(failure),
        }
    }
    (made, failures)
}

/// Whether roles of Ansible make what is in a layer themselves: then the tree has variables for it and no manifests.
pub fn by_roles(facts: &Facts<'_>, layer: crate::model::Layer) -> bool {
    facts.resolved.delivery.writer(layer) == Some(Writer::Ansible)
        && profile_of(facts).is_some_and(Profile::has_roles)
}

/// The profile that the plan names, or the default one; nothing when there is none of that name.
pub fn profile_of(facts: &Facts<'_>) -> Option<&'static Profile> {
    let written = facts.resolved.delivery.ansible.map(|ansible| ansible.profile());
    profile(written.as_ref().map_or("default", |name| name.as_str()))
}
