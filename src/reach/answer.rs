//! Why one connection is allowed or not: by which policies on each side, and how near the others came.

use super::endpoint::{Asked, Named};
use super::subject::{Subject, Unanswerable};
use super::words;
use crate::connectivity::{
    Certainty, Conjunct, Connection, Direction, Doubt, Endpoint, Grant, Miss, NAMESPACE_NAME, Nearest,
    Network, Peer, Peers, PortSets, Ports, Protocol, Side, Unpoliced,
};
use serde_json::{Value, json};

/// The answer to a question about two names.
pub enum Answer {
    /// About ports that were asked for, or that the destination declares.
    Ports(Vec<Verdict>),
    /// About every port, because none is asked for and none declared; the reasons are those of one port.
    All { from: String, to: String, connection: Connection, example: Box<Verdict> },
}

/// What is said about one port.
pub struct Verdict {
    pub from: String,
    pub to: String,
    pub protocol: Protocol,
    pub port: u16,
    pub certainty: Certainty,
    /// How many pairs there are, and how many of them end like this one.
    pub pairs: (usize, usize),
    pub egress: Part,
    pub ingress: Part,
}

/// What the policies of one side say.
pub struct Part {
    /// `egress of a/b`.
    pub of: String,
    pub certainty: Certainty,
    /// One sentence.
    pub summary: String,
    pub reasons: Vec<Reason>,
}

/// One policy, and what it has to do with the connection.
pub struct Reason {
    pub policy: String,
    pub text: String,
    /// The tables, or the place, that the policy comes from.
    pub origin: String,
    /// How many conditions fail in its nearest rule; 0 where it allows.
    pub distance: usize,
}

/// Pairs are looked at one by one only as long as a person could care.
const PAIRS: usize = 10_000;

impl Answer {
    /// Asks about every pair of what two names stand for; the worst pair speaks for all.
    pub fn new(
        subject: &Subject<'_>,
        network: &Network,
        from: &Named,
        to: &Named,
        asked: Option<&Asked>,
    ) -> Result<Answer, Unanswerable> {
        for named in [from, to] {
            if named.ends.is_empty() {
                return Err(Unanswerable::new(format!("`{}` stands for nothing", named.name)));
            }
        }
        let ports = match asked {
            Some(asked) => vec![subject.pod_port(to, asked)?],
            None => to.ports.clone(),
        };
        if ports.is_empty() {
            return Ok(all(subject, network, from, to));
        }
        let verdict = |(protocol, port): (Protocol, u16)| verdict(subject, network, from, to, protocol, port);
        Ok(Answer::Ports(ports.into_iter().map(verdict).collect()))
    }

    /// The least certain of what is said.
    pub fn certainty(&self) -> Certainty {
        match self {
            Answer::Ports(verdicts) => {
                verdicts.iter().map(|verdict| verdict.certainty).min().unwrap_or(Certainty::Denied)
            }
            Answer::All { connection, .. } => of_connection(connection),
        }
    }

    /// For a person.
    pub fn text(&self) -> String {
        match self {
            Answer::All { from, to, connection, example } => {
                let port = match connection.possibly.is_empty() {
                    // Any port would do: no policy comes nearer on another.
                    true => String::new(),
                    false => format!("  for example {} {}:\n", example.protocol.name(), example.port),
                };
                format!("{from} -> {to}: {}\n{port}{}", words::connection(connection), example.parts())
            }
            Answer::Ports(verdicts) => {
                let mut told: Vec<(String, String, Vec<String>)> = Vec::new();
                for verdict in verdicts {
                    let port = format!("{} {}", verdict.protocol.name(), verdict.port);
                    let (ends, rest) = (format!("{} -> {}", verdict.from, verdict.to), verdict.rest());
                    match told.iter_mut().find(|(known, same, _)| *known == ends && *same == rest) {
                        Some((.., ports)) => ports.push(port),
                        None => told.push((ends, rest, vec![port])),
                    }
                }
                let line = |(ends, rest, ports): &(String, String, Vec<String>)| {
                    format!("{ends}, {}: {rest}", ports.join(" and "))
                };
                told.iter().map(line).collect::<Vec<_>>().join("\n")
            }
        }
    }

