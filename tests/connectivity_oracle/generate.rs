//! Random small clusters in the shape of manifests, and the same clusters as the evaluator takes them.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::IpNet;
use plan::connectivity::{
    Block, ContainerPort, Direction, Endpoint, Labels, Namespace, NamespaceScope, Peer, Peers, Policy,
    PortMatch, PortSpec, Ports, Protocol, Requirement, Rule, Selector, Workload, WorkloadId, World,
};

use super::oracle::{
    Cidr, Oracle, RawEnd, RawNamespace, RawPeer, RawPod, RawPolicy, RawPort, RawPortValue, RawRule,
    RawSelector,
};

/// `splitmix64`.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        random.next();
        random
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^ (word >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).expect("a small number")
    }

    fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    fn pick<'t, T: ?Sized>(&mut self, items: &[&'t T]) -> &'t T {
        items[self.below(items.len())]
    }

    /// A port on or beside one that policies speak of.
    pub fn port(&mut self) -> u16 {
        let port = PORTS[self.below(PORTS.len())];
        match self.below(4) {
            0 => port.saturating_sub(1).max(1),
            1 => port.saturating_add(1),
            _ => port,
        }
    }
}

const PORTS: [u16; 8] = [1, 53, 80, 81, 82, 443, 8080, 65535];
const PORT_NAMES: [&str; 3] = ["http", "dns", "metrics"];

#[derive(Debug)]
pub struct Case {
    namespaces: Vec<RawNamespace>,
    pods: Vec<RawPod>,
    policies: Vec<RawPolicy>,
    pod_ranges: Vec<Cidr>,
    service_ranges: Vec<Cidr>,
    node_ranges: Vec<Cidr>,
    blocks_match_nodes: bool,
    ends: Vec<RawEnd>,
    addresses: Vec<IpAddr>,
}

impl Case {
    pub fn random(random: &mut Random) -> Case {
        let names = &["a", "b", "c", "d"][..1 + random.below(4)];
        let mut namespaces = Vec::new();
        for name in names {
            // Some namespaces are only implied by their pods.
            if random.percent(90) {
                let labels = labels(random, &["team", "env"]);
                namespaces.push(RawNamespace { name: (*name).to_owned(), labels });
            }
        }
        let cidr = |text: &str| parse(text);
        let mut pod_ranges = vec![cidr("10.0.0.0/27")];
        if random.percent(30) {
            pod_ranges.push(cidr("fd00::/123"));
        }
        if random.percent(5) {
            pod_ranges.clear();
        }
        let node_ranges = match random.below(10) {
            0 => vec![],
            1 => vec![cidr("192.168.0.1/32"), cidr("192.168.0.2/32"), cidr("10.0.0.16/32")],
            _ => vec![cidr("192.168.0.0/30")],
        };
        let service_ranges = if random.percent(70) { vec![cidr("10.0.1.0/28")] } else { vec![] };
        let mut pods: Vec<RawPod> = Vec::new();
        for _ in 0..1 + random.below(5) {
            // Some pods are what another one is.
            let twin =
                random.percent(25).then(|| random.below(pods.len() + 1)).and_then(|at| pods.get(at).cloned());
            let next = twin.unwrap_or_else(|| pod(random, names));
            pods.push(next);
        }
        let policies = (0..random.below(6)).map(|_| policy(random, names)).collect();
        let mut case = Case {
            namespaces,
            pods,
            policies,
            pod_ranges,
            service_ranges,
            node_ranges,
            blocks_match_nodes: random.percent(60),
            ends: Vec::new(),
            addresses: Vec::new(),
        };
        case.ends = (0..case.pods.len()).map(RawEnd::Pod).collect();
        case.ends.extend([RawEnd::Internet, RawEnd::Node, RawEnd::OwnNode]);
        let (some, except) = block(random);
        case.ends.push(RawEnd::Block(some, except));
        // One that policies speak of, or the double of it.
        let spoken: Vec<Cidr> = case.blocks().iter().map(|(cidr, _)| *cidr).collect();
        if !spoken.is_empty() {
            let mut cidr = spoken[random.below(spoken.len())];
            cidr.length = cidr.length.saturating_sub(u32::from(random.percent(50)));
            case.ends.push(RawEnd::Block(cidr, vec![]));
        }
        case.addresses = case.representatives();
        case
    }

