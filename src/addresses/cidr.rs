//! A CIDR block names a network, so it has no bits set behind its prefix.

use std::fmt;
use std::net::Ipv4Addr;

use ipnet::{IpNet, Ipv4Net};

use super::address::{self, Address, AddressError, Family};

/// A block in canonical form: `192.168.1.0/24`, never `192.168.1.10/24`. Sorted by family, first address, prefix length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cidr(IpNet);

impl Cidr {
    /// Reads `ADDRESS/LENGTH`.
    ///
    /// Go's `net.ParseCIDR`, and so MetalLB, masks host bits without a word: `198.51.100.10/24` becomes the whole /24.
    /// Here they are an error that carries the network, for a fix to offer.
    pub fn parse(text: &str) -> Result<Cidr, CidrError> {
        let Some((host, length)) = text.split_once('/') else {
            return Err(match address::parse(text) {
                Ok(address) => CidrError::NoPrefix { single: Cidr::single(address) },
                Err(AddressError::Ipv4Mapped { meant }) => {
                    CidrError::Ipv4Mapped { meant: Cidr::single(meant.into()) }
                }
                Err(AddressError::Syntax(reason)) => CidrError::Syntax(reason),
            });
        };
        match address::parse(host) {
            Ok(address) => {
                let network = Cidr::new(address, prefix_length(length, address::family(address))?)
                    .expect("broken promise: the prefix length was compared with the family");
                if network.first() != address {
                    return Err(CidrError::HostBits { network });
                }
                Ok(network)
            }
            // Only the last 32 bits of a mapped address vary, so a block of them starts at /96.
            Err(AddressError::Ipv4Mapped { meant }) => match prefix_length(length, Family::V6)?
                .checked_sub(96)
            {
                Some(length) => {
                    let meant = Cidr::new(meant.into(), length)
                        .expect("broken promise: 128 bits less 96 are at most 32");
                    Err(CidrError::Ipv4Mapped { meant })
                }
                None => Err(CidrError::Syntax(format!("`{text}` is wider than the IPv4-mapped addresses"))),
            },
            Err(AddressError::Syntax(reason)) => Err(CidrError::Syntax(reason)),
        }
    }

    /// The network of this length that holds `address`, or nothing when the length is more than the family has bits.
    pub fn new(address: Address, prefix_length: u8) -> Option<Cidr> {
        Some(Cidr(IpNet::new(address, prefix_length).ok()?.trunc()))
    }

    /// The block of one address: `/32` or `/128`.
    pub fn single(address: Address) -> Cidr {
        Cidr(IpNet::from(address))
    }

    pub fn family(&self) -> Family {
        address::family(self.first())
    }

    pub fn prefix_length(&self) -> u8 {
        self.0.prefix_len()
    }

    pub fn first(&self) -> Address {
        self.0.network()
    }

    pub fn last(&self) -> Address {
        // `IpNet::broadcast` is the last address for both families.
        self.0.broadcast()
    }

    /// The number of addresses; `::/0` has one more than fits and says `u128::MAX`.
    pub fn size(&self) -> u128 {
        (address::number(self.last()) - address::number(self.first())).saturating_add(1)
    }

    /// The address `index` places after the first, or nothing behind the end.
    pub fn nth(&self, index: u128) -> Option<Address> {
        let address = address::from_number(self.family(), address::number(self.first()).checked_add(index)?)?;
        self.contains(address).then_some(address)
    }

    pub fn contains(&self, address: Address) -> bool {
        self.0.contains(&address)
    }

    pub fn contains_cidr(&self, other: &Cidr) -> bool {
        self.0.contains(&other.0)
    }

    /// Two blocks share an address only when one holds the other.
    pub fn overlaps(&self, other: &Cidr) -> bool {
        self.contains_cidr(other) || other.contains_cidr(self)
    }

    /// The IPv4 address that no host may have because it names the network. A /31 and a /32 have none (RFC 3021).
    pub fn network_address(&self) -> Option<Ipv4Addr> {
        self.ipv4_with_hosts().map(|network| network.network())
    }

    /// The IPv4 address that reaches every host of the network. A /31, a /32 and IPv6 have none (RFC 3021).
    pub fn broadcast(&self) -> Option<Ipv4Addr> {
        self.ipv4_with_hosts().map(|network| network.broadcast())
    }

