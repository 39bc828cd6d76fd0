//! An address is a number in one of two families, and the families never meet.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// One IPv4 or IPv6 address. Every IPv4 address sorts before every IPv6 address.
pub type Address = IpAddr;

/// The two address families; IPv4 sorts first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    V4,
    V6,
}

impl Family {
    pub const BOTH: [Family; 2] = [Family::V4, Family::V6];

    /// The length of an address in bits: 32 or 128.
    pub fn bits(self) -> u8 {
        match self {
            Family::V4 => 32,
            Family::V6 => 128,
        }
    }

    /// The number of the highest address.
    pub fn highest(self) -> u128 {
        match self {
            Family::V4 => u128::from(u32::MAX),
            Family::V6 => u128::MAX,
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Family::V4 => "IPv4",
            Family::V6 => "IPv6",
        })
    }
}

/// The family that `address` belongs to.
pub fn family(address: Address) -> Family {
    match address {
        IpAddr::V4(_) => Family::V4,
        IpAddr::V6(_) => Family::V6,
    }
}

/// The address as a number, counted from 0 in its own family.
pub fn number(address: Address) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    }
}

/// The address with this number, or nothing when the family is not that large.
pub fn from_number(family: Family, number: u128) -> Option<Address> {
    match family {
        Family::V4 => Some(Ipv4Addr::from_bits(u32::try_from(number).ok()?).into()),
        Family::V6 => Some(Ipv6Addr::from_bits(number).into()),
    }
}

/// The address after this one, or nothing after the last of the family.
pub fn next(address: Address) -> Option<Address> {
    from_number(family(address), number(address).checked_add(1)?)
}

/// The address before this one, or nothing before the first of the family.
pub fn previous(address: Address) -> Option<Address> {
    from_number(family(address), number(address).checked_sub(1)?)
}

/// Reads one address without prefix, zone or blanks.
///
/// IPv4 octets with leading zeros are refused as in Go (`net.ParseIP`, which MetalLB uses). IPv4-mapped IPv6 is refused
/// although Go reads it: the same address would then have two texts and two families.
pub fn parse(text: &str) -> Result<Address, AddressError> {
    match text.parse::<Address>() {
        Ok(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
            Some(meant) => Err(AddressError::Ipv4Mapped { meant }),
            None => Ok(address.into()),
        },
        Ok(address) => Ok(address),
        Err(_) => Err(AddressError::Syntax(reason(text))),
    }
}

/// What is wrong with a text that is not an address, as one phrase.
fn reason(text: &str) -> String {
    if text.is_empty() {
        return "expected an address, found nothing".to_owned();
    }
    if text.contains(char::is_whitespace) {
        return format!("`{text}` has a blank in it");
    }
    if let Some((address, zone)) = text.split_once('%') {
        return format!("`{address}` has the zone `%{zone}`, expected an address without one");
    }
    let octets: Vec<&str> = text.split('.').collect();
    let digits = |octet: &&str| !octet.is_empty() && octet.bytes().all(|byte| byte.is_ascii_digit());
    if octets.len() == 4 && octets.iter().all(digits) {
        if let Some(octet) = octets.iter().find(|octet| octet.len() > 1 && octet.starts_with('0')) {
            return format!("`{octet}` in `{text}` has a leading zero");
        }
        if let Some(octet) = octets.iter().find(|octet| octet.parse::<u8>().is_err()) {
            return format!("`{octet}` in `{text}` is more than 255");
        }
    }
    format!("expected an IPv4 or IPv6 address, found `{text}`")
}

/// Why a text is not one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AddressError {
    /// Not an address at all; the phrase says what was found.
    Syntax(String),
    /// `::ffff:192.0.2.1`, which is the IPv4 address `meant`.
    Ipv4Mapped { meant: Ipv4Addr },
}

impl fmt::Display for AddressError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AddressError::Syntax(reason) => formatter.write_str(reason),
            AddressError::Ipv4Mapped { meant } => {
                write!(formatter, "an IPv4 address is written inside an IPv6 one, expected `{meant}`")
            }
        }
    }
}

impl std::error::Error for AddressError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn syntax(text: &str) -> String {
        match parse(text) {
            Err(AddressError::Syntax(reason)) => reason,
            other => panic!("expected a syntax error for `{text}`, found {other:?}"),
        }
    }

    #[test]
    fn neighbours_stop_at_the_ends_of_a_family() {
        let highest: Address = "255.255.255.255".parse().unwrap();
        assert_eq!(next(highest), None);
        assert_eq!(previous("::".parse().unwrap()), None);
        assert_eq!(next("10.0.0.255".parse().unwrap()), "10.0.1.0".parse().ok());
        assert_eq!(previous("fc00::1:0".parse().unwrap()), "fc00::ffff".parse().ok());
        assert_eq!(from_number(Family::V4, 1 << 32), None);
        assert_eq!(from_number(Family::V4, number(highest)), Some(highest));
        assert_eq!(number(highest), Family::V4.highest());
    }

    #[test]
    fn the_reason_names_the_octet() {
        assert_eq!(syntax("192.168.010.1"), "`010` in `192.168.010.1` has a leading zero");
        assert_eq!(syntax("192.168.1.256"), "`256` in `192.168.1.256` is more than 255");
        assert_eq!(syntax("192.168.1"), "expected an IPv4 or IPv6 address, found `192.168.1`");
        assert_eq!(syntax(" 10.0.0.1"), "` 10.0.0.1` has a blank in it");
        assert_eq!(syntax("fe80::1%eth0"), "`fe80::1` has the zone `%eth0`, expected an address without one");
        assert_eq!(syntax(""), "expected an address, found nothing");
    }

    #[test]
    fn a_mapped_address_is_refused() {
        let meant = Ipv4Addr::new(192, 0, 2, 1);
        assert_eq!(parse("::ffff:192.0.2.1"), Err(AddressError::Ipv4Mapped { meant }));
        assert_eq!(parse("::FFFF:c000:0201"), Err(AddressError::Ipv4Mapped { meant }));
        assert_eq!(parse("FC00::0001").unwrap().to_string(), "fc00::1");
    }
}
