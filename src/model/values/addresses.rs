//! Addresses, networks and ranges as they are written in a plan.

use crate::addresses::{Address, AddressRange, Cidr, CidrError, RangeError, address};
use crate::decode::rules::{HOST_BITS, UNREADABLE_ADDRESS};
use crate::decode::{FromText, TextError};
use crate::diagnostics::Rule;

impl FromText for Cidr {
    const WHAT: &'static str = "a network such as \"192.168.1.0/24\"";
    const PATTERN: Option<&'static str> = Some("^[0-9a-fA-F:.]+/[0-9]{1,3}$");
    const RULE: &'static Rule = &UNREADABLE_ADDRESS;

    fn from_text(text: &str) -> Result<Cidr, TextError> {
        Cidr::parse(text).map_err(|error| match &error {
            CidrError::HostBits { network } => {
                TextError::new("has bits set behind its prefix").fix(network.to_string()).rule(&HOST_BITS)
            }
            CidrError::NoPrefix { single } => TextError::new("has no prefix length")
                .help(format!("write \"{single}\" for that one address")),
            CidrError::Ipv4Mapped { meant } => {
                TextError::new("is an IPv4 network inside an IPv6 one").fix(meant.to_string())
            }
            CidrError::Syntax(_) => TextError::new(format!("is not a network: {error}")),
        })
    }

    fn text(&self) -> String {
        self.to_string()
    }
}

/// An address of one machine.
pub type HostAddress = Address;

impl FromText for Address {
    const WHAT: &'static str = "an address such as \"192.168.1.10\"";
    const PATTERN: Option<&'static str> = Some("^[0-9a-fA-F:.]+$");
    const RULE: &'static Rule = &UNREADABLE_ADDRESS;

    fn from_text(text: &str) -> Result<Address, TextError> {
        address::parse(text).map_err(|error| TextError::new(format!("is not an address: {error}")))
    }

    fn text(&self) -> String {
        self.to_string()
    }
}

fn range_error(error: RangeError) -> TextError {
    match &error {
        RangeError::HostBits { network } => {
            TextError::new("has bits set behind its prefix").fix(network.to_string()).rule(&HOST_BITS)
        }
        RangeError::BareAddress { single } => {
            TextError::new("is one address, MetalLB takes a CIDR or a range").fix(single.to_string())
        }
        RangeError::Reversed { meant } => TextError::new("starts after its end").help(format!(
            "write \"{}-{}\"",
            meant.first(),
            meant.last()
        )),
        RangeError::Shorthand { meant } => TextError::new(
            "is a shortened range, MetalLB wants both addresses in full",
        )
        .fix(format!("{}-{}", meant.first(), meant.last())),
        RangeError::Ipv4Mapped { meant } => {
            TextError::new("is IPv4 inside IPv6").fix(format!("{}-{}", meant.first(), meant.last()))
        }
        RangeError::MixedFamilies { .. } => TextError::new(
            "has an IPv4 end and an IPv6 end, MetalLB makes an empty pool of it without a word",
        ),
        RangeError::Syntax(_) => TextError::new(format!("is not a range: {error}")),
    }
}

/// An entry of a pool: what MetalLB reads, a CIDR or `first-last`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PoolEntry(pub AddressRange);

impl FromText for PoolEntry {
    const WHAT: &'static str =
        "a range such as \"192.168.1.200-192.168.1.250\", or a network such as \"192.168.1.192/26\"";
    const PATTERN: Option<&'static str> = Some("^[0-9a-fA-F:.]+(/[0-9]{1,3}| *- *[0-9a-fA-F:.]+)$");
    const RULE: &'static Rule = &UNREADABLE_ADDRESS;

    fn from_text(text: &str) -> Result<PoolEntry, TextError> {
        AddressRange::parse_pool_entry(text).map(PoolEntry).map_err(range_error)
    }

    fn text(&self) -> String {
        self.0.to_string()
    }
}

/// Addresses that are taken: one address, a range or a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Taken(pub AddressRange);

impl FromText for Taken {
    const WHAT: &'static str = "an address, a range such as \"192.168.1.2-192.168.1.199\", or a network";
    const PATTERN: Option<&'static str> = Some("^[0-9a-fA-F:.]+(/[0-9]{1,3}| *- *[0-9a-fA-F:.]+)?$");
    const RULE: &'static Rule = &UNREADABLE_ADDRESS;

    fn from_text(text: &str) -> Result<Taken, TextError> {
        AddressRange::parse_any(text).map(Taken).map_err(range_error)
    }

    fn text(&self) -> String {
        self.0.to_string()
    }
}

/// How Calico finds the address of a node (`nodeAddressAutodetectionV4`, operator `installation_types.go`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodeAddress {
    /// The address that the kubelet reports.
    NodeInternalIp,
    /// The first interface that looks usable.
    FirstFound,
    /// An address inside one of these networks.
    Cidrs(Vec<Cidr>),
    /// The interface that a regular expression names.
    Interface(String),
    /// Any interface but those.
    SkipInterface(String),
    /// The interface that reaches an address or name.
    CanReach(String),
}

impl FromText for NodeAddress {
    const WHAT: &'static str = "\"NodeInternalIP\", \"first-found\", \"cidr:192.168.1.0/24\", \"interface:eth.*\", \
                                \"skip-interface:docker.*\" or \"can-reach:192.168.1.1\"";
    const PATTERN: Option<&'static str> =
        Some("^(NodeInternalIP|first-found|(cidr|interface|skip-interface|can-reach):.+)$");

    fn from_text(text: &str) -> Result<NodeAddress, TextError> {
        match text.split_once(':') {
            None if text == "NodeInternalIP" => Ok(NodeAddress::NodeInternalIp),
            None if text == "first-found" => Ok(NodeAddress::FirstFound),
            Some(("cidr", list)) => {
                let cidrs = list.split(',').map(|part| Cidr::from_text(part.trim()));
                cidrs.collect::<Result<_, _>>().map(NodeAddress::Cidrs)
            }
            Some(("interface", name)) if !name.is_empty() => Ok(NodeAddress::Interface(name.to_owned())),
            Some(("skip-interface", name)) if !name.is_empty() => {
                Ok(NodeAddress::SkipInterface(name.to_owned()))
            }
            Some(("can-reach", name)) if !name.is_empty() => Ok(NodeAddress::CanReach(name.to_owned())),
            _ => Err(TextError::new("is no way to find a node's address")),
        }
    }

    fn text(&self) -> String {
        match self {
            NodeAddress::NodeInternalIp => "NodeInternalIP".to_owned(),
            NodeAddress::FirstFound => "first-found".to_owned(),
            NodeAddress::Cidrs(cidrs) => {
                format!("cidr:{}", cidrs.iter().map(Cidr::to_string).collect::<Vec<_>>().join(","))
            }
            NodeAddress::Interface(name) => format!("interface:{name}"),
            NodeAddress::SkipInterface(name) => format!("skip-interface:{name}"),
            NodeAddress::CanReach(name) => format!("can-reach:{name}"),
        }
    }
}
