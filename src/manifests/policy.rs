//! A NetworkPolicy as the API server takes it, with the place of each of its rules.
//!
//! Refused is what `pkg/apis/networking/validation/validation.go` refuses, and, as `kubectl apply` does, a field that
//! the kind does not have.

use super::finding::{EMPTY_FROM, IGNORED_RULES, NO_EGRESS_ISOLATION};
use super::label::{is_dns_subdomain, is_port_name};
use super::node::Node;
use super::object::Judge;
use super::selector;
use crate::connectivity::{
    Direction, NamespaceScope, Peer, Peers, Policy, PortMatch, PortSpec, Ports, Protocol, Rule, Selector,
};
use crate::diagnostics::Diagnostic;
use crate::source::Span;
use ipnet::IpNet;

/// A policy that the API server takes.
#[derive(Clone, Debug)]
pub struct ReadPolicy {
    pub policy: Policy,
    pub places: Places,
}

/// Where a policy stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// Its name.
    pub name: Span,
    /// `spec.podSelector`, or the name where it is missing.
    pub pods: Span,
    pub ingress: Vec<RulePlaces>,
    pub egress: Vec<RulePlaces>,
}

/// Where a rule stands, and each item of its lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RulePlaces {
    pub rule: Span,
    pub peers: Vec<Span>,
    pub ports: Vec<Span>,
}

impl Places {
    /// The rules of a direction.
    pub fn rules(&self, direction: Direction) -> &[RulePlaces] {
        match direction {
            Direction::Ingress => &self.ingress,
            Direction::Egress => &self.egress,
        }
    }
}

/// Reads `metadata` and `spec`; `None` when the API server refuses the policy. Findings name it `namespace/name`.
pub fn read_policy(object: &Node, found: &mut Vec<Diagnostic>) -> Option<ReadPolicy> {
    let metadata = object.at(&["metadata"]);
    let text = |key: &str| metadata.and_then(|metadata| metadata.at(&[key]));
    let label = |key: &str, or: &str| text(key).and_then(Node::text).unwrap_or(or).to_owned();
    let (namespace, name) = (label("namespace", "default"), label("name", ""));
    let mut judge = Judge { name: format!("{namespace}/{name}"), found };
    for node in [text("namespace"), text("name")].into_iter().flatten() {
        judge.text(node)?;
    }
    let place = text("name").map_or(object.span, |node| node.span);
    if !is_dns_subdomain(&name) {
        return judge
            .refuse(place, format!("`{name}` is not a name: lowercase letters, digits, `-` and `.`"));
    }
    let Some(spec) = object.at(&["spec"]) else {
        // Upstream `spec` is optional, and its zero value selects every pod and allows no ingress.
        let pods = Selector::everything();
        let policy = Policy::from_spec(namespace, name, pods, None, Vec::new(), Vec::new());
        return Some(ReadPolicy { policy, places: Places { name: place, pods: place, ..Places::default() } });
    };
    let known = ["podSelector", "policyTypes", "ingress", "egress", "stagedAction"];
    let known = judge.map(spec, "`spec`", &known);
    let pods = match spec.at(&["podSelector"]) {
        Some(node) => selector::read(node, &mut judge),
        None => Some(Selector::everything()),
    };
    let types = policy_types(spec, &mut judge);
    let ingress = rules(spec, "ingress", "from", &mut judge);
    let egress = rules(spec, "egress", "to", &mut judge);
    known?;
    let (pods, types, (ingress, in_ingress), (egress, in_egress)) = (pods?, types?, ingress?, egress?);
    directions(spec, &types, (&ingress, &egress), &mut judge);
    let places = Places {
        name: place,
        pods: spec.at(&["podSelector"]).map_or(place, |node| node.span),
        ingress: in_ingress,
        egress: in_egress,
    };
    let policy = Policy::from_spec(namespace, name, pods, Some(&types), ingress, egress);
    Some(ReadPolicy { policy, places })
}

