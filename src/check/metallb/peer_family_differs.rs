//! Both ends of a BGP session are of one family, and a router id is four bytes.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4037",
    name: "peer-family-differs",
    level: Level::Error,
    summary: "`source_address` of a BGP peer is of the family of `address`, and `router_id` is written as IPv4",
    explanation: "MetalLB looks only whether these are addresses (internal/config peersFromCR). A session from an IPv6 address to an \
                  IPv4 router never opens. A BGP identifier has four bytes (RFC 4271 4.2), and FRR refuses the whole \
                  configuration of the node when `bgp router-id` is anything else: the other peers go down with it, or stay as they \
                  were before.",
    fails: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nasn = 64512\npeers = { tor = { address = \"192.168.1.1\", asn = 65000, router_id = \"fd00::1\" } }\n",
    passes: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nasn = 64512\npeers = { tor = { address = \"192.168.1.1\", asn = 65000, router_id = \"10.0.0.1\" } }\n",
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, metallb) in super::installed(facts) {
        for peer in super::peers(metallb) {
            let path = super::peer_path(cluster, peer);
            let written = &peer.value;
            if let (Some(source), Some(address)) = (&written.source_address, &written.address)
                && source.value.is_ipv4() != address.value.is_ipv4()
            {
                let message = format!("`{path}` calls {} from {}", address.value, source.value);
                let finding = Diagnostic::new(&RULE, source.span, message)
                    .here(word(source.value.is_ipv4()))
                    .label(address.span, word(address.value.is_ipv4()))
                    .help("write an address of the peer's family, or remove it: the node's own address is taken")
                    .on(path.clone());
                found.push(finding);
            }
            if let Some(id) = written.router_id.as_ref().filter(|id| id.value.is_ipv6()) {
                let finding = Diagnostic::new(&RULE, id.span, format!("`{path}.router_id` is {}", id.value))
                    .here("a router id is written as an IPv4 address")
                    .help("write four numbers that are this node's alone, such as: router_id = \"10.0.0.1\"")
                    .on(path);
                found.push(finding);
            }
        }
    }
}

fn word(is_ipv4: bool) -> &'static str {
    if is_ipv4 { "is IPv4" } else { "is IPv6" }
}
