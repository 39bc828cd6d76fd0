//! An address, once given, stays: pin, then lock, then the lowest one never given, then the one released longest ago.

use std::collections::{BTreeMap, BTreeSet};

use super::address::{Address, Family};
use super::lock::{Held, Lock};
use super::request::{PoolSpace, Problem, Request};
use super::set::AddressSet;
use super::space::Space;

/// Who has which address now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allocation {
    /// The memory for the next run; its `held` is the answer of this one.
    pub lock: Lock,
    /// What could not be done, sorted; empty when every request has what it wants.
    pub problems: Vec<Problem>,
}

impl Allocation {
    /// The addresses of one request; empty when it wants none or could not get one.
    pub fn addresses(&self, key: &str) -> Held {
        self.lock.held.get(key).copied().unwrap_or_default()
    }
}

/// Gives every request its addresses.
///
/// In each pool and family: a valid pin is always given. Then whoever held an address keeps it, if it is still in the
/// pool, not excluded and not pinned by another. The rest get, in the order of their keys, the lowest address that nobody
/// ever had, and only when there is none the one that was released longest ago: clients cache names and firewalls
/// remember addresses, so the previous owner's address is the worst to give.
///
/// So neither the order of `pools` and `requests` nor an unrelated change moves an address, and a second run with the
/// new lock changes nothing. Addresses of the lock that no request has any more are released, in ascending order, to each
/// pool that contains them; an address that is in use or left the pool is forgotten. The time is
/// O((requests + ranges + lock) log n), whatever the size of the pools.
///
/// # Panics
///
/// When two pools have one name, two requests one key, or a request names a pool that is not there: names are resolved
/// before addresses are given.
pub fn allocate(pools: &[PoolSpace], requests: &[Request], lock: &Lock) -> Allocation {
    let by_key: BTreeMap<&str, &Request> = requests.iter().map(|request| (request.key(), request)).collect();
    assert_eq!(by_key.len(), requests.len(), "broken promise: the keys of requests are unique");
    let by_name: BTreeMap<&str, &PoolSpace> = pools.iter().map(|pool| (pool.name.as_str(), pool)).collect();
    assert_eq!(by_name.len(), pools.len(), "broken promise: the names of pools are unique");
    let mut by_pool: BTreeMap<&str, Vec<&Request>> = BTreeMap::new();
    for request in by_key.values() {
        assert!(by_name.contains_key(request.pool()), "broken promise: the pool `{}` exists", request.pool());
        by_pool.entry(request.pool()).or_default().push(request);
    }

    let history = History::new(lock, &by_name, &by_key);
    let mut allocation = Allocation::default();
    for (name, pool) in by_name {
        let requests = by_pool.remove(name).unwrap_or_default();
        for family in Family::BOTH {
            let mut space = Space::new(pool, family, &requests);
            space.give_pins();
            space.keep(lock);
            let unused = history.once_given(pool, &space.addresses, &space.taken);
            space.give_fresh(unused);
            space.finish(&mut allocation);
        }
    }
    allocation.problems.sort();
    allocation
}

/// What the lock knows about addresses that may be free now.
struct History<'a> {
    lock: &'a Lock,
    /// Released under the name of a pool that is not there any more: a renamed pool keeps its memory.
    orphaned: Vec<Address>,
    /// Address, and the pool of the request that held it as long as that request is still there and can still have it.
    held: Vec<(Address, Option<&'a str>)>,
}

