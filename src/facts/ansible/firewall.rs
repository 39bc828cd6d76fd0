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
    /// For every machine.
    pub rules: Vec<Command>,
    /// For servers besides.
    pub server_rules: Vec<Command>,
    /// To take away on every machine, before the others.
    pub removed: Vec<Command>,
    /// Lines for `/etc/ufw/before.rules`, which knows protocols that `ufw` has no word for.
    pub before_rules: Vec<String>,
}

/// The arguments of a module; firewalld takes a rich rule, ufw the parts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum Command {
    Ufw {
        rule: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        proto: Option<&'static str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        from_ip: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        to_port: Option<String>,
        comment: String,
    },
    Firewalld {
        rich_rule: String,
        comment: String,
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
        rules
            .flat_map(|rule| {
                let sources: Vec<Option<&Cidr>> = if rule.sources.is_empty() {
                    vec![None]
                } else {
                    rule.sources.iter().map(Some).collect()
                };
                sources.into_iter().filter_map(move |source| command(Some(rule), source, &rule.why))
            })
            .collect()
    };
    let trusted =
        firewall.trusted.iter().filter_map(|trusted| command(None, Some(&trusted.network), trusted.why));
    let before_rules = if tool == model::Firewall::Ufw { before_rules(&firewall.allow) } else { Vec::new() };
    Some(HostFirewall {
        tool: tool.word(),
        rules: trusted.chain(of(&firewall.allow, Nodes::All)).collect(),
        server_rules: of(&firewall.allow, Nodes::Servers),
        removed: of(&firewall.close, Nodes::All),
        before_rules,
    })
}

/// ufw has no word for IP in IP, and none for SCTP: those are lines of `before.rules`.
fn ufw(rule: Option<&Rule>, source: Option<&Cidr>, why: &str) -> Option<Command> {
    let proto = match rule.map(|rule| rule.protocol) {
        Some(Protocol::IpInIp | Protocol::Sctp) => return None,
        protocol => protocol.map(Protocol::word),
    };
    let to_port = rule.and_then(|rule| rule.ports).map(|(first, last)| match first == last {
        true => first.to_string(),
        false => format!("{first}:{last}"),
    });
    Some(Command::Ufw {
        rule: "allow",
        proto,
        from_ip: source.map(Cidr::to_string),
        to_port,
        comment: why.to_owned(),
    })
}

fn firewalld(rule: Option<&Rule>, source: Option<&Cidr>, why: &str) -> Option<Command> {
    let mut text = "rule".to_owned();
    if let Some(source) = source {
        let family = if source.family() == Family::V4 { "ipv4" } else { "ipv6" };
        text.push_str(&format!(" family=\"{family}\" source address=\"{source}\""));
    }
    if let Some(rule) = rule {
        match rule.ports {
            Some((first, last)) => {
                let port = if first == last { first.to_string() } else { format!("{first}-{last}") };
                text.push_str(&format!(" port port=\"{port}\" protocol=\"{}\"", rule.protocol.word()));
            }
            None => text.push_str(&format!(" protocol value=\"{}\"", rule.protocol.word())),
        }
    }
    text.push_str(" accept");
    Some(Command::Firewalld { rich_rule: text, comment: why.to_owned() })
}

fn before_rules(rules: &[Rule]) -> Vec<String> {
    let mut lines = Vec::new();
    for rule in rules.iter().filter(|rule| matches!(rule.protocol, Protocol::IpInIp | Protocol::Sctp)) {
        let what = match rule.ports {
            Some((first, last)) if first != last => {
                format!("-p {} --dport {first}:{last}", rule.protocol.word())
            }
            Some((port, _)) => format!("-p {} --dport {port}", rule.protocol.word()),
            None => "-p 4".to_owned(),
        };
        if rule.sources.is_empty() {
            lines.push(format!("-A ufw-before-input {what} -j ACCEPT"));
        }
        // `before6.rules` is another file; what IPv6 needs of these protocols stands in neither.
        let sources = rule.sources.iter().filter(|source| source.family() == Family::V4);
        lines.extend(sources.map(|source| format!("-A ufw-before-input {what} -s {source} -j ACCEPT")));
    }
    lines
}
