//! The gateway and the DHCP range are part of the LAN.

use crate::addresses::AddressRange;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::source::Span;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P2017",
    name: "lan-part-outside-lan",
    level: Level::Error,
    summary: "the gateway and the DHCP range lie inside the LAN",
    explanation: "A machine reaches its gateway with ARP, so the gateway is on its network. A gateway or \
        a DHCP range \
                  elsewhere is a slip, and the checks that compare pools with it would compare with the wrong addresses.",
    fails: r#"[lan]
cidr = "192.168.1.0/24"
gateway = "192.168.0.1"
"#,
    passes: r#"[lan]
cidr = "192.168.1.0/24"
gateway = "192.168.1.1"
"#,
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let lan = &facts.resolved.plan.lan.value;
    let inside = facts.resolved.lan.set();
    let mut report = |range: AddressRange, span: Span, what: &str, on: &str| {
        if inside.range_of(range.first()).is_some_and(|part| part.contains(range.last())) {
            return;
        }
        // Routers announce themselves with link-local addresses; that is how most IPv6 gateways are written.
        if matches!(range.first(), std::net::IpAddr::V6(address) if address.is_unicast_link_local()) {
            return;
        }
        let finding =
            Diagnostic::new(&RULE, span, format!("{what} {} is not on the LAN", super::shown(range)))
                .here("outside of `lan.cidr`")
                .label(lan.cidr.span, "the LAN")
                .help("correct it, or add its network to `lan.cidr`")
                .on(on);
        found.push(finding);
    };
    for gateway in lan.gateway.iter().flat_map(|gateway| gateway.value.iter()) {
        report(AddressRange::single(gateway.value), gateway.span, "the gateway", "lan.gateway");
    }
    for dhcp in lan.dhcp.iter().flat_map(|dhcp| dhcp.value.iter()) {
        report(dhcp.value.0, dhcp.span, "the DHCP range", "lan.dhcp");
    }
}
