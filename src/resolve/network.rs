//! The LAN, its machines, and what is outside of every cluster.

use super::id::HostId;
use super::{names, rules};
use crate::addresses::{Address, AddressRange, AddressSet, Cidr};
use crate::diagnostics::Diagnostic;
use crate::model::{self, HostRole, Plan, values::Protocol};

/// The physical network.
#[derive(Debug)]
pub struct Lan {
    pub cidrs: Vec<Cidr>,
    pub gateways: Vec<Address>,
    pub dhcp: Vec<AddressRange>,
    pub reserved: Vec<AddressRange>,
    /// Bytes that a link carries.
    pub mtu: u16,
}

/// A machine.
#[derive(Debug)]
pub struct Host<'p> {
    pub id: HostId,
    pub name: &'p str,
    /// At most one of each family, IPv4 first.
    pub addresses: Vec<Address>,
    pub written: &'p model::Host,
}

impl Host<'_> {
    /// The address that people and Ansible use: the first family of the LAN.
    pub fn address(&self) -> Address {
        self.addresses[0]
    }

    pub fn has_role(&self, role: HostRole) -> bool {
        self.written.roles.iter().flat_map(|roles| roles.value.iter()).any(|written| written.value == role)
    }

    pub fn labels(&self) -> impl Iterator<Item = (&str, &str)> {
        let labels = self.written.labels.iter().flat_map(|labels| labels.value.iter());
        labels.map(|label| (label.name.value.as_str(), label.value.as_str()))
    }
}

/// Something outside of every cluster.
#[derive(Debug)]
pub struct External<'p> {
    pub name: &'p str,
    pub addresses: Vec<Address>,
    pub host: Option<HostId>,
    pub ports: Vec<u16>,
    pub protocol: Protocol,
    pub written: &'p model::External,
}

pub fn lan(plan: &Plan) -> Lan {
    let lan = &plan.lan.value;
    let ranges = |taken: &Option<crate::source::Located<crate::decode::OneOrMany<model::values::Taken>>>| {
        taken.iter().flat_map(|list| list.value.iter()).map(|range| range.value.0).collect()
    };
    Lan {
        cidrs: lan.cidr.value.iter().map(|cidr| cidr.value).collect(),
        gateways: lan
            .gateway
            .iter()
            .flat_map(|list| list.value.iter())
            .map(|gateway| gateway.value)
            .collect(),
        dhcp: ranges(&lan.dhcp),
        reserved: ranges(&lan.reserve),
        mtu: lan.mtu(),
    }
}

impl Lan {
    /// Everything that the LAN's networks hold.
    pub fn set(&self) -> AddressSet {
        let mut set = AddressSet::new();
        self.cidrs.iter().for_each(|cidr| set.insert(*cidr));
        set
    }
}

pub fn hosts(plan: &Plan) -> Vec<Host<'_>> {
    let written = plan.hosts.iter().flat_map(|hosts| hosts.value.iter());
    written
        .enumerate()
        .map(|(index, entry)| {
            let mut addresses: Vec<Address> = entry.value.ip.value.iter().map(|ip| ip.value).collect();
            addresses.sort_by_key(|address| address.is_ipv6());
            Host { id: HostId::new(index), name: entry.name.value.as_str(), addresses, written: &entry.value }
        })
        .collect()
}

pub fn externals<'p>(
    plan: &'p Plan,
    hosts: &[Host<'p>],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<External<'p>> {
    let written = plan.external.iter().flat_map(|externals| externals.value.iter());
    let mut resolved = Vec::new();
    for entry in written {
        let external = &entry.value;
        let on = format!("external.{}", entry.name.value);
        let (addresses, host) = match (&external.host, &external.ip) {
            (Some(host), None) => {
                let known = hosts.iter().map(|host| host.name);
                match names::look_up("host", host, &on, known, diagnostics) {
                    Some(at) => (hosts[at].addresses.clone(), Some(HostId::new(at))),
                    None => (Vec::new(), None),
                }
            }
            (None, Some(ip)) => (ip.value.iter().map(|ip| ip.value).collect(), None),
            (Some(host), Some(ip)) => {
                let message = format!("`{on}` has both `host` and `ip`");
                let finding = Diagnostic::new(&rules::EXTERNAL_WITHOUT_ADDRESS, ip.span, message).on(on);
                diagnostics.push(
                    finding
                        .here("one of them is enough")
                        .label(host.span, "its address is known by the host"),
                );
                (Vec::new(), None)
            }
            (None, None) => {
                let message = format!("`{on}` has neither `host` nor `ip`");
                let finding =
                    Diagnostic::new(&rules::EXTERNAL_WITHOUT_ADDRESS, entry.name.span, message).on(on);
                diagnostics
                    .push(finding.here("a policy reaches it by address").help("add: ip = \"192.168.1.40\""));
                // Kept, so that those who need it do not seem to name nothing.
                (Vec::new(), None)
            }
        };
        let protocol = external.protocol();
        let ports = external.port.value.iter().map(|port| port.value.0).collect();
        resolved.push(External {
            name: entry.name.value.as_str(),
            addresses,
            host,
            ports,
            protocol,
            written: external,
        });
    }
    resolved
}