    pub fn oracle(&self) -> Oracle<'_> {
        Oracle {
            namespaces: &self.namespaces,
            pods: &self.pods,
            policies: &self.policies,
            pod_ranges: &self.pod_ranges,
            service_ranges: &self.service_ranges,
            node_ranges: &self.node_ranges,
            blocks_match_nodes: self.blocks_match_nodes,
            addresses: &self.addresses,
        }
    }

    pub fn pods(&self) -> usize {
        self.pods.len()
    }

    /// Between two of these no rule treats ports differently, and no port that has a name lies.
    pub fn telling_ports(&self) -> Vec<u16> {
        let mut ports = vec![1];
        for port in PORTS {
            ports.extend([port, port.saturating_add(1)]);
        }
        ports.sort_unstable();
        ports.dedup();
        ports
    }

    /// The ends to ask about, pods first.
    pub fn endpoints(&self) -> Vec<(RawEnd, Endpoint)> {
        (self.ends.iter())
            .map(|end| {
                let endpoint = match end {
                    RawEnd::Pod(pod) => Endpoint::Workload(WorkloadId(*pod)),
                    RawEnd::Internet => Endpoint::Internet,
                    RawEnd::Node => Endpoint::Node,
                    RawEnd::OwnNode => Endpoint::OwnNode,
                    RawEnd::Block(cidr, except) => Endpoint::Block(
                        except.iter().fold(Block::new(net(cidr)), |block, hole| block.without(net(hole))),
                    ),
                };
                (end.clone(), endpoint)
            })
            .collect()
    }

    pub fn world(&self) -> World {
        let blocks = |ranges: &[Cidr]| ranges.iter().map(|range| Block::new(net(range))).collect();
        World {
            namespaces: (self.namespaces.iter())
                .map(|namespace| Namespace { name: namespace.name.clone(), labels: map(&namespace.labels) })
                .collect(),
            workloads: (self.pods.iter().enumerate())
                .map(|(number, pod)| Workload {
                    namespace: pod.namespace.clone(),
                    name: format!("pod-{number}"),
                    labels: map(&pod.labels),
                    ports: (pod.ports.iter())
                        .map(|(name, protocol, number)| ContainerPort {
                            name: name.clone(),
                            protocol: protocol_of(Some(protocol)),
                            number: *number,
                        })
                        .collect(),
                    host_network: pod.host_network,
                    addresses: pod.addresses.clone(),
                })
                .collect(),
            nodes: blocks(&self.node_ranges),
            pods: blocks(&self.pod_ranges),
            services: blocks(&self.service_ranges),
            blocks_match_nodes: self.blocks_match_nodes,
            policies: self.policies.iter().map(convert).collect(),
        }
    }

    /// Those of all rules.
    fn blocks(&self) -> Vec<&(Cidr, Vec<Cidr>)> {
        let rules =
            self.policies.iter().flat_map(|policy| policy.ingress.iter().chain(&policy.egress).flatten());
        rules.flat_map(|rule| rule.peers.iter().flatten()).filter_map(|peer| peer.ip_block.as_ref()).collect()
    }

    /// The edges of every range that anything here tells apart, and a step beyond.
    fn representatives(&self) -> Vec<IpAddr> {
        let mut cidrs: Vec<Cidr> = SPECIAL.iter().map(|text| parse(text)).collect();
        cidrs.extend(self.pod_ranges.iter().chain(&self.service_ranges).chain(&self.node_ranges));
        let rules =
            self.policies.iter().flat_map(|policy| policy.ingress.iter().chain(&policy.egress).flatten());
        for (block, except) in
            rules.flat_map(|rule| rule.peers.iter().flatten()).filter_map(|peer| peer.ip_block.as_ref())
        {
            cidrs.push(*block);
            cidrs.extend(except);
        }
        for end in &self.ends {
            if let RawEnd::Block(block, except) = end {
                cidrs.push(*block);
                cidrs.extend(except);
            }
        }
        let mut addresses: BTreeSet<IpAddr> =
            self.pods.iter().flat_map(|pod| pod.addresses.clone()).collect();
        for cidr in cidrs {
            match cidr.network {
                IpAddr::V4(network) => {
                    let host = u32::MAX.checked_shr(cidr.length).unwrap_or(0);
                    let (first, last) = (u32::from(network) & !host, u32::from(network) | host);
                    for number in [first, last, first.wrapping_sub(1), last.wrapping_add(1)] {
                        addresses.insert(IpAddr::V4(number.into()));
                    }
                }
                IpAddr::V6(network) => {
                    let host = u128::MAX.checked_shr(cidr.length).unwrap_or(0);
                    let (first, last) = (u128::from(network) & !host, u128::from(network) | host);
                    for number in [first, last, first.wrapping_sub(1), last.wrapping_add(1)] {
                        addresses.insert(IpAddr::V6(number.into()));
                    }
                }
            }
        }
        addresses.into_iter().collect()
    }
}

