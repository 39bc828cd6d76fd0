//! Clusters: which are generated, which machines they have, and what Calico gets.

use super::id::{ClusterId, HostId};
use super::network::{Host, Lan};
use super::{names, rules};
use crate::addresses::{Address, Cidr, Family};
use crate::diagnostics::Diagnostic;
use crate::model::{self, Cni, Dataplane, Distribution, Encapsulation, Plan, PoolUse, Strategy};
use crate::source::Located;
use crate::upstream::Version;

/// A cluster with its machines.
#[derive(Debug)]
pub struct Cluster<'p> {
    pub id: ClusterId,
    pub name: &'p str,
    pub distribution: Distribution,
    pub version: &'p Version,
    pub cni: Cni,
    pub servers: Vec<HostId>,
    pub agents: Vec<HostId>,
    /// At most one of each family, the primary first.
    pub pods: Vec<Cidr>,
    /// At most one of each family, the primary first.
    pub services: Vec<Cidr>,
    /// The tenth address of each Service network: where K3s and kubeadm put the cluster's DNS.
    pub dns: Vec<Address>,
    pub api_port: u16,
    pub replaces: Option<ClusterId>,
    pub replaced_by: Option<ClusterId>,
    pub strategy: Option<Strategy>,
    pub calico: Option<CalicoSettings<'p>>,
    pub written: &'p model::Cluster,
    /// Where its name was written.
    pub span: crate::source::Span,
}

/// Calico with every default that the plan can know.
#[derive(Debug)]
pub struct CalicoSettings<'p> {
    pub written: &'p model::Calico,
    pub version: &'p Version,
    pub bgp: bool,
    pub pools: Vec<CalicoPool<'p>>,
    /// The bytes of a packet that the widest wrapping takes, and what that is.
    pub overhead: u16,
    pub overhead_of: &'static str,
    /// The MTU of pods: what was written, or the LAN's minus the largest encapsulation in use.
    pub mtu: u16,
    pub ip_forwarding: bool,
}

/// A Calico IP pool.
#[derive(Debug)]
pub struct CalicoPool<'p> {
    pub name: String,
    pub cidr: Cidr,
    pub encapsulation: Encapsulation,
    pub block_size: u8,
    pub nat_outgoing: bool,
    pub node_selector: String,
    pub uses: Vec<PoolUse>,
    pub assignment: model::Allocation,
    pub disable_bgp_export: bool,
    pub disable_new_allocations: bool,
    /// The plan's table, unless the pool is the one that `pods` makes.
    pub written: Option<&'p model::IpPool>,
    pub span: crate::source::Span,
}

impl CalicoPool<'_> {
    /// Whether it must not be in the Installation. The operator wants BGP for a load balancer pool there, and on kubeadm
    /// an address inside of the pod network; and its pools have no `namespaceSelector` (operator `ippool/validation.go`).
    pub fn is_standalone(&self) -> bool {
        let raw = self.written.and_then(|written| written.raw.as_ref());
        let by_namespace =
            raw.is_some_and(|raw| raw.value.0.iter().any(|(key, _)| key.value == "namespaceSelector"));
        self.uses.contains(&PoolUse::LoadBalancer) || by_namespace
    }
}

/// What an encapsulation adds to each packet.
pub struct Overlay;

impl Overlay {
    /// Bytes of overhead (calico felix `int_dataplane.go`: IPIP 20, VXLAN over IPv4 50, over IPv6 70).
    pub fn overhead(encapsulation: Encapsulation, family: Family) -> u16 {
        match (encapsulation, family) {
            (Encapsulation::Unencapsulated, _) => 0,
            (Encapsulation::Ipip | Encapsulation::IpipCrossSubnet, _) => 20,
            (Encapsulation::Vxlan | Encapsulation::VxlanCrossSubnet, Family::V4) => 50,
            (Encapsulation::Vxlan | Encapsulation::VxlanCrossSubnet, Family::V6) => 70,
        }
    }
}

impl<'p> Cluster<'p> {
    /// Whether something is generated for it.
    pub fn is_target(&self) -> bool {
        self.replaced_by.is_none()
    }

