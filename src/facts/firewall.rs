//! A node lets in what the plan needs, from where it comes, and nothing else.
//!
//! Sources: Calico `getting-started/kubernetes/requirements` (179, 4789/udp, protocol 4, 5473), k3s
//! `docs/installation/requirements.md` (6443, 10250, 2379-2380, 5001; pod and Service networks open), MetalLB
//! `website/content/installation` (7946 over TCP and UDP), FRR `bfd.rst` (3784, 3785, 4784 over UDP).

use super::announced;
use crate::addresses::{Address, Cidr, Family};
use crate::model::values::Protocol as ServiceProtocol;
use crate::model::{Cni, Encapsulation, HostRole, Layer, ServiceType, Strategy};
use crate::resolve::{Cluster, HostId, Named, Party, Resolved};
use crate::upstream::{calico as upstream_calico, kubernetes, metallb, seldon};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

/// The host firewall of a cluster's nodes, whether or not somebody configures one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Firewall {
    /// By ports, then protocol, then nodes.
    pub allow: Vec<Rule>,
    /// Networks whose packets are let in whatever their port: pods and Services.
    pub trusted: Vec<Trusted>,
    /// What an earlier cluster on these machines had open and this one does not need.
    pub close: Vec<Rule>,
}

/// One thing that is let in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rule {
    /// Both ends are meant; nothing for a protocol without ports.
    pub ports: Option<(u16, u16)>,
    pub protocol: Protocol,
    pub on: Nodes,
    /// Where it comes from, sorted, none inside another; empty means anywhere.
    pub sources: Vec<Cidr>,
    /// What it is for, in a few words.
    pub why: String,
    /// The tables of the plan that ask for it, as key paths.
    pub from: Vec<String>,
}

/// A network that is let in as a whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Trusted {
    pub network: Cidr,
    pub why: &'static str,
}

/// What is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    Tcp,
    Udp,
    Sctp,
    /// IP protocol 4.
    IpInIp,
}

impl Protocol {
    /// What firewalls call it. IP in IP is a number, because `ipip` is 94 in `/etc/protocols`.
    pub fn word(self) -> &'static str {
        match self {
            Protocol::Tcp => "tcp",
            Protocol::Udp => "udp",
            Protocol::Sctp => "sctp",
            Protocol::IpInIp => "4",
        }
    }
}

/// Which nodes let it in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Nodes {
    All,
    Servers,
}

/// The firewall of a cluster's nodes.
pub fn firewall(resolved: &Resolved<'_>, cluster: &Cluster<'_>) -> Firewall {
    let mut open = Open { resolved, cluster, rules: BTreeMap::new() };
    open.administration();
    open.control_plane();
    open.calico();
    open.metallb();
    open.monitoring();
    open.services();
    open.runtimes();
    let allow = open.finish();
    let of_pods = cluster.pods.iter().map(|network| Trusted { network: *network, why: "pods" });
    let of_services = cluster.services.iter().map(|network| Trusted { network: *network, why: "Services" });
    let mut trusted: Vec<Trusted> = of_pods.chain(of_services).collect();
    trusted.sort();
    let close = close(resolved, cluster, &allow);
    Firewall { allow, trusted, close }
}

/// Where something comes from.
enum From {
    Anywhere,
    Networks(Vec<Cidr>),
}

/// What is known of one port so far.
#[derive(Default)]
struct Known {
    anywhere: bool,
    sources: BTreeSet<Cidr>,
    why: Said,
    from: Said,
}

/// Texts in the order in which each was said first. Thousands of services may share a port.
#[derive(Default)]
struct Said {
    list: Vec<String>,
    known: BTreeSet<String>,
}

type Key = (Option<(u16, u16)>, Protocol, Nodes);

/// The rules in the making, one for each port, protocol and kind of node.
struct Open<'r, 'p> {
    resolved: &'r Resolved<'p>,
    cluster: &'r Cluster<'p>,
    rules: BTreeMap<Key, Known>,
}

impl Open<'_, '_> {
    fn add(
        &mut self,
        on: Nodes,
        protocol: Protocol,
        ports: Option<RangeInclusive<u16>>,
        who: From,
        why: &str,
        path: &str,
    ) {
        let ports = ports.map(RangeInclusive::into_inner);
        let known = self.rules.entry((ports, protocol, on)).or_default();
        match who {
            From::Anywhere => known.anywhere = true,
            From::Networks(networks) => known.sources.extend(networks),
        }
        for (said, text) in [(&mut known.why, why), (&mut known.from, path)] {
            if !said.known.contains(text) {
                said.known.insert(text.to_owned());
                said.list.push(text.to_owned());
            }
        }
    }

