//! One rule of a firewall is several commands: ufw and firewalld take one source each.

use crate::addresses::{Cidr, Family};
use crate::facts::firewall::{Firewall, Nodes, Protocol, Rule};
use crate::model;
use serde::Serialize;

/// The firewall of a cluster's machines, in the words of `community.general.ufw` and `ansible.posix.firewalld`.
#[derive(Clone, Debug, Serialize)]
pub struct HostFirewall {
    /// `ufw` or `firewalld`.
    pub tool: &'static str,
    /// Networks for firewalld's zone `trusted`, where forwarded packets count too; ufw has rules for them.
    pub trusted_sources: Vec<String>,
    /// For every machine.
    pub rules: Vec<Command>,
    /// For servers besides.
    pub server_rules: Vec<Command>,
    /// To take away on every machine, before the others.
    pub removed: Vec<Command>,
    /// Lines for `/etc/ufw/before.rules`, which knows protocols that `ufw` has no word for.
    pub before_rules: Vec<String>,
}

/// One thing to let in, with all its sources: `loop: "{{ firewall_rules | subelements('from_ips') }}"` for ufw,
/// `subelements('rich_rules')` for firewalld.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum Command {
    Ufw {
        comment: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        proto: Option<&'static str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        to_port: Option<String>,
        from_ips: Vec<String>,
    },
    Firewalld {
        comment: String,
        rich_rules: Vec<String>,
    },
}

/// The firewall as the tool wants it; nothing when the plan wants none.
pub fn host_firewall(firewall: &Firewall, tool: model::Firewall) -> Option<HostFirewall> {
    let command = match tool {
        model::Firewall::Disabled => return None,
        model::Firewall::Ufw => ufw,
        model::Firewall::Firewalld => firewalld,
    };
    let of = |rules: &[Rule], on: Nodes| -> Vec<Command> {
        let rules = rules.iter().filter(|rule| rule.on == on);
        rules.filter_map(|rule| command(Some(rule), &rule.sources, &rule.why)).collect()
    };
    let mut rules = Vec::new();
    let mut trusted_sources = Vec::new();
    let mut before_rules = Vec::new();
    if tool == model::Firewall::Ufw {
        rules
            .extend(firewall.trusted.iter().filter_map(|trusted| ufw(None, &[trusted.network], trusted.why)));
        before_rules = self::before_rules(&firewall.allow);
    } else {
        trusted_sources.extend(firewall.trusted.iter().map(|trusted| trusted.network.to_string()));
    }
    rules.extend(of(&firewall.allow, Nodes::All));
    Some(HostFirewall {
        tool: tool.word(),
        trusted_sources,
        rules,
        server_rules: of(&firewall.allow, Nodes::Servers),
        removed: of(&firewall.close, Nodes::All),
        before_rules,
    })
}

/// ufw has no word for IP in IP, and none for SCTP: those are lines of `before.rules`.
fn ufw(rule: Option<&Rule>, sources: &[Cidr], why: &str) -> Option<Command> {
    let proto = match rule.map(|rule| rule.protocol) {
        Some(Protocol::IpInIp | Protocol::Sctp) => return None,
        protocol => protocol.map(Protocol::word),
    };
    let to_port = rule.and_then(|rule| rule.ports).map(|ports| port_text(ports, ':'));
    let from_ips = match sources {
        [] => vec!["any".to_owned()],
        sources => sources.iter().map(source_text).collect(),
    };
    Some(Command::Ufw { comment: why.to_owned(), proto, to_port, from_ips })
}

fn firewalld(rule: Option<&Rule>, sources: &[Cidr], why: &str) -> Option<Command> {
    let what = rule.map_or(String::new(), |rule| match rule.ports {
        Some(ports) => {
            format!(" port port=\"{}\" protocol=\"{}\"", port_text(ports, '-'), rule.protocol.word())
        }
        None => format!(" protocol value=\"{}\"", rule.protocol.word()),
    });
    let rich_rules = match sources {
        [] => vec![format!("rule{what} accept")],
        sources => sources
            .iter()
            .map(|source| {
                let family = if source.family() == Family::V4 { "ipv4" } else { "ipv6" };
                format!("rule family=\"{family}\" source address=\"{}\"{what} accept", source_text(source))
            })
            .collect(),
    };
    Some(Command::Firewalld { comment: why.to_owned(), rich_rules })
}

fn port_text((first, last): (u16, u16), between: char) -> String {
    if first == last { first.to_string() } else { format!("{first}{between}{last}") }
}

/// A single address without its prefix length.
fn source_text(source: &Cidr) -> String {
    if source.first() == source.last() { source.first().to_string() } else { source.to_string() }
}

fn before_rules(rules: &[Rule]) -> Vec<String> {
    let mut lines = Vec::new();
    for rule in rules.iter().filter(|rule| matches!(rule.protocol, Protocol::IpInIp | Protocol::Sctp)) {
        let what = match rule.ports {
            Some(ports) => format!("-p {} --dport {}", rule.protocol.word(), port_text(ports, ':')),
            None => format!("-p {}", rule.protocol.word()),
        };
        if rule.sources.is_empty() {
            lines.push(format!("-A ufw-before-input {what} -j ACCEPT"));
        }
        // `before6.rules` is another file; what IPv6 needs of these protocols stands in neither.
        let sources = rule.sources.iter().filter(|source| source.family() == Family::V4);
        lines.extend(
            sources.map(|source| format!("-A ufw-before-input {what} -s {} -j ACCEPT", source_text(source))),
        );
    }
    lines
}
