//! The API text, read naively: `k8s.io/api/networking/v1 types.go` and the defaults beside it.

use std::net::IpAddr;

/// An address, and how many of its leading bits count.
#[derive(Clone, Copy, Debug)]
pub struct Cidr {
    pub network: IpAddr,
    pub length: u32,
}

#[derive(Clone, Debug, Default)]
pub struct RawSelector {
    pub match_labels: Vec<(String, String)>,
    /// Key, operator, values.
    pub match_expressions: Vec<(String, &'static str, Vec<String>)>,
}

#[derive(Clone, Debug, Default)]
pub struct RawPeer {
    pub pod_selector: Option<RawSelector>,
    pub namespace_selector: Option<RawSelector>,
    /// CIDR and exceptions.
    pub ip_block: Option<(Cidr, Vec<Cidr>)>,
}

#[derive(Clone, Debug)]
pub enum RawPortValue {
    Number(u16),
    Name(String),
}

#[derive(Clone, Debug)]
pub struct RawPort {
    pub protocol: Option<&'static str>,
    pub port: Option<RawPortValue>,
    pub end_port: Option<u16>,
}

#[derive(Clone, Debug)]
pub struct RawRule {
    pub peers: Option<Vec<RawPeer>>,
    pub ports: Option<Vec<RawPort>>,
}

#[derive(Clone, Debug)]
pub struct RawPolicy {
    pub namespace: String,
    pub pod_selector: RawSelector,
    pub policy_types: Option<Vec<&'static str>>,
    pub ingress: Option<Vec<RawRule>>,
    pub egress: Option<Vec<RawRule>>,
}

#[derive(Clone, Debug)]
pub struct RawNamespace {
    pub name: String,
    pub labels: Vec<(String, String)>,
}

#[derive(Clone, Debug)]
pub struct RawPod {
    pub namespace: String,
    pub labels: Vec<(String, String)>,
    pub ports: Vec<(Option<String>, &'static str, u16)>,
    pub host_network: bool,
    pub addresses: Vec<IpAddr>,
}

#[derive(Clone, Debug)]
pub enum RawEnd {
    Pod(usize),
    Block(Cidr, Vec<Cidr>),
    Internet,
    Node,
    OwnNode,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    No,
    Unsure,
    Yes,
}

pub struct Answers {
    pub egress: Answer,
    pub ingress: Answer,
    /// Policy, rule, peer of everything that allows a pod by a selector or by naming nobody.
    pub egress_reasons: Vec<(usize, usize, Option<usize>)>,
    pub ingress_reasons: Vec<(usize, usize, Option<usize>)>,
}

pub struct Oracle<'c> {
    pub namespaces: &'c [RawNamespace],
    pub pods: &'c [RawPod],
    pub policies: &'c [RawPolicy],
    pub pod_ranges: &'c [Cidr],
    pub service_ranges: &'c [Cidr],
    pub node_ranges: &'c [Cidr],
    pub blocks_match_nodes: bool,
    /// At least one address of every kind that some CIDR tells apart from its neighbours.
    pub addresses: &'c [IpAddr],
}

impl Oracle<'_> {
    pub fn is_pod(&self, end: &RawEnd) -> bool {
        matches!(end, RawEnd::Pod(pod) if !self.pods[*pod].host_network)
    }

    pub fn is_isolated(&self, pod: usize, direction: &str) -> bool {
        let pod = &self.pods[pod];
        !pod.host_network
            && self.policies.iter().any(|policy| {
                policy.namespace == pod.namespace
                    && selects(&policy.pod_selector, &pod.labels)
                    && affects(policy, direction)
            })
    }

    pub fn connects(&self, from: &RawEnd, to: &RawEnd, protocol: &str, port: u16) -> Answers {
        let (egress, egress_reasons) = self.side("Egress", from, to, to, protocol, port);
        let (ingress, ingress_reasons) = self.side("Ingress", to, from, to, protocol, port);
        Answers { egress, ingress, egress_reasons, ingress_reasons }
    }