    fn tcp(&mut self, on: Nodes, port: u16, who: From, why: &str, path: &str) {
        self.add(on, Protocol::Tcp, Some(port..=port), who, why, path);
    }

    fn udp(&mut self, port: u16, who: From, why: &str, path: &str) {
        self.add(Nodes::All, Protocol::Udp, Some(port..=port), who, why, path);
    }

    fn path(&self, key: &str) -> String {
        format!("clusters.{}{key}", self.cluster.name)
    }

    fn of_hosts(&self, hosts: impl Iterator<Item = HostId>) -> Vec<Cidr> {
        hosts
            .flat_map(|host| &self.resolved.host(host).addresses)
            .map(|address| Cidr::single(*address))
            .collect()
    }

    fn nodes(&self) -> From {
        From::Networks(self.of_hosts(self.cluster.nodes()))
    }

    /// Pods that call a node keep their address or get that of their node, as `nat_outgoing` and the target decide.
    fn nodes_and_pods(&self) -> From {
        let nodes = self.of_hosts(self.cluster.nodes());
        From::Networks(nodes.into_iter().chain(self.cluster.pods.iter().copied()).collect())
    }

    fn lan_and(&self, more: impl IntoIterator<Item = Cidr>) -> From {
        From::Networks(self.resolved.lan.cidrs.iter().copied().chain(more).collect())
    }

    /// Without it, switching the firewall on would lock Ansible out.
    fn administration(&mut self) {
        let resolved = self.resolved;
        let of_ansible =
            resolved.hosts.iter().filter(|host| host.has_role(HostRole::Ansible)).map(|host| host.id);
        let of_ansible = self.of_hosts(of_ansible);
        for host in self.cluster.nodes().collect::<Vec<_>>() {
            let port = resolved.host(host).written.ssh_port().0;
            let who = self.lan_and(of_ansible.iter().copied());
            self.tcp(Nodes::All, port, who, "SSH, which Ansible uses", "hosts");
        }
    }

    fn control_plane(&mut self) {
        let cluster = self.cluster;
        let path = self.path("");
        let mut callers = self.of_hosts(cluster.nodes());
        callers.extend(&cluster.pods);
        let api = self.lan_and(callers);
        self.tcp(Nodes::Servers, cluster.api_port, api, "Kubernetes API", &path);
        self.tcp(
            Nodes::All,
            kubernetes::KUBELET_PORT,
            self.nodes_and_pods(),
            "kubelet: logs, exec, metrics",
            &path,
        );
        if cluster.servers.len() > 1 {
            let servers = From::Networks(self.of_hosts(cluster.servers.iter().copied()));
            self.add(
                Nodes::Servers,
                Protocol::Tcp,
                Some(kubernetes::ETCD_PORTS),
                servers,
                "etcd between servers",
                &path,
            );
        }
        let arguments = cluster.written.server_args.iter().flat_map(|list| list.value.iter());
        if arguments.into_iter().any(|argument| argument.value.starts_with("--embedded-registry")) {
            let port = kubernetes::K3S_REGISTRY_PORT;
            self.tcp(
                Nodes::All,
                port,
                self.nodes(),
                "embedded registry mirror of K3s",
                &format!("{path}.server_args"),
            );
        }
    }

