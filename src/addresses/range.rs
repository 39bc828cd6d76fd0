//! A pool is written as blocks and as ranges from a first to a last address.

use std::fmt;

use super::address::{self, Address, AddressError, Family};
use super::cidr::{Cidr, CidrError};

/// The addresses `first..=last`: one family, and at least one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AddressRange {
    first: Address,
    last: Address,
}

impl AddressRange {
    /// The range between two addresses, or why there is none: [`RangeError::MixedFamilies`], [`RangeError::Reversed`].
    pub fn new(first: Address, last: Address) -> Result<AddressRange, RangeError> {
        if address::family(first) != address::family(last) {
            return Err(RangeError::MixedFamilies { first, last });
        }
        if first > last {
            return Err(RangeError::Reversed { meant: AddressRange { first: last, last: first } });
        }
        Ok(AddressRange { first, last })
    }

    pub fn single(address: Address) -> AddressRange {
        AddressRange { first: address, last: address }
    }

    /// Reads one entry of `IPAddressPool.spec.addresses`: `FIRST-LAST` or a block.
    ///
    /// Mirrors `ParseCIDR` in MetalLB's `internal/config/config.go`, and also refuses what it lets pass: host bits (masked
    /// there, so the pool grows) and two families (an empty pool there). A bare address is an error there too.
    pub fn parse_pool_entry(text: &str) -> Result<AddressRange, RangeError> {
        let Some((first, last)) = text.split_once('-') else {
            return Ok(Cidr::parse(text)?.into());
        };
        let (first, last) = (first.trim(), last.trim());
        match (address::parse(first), address::parse(last)) {
            (Ok(first), Ok(last)) => AddressRange::new(first, last),
            (Ok(first), Err(AddressError::Syntax(reason))) => Err(match shorthand(first, last) {
                Some(meant) => RangeError::Shorthand { meant },
                None => RangeError::Syntax(reason),
            }),
            (Err(AddressError::Syntax(reason)), _) | (_, Err(AddressError::Syntax(reason))) => {
                Err(RangeError::Syntax(reason))
            }
            // At least one side is IPv4-mapped; the range is meant in IPv4 when the other side is IPv4 too.
            (first, last) => Err(AddressRange::new(unmapped(first), unmapped(last))
                .map_or_else(|error| error, |meant| RangeError::Ipv4Mapped { meant })),
        }
    }

    /// Reads a pool entry or a bare address, which is a range of one.
    pub fn parse_any(text: &str) -> Result<AddressRange, RangeError> {
        match AddressRange::parse_pool_entry(text) {
            Err(RangeError::BareAddress { single }) => Ok(single.into()),
            other => other,
        }
    }

    pub fn first(&self) -> Address {
        self.first
    }

    pub fn last(&self) -> Address {
        self.last
    }

    pub fn family(&self) -> Family {
        address::family(self.first)
    }

    /// The number of addresses; all of IPv6 is one more than fits and says `u128::MAX`.
    pub fn size(&self) -> u128 {
        (address::number(self.last) - address::number(self.first)).saturating_add(1)
    }

    pub fn contains(&self, address: Address) -> bool {
        // Addresses sort by family first, so no address of the other family lies between two of this one.
        self.first <= address && address <= self.last
    }

    /// The addresses that are in both.
    pub fn overlap(&self, other: &AddressRange) -> Option<AddressRange> {
        AddressRange::new(self.first.max(other.first), self.last.min(other.last)).ok()
    }

    /// The fewest blocks that hold exactly these addresses, in ascending order; at most 2 for each bit of the family.
    pub fn to_cidrs(&self) -> Vec<Cidr> {
        let bits = u32::from(self.family().bits());
        let last = address::number(self.last);
        let mut blocks = Vec::new();
        let mut start = Some(address::number(self.first));
        while let Some(number) = start.filter(|number| *number <= last) {
            let aligned = number.trailing_zeros().min(bits);
            let fitting = (last - number).checked_add(1).map_or(128, u128::ilog2);
            let host_bits = aligned.min(fitting);
            let block = address::from_number(self.family(), number)
                .zip(u8::try_from(bits - host_bits).ok())
                .and_then(|(address, length)| Cidr::new(address, length))
                .expect("broken promise: a range lies inside its family");
            blocks.push(block);
            start = 1u128.checked_shl(host_bits).and_then(|size| number.checked_add(size));
        }
        blocks
    }
}

/// A range that is exactly one block is written as the block, any other as `FIRST-LAST`. MetalLB reads both.
impl fmt::Display for AddressRange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_cidrs().as_slice() {
            [block] => block.fmt(formatter),
            _ => write!(formatter, "{}-{}", self.first, self.last),
        }
    }
}