    fn side(
        &self,
        direction: &str,
        subject: &RawEnd,
        other: &RawEnd,
        destination: &RawEnd,
        protocol: &str,
        port: u16,
    ) -> (Answer, Vec<(usize, usize, Option<usize>)>) {
        let pod = match subject {
            RawEnd::Pod(pod) if !self.pods[*pod].host_network => &self.pods[*pod],
            RawEnd::Block(..) if self.may_be_cluster(subject) => return (Answer::Unsure, Vec::new()),
            _ => return (Answer::Yes, Vec::new()),
        };
        if direction == "Ingress" && matches!(other, RawEnd::OwnNode) {
            return (Answer::Yes, Vec::new());
        }
        let mut isolated = false;
        let mut reasons = Vec::new();
        let mut everybody = false;
        let mut blocks = Vec::new();
        let mut selectors_for_addresses = false;
        for (number, policy) in self.policies.iter().enumerate() {
            if policy.namespace != pod.namespace || !selects(&policy.pod_selector, &pod.labels) {
                continue;
            }
            if !affects(policy, direction) {
                continue;
            }
            isolated = true;
            let rules = if direction == "Ingress" { &policy.ingress } else { &policy.egress };
            for (index, rule) in rules.iter().flatten().enumerate() {
                let ports = rule.ports.clone().unwrap_or_default();
                if !ports.is_empty()
                    && !ports.iter().any(|item| self.port_matches(item, destination, protocol, port))
                {
                    continue;
                }
                let peers = rule.peers.clone().unwrap_or_default();
                if peers.is_empty() {
                    everybody = true;
                    reasons.push((number, index, None));
                }
                for (item, peer) in peers.iter().enumerate() {
                    if let Some((cidr, except)) = &peer.ip_block {
                        blocks.push((*cidr, except.clone()));
                    } else if let RawEnd::Pod(peer_pod) = other {
                        if self.peer_selects(peer, policy, &self.pods[*peer_pod]) {
                            reasons.push((number, index, Some(item)));
                        }
                    } else {
                        selectors_for_addresses = true;
                    }
                }
            }
        }
        if !isolated {
            return (Answer::Yes, Vec::new());
        }
        if !reasons.is_empty() || everybody {
            return (Answer::Yes, reasons);
        }
        let addresses = self.addresses_of(other);
        let matched = |address: &IpAddr| {
            blocks.iter().any(|(cidr, except)| {
                inside(*address, *cidr) && !except.iter().any(|hole| inside(*address, *hole))
            })
        };
        let some = addresses.iter().any(matched);
        let all = addresses.iter().all(matched);
        let answer = match other {
            RawEnd::Pod(peer) if !self.pods[*peer].host_network => some.then_some(Answer::Unsure),
            // It may share the node of the pod, or be a node.
            RawEnd::Pod(_) | RawEnd::OwnNode => {
                Some(if some && all && self.blocks_match_nodes { Answer::Yes } else { Answer::Unsure })
            }
            RawEnd::Node if some && all && self.blocks_match_nodes => Some(Answer::Yes),
            RawEnd::Node => some.then_some(Answer::Unsure),
            RawEnd::Internet if some && all => Some(Answer::Yes),
            RawEnd::Internet => some.then_some(Answer::Unsure),
            RawEnd::Block(..) => {
                let cluster = self.may_be_cluster(other);
                let node = addresses
                    .iter()
                    .any(|address| self.node_ranges.iter().any(|range| inside(*address, *range)));
                if some && all && !cluster && (!node || self.blocks_match_nodes) {
                    Some(Answer::Yes)
                } else {
                    (some || (cluster && selectors_for_addresses)).then_some(Answer::Unsure)
                }
            }
        };
        (answer.unwrap_or(Answer::No), Vec::new())
    }

    fn may_be_cluster(&self, end: &RawEnd) -> bool {
        self.addresses_of(end).iter().any(|address| {
            self.pod_ranges.iter().chain(self.service_ranges).any(|range| inside(*address, *range))
                || self.pods.iter().any(|pod| !pod.host_network && pod.addresses.contains(address))
        })
    }