    /// Servers, then agents.
    pub fn nodes(&self) -> impl Iterator<Item = HostId> + '_ {
        self.servers.iter().chain(&self.agents).copied()
    }

    pub fn is_dual_stack(&self) -> bool {
        self.services.len() > 1
    }

    /// The families of its Services, the primary first.
    pub fn families(&self) -> impl Iterator<Item = Family> + '_ {
        self.services.iter().map(Cidr::family)
    }

    pub fn metallb(&self) -> Option<&'p model::Metallb> {
        self.written.metallb.as_ref().map(|metallb| &metallb.value)
    }

    /// Whether NetworkPolicies can be staged: Calico 3.30 or newer.
    pub fn has_staged_policies(&self) -> bool {
        let staged = crate::upstream::calico::Feature::StagedPolicies;
        self.calico.as_ref().is_some_and(|calico| crate::upstream::calico::has(calico.version, staged))
    }
}

pub fn clusters<'p>(
    plan: &'p Plan,
    hosts: &[Host<'p>],
    lan: &Lan,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Cluster<'p>> {
    let entries = &plan.clusters.value;
    let mut resolved = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let written = &entry.value;
        let on = format!("clusters.{}", entry.name.value);
        let mut machines = |list: &'p [Located<model::values::DnsLabel>], key: &str| -> Vec<HostId> {
            let on = format!("{on}.{key}");
            list.iter()
                .filter_map(|name| {
                    let known = hosts.iter().map(|host| host.name);
                    names::look_up("host", name, &on, known, diagnostics).map(HostId::new)
                })
                .collect()
        };
        let servers = machines(&written.servers.value, "servers");
        let agents = machines(written.agents.as_ref().map_or(&[], |agents| &agents.value), "agents");
        let replaces = written.replaces.as_ref().and_then(|name| {
            names::look_up(
                "cluster",
                name,
                &format!("{on}.replaces"),
                entries.names().collect::<Vec<_>>().into_iter(),
                diagnostics,
            )
            .map(ClusterId::new)
        });
        let services: Vec<Cidr> = written.services.value.iter().map(|cidr| cidr.value).collect();
        let pods: Vec<Cidr> = written.pods.value.iter().map(|cidr| cidr.value).collect();
        let calico = written.calico.as_ref().map(|calico| settings(&calico.value, written, lan));
        resolved.push(Cluster {
            id: ClusterId::new(index),
            name: entry.name.value.as_str(),
            distribution: written.distribution.value,
            version: &written.version.value,
            cni: written.cni(),
            servers,
            agents,
            dns: services.iter().filter_map(|cidr| cidr.nth(10)).collect(),
            pods,
            services,
            api_port: written.api_port().0,
            replaces,
            replaced_by: None,
            strategy: written.strategy.as_ref().map(|strategy| strategy.value),
            calico,
            written,
            span: entry.name.span,
        });
    }
    for index in 0..resolved.len() {
        if let Some(old) = resolved[index].replaces {
            resolved[old.index()].replaced_by = Some(ClusterId::new(index));
        }
    }
    if !resolved.iter().any(Cluster::is_target) {
        let mut places = resolved.iter().filter_map(|cluster| cluster.written.replaces.as_ref());
        let span = places.next().map_or(plan.clusters.span, |name| name.span);
        let mut finding = Diagnostic::new(&rules::NO_TARGET, span, "every cluster is replaced by another")
            .here("nothing would be generated");
        for name in places {
            finding = finding.label(name.span, "nor for this one");
        }
        let finding =
            finding.help("declare the new cluster without letting another one replace it").on("clusters");
        diagnostics.push(finding);
    }
    resolved
}

/// The bytes that WireGuard needs of each packet, if it is switched on (calico felix `wireguard/mtu.go`: 60 over IPv4, 80
/// over IPv6).
fn wireguard(calico: &model::Calico) -> u16 {
    let felix = calico.felix_configuration.as_ref().map(|felix| felix.value.to_json());
    let on = |field: &str| {
        felix.as_ref().and_then(|felix| felix.get(field)) == Some(&serde_json::Value::Bool(true))
    };
    match (on("wireguardEnabled"), on("wireguardEnabledV6")) {
        (_, true) => 80,
        (true, false) => 60,
        _ => 0,
    }
}

