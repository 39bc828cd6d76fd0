//! The lock remembers who has which address, and which addresses somebody had.

use std::collections::BTreeMap;

use super::address::{self, Address, Family};

/// What the allocator must remember between two runs. Equal memories are equal values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock {
    /// Request key -> what it holds; a key that holds nothing is not in the map. The members of a sharing group each
    /// have their own entry, so that joining or leaving a group moves as few addresses as possible.
    pub held: BTreeMap<String, Held>,
    /// Pool name -> addresses that were given once and are free now, the one released longest ago first, IPv4 before
    /// IPv6. A pool without such addresses is not in the map.
    pub released: BTreeMap<String, Vec<Address>>,
}

/// The addresses of one request: at most one in each family.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Held {
    ipv4: Option<Address>,
    ipv6: Option<Address>,
}

impl Held {
    pub fn get(&self, family: Family) -> Option<Address> {
        match family {
            Family::V4 => self.ipv4,
            Family::V6 => self.ipv6,
        }
    }

    /// Holds `address` in its family, in place of the one held before.
    pub fn set(&mut self, address: Address) {
        match address::family(address) {
            Family::V4 => self.ipv4 = Some(address),
            Family::V6 => self.ipv6 = Some(address),
        }
    }

    /// The addresses, IPv4 first: the order in which MetalLB's `loadBalancerIPs` annotation is written.
    pub fn iter(&self) -> impl Iterator<Item = Address> {
        self.ipv4.into_iter().chain(self.ipv6)
    }

    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
}

impl FromIterator<Address> for Held {
    fn from_iter<I: IntoIterator<Item = Address>>(addresses: I) -> Held {
        let mut held = Held::default();
        addresses.into_iter().for_each(|address| held.set(address));
        held
    }
}