    fn ipv4_with_hosts(&self) -> Option<Ipv4Net> {
        match self.0 {
            IpNet::V4(network) if network.prefix_len() <= 30 => Some(network),
            _ => None,
        }
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// Only digits: `u8::from_str` would read `+24`, and `024` reads as octal to some people.
fn prefix_length(text: &str, family: Family) -> Result<u8, CidrError> {
    let bits = family.bits();
    let canonical = text == "0" || !text.starts_with('0');
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse::<u8>() {
        Ok(length) if canonical && digits && length <= bits => Ok(length),
        _ if digits && !canonical => {
            Err(CidrError::Syntax(format!("the prefix length `{text}` has a leading zero")))
        }
        _ => Err(CidrError::Syntax(format!(
            "expected a prefix length of 0 to {bits} for {family}, found `{text}`"
        ))),
    }
}

/// Why a text is not a canonical block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CidrError {
    /// Not a block at all; the phrase says what was found and what was expected.
    Syntax(String),
    /// Bits are set behind the prefix; `network` is the block without them.
    HostBits { network: Cidr },
    /// A bare address; `single` is the block that holds only it.
    NoPrefix { single: Cidr },
    /// A block of `::ffff:0:0/96`; `meant` is the same in IPv4.
    Ipv4Mapped { meant: Cidr },
}

impl fmt::Display for CidrError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CidrError::Syntax(reason) => formatter.write_str(reason),
            CidrError::HostBits { network } => {
                write!(formatter, "the address has bits set behind its prefix, the network is `{network}`")
            }
            CidrError::NoPrefix { single } => {
                write!(formatter, "a bare address has no prefix length, expected `{single}`")
            }
            CidrError::Ipv4Mapped { meant } => {
                write!(formatter, "an IPv4 block is written inside an IPv6 one, expected `{meant}`")
            }
        }
    }
}

impl std::error::Error for CidrError {}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    fn cidr(text: &str) -> Cidr {
        Cidr::parse(text).unwrap()
    }

    #[test]
    fn host_bits_carry_the_network() {
        let network = cidr("198.51.100.0/24");
        assert_eq!(Cidr::parse("198.51.100.10/24"), Err(CidrError::HostBits { network }));
        assert_eq!(Cidr::parse("fc00::1/64"), Err(CidrError::HostBits { network: cidr("fc00::/64") }));
        assert_eq!(Cidr::parse("0.0.0.1/0"), Err(CidrError::HostBits { network: cidr("0.0.0.0/0") }));
    }

    #[test]
    fn a_bare_address_carries_its_block() {
        assert_eq!(Cidr::parse("10.0.0.1"), Err(CidrError::NoPrefix { single: cidr("10.0.0.1/32") }));
        assert_eq!(Cidr::parse("fc00::1"), Err(CidrError::NoPrefix { single: cidr("fc00::1/128") }));
    }

    #[test]
    fn a_mapped_block_carries_the_ipv4_one() {
        assert_eq!(
            Cidr::parse("::ffff:10.0.0.0/104"),
            Err(CidrError::Ipv4Mapped { meant: cidr("10.0.0.0/8") })
        );
        assert_eq!(Cidr::parse("::ffff:10.0.0.1"), Err(CidrError::Ipv4Mapped { meant: cidr("10.0.0.1/32") }));
        assert!(matches!(Cidr::parse("::ffff:0.0.0.0/95"), Err(CidrError::Syntax(_))));
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "/",
            "/24",
            "10.0.0.0/",
            "10.0.0.0/33",
            "10.0.0.0/024",
            "10.0.0.0/+24",
            "10.0.0.0/-1",
            "10.0.0.0/24/24",
            "010.0.0.0/8",
            " 10.0.0.0/8",
            "10.0.0.0/8 ",
            "10.0.0.0 /8",
            "fc00::/129",
            "fc00::%eth0/64",
            "10.0.0/8",
            "10.0.0.0/256",
            "10.0.0.0/2 4",
        ] {
            assert!(matches!(Cidr::parse(text), Err(CidrError::Syntax(_))), "`{text}`");
        }
    }

    #[test]
    fn a_block_knows_its_ends() {
        let block = cidr("192.168.1.0/24");
        assert_eq!((block.size(), block.prefix_length(), block.family()), (256, 24, Family::V4));
        assert_eq!(block.last().to_string(), "192.168.1.255");
        assert_eq!(block.nth(255), Some(block.last()));
        assert_eq!(block.nth(256), None);
        assert_eq!(block.broadcast().map(IpAddr::from), Some(block.last()));
        assert_eq!(block.network_address().map(IpAddr::from), Some(block.first()));
        assert_eq!(cidr("192.168.1.0/31").broadcast(), None);
        assert_eq!(cidr("fc00::/64").broadcast(), None);
        assert_eq!(cidr("fc00::/64").last().to_string(), "fc00::ffff:ffff:ffff:ffff");
        assert_eq!((cidr("::/0").size(), cidr("0.0.0.0/0").size()), (u128::MAX, 1 << 32));
        assert_eq!(cidr("::/0").nth(u128::MAX), Some(cidr("::/0").last()));
        assert_eq!(cidr("255.255.255.255/32").nth(1), None);
    }

    #[test]
    fn blocks_overlap_only_by_holding_each_other() {
        assert!(cidr("10.0.0.0/8").overlaps(&cidr("10.1.0.0/16")));
        assert!(cidr("10.1.0.0/16").overlaps(&cidr("10.0.0.0/8")));
        assert!(!cidr("10.0.0.0/9").overlaps(&cidr("10.128.0.0/9")));
        assert!(!cidr("0.0.0.0/0").overlaps(&cidr("::/0")));
        assert!(cidr("10.0.0.0/8") < cidr("10.0.0.0/9"));
        assert!(cidr("255.0.0.0/8") < cidr("::/0"));
    }
}
