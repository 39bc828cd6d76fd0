//! Addresses are told as ranges, and those that no policy tells apart are one range.

use super::groups::{Change, less};
use crate::connectivity::{
    Block, Connection, Direction, Endpoint, Family, Network, Peer, Peers, Policy, WorkloadId, World,
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

/// A range in words: an address, a network in CIDR notation, or both ends.
pub fn network(written: AddressRange) -> String {
    let AddressRange { family, first, last } = written;
    let bits = match family {
        Family::V4 => 32,
        Family::V6 => 128,
    };
    let size = last - first;
    match first == last {
        true => address(family, first),
        // A network has a power of two of addresses, and begins at a multiple of that.
        false if size & size.wrapping_add(1) == 0 && first & size == 0 => {
            format!("{}/{}", address(family, first), bits - size.count_ones())
        }
        false => range(written),
    }
}

/// A block in words.
pub fn block(block: &Block) -> String {
    let text = network(AddressRange { family: block.family, first: block.first, last: block.last });
    match block.except.len() {
        0 => text,
        1 => format!("{text} without one part"),
        holes => format!("{text} without {holes} parts"),
    }
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
    before: Network,
    /// Of a comparison: under the other policies.
    after: Option<Network>,
    ranges: Vec<AddressRange>,
}

impl Outside {
    /// The networks are compiled once more: a packet from outside is judged by its address alone, whether or not the
    /// address is also known to be a node's, or one pod's. What is nothing but addresses of `services` is left out.
    pub fn new(world: &World, after: Option<&World>, services: &[Block]) -> Outside {
        let bare = |world: &World| {
            let mut bare =
                World { nodes: Vec::new(), services: Vec::new(), blocks_match_nodes: true, ..world.clone() };
            bare.workloads.iter_mut().for_each(|workload| workload.addresses.clear());
            Network::new(&bare)
        };
        let others = after.map(|after| &after.policies[..]).unwrap_or_default();
        let policies = world.policies.iter().chain(others);
        Outside { before: bare(world), after: after.map(bare), ranges: ranges(world, policies, services) }
    }

    /// What a workload may open to each range (`Egress`) or take from it (`Ingress`), or how that changes; neighbours
    /// that are alike are one.
    pub fn connections(
        &self,
        workload: WorkloadId,
        direction: Direction,
        change: Option<Change>,
    ) -> Vec<(AddressRange, Connection)> {
        let mut found: Vec<(AddressRange, Connection)> = Vec::new();
        let pod = Endpoint::Workload(workload);
        for range in &self.ranges {
            let block =
                Block { family: range.family, first: range.first, last: range.last, except: Vec::new() };
            let outside = Endpoint::Block(block);
            let passes = |network: &Network| match direction {
                Direction::Egress => network.connection(&pod, &outside),
                Direction::Ingress => network.connection(&outside, &pod),
            };
            let before = passes(&self.before);
            let after = self.after.as_ref().map(passes);
            let connection = match (change, after) {
                (Some(Change::Cut), after) => less(&before, after.as_ref()),
                (Some(Change::Opened), Some(after)) => less(&after, Some(&before)),
                _ => before,
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
fn ranges<'p>(
    world: &World,
    policies: impl Iterator<Item = &'p Policy>,
    services: &[Block],
) -> Vec<AddressRange> {
    let blocks: Vec<Block> = policies.flat_map(bounds).collect();
    // The networks of the cluster are cut out. Single addresses of Services are only left out: a cluster has thousands, and
    // cut at each the outside would be thousands of pieces that differ in nothing.
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
        let inside = joined(own.iter().copied().chain(services), family);
        for (at, first) in starts.iter().enumerate() {
            let last = starts.get(at + 1).map_or(last, |next| next - 1);
            let before = inside.partition_point(|(start, _)| start <= first);
            let covered = before.checked_sub(1).is_some_and(|at| last <= inside[at].1);
            if !covered {
                ranges.push(AddressRange { family, first: *first, last });
            }
        }
    }
    ranges
}

/// The blocks of a family in order, those that touch as one.
fn joined<'b>(blocks: impl Iterator<Item = &'b Block>, family: Family) -> Vec<(u128, u128)> {
    let mut all: Vec<(u128, u128)> =
        blocks.filter(|block| block.family == family).map(|block| (block.first, block.last)).collect();
    all.sort_unstable();
    let mut joined: Vec<(u128, u128)> = Vec::new();
    for (first, last) in all {
        match joined.last_mut() {
            Some((_, end)) if first <= end.saturating_add(1) => *end = last.max(*end),
            _ => joined.push((first, last)),
        }
    }
    joined
}

/// Every CIDR of a policy, exceptions too.
fn bounds(policy: &Policy) -> Vec<Block> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_that_are_networks_are_written_as_such() {
        let of = |first: [u8; 4], last: [u8; 4]| {
            let number = |parts: [u8; 4]| u128::from(u32::from(Ipv4Addr::from(parts)));
            network(AddressRange { family: Family::V4, first: number(first), last: number(last) })
        };
        assert_eq!(of([192, 168, 1, 0], [192, 168, 1, 255]), "192.168.1.0/24");
        assert_eq!(of([0, 0, 0, 0], [255, 255, 255, 255]), "0.0.0.0/0");
        assert_eq!(of([192, 168, 1, 7], [192, 168, 1, 7]), "192.168.1.7");
        assert_eq!(of([192, 168, 1, 1], [192, 168, 1, 4]), "192.168.1.1-192.168.1.4");
        assert_eq!(of([192, 168, 1, 0], [192, 168, 1, 254]), "192.168.1.0-192.168.1.254");
        let whole = AddressRange { family: Family::V6, first: 0, last: u128::MAX };
        assert_eq!(network(whole), "::/0");
    }
}
