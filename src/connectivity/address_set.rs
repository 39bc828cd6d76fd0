//! Sets of addresses as ranges, one set for each family.
//!
//! Ranges, not a table of atoms with a bitmap for each `ipBlock`: the cost of a question does not grow with the number
//! of different CIDRs in the cluster.

use super::block::{Block, Family};
use super::ranges::Ranges;

/// Addresses of both families.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AddressSet {
    v4: Ranges<u128>,
    v6: Ranges<u128>,
}

impl AddressSet {
    /// Every address of both families.
    pub fn everything() -> AddressSet {
        AddressSet { v4: Ranges::range(0, u128::from(u32::MAX)), v6: Ranges::range(0, u128::MAX) }
    }

    /// The union of the blocks, each without its own exceptions.
    pub fn of<'b>(blocks: impl IntoIterator<Item = &'b Block>) -> AddressSet {
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for block in blocks {
            let whole = Ranges::range(block.first, block.last);
            let rest = whole.difference(&Ranges::collect(block.except.iter().copied()));
            match block.family {
                Family::V4 => v4.extend_from_slice(rest.as_slice()),
                Family::V6 => v6.extend_from_slice(rest.as_slice()),
            }
        }
        AddressSet { v4: Ranges::collect(v4), v6: Ranges::collect(v6) }
    }

    pub fn is_empty(&self) -> bool {
        self.v4.is_empty() && self.v6.is_empty()
    }

    pub fn union(&self, other: &AddressSet) -> AddressSet {
        AddressSet { v4: self.v4.union(&other.v4), v6: self.v6.union(&other.v6) }
    }

    /// What is here and not in `other`.
    pub fn difference(&self, other: &AddressSet) -> AddressSet {
        AddressSet { v4: self.v4.difference(&other.v4), v6: self.v6.difference(&other.v6) }
    }

    /// Whether the two share an address.
    pub fn touches(&self, other: &AddressSet) -> bool {
        self.v4.touches(&other.v4) || self.v6.touches(&other.v6)
    }

    /// Whether every address of `other` is here.
    pub fn covers(&self, other: &AddressSet) -> bool {
        self.v4.covers(&other.v4) && self.v6.covers(&other.v6)
    }
}
