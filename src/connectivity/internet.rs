//! The internet is every public address that is not the cluster's own.

use super::address_set::AddressSet;
use super::block::{Block, Family};
use super::world::World;

/// Every public address of the families that the cluster speaks, without its own.
pub(super) fn internet(world: &World) -> AddressSet {
    let v6 = world.pods.iter().any(|block| block.family == Family::V6);
    let v4 = !v6 || world.pods.iter().any(|block| block.family == Family::V4);
    let part = |here: bool, blocks: &[&str]| -> Vec<Block> {
        let parse =
            |text: &&str| text.parse().map(Block::new).expect("broken promise: the table holds CIDRs");
        if here { blocks.iter().map(parse).collect() } else { Vec::new() }
    };
    let public = [part(v4, &["0.0.0.0/0"]), part(v6, &["2000::/3"])].concat();
    let special = [part(v4, SPECIAL_V4), part(v6, SPECIAL_V6)].concat();
    let own = world.pods.iter().chain(&world.services).chain(&world.nodes);
    AddressSet::of(&public).difference(&AddressSet::of(special.iter().chain(own)))
}

/// The IPv4 ranges that are not globally reachable, and those that are not unicast (IANA Special-Purpose Address
/// Registry).
const SPECIAL_V4: &[&str] = &[
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
];

/// The same for the part of IPv6 that is handed out, `2000::/3`.
const SPECIAL_V6: &[&str] = &["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];