/// Ranges that are not the internet, for their edges.
const SPECIAL: [&str; 20] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/3",
    "2000::/3",
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "3fff::/20",
    "::/0",
];

fn labels(random: &mut Random, keys: &[&str]) -> Vec<(String, String)> {
    let mut labels = Vec::new();
    for key in keys {
        if random.percent(70) {
            labels.push(((*key).to_owned(), random.pick(&["x", "y", "z"]).to_owned()));
        }
    }
    labels
}

fn pod(random: &mut Random, names: &[&str]) -> RawPod {
    let host_network = random.percent(8);
    let addresses: Vec<IpAddr> = match (random.below(4), host_network) {
        (0, _) => vec![],
        (_, true) => vec![format!("192.168.0.{}", random.below(4)).parse().expect("an address")],
        (1, false) => vec![
            format!("10.0.0.{}", random.below(40)).parse().expect("an address"),
            format!("fd00::{:x}", random.below(32)).parse().expect("an address"),
        ],
        _ => (0..1 + random.below(2))
            .map(|_| format!("10.0.0.{}", random.below(32)).parse().expect("an address"))
            .collect(),
    };
    let ports = (0..random.below(4))
        .map(|_| {
            let name = random.percent(80).then(|| random.pick(&PORT_NAMES).to_owned());
            (name, random.pick(&["TCP", "TCP", "UDP"]), PORTS[random.below(PORTS.len())])
        })
        .collect();
    RawPod {
        namespace: random.pick(names).to_owned(),
        labels: labels(random, &["app", "tier"]),
        ports,
        host_network,
        addresses,
    }
}

fn selector(random: &mut Random, keys: &[&str]) -> RawSelector {
    let mut selector = RawSelector::default();
    if random.percent(35) {
        return selector;
    }
    let value = |random: &mut Random, key: &str| -> String {
        let values: &[&str] =
            if key == "kubernetes.io/metadata.name" { &["a", "b", "c"] } else { &["x", "y", "z"] };
        random.pick(values).to_owned()
    };
    if random.percent(50) {
        let key = random.pick(keys);
        selector.match_labels.push((key.to_owned(), value(random, key)));
    }
    for _ in 0..random.below(3) {
        let key = random.pick(keys);
        let operator = ["In", "NotIn", "Exists", "DoesNotExist"][random.below(4)];
        let count = if operator.ends_with("In") { 1 + random.below(2) } else { 0 };
        let values = (0..count).map(|_| value(random, key)).collect();
        selector.match_expressions.push((key.to_owned(), operator, values));
    }
    selector
}