    /// For a program.
    pub fn json(&self) -> Value {
        match self {
            Answer::All { from, to, connection, example } => json!({
                "from": from, "to": to, "certainty": word(self.certainty()),
                "surely": words::ports(&connection.surely), "possibly": words::ports(&connection.possibly),
                "example": example.json(),
            }),
            Answer::Ports(verdicts) => json!({
                "certainty": word(self.certainty()),
                "ports": verdicts.iter().map(Verdict::json).collect::<Vec<_>>(),
            }),
        }
    }
}

/// The least that other policies, or another plugin, make of a question that was answered.
pub fn certainty(network: &Network, from: &Named, to: &Named, answer: &Answer) -> Certainty {
    let ports: Vec<(Protocol, u16)> = match answer {
        Answer::Ports(verdicts) => verdicts.iter().map(|verdict| (verdict.protocol, verdict.port)).collect(),
        Answer::All { .. } => return of_connection(&together(network, from, to)),
    };
    let of_pair = |(from, to): (&Endpoint, &Endpoint)| {
        let certainties = ports.iter().map(|(protocol, port)| network.certainty(from, to, *protocol, *port));
        certainties.min().unwrap_or(Certainty::Denied)
    };
    pairs(from, to).map(of_pair).min().unwrap_or(Certainty::Denied)
}

/// What holds for every pair.
fn together(network: &Network, from: &Named, to: &Named) -> Connection {
    let all = pairs(from, to).map(|(from, to)| network.connection(from, to));
    let both = |one: Connection, other: Connection| Connection {
        surely: one.surely.intersection(&other.surely),
        possibly: one.possibly.intersection(&other.possibly),
    };
    all.reduce(both).unwrap_or_default()
}

fn of_connection(connection: &Connection) -> Certainty {
    match (connection.surely.is_empty(), connection.possibly.is_empty()) {
        (false, _) => Certainty::Allowed,
        (true, false) => Certainty::Depends,
        (true, true) => Certainty::Denied,
    }
}

/// The lowercase word for a certainty.
pub fn word(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Allowed => "allowed",
        Certainty::Depends => "perhaps",
        Certainty::Denied => "denied",
    }
}

fn pairs<'n>(from: &'n Named, to: &'n Named) -> impl Iterator<Item = (&'n Endpoint, &'n Endpoint)> {
    let pairs = from.ends.iter().flat_map(|from| to.ends.iter().map(move |to| (from, to)));
    // A pod does not call itself unless nothing else is asked about.
    let single = from.ends.len() == 1 && to.ends.len() == 1;
    pairs.filter(move |(from, to)| single || from != to).take(PAIRS)
}

impl Part {
    /// Policies that came as near as the nearest are told in full, the others by name.
    fn text(&self) -> String {
        let mut text = format!("  {}: {}\n", self.of, self.summary);
        let nearest = self.reasons.first().map_or(0, |reason| reason.distance);
        let (near, far): (Vec<&Reason>, Vec<&Reason>) =
            self.reasons.iter().partition(|reason| reason.distance == nearest);
        for reason in near {
            text.push_str(&format!("    {}: {}\n", reason.policy, reason.text));
            if !reason.origin.is_empty() {
                text.push_str(&format!("      from {}\n", reason.origin));
            }
        }
        if !far.is_empty() {
            let names: Vec<&str> = far.iter().map(|reason| &*reason.policy).collect();
            text.push_str(&format!("    less near: {}\n", names.join(", ")));
        }
        text
    }
}

/// What holds for every pair on every port, and the reasons of one port.
fn all(subject: &Subject<'_>, network: &Network, from: &Named, to: &Named) -> Answer {
    let mut port = None;
    for (from, to) in pairs(from, to) {
        let (egress, ingress) = network.halves(from, to);
        let connection = network.connection(from, to);
        let sets = [&connection.surely, &connection.possibly, &egress.possibly, &ingress.possibly];
        // A port that one side allows shows what the other side lacks.
        let first = sets.into_iter().find(|set| !set.is_empty() && !set.is_all()).and_then(usual);
        port = port.or(first);
    }
    let connection = together(network, from, to);
    // What holds for all pairs is told by a port of it.
    let port = [&connection.surely, &connection.possibly].into_iter().find_map(usual).or(port);
    let (protocol, port) = port.unwrap_or((Protocol::Tcp, 80));
    let example = Box::new(verdict(subject, network, from, to, protocol, port));
    Answer::All { from: from.name.clone(), to: to.name.clone(), connection, example }
}