    fn calico(&mut self) {
        let (resolved, cluster) = (self.resolved, self.cluster);
        let Some(calico) = &cluster.calico else {
            if cluster.cni == Cni::Flannel {
                self.udp(FLANNEL_VXLAN, self.nodes(), "VXLAN of flannel", &self.path(".cni"));
            }
            return;
        };
        let path = self.path(".calico");
        // Packets of a family are wrapped in packets of the same family.
        let wrapping = |kinds: [Encapsulation; 2]| -> Vec<Cidr> {
            let pools = calico.pools.iter().filter(|pool| kinds.contains(&pool.encapsulation));
            let families: BTreeSet<Family> = pools.map(|pool| pool.cidr.family()).collect();
            let nodes = self.of_hosts(cluster.nodes()).into_iter();
            nodes.filter(|node| families.contains(&node.family())).collect()
        };
        let vxlan = wrapping([Encapsulation::Vxlan, Encapsulation::VxlanCrossSubnet]);
        let ipip = wrapping([Encapsulation::Ipip, Encapsulation::IpipCrossSubnet]);
        if !vxlan.is_empty() {
            self.udp(4789, From::Networks(vxlan), "VXLAN of Calico", &path);
        }
        if !ipip.is_empty() {
            self.add(Nodes::All, Protocol::IpInIp, None, From::Networks(ipip), "IP in IP of Calico", &path);
        }
        let felix = calico.written.felix_configuration.as_ref().map(|felix| felix.value.to_json());
        for (field, port) in [
            ("wireguardEnabled", upstream_calico::WIREGUARD),
            ("wireguardEnabledV6", upstream_calico::WIREGUARD_V6),
        ] {
            if felix.as_ref().and_then(|felix| felix.get(field)) == Some(&serde_json::Value::Bool(true)) {
                self.udp(port, self.nodes(), "WireGuard of Calico", &format!("{path}.felix_configuration"));
            }
        }
        self.tcp(Nodes::All, 5473, self.nodes(), "Typha of Calico", &path);
        if calico.bgp {
            let peers = calico.written.peers.iter().flat_map(|peers| peers.value.iter());
            let peers: Vec<Cidr> = peers
                .filter_map(|peer| peer.value.address.as_ref())
                .map(|address| single(address.value))
                .collect();
            if calico.written.node_mesh() || peers.is_empty() {
                self.tcp(Nodes::All, BGP, self.nodes(), "BGP of Calico", &path);
            }
            if !peers.is_empty() {
                self.tcp(Nodes::All, BGP, From::Networks(peers), "BGP of Calico", &format!("{path}.peers"));
            }
        }
        if resolved.scraper_of(cluster.id).is_some() {
            let ports =
                [(&calico.written.node_metrics_port, "Felix"), (&calico.written.typha_metrics_port, "Typha")];
            for (port, what) in ports {
                let Some(port) = port else { continue };
                self.tcp(
                    Nodes::All,
                    port.value.0,
                    self.nodes_and_pods(),
                    &format!("metrics of {what}"),
                    &path,
                );
            }
        }
    }

    fn metallb(&mut self) {
        let (resolved, cluster) = (self.resolved, self.cluster);
        let Some(written) = cluster.metallb() else { return };
        let path = self.path(".metallb");
        self.tcp(Nodes::All, metallb::MEMBERLIST_PORT, self.nodes(), "memberlist of MetalLB", &path);
        self.udp(metallb::MEMBERLIST_PORT, self.nodes(), "memberlist of MetalLB", &path);
        if resolved.scraper_of(cluster.id).is_some() {
            let metrics = metallb::metrics(&written.version.value);
            self.tcp(Nodes::All, metrics.port, self.nodes_and_pods(), "metrics of MetalLB", &path);
        }
        if !resolved.pools_of(cluster.id).any(|pool| announced::by_metallb_bgp(cluster, pool)) {
            return;
        }
        let path = format!("{path}.peers");
        for peer in written.peers.iter().flat_map(|peers| peers.value.iter()) {
            let Some(address) = &peer.value.address else { continue };
            let who = || From::Networks(vec![single(address.value)]);
            self.tcp(Nodes::All, BGP, who(), "BGP of MetalLB", &path);
            if peer.value.bfd.is_some() {
                for port in if peer.value.ebgp_multi_hop() { &[4784][..] } else { &[3784, 3785] } {
                    self.udp(*port, who(), "BFD of MetalLB", &path);
                }
            }
        }
    }

    fn monitoring(&mut self) {
        if self.resolved.scraper_of(self.cluster.id).is_some() {
            self.tcp(Nodes::All, 9100, self.nodes_and_pods(), "node-exporter", "services");
        }
    }

    fn services(&mut self) {
        let resolved = self.resolved;
        let services = resolved.services_of(self.cluster.id).iter();
        for service in services.filter(|service| service.exposure == ServiceType::LoadBalancer) {
            for who in self.outside(&service.clients) {
                for port in &service.ports {
                    let protocol = match port.protocol {
                        ServiceProtocol::Tcp => Protocol::Tcp,
                        ServiceProtocol::Udp => Protocol::Udp,
                        ServiceProtocol::Sctp => Protocol::Sctp,
                    };
                    let ports = Some(port.port..=port.port);
                    let who = match &who {
                        From::Anywhere => From::Anywhere,
                        From::Networks(networks) => From::Networks(networks.clone()),
                    };
                    self.add(Nodes::All, protocol, ports, who, service.key, &service.path());
                }
            }
            if service.shared.node_ports()
                && let Some(range) = node_ports(self.cluster)
            {
                for protocol in [Protocol::Tcp, Protocol::Udp] {
                    let path = format!("{}.node_ports", service.path());
                    self.add(
                        Nodes::All,
                        protocol,
                        Some(range.clone()),
                        self.lan_and([]),
                        "node ports",
                        &path,
                    );
                }
            }
        }
    }