/// A block in one of the neighbourhoods, often with exceptions inside it.
fn block(random: &mut Random) -> (Cidr, Vec<Cidr>) {
    let (base, width, shortest) = match random.below(10) {
        0 => return wide(random),
        1 | 2 => ("10.0.0.", 32, 26),
        3 => ("10.0.1.", 32, 27),
        4 | 5 => ("192.168.0.", 32, 29),
        6 => ("fd00::", 128, 122),
        _ => ("172.16.0.", 32, 28),
    };
    let at = |random: &mut Random, number: usize, length: usize| -> Cidr {
        // The bits right of the mask are sometimes left in place: upstream takes them.
        let host = (1_usize << (width - length)) - 1;
        let number = if random.percent(80) { number & !host } else { number };
        let text = if width == 32 { format!("{base}{number}") } else { format!("{base}{number:x}") };
        Cidr { network: text.parse().expect("an address"), length: u32::try_from(length).expect("a length") }
    };
    let number = random.below(1 << (width - shortest));
    let length = shortest + random.below(width - shortest + 1);
    let cidr = at(random, number, length);
    let mut except = Vec::new();
    while length < width && except.len() < 2 && random.percent(40) {
        let inner = length + 1 + random.below(width - length);
        let hosts = (1_usize << (width - length)) - 1;
        let inside = (number & !hosts) + random.below(hosts + 1);
        except.push(at(random, inside, inner));
    }
    (cidr, except)
}