impl From<Cidr> for AddressRange {
    fn from(block: Cidr) -> AddressRange {
        AddressRange { first: block.first(), last: block.last() }
    }
}

/// `192.168.1.200-210`, `-.210` and `-2.10`, which other tools read: the last octets replace those of the first address.
fn shorthand(first: Address, last: &str) -> Option<AddressRange> {
    let Address::V4(start) = first else { return None };
    let octets: Vec<&str> = last.strip_prefix('.').unwrap_or(last).split('.').collect();
    let kept: Vec<String> =
        start.octets().iter().map(u8::to_string).take(4usize.checked_sub(octets.len())?).collect();
    let written: Vec<&str> = kept.iter().map(String::as_str).chain(octets).collect();
    AddressRange::new(first, address::parse(&written.join(".")).ok()?).ok()
}

fn unmapped(side: Result<Address, AddressError>) -> Address {
    match side {
        Ok(address) => address,
        Err(AddressError::Ipv4Mapped { meant }) => meant.into(),
        Err(AddressError::Syntax(_)) => unreachable!("broken promise: both sides were read as addresses"),
    }
}

/// Why a text is not a range. Each variant carries what a fix would write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RangeError {
    /// Neither a block nor a range; the phrase says what was found and what was expected.
    Syntax(String),
    /// A block with bits set behind its prefix; `network` is the block without them.
    HostBits { network: Cidr },
    /// One address, which MetalLB refuses in a pool; `single` is its `/32` or `/128`.
    BareAddress { single: Cidr },
    /// The first address is after the last; `meant` has them in order.
    Reversed { meant: AddressRange },
    /// One end is IPv4 and the other IPv6.
    MixedFamilies { first: Address, last: Address },
    /// `192.168.1.200-210`; `meant` has the last address in full.
    Shorthand { meant: AddressRange },
    /// IPv4 addresses in IPv6 clothes; `meant` is the same in IPv4.
    Ipv4Mapped { meant: AddressRange },
}

impl From<CidrError> for RangeError {
    fn from(error: CidrError) -> RangeError {
        match error {
            CidrError::Syntax(reason) => RangeError::Syntax(reason),
            CidrError::HostBits { network } => RangeError::HostBits { network },
            CidrError::NoPrefix { single } => RangeError::BareAddress { single },
            CidrError::Ipv4Mapped { meant } => RangeError::Ipv4Mapped { meant: meant.into() },
        }
    }
}

impl fmt::Display for RangeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RangeError::Syntax(reason) => formatter.write_str(reason),
            RangeError::HostBits { network } => CidrError::HostBits { network: *network }.fmt(formatter),
            RangeError::BareAddress { single } => CidrError::NoPrefix { single: *single }.fmt(formatter),
            RangeError::Reversed { meant } => {
                write!(formatter, "the range starts at `{}`, after its end `{}`", meant.last, meant.first)
            }
            RangeError::MixedFamilies { first, last } => {
                let (start, end) = (address::family(*first), address::family(*last));
                write!(formatter, "the range starts in {start} at `{first}` and ends in {end} at `{last}`")
            }
            RangeError::Shorthand { meant } => {
                write!(
                    formatter,
                    "the end of the range is shortened, expected `{}-{}`",
                    meant.first, meant.last
                )
            }
            RangeError::Ipv4Mapped { meant } => {
                write!(formatter, "IPv4 addresses are written inside IPv6 ones, expected `{meant}`")
            }
        }
    }
}