fn settings<'p>(calico: &'p model::Calico, cluster: &'p model::Cluster, lan: &Lan) -> CalicoSettings<'p> {
    let pools = match &calico.pools {
        Some(pools) => pools.value.iter().map(|entry| declared_pool(entry, calico)).collect(),
        None => cluster.pods.value.iter().map(|cidr| default_pool(cidr, calico)).collect::<Vec<_>>(),
    };
    let overlay = |pool: &CalicoPool<'_>| {
        (Overlay::overhead(pool.encapsulation, pool.cidr.family()), pool.encapsulation.word())
    };
    // eBPF hands packets for node ports on through a VXLAN of its own, whatever the pools do (`int_dataplane.go`).
    let vxlan = |pool: &CalicoPool<'_>| (Overlay::overhead(Encapsulation::Vxlan, pool.cidr.family()), "eBPF");
    let of_ebpf = pools.iter().filter(|_| calico.dataplane() == Dataplane::Bpf).map(vxlan);
    // Of two that take as much, the pool is named.
    let all = of_ebpf.chain([(wireguard(calico), "WireGuard")]).chain(pools.iter().map(overlay));
    let (overhead, overhead_of) = all.max_by_key(|(bytes, _)| *bytes).unwrap_or_default();
    CalicoSettings {
        written: calico,
        version: &calico.version.value,
        bgp: calico.bgp(),
        pools,
        overhead,
        overhead_of,
        mtu: calico.mtu.as_ref().map_or(lan.mtu.saturating_sub(overhead), |mtu| mtu.value),
        // K3s documents that Calico needs it; elsewhere the operator's default is right.
        ip_forwarding: calico
            .ip_forwarding
            .as_ref()
            .map_or(cluster.distribution.value == Distribution::K3s, |written| written.value),
    }
}

/// The pool that `pods` makes, with the names that the operator gives to the first pool of each family.
fn default_pool<'p>(cidr: &Located<Cidr>, calico: &model::Calico) -> CalicoPool<'p> {
    let (name, block_size) = match cidr.family() {
        Family::V4 => ("default-ipv4-ippool", calico.block_size()),
        Family::V6 => ("default-ipv6-ippool", calico.block_size_v6()),
    };
    CalicoPool {
        name: name.to_owned(),
        cidr: cidr.value,
        encapsulation: calico.encapsulation(),
        block_size,
        nat_outgoing: calico.nat_outgoing(),
        node_selector: "all()".to_owned(),
        uses: vec![PoolUse::Workload, PoolUse::Tunnel],
        assignment: model::Allocation::Automatic,
        disable_bgp_export: false,
        disable_new_allocations: false,
        written: None,
        span: cidr.span,
    }
}

fn declared_pool<'p>(
    entry: &'p crate::decode::Entry<model::values::DnsSubdomain, model::IpPool>,
    calico: &model::Calico,
) -> CalicoPool<'p> {
    let pool = &entry.value;
    let cidr = pool.cidr.value;
    let inherited = if cidr.family() == Family::V4 { calico.block_size() } else { calico.block_size_v6() };
    let uses = match &pool.uses {
        Some(uses) => uses.value.iter().map(|used| used.value).collect(),
        None => vec![PoolUse::Workload, PoolUse::Tunnel],
    };
    // Calico refuses a load balancer pool with any encapsulation (libcalico-go clientv3 ippool.go).
    let plain = uses.contains(&PoolUse::LoadBalancer);
    let inherited_encapsulation = if plain { Encapsulation::Unencapsulated } else { calico.encapsulation() };
    CalicoPool {
        name: entry.name.value.as_str().to_owned(),
        cidr,
        encapsulation: pool.encapsulation.as_ref().map_or(inherited_encapsulation, |written| written.value),
        block_size: pool.block_size.as_ref().map_or(inherited, |written| written.value),
        nat_outgoing: pool.nat_outgoing.as_ref().map_or(calico.nat_outgoing(), |written| written.value),
        node_selector: pool.node_selector(),
        uses,
        assignment: pool.assignment(),
        disable_bgp_export: pool.disable_bgp_export(),
        disable_new_allocations: pool.disable_new_allocations(),
        written: Some(pool),
        span: entry.name.span,
    }
}