/// A port of a set: TCP 80 where it has that, so that nobody wonders about port 0.
fn usual(sets: &PortSets) -> Option<(Protocol, u16)> {
    match sets.tcp.contains(80) {
        true => Some((Protocol::Tcp, 80)),
        false => sets.first().map(|(protocol, port)| (protocol, port.max(1))),
    }
}

fn verdict(
    subject: &Subject<'_>,
    network: &Network,
    from: &Named,
    to: &Named,
    protocol: Protocol,
    port: u16,
) -> Verdict {
    let mut worst: Option<(Certainty, &Endpoint, &Endpoint)> = None;
    let (mut all, mut alike) = (0, 0);
    for (source, destination) in pairs(from, to) {
        let certainty = network.certainty(source, destination, protocol, port);
        all += 1;
        match &worst {
            Some((known, ..)) if certainty > *known => {}
            Some((known, ..)) if certainty == *known => alike += 1,
            _ => (worst, alike) = (Some((certainty, source, destination)), 1),
        }
    }
    let (certainty, source, destination) = worst.expect("broken promise: both names stand for something");
    let reasons = network.allowed(source, destination, protocol, port);
    Verdict {
        from: subject.end(source),
        to: subject.end(destination),
        protocol,
        port,
        certainty,
        pairs: (all, alike),
        egress: part(subject, Direction::Egress, source, destination, &reasons.egress),
        ingress: part(subject, Direction::Ingress, destination, source, &reasons.ingress),
    }
}

fn part(subject: &Subject<'_>, direction: Direction, of: &Endpoint, other: &Endpoint, side: &Side) -> Part {
    let way = crate::manifests::finding::word(direction);
    let grant = |grant: &Grant| allows(subject, direction, grant);
    let (summary, reasons) = match side {
        Side::Open(why) => (
            match why {
                Unpoliced::NotIsolated => format!("open, no policy isolates its {way}"),
                Unpoliced::NotAPod => {
                    "open, policies guard only pods with an address of their own".to_owned()
                }
                Unpoliced::OwnNode => "open, a pod is always reached from its own node".to_owned(),
            },
            Vec::new(),
        ),
        Side::Allowed(grants) => ("allowed".to_owned(), grants.iter().map(grant).collect()),
        Side::Depends { grants, doubt } => (
            match doubt {
                Doubt::PodThroughBlock => {
                    "only an ipBlock covers the pod: Calico matches it, Cilium does not"
                }
                Doubt::NodeThroughBlock => {
                    "only an ipBlock covers the node: Cilium needs policyCIDRMatchMode=nodes"
                }
                Doubt::ServiceAddress => "the address is a Service's and is rewritten before a policy looks",
                Doubt::ClusterAddress => "behind the address are pods, and which is not asked",
                Doubt::PartOfAddresses => "allowed for some of the addresses",
                Doubt::OwnNode => "they may share a node, which defaultEndpointToHostAction decides",
            }
            .to_owned(),
            grants.iter().map(grant).collect(),
        ),
        Side::Denied(misses) => {
            let summary = match misses.len() {
                1 => "denied, the one policy that applies does not allow it".to_owned(),
                many => format!("denied, none of the {many} policies that apply allows it"),
            };
            // Who reads only one line reads the one that came nearest.
            let mut misses: Vec<&Miss> = misses.iter().collect();
            misses.sort_by_key(|miss| match &miss.nearest {
                Nearest::Rule { failed, .. } => failed.len(),
                Nearest::NoRules => usize::MAX,
            });
            (summary, misses.into_iter().map(|miss| misses_by(subject, direction, miss, other)).collect())
        }
    };
    Part { of: format!("{way} of {}", subject.end(of)), certainty: side.certainty(), summary, reasons }
}

fn allows(subject: &Subject<'_>, direction: Direction, grant: &Grant) -> Reason {
    let rules = subject.written(grant.policy).rules(direction).unwrap_or_default();
    let said = rules.get(grant.rule).map(words::rule).unwrap_or_default();
    let place = subject.rule_origin(grant.policy, direction, grant.rule);
    Reason {
        policy: subject.policy(grant.policy),
        text: format!(
            "{} rule {} allows it: {said}",
            crate::manifests::finding::word(direction),
            grant.rule + 1
        ),
        origin: place.unwrap_or_else(|| subject.origin(grant.policy)),
        distance: 0,
    }
}