impl std::error::Error for RangeError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str) -> AddressRange {
        AddressRange::parse_pool_entry(text).unwrap()
    }

    fn blocks(text: &str) -> String {
        range(text).to_cidrs().iter().map(Cidr::to_string).collect::<Vec<_>>().join(" ")
    }

    /// Sizes and blocks that MetalLB itself computes for these ranges.
    #[test]
    fn ranges_split_as_in_metallb() {
        for (text, size, expected, shortest) in [
            (
                "192.168.1.200-192.168.1.250",
                51,
                "192.168.1.200/29 192.168.1.208/28 192.168.1.224/28 192.168.1.240/29 192.168.1.248/31 192.168.1.250/32",
                28,
            ),
            ("192.168.1.240-192.168.1.250", 11, "192.168.1.240/29 192.168.1.248/31 192.168.1.250/32", 29),
            ("192.168.9.1-192.168.9.5", 5, "192.168.9.1/32 192.168.9.2/31 192.168.9.4/31", 31),
            (
                "192.168.1.5-192.168.1.37",
                33,
                "192.168.1.5/32 192.168.1.6/31 192.168.1.8/29 192.168.1.16/28 192.168.1.32/30 192.168.1.36/31",
                28,
            ),
            ("10.0.0.255-10.0.1.0", 2, "10.0.0.255/32 10.0.1.0/32", 32),
            ("fc00::1-fc00::4", 4, "fc00::1/128 fc00::2/127 fc00::4/128", 127),
            ("10.0.0.0/24", 256, "10.0.0.0/24", 24),
            ("0.0.0.0-255.255.255.255", 1 << 32, "0.0.0.0/0", 0),
            ("::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", u128::MAX, "::/0", 0),
        ] {
            assert_eq!(range(text).size(), size, "{text}");
            assert_eq!(blocks(text), expected);
            assert_eq!(
                range(text).to_cidrs().iter().map(Cidr::prefix_length).min(),
                Some(shortest),
                "{text}"
            );
        }
        assert_eq!(range("::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff").to_cidrs().len(), 128);
    }

    #[test]
    fn blanks_around_the_dash_are_read() {
        assert_eq!(range("10.0.0.1 - 10.0.0.3"), range("10.0.0.1-10.0.0.3"));
        assert!(matches!(AddressRange::parse_pool_entry(" 10.0.0.0/24"), Err(RangeError::Syntax(_))));
    }

    #[test]
    fn the_text_of_a_range_reads_back() {
        for (text, written) in [
            ("10.0.0.0-10.0.0.255", "10.0.0.0/24"),
            ("10.0.0.1-10.0.0.1", "10.0.0.1/32"),
            ("10.0.0.1 -10.0.0.2", "10.0.0.1-10.0.0.2"),
            ("FC00::01-fc00:0::4", "fc00::1-fc00::4"),
        ] {
            assert_eq!(range(text).to_string(), written);
            assert_eq!(range(written), range(text));
        }
    }

    #[test]
    fn each_mistake_carries_what_was_meant() {
        let error = |text: &str| AddressRange::parse_pool_entry(text).unwrap_err();
        let single = Cidr::parse("192.168.1.5/32").unwrap();
        assert_eq!(error("192.168.1.5"), RangeError::BareAddress { single });
        let network = Cidr::parse("198.51.100.0/24").unwrap();
        assert_eq!(error("198.51.100.10/24"), RangeError::HostBits { network });
        assert_eq!(error("10.0.0.9-10.0.0.1"), RangeError::Reversed { meant: range("10.0.0.1-10.0.0.9") });
        assert_eq!(
            error("::ffff:10.0.0.1-10.0.0.9"),
            RangeError::Ipv4Mapped { meant: range("10.0.0.1-10.0.0.9") }
        );
        assert_eq!(error("::ffff:10.0.0.0/120"), RangeError::Ipv4Mapped { meant: range("10.0.0.0/24") });
        assert!(matches!(error("10.0.0.1-fc00::1"), RangeError::MixedFamilies { .. }));
        assert!(matches!(error("fc00::1-::ffff:10.0.0.1"), RangeError::MixedFamilies { .. }));
        for text in
            ["10.0.0.1-", "-10.0.0.1", "-", "10.0.0.0/24-10.0.1.0/24", "10.0.0.1-10.0.0.2-10.0.0.3", "a-b"]
        {
            assert!(matches!(error(text), RangeError::Syntax(_)), "`{text}`");
        }
    }

    #[test]
    fn a_shortened_end_is_recognised() {
        let error = |text: &str| AddressRange::parse_any(text).unwrap_err();
        let meant = range("192.168.1.200-192.168.1.210");
        for text in
            ["192.168.1.200-210", "192.168.1.200-.210", "192.168.1.200 - 1.210", "192.168.1.200-.168.1.210"]
        {
            assert_eq!(error(text), RangeError::Shorthand { meant }, "`{text}`");
        }
        for text in
            ["192.168.1.200-100", "192.168.1.200-256", "192.168.1.200-", "192.168.1.200-.", "fc00::1-4"]
        {
            assert!(matches!(error(text), RangeError::Syntax(_)), "`{text}`");
        }
    }

    #[test]
    fn a_bare_address_is_a_range_of_one_where_allowed() {
        assert_eq!(AddressRange::parse_any("192.168.1.5"), Ok(range("192.168.1.5/32")));
        assert_eq!(AddressRange::parse_any("192.168.1.0/30"), Ok(range("192.168.1.0-192.168.1.3")));
    }

    #[test]
    fn the_overlap_is_what_both_hold() {
        assert_eq!(
            range("10.0.0.0/24").overlap(&range("10.0.0.200-10.0.1.20")),
            Some(range("10.0.0.200-10.0.0.255"))
        );
        assert_eq!(range("10.0.0.0/25").overlap(&range("10.0.0.128/25")), None);
        assert_eq!(range("0.0.0.0/0").overlap(&range("::/0")), None);
    }
}
