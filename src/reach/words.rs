//! Connections and rules in words.

use crate::connectivity::{
    Connection, NAMESPACE_NAME, NamespaceScope, Peer, Peers, PortMatch, PortSet, PortSets, PortSpec, Ports,
    Protocol, Requirement, Rule, Selector,
};

/// `All Connections`, `No Connections` or `TCP 80,443-445,UDP 53`, protocols by name, as other analyzers write it.
pub fn ports(sets: &PortSets) -> String {
    if sets.is_all() {
        return "All Connections".to_owned();
    }
    let parts = [(Protocol::Sctp, &sets.sctp), (Protocol::Tcp, &sets.tcp), (Protocol::Udp, &sets.udp)];
    let parts: Vec<String> = (parts.into_iter().filter(|(_, set)| !set.is_empty()))
        .map(|(protocol, set)| format!("{} {}", protocol.name(), numbers(set)))
        .collect();
    if parts.is_empty() { "No Connections".to_owned() } else { parts.join(",") }
}

/// Port 0 is only there for the algebra.
fn numbers(set: &PortSet) -> String {
    let range = |(first, last): &(u16, u16)| {
        let first = (*first).max(1);
        if first >= *last { last.to_string() } else { format!("{first}-{last}") }
    };
    set.as_slice().iter().map(range).collect::<Vec<_>>().join(",")
}

/// What is sure, and what only some network plugins let through.
pub fn connection(connection: &Connection) -> String {
    let doubtful = connection.possibly.difference(&connection.surely);
    match (connection.surely.is_empty(), doubtful.is_empty()) {
        (_, true) => ports(&connection.surely),
        (true, false) => format!("perhaps {}", ports(&doubtful)),
        (false, false) => format!("{}, perhaps {}", ports(&connection.surely), ports(&doubtful)),
    }
}

/// The same, by what is missing where that is shorter: `all but TCP 8080`.
pub fn all_but(connection: &Connection) -> String {
    let said = self::connection(connection);
    let rest = PortSets::all().difference(&connection.surely);
    let shorter = format!("all but {}", ports(&rest));
    match connection.surely == connection.possibly && !rest.is_empty() && shorter.len() < said.len() {
        true => shorter,
        false => said,
    }
}

/// `any pod`, or labels such as `app=web,tier in (a|b)`.
pub fn selector(selector: &Selector) -> String {
    let one = |requirement: &Requirement| match requirement {
        Requirement::In { key, values } if values.len() == 1 => {
            format!("{key}={}", values.iter().map(String::as_str).collect::<String>())
        }
        Requirement::In { key, values } => format!("{key} in ({})", joined(values)),
        Requirement::NotIn { key, values } => format!("{key} not in ({})", joined(values)),
        Requirement::Exists { key } => key.clone(),
        Requirement::DoesNotExist { key } => format!("!{key}"),
    };
    selector.requirements.iter().map(one).collect::<Vec<_>>().join(",")
}

fn joined(values: &std::collections::BTreeSet<String>) -> String {
    values.iter().map(String::as_str).collect::<Vec<_>>().join("|")
}

/// One requirement of a selector.
pub fn requirement(of: &Selector, at: usize) -> String {
    let one = of.requirements.get(at).cloned().into_iter().collect();
    selector(&Selector { requirements: one })
}

/// One item of `from`/`to`.
pub fn peer(peer: &Peer) -> String {
    let pods = |pods: &Selector| match pods.requirements.is_empty() {
        true => String::new(),
        false => format!(" {}", selector(pods)),
    };
    match peer {
        Peer::Pods { namespaces: NamespaceScope::Own, pods: of } => match of.requirements.is_empty() {
            true => "its own namespace".to_owned(),
            false => format!("its own namespace{}", pods(of)),
        },
        Peer::Pods { namespaces: NamespaceScope::Matching(namespaces), pods: of } => {
            let prefix = format!("{NAMESPACE_NAME}=");
            let said = selector(namespaces);
            let namespaces = match (namespaces.requirements.is_empty(), said.strip_prefix(&prefix)) {
                (true, _) => "every namespace".to_owned(),
                (_, Some(name)) if !name.contains(',') => format!("namespace {name}"),
                _ => format!("namespaces {said}"),
            };
            format!("{namespaces}{}", pods(of))
        }
        Peer::Block { cidr, except } => match except.len() {
            0 => cidr.to_string(),
            1 => format!("{cidr} except {}", except[0]),
            more => format!("{cidr} except {more} networks"),
        },
    }
}

/// One item of `ports`.
pub fn port(port: &PortMatch) -> String {
    let protocol = port.protocol.name();
    match &port.port {
        PortSpec::Any => format!("{protocol} all"),
        PortSpec::Range(first, last) if first == last => format!("{protocol} {first}"),
        PortSpec::Range(first, last) => format!("{protocol} {first}-{last}"),
        PortSpec::Named(name) => format!("{protocol} `{name}`"),
    }
}

/// A whole rule: whom, and on which ports. Long lists are cut.
pub fn rule(rule: &Rule) -> String {
    const SHOWN: usize = 4;
    let listed = |all: Vec<String>| match all.len() {
        0..=SHOWN => all.join(", "),
        more => format!("{}, and {} more", all[..SHOWN].join(", "), more - SHOWN),
    };
    let peers = match &rule.peers {
        Peers::Any => "everybody".to_owned(),
        Peers::Listed(peers) => listed(peers.iter().map(peer).collect()),
    };
    let ports = match &rule.ports {
        Ports::All => "every port".to_owned(),
        Ports::Listed(ports) => listed(ports.iter().map(port).collect()),
    };
    format!("{peers}; {ports}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_written_as_other_analyzers_do() {
        let tcp = PortSet::collect([(80, 80), (443, 445)]);
        let udp = PortSet::range(53, 53);
        let sets = PortSets { tcp, udp, ..PortSets::default() };
        assert_eq!(ports(&sets), "TCP 80,443-445,UDP 53");
        assert_eq!(ports(&PortSets::all()), "All Connections");
        assert_eq!(
            ports(&PortSets { tcp: PortSet::range(0, u16::MAX), ..PortSets::default() }),
            "TCP 1-65535"
        );
        let doubtful = Connection { surely: PortSets::default(), possibly: sets.clone() };
        assert_eq!(connection(&doubtful), "perhaps TCP 80,443-445,UDP 53");
    }
}
