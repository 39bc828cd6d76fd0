//! A set of addresses is a sorted list of ranges that neither overlap nor touch.

use std::cmp::Ordering;

use super::address::{self, Address, Family};
use super::cidr::Cidr;
use super::range::AddressRange;

/// Addresses of both families. Equal sets are equal values, however they were built.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct AddressSet {
    /// Ascending, with at least one address between two neighbours of the same family.
    ranges: Vec<AddressRange>,
}

impl AddressSet {
    pub fn new() -> AddressSet {
        AddressSet::default()
    }

    /// Whether `address` is in the set; one binary search.
    pub fn contains(&self, address: Address) -> bool {
        self.range_of(address).is_some()
    }

    /// The whole range that `address` lies in.
    pub fn range_of(&self, address: Address) -> Option<AddressRange> {
        let index = self.ranges.partition_point(|range| range.last() < address);
        self.ranges.get(index).copied().filter(|range| range.contains(address))
    }

    /// Adds a range and joins it with those it overlaps or touches.
    pub fn insert(&mut self, range: impl Into<AddressRange>) {
        let range = range.into();
        let start =
            self.ranges.partition_point(|other| other.last() < range.first() && !touch(other, &range));
        let length = self.ranges[start..]
            .partition_point(|other| other.first() <= range.last() || touch(&range, other));
        let joined =
            self.ranges[start..start + length].iter().fold(range, |joined, other| join(&joined, other));
        self.ranges.splice(start..start + length, [joined]);
    }

    /// Takes a range out; what is not in the set does not matter.
    pub fn remove(&mut self, range: impl Into<AddressRange>) {
        let range = range.into();
        let start = self.ranges.partition_point(|other| other.last() < range.first());
        let length = self.ranges[start..].partition_point(|other| other.first() <= range.last());
        let left = self.ranges[start..start + length].first().and_then(|other| before(other, &range));
        let right = self.ranges[start..start + length].last().and_then(|other| after(other, &range));
        self.ranges.splice(start..start + length, left.into_iter().chain(right));
    }

    pub fn union(&self, other: &AddressSet) -> AddressSet {
        let (mut left, mut right) = (self.ranges.iter().peekable(), other.ranges.iter().peekable());
        let mut merged = Vec::with_capacity(self.ranges.len() + other.ranges.len());
        loop {
            let from_left = match (left.peek(), right.peek()) {
                (Some(one), Some(another)) => one <= another,
                (one, _) => one.is_some(),
            };
            let Some(range) = (if from_left { left.next() } else { right.next() }) else { break };
            push_joined(&mut merged, *range);
        }
        AddressSet { ranges: merged }
    }

    pub fn intersection(&self, other: &AddressSet) -> AddressSet {
        let (mut left, mut right) = (self.ranges.iter().peekable(), other.ranges.iter().peekable());
        let mut ranges = Vec::new();
        while let (Some(one), Some(another)) = (left.peek(), right.peek()) {
            ranges.extend(one.overlap(another));
            match one.last().cmp(&another.last()) {
                Ordering::Less => left.next(),
                Ordering::Equal | Ordering::Greater => right.next(),
            };
        }
        AddressSet { ranges }
    }

    /// What is in this set and not in `other`.
    pub fn difference(&self, other: &AddressSet) -> AddressSet {
        AddressSet { ranges: self.outside(other).collect() }
    }

    /// The lowest address of `family` that is in this set and not in `other`.
    pub fn lowest_outside(&self, family: Family, other: &AddressSet) -> Option<Address> {
        self.outside(other).find(|range| range.family() == family).map(|range| range.first())
    }

    /// The ranges of the difference, one after the other; linear in the ranges of both sets that were passed.
    fn outside<'a>(&'a self, other: &'a AddressSet) -> impl Iterator<Item = AddressRange> + 'a {
        let mut holes = other.ranges.iter().peekable();
        let mut whole = self.ranges.iter().copied();
        let mut rest: Option<AddressRange> = None;
        std::iter::from_fn(move || {
            loop {
                let range = rest.take().or_else(|| whole.next())?;
                while holes.next_if(|hole| hole.last() < range.first()).is_some() {}
                let Some(hole) = holes.peek().filter(|hole| hole.first() <= range.last()) else {
                    return Some(range);
                };
                rest = after(&range, hole);
                if let Some(kept) = before(&range, hole) {
                    return Some(kept);
                }
            }
        })
    }

    /// The ranges in ascending order, IPv4 first.
    pub fn ranges(&self) -> impl ExactSizeIterator<Item = AddressRange> + '_ {
        self.ranges.iter().copied()
    }

    /// The part of the set in one family.
    pub fn of_family(&self, family: Family) -> AddressSet {
        AddressSet { ranges: self.ranges().filter(|range| range.family() == family).collect() }
    }

    /// The addresses that MetalLB's `avoidBuggyIPs` never gives: IPv4 that ends in .0 or .255
    /// (`ipConfusesBuggyFirewalls` in `internal/allocator/allocator.go`). One range for each /24 that the set touches.
    pub fn ending_in_0_or_255(&self) -> AddressSet {
        let mut found = Vec::new();
        for range in self.ranges().filter(|range| range.family() == Family::V4) {
            let (first, last) = (address::number(range.first()), address::number(range.last()));
            for network in (first >> 8)..=(last >> 8) {
                for number in [network << 8, (network << 8) | 255] {
                    let address =
                        address::from_number(Family::V4, number).filter(|address| range.contains(*address));
                    if let Some(address) = address {
                        push_joined(&mut found, AddressRange::single(address));
                    }
                }
            }
        }
        AddressSet { ranges: found }
    }

    /// The number of addresses; `u128::MAX` when there are more.
    pub fn size(&self) -> u128 {
        self.ranges.iter().fold(0, |size: u128, range| size.saturating_add(range.size()))
    }

    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }
}