    fn runtimes(&mut self) {
        let resolved = self.resolved;
        for runtime in resolved.runtimes_of(self.cluster.id) {
            let clients = match runtime.tenant {
                Some(tenant) => &resolved.tenant(tenant).clients,
                None => &resolved.install(runtime.install).clients,
            };
            let path = runtime.path(resolved);
            for who in self.outside(clients).into_iter().filter(|_| !runtime.mesh.is_empty()) {
                self.tcp(Nodes::All, 80, who, &format!("seldon-mesh of {path}"), &path);
            }
            if !runtime.scheduler.is_empty() {
                let ports = seldon::SERVICES.iter().filter(|service| service.name == "seldon-scheduler");
                for (_, port, _) in ports.flat_map(|service| service.ports) {
                    let why = format!("seldon-scheduler of {path}");
                    self.tcp(Nodes::All, *port, self.lan_and([]), &why, &format!("{path}.scheduler"));
                }
            }
        }
    }

    /// Who of the clients is outside of the cluster; the others never pass a node's own address.
    fn outside(&self, clients: &[Named]) -> Vec<From> {
        let outside = clients.iter().filter_map(|client| match &client.party {
            Party::Lan => Some(self.lan_and([])),
            Party::Internet => Some(From::Anywhere),
            Party::Network(network) => Some(From::Networks(vec![*network])),
            Party::Host(host) => Some(From::Networks(self.of_hosts([*host].into_iter()))),
            Party::External(external) => {
                let addresses = &self.resolved.external(*external).addresses;
                Some(From::Networks(addresses.iter().copied().map(single).collect()))
            }
            _ => None,
        });
        outside.collect()
    }

    fn finish(self) -> Vec<Rule> {
        let rules = self.rules.into_iter().map(|((ports, protocol, on), known)| Rule {
            ports,
            protocol,
            on,
            sources: if known.anywhere { Vec::new() } else { outermost(&known.sources) },
            why: known.why.list.join(", "),
            from: known.from.list,
        });
        rules.collect()
    }
}

const BGP: u16 = 179;
/// The Linux default of flannel's VXLAN backend, which is not IANA's port.
const FLANNEL_VXLAN: u16 = 8472;

fn single(address: impl Into<Address>) -> Cidr {
    Cidr::single(address.into())
}

/// The networks without those inside another one.
fn outermost(networks: &BTreeSet<Cidr>) -> Vec<Cidr> {
    let inside = |one: &Cidr| networks.iter().any(|other| other != one && other.contains_cidr(one));
    networks.iter().filter(|network| !inside(network)).copied().collect()
}

fn node_ports(cluster: &Cluster<'_>) -> Option<RangeInclusive<u16>> {
    let range = cluster.written.node_port_range();
    let (first, last) = range.split_once('-')?;
    Some(first.trim().parse().ok()?..=last.trim().parse().ok()?)
}

/// The ports that a cluster rebuilt on the same machines leaves open.
fn close(resolved: &Resolved<'_>, cluster: &Cluster<'_>, allow: &[Rule]) -> Vec<Rule> {
    let Some(old) = cluster.replaces.map(|old| resolved.cluster(old)) else { return Vec::new() };
    if cluster.strategy != Some(Strategy::Rebuild) {
        return Vec::new();
    }
    let from = vec![format!("clusters.{}", old.name)];
    let rule = |ports: RangeInclusive<u16>, protocol, why: &str| Rule {
        ports: Some(ports.into_inner()),
        protocol,
        on: Nodes::All,
        sources: Vec::new(),
        why: why.to_owned(),
        from: from.clone(),
    };
    let mut close = Vec::new();
    if old.cni == Cni::Flannel && cluster.cni != Cni::Flannel {
        close.push(rule(FLANNEL_VXLAN..=FLANNEL_VXLAN, Protocol::Udp, "VXLAN of flannel"));
    }
    if let Some(range) = node_ports(old) {
        close.push(rule(range.clone(), Protocol::Tcp, "node ports"));
        close.push(rule(range, Protocol::Udp, "node ports"));
    }
    close.retain(|old| !allow.iter().any(|new| (new.ports, new.protocol) == (old.ports, old.protocol)));
    close.sort();
    close
}

/// Whether a host firewall is configured by what `plan` emits.
pub fn is_configured(resolved: &Resolved<'_>, cluster: &Cluster<'_>) -> bool {
    use crate::model::Firewall;
    let by_ansible = resolved.delivery.writer(Layer::Hosts) == Some(crate::resolve::Writer::Ansible);
    by_ansible && cluster.written.firewall() != Firewall::Disabled
}
