//! Addresses are told as ranges, and those that no policy tells apart are one range.

use crate::connectivity::{
    Block, Connection, Direction, Endpoint, Family, Network, Peer, Peers, WorkloadId, World,
};
use std::net::{Ipv4Addr, Ipv6Addr};

/// A range of addresses, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AddressRange {
    pub family: Family,
    pub first: u128,
    pub last: u128,
}

/// `10.0.0.0-10.0.0.255`.
pub fn range(range: AddressRange) -> String {
    format!("{}-{}", address(range.family, range.first), address(range.family, range.last))
}

/// A block in words; one address is written as such.
pub fn block(block: &Block) -> String {
    if block.first == block.last {
        return address(block.family, block.first);
    }
    range(AddressRange { family: block.family, first: block.first, last: block.last })
}

fn address(family: Family, number: u128) -> String {
    match family {
        // A number of this family has 32 bits.
        Family::V4 => Ipv4Addr::from(number as u32).to_string(),
        Family::V6 => Ipv6Addr::from(number).to_string(),
    }
}

/// Outside addresses, cut where some policy tells neighbours apart; without those of the cluster itself.
pub struct Outside {
    network: Network,
    ranges: Vec<AddressRange>,
}

impl Outside {
    /// The network is compiled once more: a packet from outside is judged by its address alone, whether or not the
    /// address is also known to be a node's.
    pub fn new(world: &World) -> Outside {
        let bare =
            World { nodes: Vec::new(), services: Vec::new(), blocks_match_nodes: true, ..world.clone() };
        Outside { network: Network::new(&bare), ranges: ranges(world) }
    }

    /// What a workload may open to each range (`Egress`) or take from it (`Ingress`); neighbours that are alike are one.
    pub fn connections(&self, workload: WorkloadId, direction: Direction) -> Vec<(AddressRange, Connection)> {
        let mut found: Vec<(AddressRange, Connection)> = Vec::new();
        let pod = Endpoint::Workload(workload);
        for range in &self.ranges {
            let block =
                Block { family: range.family, first: range.first, last: range.last, except: Vec::new() };
            let outside = Endpoint::Block(block);
            let connection = match direction {
                Direction::Egress => self.network.connection(&pod, &outside),
                Direction::Ingress => self.network.connection(&outside, &pod),
            };
            match found.last_mut() {
                Some((last, same))
                    if *same == connection && last.family == range.family && last.last + 1 == range.first =>
                {
                    last.last = range.last;
                }
                _ => found.push((*range, connection)),
            }
        }
        found.retain(|(_, connection)| !connection.surely.is_empty());
        found
    }
}

/// Every address but those of pods and Services, in pieces that no `ipBlock` cuts.
fn ranges(world: &World) -> Vec<AddressRange> {
    let blocks: Vec<Block> = world.policies.iter().flat_map(bounds).collect();
    let own: Vec<&Block> = world.pods.iter().chain(&world.services).collect();
    let v6 = blocks.iter().chain(own.iter().copied()).any(|block| block.family == Family::V6);
    let mut ranges = Vec::new();
    for (family, last, wanted) in [(Family::V4, u128::from(u32::MAX), true), (Family::V6, u128::MAX, v6)] {
        if !wanted {
            continue;
        }
        let mut starts = vec![0];
        for block in blocks.iter().chain(own.iter().copied()).filter(|block| block.family == family) {
            starts.push(block.first);
            starts.extend(block.last.checked_add(1).filter(|next| *next <= last));
        }
        starts.sort_unstable();
        starts.dedup();
        for (at, first) in starts.iter().enumerate() {
            let inside =
                |block: &&&Block| block.family == family && block.first <= *first && *first <= block.last;
            if own.iter().find(inside).is_none() {
                let last = starts.get(at + 1).map_or(last, |next| next - 1);
                ranges.push(AddressRange { family, first: *first, last });
            }
        }
    }
    ranges
}

/// Every CIDR of a policy, exceptions too.
fn bounds(policy: &crate::connectivity::Policy) -> Vec<Block> {
    let mut blocks = Vec::new();
    for direction in [Direction::Ingress, Direction::Egress] {
        for rule in policy.rules(direction).unwrap_or_default() {
            let Peers::Listed(peers) = &rule.peers else { continue };
            for peer in peers {
                if let Peer::Block { cidr, except } = peer {
                    blocks.push(Block::new(*cidr));
                    blocks.extend(except.iter().map(|hole| Block::new(*hole)));
                }
            }
        }
    }
    blocks
}