/// Sorts once and joins, so that many ranges in any order cost O(n log n).
impl<R: Into<AddressRange>> FromIterator<R> for AddressSet {
    fn from_iter<I: IntoIterator<Item = R>>(ranges: I) -> AddressSet {
        let mut sorted: Vec<AddressRange> = ranges.into_iter().map(Into::into).collect();
        sorted.sort_unstable();
        let mut joined = Vec::with_capacity(sorted.len());
        for range in sorted {
            push_joined(&mut joined, range);
        }
        AddressSet { ranges: joined }
    }
}

impl From<Cidr> for AddressSet {
    fn from(block: Cidr) -> AddressSet {
        AddressSet { ranges: vec![block.into()] }
    }
}

impl From<Address> for AddressRange {
    fn from(address: Address) -> AddressRange {
        AddressRange::single(address)
    }
}

/// Appends a range that starts at or after the start of the last one.
fn push_joined(ranges: &mut Vec<AddressRange>, range: AddressRange) {
    match ranges.last_mut() {
        Some(last) if last.overlap(&range).is_some() || touch(last, &range) => *last = join(last, &range),
        _ => ranges.push(range),
    }
}

/// Whether `right` starts just after the end of `left`; the end of IPv4 touches nothing.
fn touch(left: &AddressRange, right: &AddressRange) -> bool {
    address::next(left.last()) == Some(right.first())
}

/// The range from the lower start to the higher end.
fn join(one: &AddressRange, other: &AddressRange) -> AddressRange {
    AddressRange::new(one.first().min(other.first()), one.last().max(other.last()))
        .expect("broken promise: only ranges of one family are joined")
}

/// What of `range` lies before `hole`.
fn before(range: &AddressRange, hole: &AddressRange) -> Option<AddressRange> {
    AddressRange::new(range.first(), address::previous(hole.first())?.min(range.last())).ok()
}

/// What of `range` lies after `hole`.
fn after(range: &AddressRange, hole: &AddressRange) -> Option<AddressRange> {
    AddressRange::new(address::next(hole.last())?.max(range.first()), range.last()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(texts: &[&str]) -> AddressSet {
        texts.iter().map(|text| AddressRange::parse_any(text).unwrap()).collect()
    }

    fn written(set: &AddressSet) -> Vec<String> {
        set.ranges().map(|range| range.to_string()).collect()
    }

    #[test]
    fn neighbours_join_and_families_do_not() {
        let joined = set(&["::", "10.0.0.128/25", "10.0.0.0/25", "255.255.255.255"]);
        assert_eq!(written(&joined), ["10.0.0.0/24", "255.255.255.255/32", "::/128"]);
        let mut grown = set(&["10.0.0.1", "10.0.0.3"]);
        grown.insert(AddressRange::parse_any("10.0.0.2").unwrap());
        assert_eq!(written(&grown), ["10.0.0.1-10.0.0.3"]);
    }

    #[test]
    fn a_reserve_leaves_holes() {
        let pool = set(&["192.168.1.200-192.168.1.250"]);
        let reserve = set(&["192.168.1.200", "192.168.1.211-192.168.1.214", "192.168.1.250", "192.168.1.1"]);
        let free = pool.difference(&reserve);
        assert_eq!(written(&free), ["192.168.1.201-192.168.1.210", "192.168.1.215-192.168.1.249"]);
        assert_eq!(
            (free.size(), pool.lowest_outside(Family::V4, &reserve)),
            (45, "192.168.1.201".parse().ok())
        );
        assert_eq!(pool.lowest_outside(Family::V6, &reserve), None);
        assert_eq!(written(&pool.intersection(&set(&["192.168.1.0/24"]))), written(&pool));
    }

    #[test]
    fn the_ends_of_both_families_are_addresses_too() {
        let mut everything = set(&["0.0.0.0/0", "::/0"]);
        assert_eq!(everything.size(), u128::MAX);
        assert_eq!(everything.difference(&everything), AddressSet::new());
        everything.remove(AddressRange::parse_any("0.0.0.0/1").unwrap());
        everything.remove(AddressRange::parse_any("8000::/1").unwrap());
        assert_eq!(written(&everything), ["128.0.0.0/1", "::/1"]);
        assert!(everything.of_family(Family::V6).contains("::".parse().unwrap()));
        assert!(!everything.contains("ffff::".parse().unwrap()));
    }

    #[test]
    fn addresses_that_confuse_old_firewalls() {
        let pool = set(&["10.0.0.254-10.0.2.0", "10.1.0.0/24", "fc00::/64"]);
        assert_eq!(
            written(&pool.ending_in_0_or_255()),
            ["10.0.0.255-10.0.1.0", "10.0.1.255-10.0.2.0", "10.1.0.0/32", "10.1.0.255/32"]
        );
    }
}