fn policy_types(spec: &Node, judge: &mut Judge<'_>) -> Option<Vec<Direction>> {
    let Some(node) = spec.at(&["policyTypes"]) else { return Some(Vec::new()) };
    let items = judge.list(node, "`policyTypes`")?;
    if items.len() > 2 {
        return judge.refuse(node.span, "`policyTypes` has more than two items");
    }
    let mut types = Vec::new();
    for item in items {
        types.push(match item.text() {
            Some("Ingress") => Direction::Ingress,
            Some("Egress") => Direction::Egress,
            _ => {
                let text = item.text().unwrap_or_default().to_owned();
                return judge.refuse(item.span, format!("the policy type `{text}` is not Ingress or Egress"));
            }
        });
    }
    Some(types)
}

/// What is written and has no effect, because of `policyTypes`.
fn directions(spec: &Node, types: &[Direction], rules: (&[Rule], &[Rule]), judge: &mut Judge<'_>) {
    let name = judge.name.clone();
    for (direction, key, word, rules) in [
        (Direction::Ingress, "ingress", "Ingress", rules.0),
        (Direction::Egress, "egress", "Egress", rules.1),
    ] {
        let Some(entry) = spec.entry(key) else { continue };
        if !types.is_empty() && !types.contains(&direction) && !rules.is_empty() {
            let message = format!("`{name}` has {key} rules, and its `policyTypes` has no {word}");
            let mut finding =
                Diagnostic::new(&IGNORED_RULES, entry.span, message).here("nobody reads these rules");
            if let Some(types) = spec.entry("policyTypes") {
                finding = finding.label(types.value.span, format!("has no {word}"));
            }
            judge.found.push(finding.help(format!("add {word} to `policyTypes`")).on(name.clone()));
        }
        if types.is_empty() && direction == Direction::Egress && rules.is_empty() {
            let message = format!("`{name}` has `egress: []` and no `policyTypes`, and isolates no egress");
            let finding = Diagnostic::new(&NO_EGRESS_ISOLATION, entry.span, message)
                .here("an empty list is not counted")
                .help("add: policyTypes: [Ingress, Egress]")
                .on(name.clone());
            judge.found.push(finding);
        }
    }
}

type Rules = (Vec<Rule>, Vec<RulePlaces>);

fn rules(spec: &Node, key: &str, peers_key: &str, judge: &mut Judge<'_>) -> Option<Rules> {
    let Some(node) = spec.at(&[key]) else { return Some(Rules::default()) };
    let (mut rules, mut places, mut good) = (Vec::new(), Vec::new(), true);
    for item in judge.list(node, &format!("`{key}`"))? {
        match rule(item, peers_key, judge) {
            Some((rule, place)) => {
                rules.push(rule);
                places.push(place);
            }
            None => good = false,
        }
    }
    good.then_some((rules, places))
}

fn rule(node: &Node, peers_key: &str, judge: &mut Judge<'_>) -> Option<(Rule, RulePlaces)> {
    judge.map(node, "a rule", &[peers_key, "ports"])?;
    let mut places = RulePlaces { rule: node.span, ..RulePlaces::default() };
    let (mut peers, mut ports, mut good) = (Vec::new(), Vec::new(), true);
    if let Some(list) = node.at(&[peers_key]) {
        let items = judge.list(list, &format!("`{peers_key}`"))?;
        // For egress, everybody is a finding however it is written.
        if items.is_empty() && peers_key == "from" {
            let name = judge.name.clone();
            let message = format!("an ingress rule of `{name}` has an empty `from`, which lets everybody in");
            let finding = Diagnostic::new(&EMPTY_FROM, list.span, message)
                .here("no list means the same")
                .help("name who is let in, or leave `from` out where everybody is meant")
                .on(name);
            judge.found.push(finding);
        }
        for item in items {
            match peer(item, judge) {
                Some(peer) => peers.push(peer),
                None => good = false,
            }
            places.peers.push(item.span);
        }
    }
    if let Some(list) = node.at(&["ports"]) {
        for item in judge.list(list, "`ports`")? {
            match port(item, judge) {
                Some(port) => ports.push(port),
                None => good = false,
            }
            places.ports.push(item.span);
        }
    }
    good.then(|| (Rule { peers: Peers::listed(peers), ports: Ports::listed(ports) }, places))
}