/// Blocks that reach around the cluster and the internet.
fn wide(random: &mut Random) -> (Cidr, Vec<Cidr>) {
    let cidr = random.pick(&["0.0.0.0/0", "0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "::/0", "2000::/3"]);
    let holes = ["10.0.0.0/8", "192.168.0.0/30", "169.254.0.0/16", "8.8.8.8/32", "172.16.0.0/12"];
    let except = match cidr {
        "0.0.0.0/0" => (0..random.below(4)).map(|_| parse(random.pick(&holes))).collect(),
        _ => vec![],
    };
    (parse(cidr), except)
}

fn port(random: &mut Random) -> RawPort {
    let protocol = [None, Some("TCP"), Some("UDP"), Some("SCTP")][random.below(4).min(random.below(4))];
    let (port, end_port) = match random.below(5) {
        0 => (None, None),
        1 => (Some(RawPortValue::Name(random.pick(&PORT_NAMES).to_owned())), None),
        2 => {
            let first = PORTS[random.below(PORTS.len())];
            let last = PORTS[random.below(PORTS.len())].max(first);
            (Some(RawPortValue::Number(first)), Some(last))
        }
        _ => (Some(RawPortValue::Number(PORTS[random.below(PORTS.len())])), None),
    };
    RawPort { protocol, port, end_port }
}

fn peer(random: &mut Random) -> RawPeer {
    if random.percent(30) {
        return RawPeer { ip_block: Some(block(random)), ..RawPeer::default() };
    }
    let shape = random.below(3);
    RawPeer {
        pod_selector: (shape != 0).then(|| selector(random, &["app", "tier"])),
        namespace_selector: (shape != 1)
            .then(|| selector(random, &["team", "env", "kubernetes.io/metadata.name"])),
        ip_block: None,
    }
}

/// A list that is missing, empty, or has items.
fn list<T>(random: &mut Random, missing: usize, item: fn(&mut Random) -> T) -> Option<Vec<T>> {
    if random.percent(missing) {
        return None;
    }
    let count = if random.percent(10) { 0 } else { 1 + random.below(3) };
    Some((0..count).map(|_| item(random)).collect())
}

fn rule(random: &mut Random) -> RawRule {
    let mut peers = list(random, 10, peer);
    // The two halves of a block, which only together are all of it.
    if let Some(peers) = peers.as_mut().filter(|peers| !peers.is_empty() && random.percent(20)) {
        let (cidr, _) = block(random);
        let width = if cidr.network.is_ipv4() { 32 } else { 128 };
        if cidr.length < width {
            peers.extend(
                halves(cidr).map(|half| RawPeer { ip_block: Some((half, vec![])), ..RawPeer::default() }),
            );
        }
    }
    RawRule { peers, ports: list(random, 25, port) }
}

fn policy(random: &mut Random, names: &[&str]) -> RawPolicy {
    let policy_types = match random.below(7) {
        0 | 1 => None,
        2 => Some(vec![]),
        3 => Some(vec!["Ingress"]),
        4 => Some(vec!["Egress"]),
        _ => Some(vec!["Ingress", "Egress"]),
    };
    RawPolicy {
        namespace: random.pick(names).to_owned(),
        pod_selector: selector(random, &["app", "tier"]),
        policy_types,
        ingress: list(random, 25, rule),
        egress: list(random, 25, rule),
    }
}

fn halves(cidr: Cidr) -> [Cidr; 2] {
    let length = cidr.length + 1;
    let other = match cidr.network {
        IpAddr::V4(network) => IpAddr::V4((u32::from(network) ^ 1 << (32 - length)).into()),
        IpAddr::V6(network) => IpAddr::V6((u128::from(network) ^ 1 << (128 - length)).into()),
    };
    [Cidr { length, ..cidr }, Cidr { network: other, length }]
}

fn parse(text: &str) -> Cidr {
    let (network, length) = text.split_once('/').expect("a CIDR");
    Cidr { network: network.parse().expect("an address"), length: length.parse().expect("a length") }
}

fn net(cidr: &Cidr) -> IpNet {
    format!("{}/{}", cidr.network, cidr.length).parse().expect("a CIDR")
}

fn map(labels: &[(String, String)]) -> Labels {
    labels.iter().cloned().collect()
}

fn protocol_of(protocol: Option<&str>) -> Protocol {
    match protocol {
        None | Some("TCP") => Protocol::Tcp,
        Some("UDP") => Protocol::Udp,
        _ => Protocol::Sctp,
    }
}

fn convert(policy: &RawPolicy) -> Policy {
    let types: Option<Vec<Direction>> = policy.policy_types.as_ref().map(|types| {
        types
            .iter()
            .map(|word| if *word == "Ingress" { Direction::Ingress } else { Direction::Egress })
            .collect()
    });
    let rules = |rules: &Option<Vec<RawRule>>| rules.iter().flatten().map(convert_rule).collect();
    Policy::from_spec(
        &policy.namespace,
        "policy",
        convert_selector(&policy.pod_selector),
        types.as_deref(),
        rules(&policy.ingress),
        rules(&policy.egress),
    )
}

fn convert_rule(rule: &RawRule) -> Rule {
    let peers = rule.peers.iter().flatten().map(|peer| match &peer.ip_block {
        Some((cidr, except)) => Peer::Block { cidr: net(cidr), except: except.iter().map(net).collect() },
        None => Peer::Pods {
            namespaces: match &peer.namespace_selector {
                None => NamespaceScope::Own,
                Some(selector) => NamespaceScope::Matching(convert_selector(selector)),
            },
            pods: peer.pod_selector.as_ref().map(convert_selector).unwrap_or_default(),
        },
    });
    let ports = rule.ports.iter().flatten().map(|item| PortMatch {
        protocol: protocol_of(item.protocol),
        port: match (&item.port, item.end_port) {
            (None, _) => PortSpec::Any,
            (Some(RawPortValue::Name(name)), _) => PortSpec::Named(name.clone()),
            (Some(RawPortValue::Number(number)), end) => PortSpec::Range(*number, end.unwrap_or(*number)),
        },
    });
    Rule { peers: Peers::listed(peers.collect()), ports: Ports::listed(ports.collect()) }
}

fn convert_selector(selector: &RawSelector) -> Selector {
    let mut converted = Selector::labels(selector.match_labels.iter().cloned());
    for (key, operator, values) in &selector.match_expressions {
        let (key, values) = (key.clone(), values.iter().cloned().collect());
        converted.requirements.push(match *operator {
            "In" => Requirement::In { key, values },
            "NotIn" => Requirement::NotIn { key, values },
            "Exists" => Requirement::Exists { key },
            _ => Requirement::DoesNotExist { key },
        });
    }
    converted
}