/// How near a policy came.
fn misses_by(subject: &Subject<'_>, direction: Direction, miss: &Miss, other: &Endpoint) -> Reason {
    let policy = subject.policy(miss.policy);
    let way = crate::manifests::finding::word(direction);
    let Nearest::Rule { rule, peer, port, failed } = &miss.nearest else {
        let text = format!("isolates {way} and has no rule for it");
        let (origin, distance) = (subject.origin(miss.policy), usize::MAX);
        return Reason { policy, text, origin, distance };
    };
    let rules = subject.written(miss.policy).rules(direction).unwrap_or_default();
    let written = &rules[*rule];
    let peer = match (&written.peers, peer) {
        (Peers::Listed(peers), Some(at)) => peers.get(*at),
        _ => None,
    };
    let port = match (&written.ports, port) {
        (Ports::Listed(ports), Some(at)) => ports.get(*at),
        _ => None,
    };
    let why: Vec<String> =
        failed.iter().map(|failed| conjunct(subject, *failed, peer, port, other)).collect();
    let text =
        format!("{way} rule {} is nearest ({}), but {}", rule + 1, words::rule(written), why.join(", and "));
    let place = subject.rule_origin(miss.policy, direction, *rule);
    let origin = place.unwrap_or_else(|| subject.origin(miss.policy));
    Reason { policy, text, origin, distance: failed.len() }
}

fn conjunct(
    subject: &Subject<'_>,
    failed: Conjunct,
    peer: Option<&Peer>,
    port: Option<&crate::connectivity::PortMatch>,
    other: &Endpoint,
) -> String {
    use crate::connectivity::NamespaceScope;
    let end = subject.end(other);
    let workload = match other {
        Endpoint::Workload(id) => Some(&subject.world.workloads[id.0]),
        _ => None,
    };
    match (failed, peer) {
        (Conjunct::OwnNamespace, _) => format!("{end} is in another namespace"),
        (
            Conjunct::NamespaceLabel { requirement },
            Some(Peer::Pods { namespaces: NamespaceScope::Matching(selector), .. }),
        ) => {
            let wanted = words::requirement(selector, requirement);
            let namespace = workload.map(|workload| workload.namespace.as_str()).unwrap_or_default();
            match wanted.strip_prefix(&format!("{NAMESPACE_NAME}=")) {
                Some(name) => format!("the namespace is `{namespace}`, not `{name}`"),
                None => format!("the namespace `{namespace}` is not `{wanted}`"),
            }
        }
        (Conjunct::PodLabel { requirement }, Some(Peer::Pods { pods, .. })) => {
            format!("{end} is not `{}`", words::requirement(pods, requirement))
        }
        (Conjunct::NotAPod, _) => format!("{end} is no pod that a selector matches"),
        (Conjunct::OutsideBlock, Some(Peer::Block { cidr, .. })) => format!("{end} is not in {cidr}"),
        (Conjunct::Excepted, _) => format!("{end} is excepted"),
        (Conjunct::Protocol, _) => "the protocol differs".to_owned(),
        (Conjunct::Port, _) => "the port differs".to_owned(),
        (Conjunct::NoSuchPortName, _) => match port {
            Some(port) => format!("the pod has no port {}", words::port(port)),
            None => "the pod has no port of that name".to_owned(),
        },
        _ => "it does not match".to_owned(),
    }
}

impl Verdict {
    /// What stands behind the ends and the port.
    fn rest(&self) -> String {
        let (all, alike) = self.pairs;
        let how = match all {
            1 => String::new(),
            _ if all == alike => format!(" (like all {all} pairs)"),
            _ => format!(" (like {alike} of {all} pairs)"),
        };
        format!("{}{how}\n{}", word(self.certainty), self.parts())
    }

    fn parts(&self) -> String {
        [&self.egress, &self.ingress].map(Part::text).concat()
    }

    fn json(&self) -> Value {
        let part = |part: &Part| {
            let reasons = part
                .reasons
                .iter()
                .map(|reason| json!({ "policy": reason.policy, "text": reason.text, "from": reason.origin }));
            json!({
                "certainty": word(part.certainty),
                "summary": part.summary,
                "reasons": reasons.collect::<Vec<_>>(),
            })
        };
        json!({
            "from": self.from, "to": self.to, "protocol": self.protocol.name(), "port": self.port,
            "certainty": word(self.certainty), "pairs": self.pairs.0, "pairs_alike": self.pairs.1,
            "egress": part(&self.egress), "ingress": part(&self.ingress),
        })
    }
}