fn peer(node: &Node, judge: &mut Judge<'_>) -> Option<Peer> {
    judge.map(node, "a peer", &["podSelector", "namespaceSelector", "ipBlock"])?;
    let (pods, namespaces) = (node.at(&["podSelector"]), node.at(&["namespaceSelector"]));
    if let Some(block) = node.at(&["ipBlock"]) {
        if pods.is_some() || namespaces.is_some() {
            return judge.refuse(block.span, "`ipBlock` stands beside a selector in one peer");
        }
        return ip_block(block, judge);
    }
    let namespaces = match namespaces {
        Some(node) => NamespaceScope::Matching(selector::read(node, judge)?),
        None if pods.is_none() => return judge.refuse(node.span, "a peer is empty"),
        None => NamespaceScope::Own,
    };
    let pods = match pods {
        Some(node) => selector::read(node, judge)?,
        None => Selector::everything(),
    };
    Some(Peer::Pods { namespaces, pods })
}

fn ip_block(node: &Node, judge: &mut Judge<'_>) -> Option<Peer> {
    judge.map(node, "`ipBlock`", &["cidr", "except"])?;
    let Some(written) = node.at(&["cidr"]) else {
        return judge.refuse(node.span, "`ipBlock` has no `cidr`");
    };
    let cidr = network(written, judge)?;
    let mut except = Vec::new();
    if let Some(list) = node.at(&["except"]) {
        for item in judge.list(list, "`except`")? {
            let hole = network(item, judge)?;
            if !cidr.contains(&hole.network()) || hole.prefix_len() <= cidr.prefix_len() {
                return judge.refuse(item.span, format!("`{hole}` is not a strict part of `{cidr}`"));
            }
            except.push(hole);
        }
    }
    Some(Peer::Block { cidr, except })
}

fn network(node: &Node, judge: &mut Judge<'_>) -> Option<IpNet> {
    let text = judge.text(node)?;
    match text.parse::<IpNet>() {
        Ok(network) => Some(network),
        Err(_) => judge.refuse(node.span, format!("`{text}` is not a CIDR")),
    }
}

fn port(node: &Node, judge: &mut Judge<'_>) -> Option<PortMatch> {
    judge.map(node, "a port", &["protocol", "port", "endPort"])?;
    let protocol = match node.at(&["protocol"]) {
        None => Protocol::Tcp,
        Some(written) => match judge.text(written)?.as_str() {
            "TCP" => Protocol::Tcp,
            "UDP" => Protocol::Udp,
            "SCTP" => Protocol::Sctp,
            other => {
                return judge.refuse(written.span, format!("the protocol `{other}` is not TCP, UDP or SCTP"));
            }
        },
    };
    let end = node.at(&["endPort"]);
    let Some(written) = node.at(&["port"]) else {
        return match end {
            Some(end) => judge.refuse(end.span, "`endPort` stands without `port`"),
            None => Some(PortMatch { protocol, port: PortSpec::Any }),
        };
    };
    if is_text(written) {
        let name = judge.text(written)?;
        if let Some(end) = end {
            return judge.refuse(end.span, "`endPort` stands beside a port that is a name");
        }
        if !is_port_name(&name) {
            return judge
                .refuse(written.span, format!("`\"{name}\"` is neither a number nor the name of a port"));
        }
        return Some(PortMatch { protocol, port: PortSpec::Named(name) });
    }
    let first = number(written, "`port`", judge)?;
    let last = match end {
        Some(end) => number(end, "`endPort`", judge)?,
        None => first,
    };
    if last < first {
        return judge.refuse(
            end.map_or(node.span, |end| end.span),
            format!("`endPort` {last} is below `port` {first}"),
        );
    }
    Some(PortMatch { protocol, port: PortSpec::Range(first, last) })
}

/// A port number, 1 to 65535.
pub fn number(node: &Node, what: &str, judge: &mut Judge<'_>) -> Option<u16> {
    let number = judge.integer(node, what)?;
    match u16::try_from(number) {
        Ok(number @ 1..) => Some(number),
        _ => judge.refuse(node.span, format!("{what} {number} is not between 1 and 65535")),
    }
}

/// Whether a scalar is a text: a port that is one is a name, even `"80"`.
fn is_text(node: &Node) -> bool {
    node.word() == "a text"
}