impl<'a> History<'a> {
    fn new(
        lock: &'a Lock,
        pools: &BTreeMap<&str, &PoolSpace>,
        requests: &BTreeMap<&str, &'a Request>,
    ) -> History<'a> {
        let gone = lock.released.iter().filter(|(pool, _)| !pools.contains_key(pool.as_str()));
        let orphaned = gone.flat_map(|(_, addresses)| addresses).copied().collect();
        let mut held = Vec::new();
        for (key, addresses) in &lock.held {
            let request = requests.get(key.as_str());
            for address in addresses.iter() {
                let owner = request.map(|request| request.pool());
                held.push((address, owner.filter(|pool| pools[pool].addresses.contains(address))));
            }
        }
        held.sort_unstable();
        History { lock, orphaned, held }
    }

    /// What was given in this pool and nobody has now: the old list, then what the last change set free.
    fn once_given(
        &self,
        pool: &PoolSpace,
        addresses: &AddressSet,
        taken: &BTreeMap<Address, usize>,
    ) -> Vec<Address> {
        let before = self.lock.released.get(&pool.name).into_iter().flatten().chain(&self.orphaned).copied();
        // Two clusters may have pools with the same addresses; what is still held in the other one is not released here.
        let here = |owner: &Option<&str>| owner.is_none_or(|owner| owner == pool.name);
        let now = addresses.ranges().flat_map(|range| {
            let start = self.held.partition_point(|(address, _)| *address < range.first());
            let length = self.held[start..].partition_point(|(address, _)| *address <= range.last());
            self.held[start..start + length]
                .iter()
                .filter(|(_, owner)| here(owner))
                .map(|(address, _)| *address)
        });
        let mut seen = BTreeSet::new();
        before
            .chain(now)
            .filter(|address| {
                addresses.contains(*address) && !taken.contains_key(address) && seen.insert(*address)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::range::AddressRange;
    use super::*;

    fn set(texts: &[&str]) -> AddressSet {
        texts.iter().map(|text| AddressRange::parse_any(text).unwrap()).collect()
    }

    fn pool(addresses: &[&str], excluded: &[&str]) -> PoolSpace {
        PoolSpace { name: "homelab".to_owned(), addresses: set(addresses), excluded: set(excluded) }
    }

    fn ten() -> PoolSpace {
        pool(&["10.0.0.0-10.0.0.9"], &["10.0.0.0"])
    }

    fn ip(text: &str) -> Address {
        text.parse().unwrap()
    }

    fn any(key: &str) -> Request {
        Request::new(key, "homelab").wanting(Family::V4)
    }

    fn pin(key: &str, address: &str) -> Request {
        Request::new(key, "homelab").pinned(ip(address))
    }

    /// `key=address` in the order of keys, without the part all addresses here have in common.
    fn given(allocation: &Allocation) -> String {
        let held = allocation.lock.held.iter();
        let pairs = held.map(|(key, held)| {
            let addresses: Vec<String> = held.iter().map(|address| address.to_string()).collect();
            format!("{key}={}", addresses.join(",").replace("10.0.0", ""))
        });
        pairs.collect::<Vec<_>>().join(" ")
    }

    fn released(allocation: &Allocation) -> Vec<String> {
        allocation.lock.released.get("homelab").into_iter().flatten().map(Address::to_string).collect()
    }

    #[test]
    fn keys_decide_and_pins_come_first() {
        let requests = [any("c"), pin("z", "10.0.0.1"), any("a"), any("b")];
        let allocation = allocate(&[ten()], &requests, &Lock::default());
        assert_eq!(given(&allocation), "a=.2 b=.3 c=.4 z=.1");
        assert_eq!(allocation.problems, []);
    }

    #[test]
    fn a_new_service_moves_nobody() {
        let before = allocate(&[ten()], &[any("b"), any("c")], &Lock::default());
        let after = allocate(&[ten()], &[any("a"), any("b"), any("c")], &before.lock);
        assert_eq!(given(&after), "a=.3 b=.1 c=.2");
    }

    #[test]
    fn a_pin_moves_only_the_one_in_its_place() {
        let before = allocate(&[ten()], &[any("a"), any("b")], &Lock::default());
        let after = allocate(&[ten()], &[any("a"), any("b"), pin("z", "10.0.0.1")], &before.lock);
        assert_eq!(given(&after), "a=.3 b=.2 z=.1");
        let unpinned = allocate(&[ten()], &[any("a"), any("b"), any("z")], &after.lock);
        assert_eq!(given(&unpinned), "a=.3 b=.2 z=.1", "the lock keeps what a pin had");
    }

    #[test]
    fn who_stops_sharing_moves_and_who_still_shares_stays() {
        let shared = |key: &str| any(key).sharing("dns");
        let before = allocate(&[ten()], &[shared("tcp"), shared("udp")], &Lock::default());
        assert_eq!(given(&before), "tcp=.1 udp=.1");
        let after = allocate(&[ten()], &[any("tcp"), shared("udp")], &before.lock);
        assert_eq!(given(&after), "tcp=.2 udp=.1");
        let both = allocate(&[ten()], &[any("tcp"), any("udp")], &before.lock);
        assert_eq!(given(&both), "tcp=.1 udp=.2");
    }

    #[test]
    fn a_released_address_is_given_out_last() {
        let small = [pool(&["10.0.0.1-10.0.0.4"], &[])];
        let full = allocate(&small, &[any("a"), any("b"), any("c")], &Lock::default());
        let without_b = allocate(&small, &[any("a"), any("c")], &full.lock);
        let without_a = allocate(&small, &[any("c")], &without_b.lock);
        assert_eq!(released(&without_a), ["10.0.0.2", "10.0.0.1"]);
        let refilled = allocate(&small, &[any("c"), any("p"), any("q"), any("r")], &without_a.lock);
        assert_eq!(given(&refilled), "c=.3 p=.4 q=.2 r=.1", "never given, then the oldest");
        assert!(refilled.lock.released.is_empty());
    }

    #[test]
    fn a_released_address_that_leaves_the_pool_is_forgotten() {
        let full = allocate(&[ten()], &[any("a"), any("b")], &Lock::default());
        let none = allocate(&[ten()], &[], &full.lock);
        assert_eq!(released(&none), ["10.0.0.1", "10.0.0.2"]);
        let narrowed = allocate(&[pool(&["10.0.0.2-10.0.0.9"], &[])], &[], &none.lock);
        assert_eq!(released(&narrowed), ["10.0.0.2"]);
        let reserved = allocate(&[pool(&["10.0.0.2-10.0.0.9"], &["10.0.0.2"])], &[], &narrowed.lock);
        assert_eq!(released(&reserved), ["10.0.0.2"], "a reserve does not make an address new");
    }

    #[test]
    fn a_renamed_pool_keeps_its_memory() {
        let full = allocate(&[ten()], &[any("a"), any("b")], &Lock::default());
        let one = allocate(&[ten()], &[any("b")], &full.lock);
        let renamed = PoolSpace { name: "lab".to_owned(), ..ten() };
        let request = Request::new("b", "lab").wanting(Family::V4);
        let after = allocate(&[renamed], &[request], &one.lock);
        assert_eq!(given(&after), "b=.2");
        assert_eq!(after.lock.released, BTreeMap::from([("lab".to_owned(), vec![ip("10.0.0.1")])]));
    }

    #[test]
    fn the_same_addresses_in_another_cluster_are_another_matter() {
        let pools = [ten(), PoolSpace { name: "other".to_owned(), ..ten() }];
        let requests = [any("a"), Request::new("b", "other").wanting(Family::V4)];
        let both = allocate(&pools, &requests, &Lock::default());
        assert_eq!(given(&both), "a=.1 b=.1");
        assert_eq!(allocate(&pools, &requests, &both.lock), both);
        assert!(both.lock.released.is_empty());
    }

    #[test]
    fn a_group_has_one_address_and_keeps_it() {
        let shared = |key: &str| any(key).sharing("web");
        let before = allocate(&[ten()], &[shared("b"), shared("c"), any("d")], &Lock::default());
        assert_eq!(given(&before), "b=.1 c=.1 d=.2");
        let joined = allocate(&[ten()], &[shared("a"), shared("b"), shared("c"), any("d")], &before.lock);
        assert_eq!(given(&joined), "a=.1 b=.1 c=.1 d=.2");
        let left = allocate(&[ten()], &[any("a"), shared("b"), shared("c"), any("d")], &joined.lock);
        assert_eq!(given(&left), "a=.3 b=.1 c=.1 d=.2", "the larger part keeps the address");
        let pinned = allocate(&[ten()], &[shared("b"), pin("c", "10.0.0.7").sharing("web")], &before.lock);
        assert_eq!(given(&pinned), "b=.7 c=.7");
    }

    #[test]
    fn both_families_come_from_one_pool() {
        let dual = [pool(&["10.0.0.1-10.0.0.9", "fc00::/64"], &["fc00::"])];
        let requests = [any("a").wanting(Family::V6), pin("b", "fc00::1").wanting(Family::V4)];
        let allocation = allocate(&dual, &requests, &Lock::default());
        assert_eq!(given(&allocation), "a=.1,fc00::2 b=.2,fc00::1");
        let smaller = allocate(&dual, &[any("a")], &allocation.lock);
        assert_eq!(given(&smaller), "a=.1");
        assert_eq!(released(&smaller), ["10.0.0.2", "fc00::1", "fc00::2"]);
    }

    #[test]
    fn a_pin_that_cannot_be_is_named() {
        let requests = [
            pin("a", "10.0.0.5"),
            pin("b", "10.0.0.5"),
            pin("c", "10.0.0.0"),
            pin("d", "10.0.1.1"),
            pin("e", "10.0.0.6").sharing("web"),
            pin("f", "10.0.0.7").sharing("web"),
        ];
        let allocation = allocate(&[ten()], &requests, &Lock::default());
        assert_eq!(given(&allocation), "a=.5 e=.6 f=.6");
        let said: Vec<String> = allocation.problems.iter().map(Problem::to_string).collect();
        assert_eq!(
            said,
            [
                "`d` pins `10.0.1.1`, which is not in the pool `homelab`",
                "`c` pins `10.0.0.0`, which the pool `homelab` keeps back",
                "`10.0.0.5` is pinned by `a`, `b` without sharing",
                "`e`, `f` share `web` and pin different addresses",
            ]
        );
    }

    #[test]
    fn a_full_pool_says_who_is_in_it() {
        let small = [pool(&["10.0.0.0-10.0.0.3"], &["10.0.0.0", "10.0.0.3"])];
        let requests = [
            any("a"),
            any("b").sharing("web"),
            any("c").sharing("web"),
            any("d"),
            any("e").wanting(Family::V6),
        ];
        let allocation = allocate(&small, &requests, &Lock::default());
        let exhausted = |family, size, users: &[&str], wanting: &[&str]| Problem::Exhausted {
            pool: "homelab".to_owned(),
            family,
            size,
            users: users.iter().map(|key| (*key).to_owned()).collect(),
            wanting: wanting.iter().map(|key| (*key).to_owned()).collect(),
        };
        assert_eq!(
            allocation.problems,
            [exhausted(Family::V4, 2, &["a", "b", "c"], &["d", "e"]), exhausted(Family::V6, 0, &[], &["e"]),]
        );
    }

    /// Walking a /64, or starting each search at its first address, would not end in the life of a test.
    #[test]
    fn ten_thousand_services_in_a_64_bit_pool() {
        let wide = [pool(&["fc00::/64"], &["fc00::-fc00::ffff:ffff:ffff"])];
        let requests: Vec<Request> = (0..10_000)
            .map(|number| Request::new(format!("{number:05}"), "homelab").wanting(Family::V6))
            .collect();
        let allocation = allocate(&wide, &requests, &Lock::default());
        assert_eq!(allocation.addresses("09999").get(Family::V6), Some(ip("fc00::1:0:0:270f")));
        assert_eq!(allocate(&wide, &requests, &allocation.lock), allocation);
    }
}
