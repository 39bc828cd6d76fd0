//! A range of addresses of one family, with holes.

use std::net::IpAddr;

use ipnet::IpNet;

/// IPv4 or IPv6; the two never overlap here, mapped addresses included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    V4,
    V6,
}

/// The addresses from `first` to `last`, both included, without those in `except`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Block {
    pub family: Family,
    pub first: u128,
    pub last: u128,
    /// Ranges that are left out, both ends included; any order, may overlap.
    pub except: Vec<(u128, u128)>,
}

impl Block {
    /// Every address of a CIDR; bits right of the mask are ignored, so `10.0.0.5/24` is `10.0.0.0/24`.
    pub fn new(cidr: IpNet) -> Block {
        let (family, first) = number(cidr.network());
        let (_, last) = number(cidr.broadcast());
        Block { family, first, last, except: Vec::new() }
    }

    /// One address.
    pub fn address(address: IpAddr) -> Block {
        let (family, number) = number(address);
        Block { family, first: number, last: number, except: Vec::new() }
    }

    /// The same block without the addresses of `cidr`; a CIDR of the other family takes nothing away.
    pub fn without(mut self, cidr: IpNet) -> Block {
        let hole = Block::new(cidr);
        if hole.family == self.family {
            self.except.push((hole.first, hole.last));
        }
        self
    }
}

/// The family of an address and its value as a number.
fn number(address: IpAddr) -> (Family, u128) {
    match address {
        IpAddr::V4(address) => (Family::V4, u128::from(u32::from(address))),
        IpAddr::V6(address) => (Family::V6, u128::from(address)),
    }
}