    /// The addresses an end stands for, as representatives.
    fn addresses_of(&self, end: &RawEnd) -> Vec<IpAddr> {
        let within = |ranges: &[Cidr]| -> Vec<IpAddr> {
            let here =
                |address: &&IpAddr| ranges.is_empty() || ranges.iter().any(|range| inside(**address, *range));
            self.addresses.iter().filter(here).copied().collect()
        };
        match end {
            RawEnd::Pod(pod) => {
                let pod = &self.pods[*pod];
                match (pod.addresses.is_empty(), pod.host_network) {
                    (false, _) => pod.addresses.clone(),
                    (true, true) => within(self.node_ranges),
                    (true, false) => within(self.pod_ranges),
                }
            }
            RawEnd::Node | RawEnd::OwnNode => within(self.node_ranges),
            RawEnd::Block(cidr, except) => (within(std::slice::from_ref(cidr)).into_iter())
                .filter(|address| !except.iter().any(|hole| inside(*address, *hole)))
                .collect(),
            RawEnd::Internet => {
                let own = |address: &IpAddr| {
                    [self.pod_ranges, self.service_ranges, self.node_ranges]
                        .iter()
                        .any(|ranges| ranges.iter().any(|range| inside(*address, *range)))
                };
                let v6 = self.pod_ranges.iter().any(|range| range.network.is_ipv6());
                let v4 = !v6 || self.pod_ranges.iter().any(|range| range.network.is_ipv4());
                let public = |address: &IpAddr| match address {
                    IpAddr::V4(address) => {
                        let [a, b, c, _] = address.octets();
                        v4 && !(a == 0
                            || a == 10
                            || a == 127
                            || a >= 224
                            || (a == 100 && (64..128).contains(&b))
                            || (a == 169 && b == 254)
                            || (a == 172 && (16..32).contains(&b))
                            || (a == 192 && b == 168)
                            || (a == 192 && b == 0 && (c == 0 || c == 2))
                            || (a == 192 && b == 88 && c == 99)
                            || (a == 198 && (b == 18 || b == 19))
                            || (a == 198 && b == 51 && c == 100)
                            || (a == 203 && b == 0 && c == 113))
                    }
                    IpAddr::V6(address) => {
                        let [a, b, ..] = address.segments();
                        let special = (a == 0x2001 && (b < 0x200 || b == 0xdb8)) || a == 0x2002;
                        v6 && (0x2000..0x4000).contains(&a) && !special && !(a == 0x3fff && b < 0x1000)
                    }
                };
                self.addresses.iter().filter(|address| public(address) && !own(address)).copied().collect()
            }
        }
    }

    fn peer_selects(&self, peer: &RawPeer, policy: &RawPolicy, pod: &RawPod) -> bool {
        if pod.host_network {
            return false;
        }
        let in_namespace = match &peer.namespace_selector {
            None => pod.namespace == policy.namespace,
            Some(selector) => {
                let listed = self.namespaces.iter().find(|namespace| namespace.name == pod.namespace);
                let mut labels = listed.map(|namespace| namespace.labels.clone()).unwrap_or_default();
                labels.push(("kubernetes.io/metadata.name".to_owned(), pod.namespace.clone()));
                selects(selector, &labels)
            }
        };
        in_namespace && peer.pod_selector.as_ref().is_none_or(|selector| selects(selector, &pod.labels))
    }

    fn port_matches(&self, item: &RawPort, destination: &RawEnd, protocol: &str, port: u16) -> bool {
        if item.protocol.unwrap_or("TCP") != protocol {
            return false;
        }
        match (&item.port, item.end_port) {
            (None, _) => true,
            (Some(RawPortValue::Number(number)), None) => *number == port,
            (Some(RawPortValue::Number(number)), Some(end)) => *number <= port && port <= end,
            (Some(RawPortValue::Name(name)), _) => {
                let RawEnd::Pod(pod) = destination else { return false };
                let pod = &self.pods[*pod];
                !pod.host_network
                    && (pod.ports.iter()).any(|(called, speaks, number)| {
                        called.as_ref() == Some(name) && *speaks == protocol && *number == port
                    })
            }
        }
    }
}

fn affects(policy: &RawPolicy, direction: &str) -> bool {
    match policy.policy_types.as_deref() {
        Some(types) if !types.is_empty() => types.contains(&direction),
        _ => direction == "Ingress" || policy.egress.as_ref().is_some_and(|rules| !rules.is_empty()),
    }
}

fn selects(selector: &RawSelector, labels: &[(String, String)]) -> bool {
    let value = |key: &str| labels.iter().find(|label| label.0 == key).map(|label| label.1.clone());
    for (key, wanted) in &selector.match_labels {
        if value(key).as_ref() != Some(wanted) {
            return false;
        }
    }
    for (key, operator, values) in &selector.match_expressions {
        let holds = match (*operator, value(key)) {
            ("In", Some(value)) => values.contains(&value),
            ("In", None) => false,
            ("NotIn", Some(value)) => !values.contains(&value),
            ("NotIn", None) => true,
            ("Exists", value) => value.is_some(),
            ("DoesNotExist", value) => value.is_none(),
            (other, _) => panic!("no operator {other}"),
        };
        if !holds {
            return false;
        }
    }
    true
}

/// One address against one CIDR: the bits left of the mask are the same.
fn inside(address: IpAddr, cidr: Cidr) -> bool {
    let same = |left: u128, right: u128, width: u32| {
        cidr.length == 0 || (left ^ right) >> (width - cidr.length) == 0
    };
    match (address, cidr.network) {
        (IpAddr::V4(address), IpAddr::V4(network)) => {
            same(u32::from(address).into(), u32::from(network).into(), 32)
        }
        (IpAddr::V6(address), IpAddr::V6(network)) => same(address.into(), network.into(), 128),
        _ => false,
    }
}
