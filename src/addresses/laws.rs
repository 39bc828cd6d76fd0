//! The laws of sets, ranges and the allocator hold for every small world.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, Ipv6Addr};

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// 16 addresses at the end of IPv4 and 16 at the start of IPv6, where the families meet in the order of addresses.
fn world() -> impl Iterator<Item = Address> {
    (0..32).map(place)
}

fn place(index: u8) -> Address {
    match index {
        0..16 => Ipv4Addr::from_bits(u32::MAX - 15 + u32::from(index)).into(),
        _ => Ipv6Addr::from_bits(u128::from(index) - 16).into(),
    }
}

fn small_range() -> impl Strategy<Value = AddressRange> {
    (0..2u8, 0..16u8, 0..16u8).prop_map(|(family, one, other)| {
        AddressRange::new(place(family * 16 + one.min(other)), place(family * 16 + one.max(other))).unwrap()
    })
}

fn members(range: &AddressRange) -> BTreeSet<Address> {
    world().filter(|address| range.contains(*address)).collect()
}

/// A set and the naive one that was built by the same steps; `true` inserts.
fn both_sets() -> impl Strategy<Value = (AddressSet, BTreeSet<Address>)> {
    vec((prop::bool::weighted(0.7), small_range()), 0..12).prop_map(|steps| {
        let (mut set, mut naive) = (AddressSet::new(), BTreeSet::new());
        for (insert, range) in steps {
            if insert {
                set.insert(range);
                naive.extend(members(&range));
            } else {
                set.remove(range);
                naive = &naive - &members(&range);
            }
        }
        (set, naive)
    })
}

/// Equality with a set built from single addresses also says that the ranges are joined and sorted.
fn same(set: &AddressSet, naive: &BTreeSet<Address>) -> Result<(), TestCaseError> {
    prop_assert_eq!(set, &naive.iter().copied().collect::<AddressSet>());
    prop_assert_eq!(set.size(), naive.len() as u128);
    prop_assert_eq!(set.is_empty(), naive.is_empty());
    for address in world() {
        prop_assert_eq!(set.contains(address), naive.contains(&address), "{}", address);
    }
    let mut ranges = set.ranges().peekable();
    while let Some(range) = ranges.next() {
        if let Some(following) = ranges.peek() {
            prop_assert!(range.last() < following.first());
            prop_assert_ne!(address::next(range.last()), Some(following.first()));
        }
    }
    Ok(())
}

fn any_range() -> impl Strategy<Value = AddressRange> {
    // Shifts make short and aligned numbers as likely as long ones.
    let ipv4 = (any::<u32>(), any::<u32>(), 0..32u32, 0..32u32).prop_map(|(one, other, left, right)| {
        [one >> left, other << right].map(|bits| Ipv4Addr::from_bits(bits).into())
    });
    let ipv6 = (any::<u128>(), any::<u128>(), 0..128u32, 0..128u32).prop_map(|(one, other, left, right)| {
        [one >> left, other << right].map(|bits| Ipv6Addr::from_bits(bits).into())
    });
    prop_oneof![ipv4, ipv6].prop_map(|mut ends: [Address; 2]| {
        ends.sort();
        AddressRange::new(ends[0], ends[1]).unwrap()
    })
}

proptest! {
    #[test]
    fn a_set_is_its_addresses(
        (one, naive_one) in both_sets(),
        (other, naive_other) in both_sets(),
    ) {
        same(&one, &naive_one)?;
        same(&one.union(&other), &(&naive_one | &naive_other))?;
        same(&one.intersection(&other), &(&naive_one & &naive_other))?;
        let difference = &naive_one - &naive_other;
        same(&one.difference(&other), &difference)?;
        for family in Family::BOTH {
            let lowest = difference.iter().copied().find(|address| address::family(*address) == family);
            prop_assert_eq!(one.lowest_outside(family, &other), lowest);
        }
    }

    #[test]
    fn blocks_cover_a_range_exactly_and_are_the_fewest(range in any_range()) {
        let blocks = range.to_cidrs();
        prop_assert_eq!(blocks.first().map(Cidr::first), Some(range.first()));
        prop_assert_eq!(blocks.last().map(Cidr::last), Some(range.last()));
        for pair in blocks.windows(2) {
            prop_assert_eq!(address::next(pair[0].last()), Some(pair[1].first()));
            // A cover without two halves of one block is the smallest.
            let parent = pair[0].prefix_length().checked_sub(1).and_then(|length| Cidr::new(pair[0].first(), length));
            let halves = pair[0].prefix_length() == pair[1].prefix_length()
                && parent.is_some_and(|parent| parent.contains_cidr(&pair[1]));
            prop_assert!(!halves, "{} and {} are one block", pair[0], pair[1]);
        }
        prop_assert_eq!(blocks.iter().fold(0, |size: u128, block| size.saturating_add(block.size())), range.size());
    }

    #[test]
    fn the_text_reads_back(range in any_range()) {
        // The text of an address in ::ffff:0:0/96 is refused on purpose.
        prop_assume!(![range.first(), range.last()].iter().any(|address| address.to_canonical() != *address));
        prop_assert_eq!(AddressRange::parse_pool_entry(&range.to_string()), Ok(range));
    }

    #[test]
    fn no_text_makes_the_readers_panic(text in "[0-9a-f:./ -]{0,24}") {
        if let Ok(range) = AddressRange::parse_any(&text) {
            prop_assert_eq!(AddressRange::parse_any(&range.to_string()), Ok(range));
        }
    }
}

/// Two pools of one cluster, and `requests` that were asked for one after the other.
#[derive(Debug, Clone)]
struct Story {
    pools: Vec<PoolSpace>,
    requests: Vec<Vec<Request>>,
}

impl Story {
    /// The lock before the last requests, the last requests, and what came of them.
    fn told(&self) -> (Lock, &[Request], Allocation) {
        let (last, earlier) = self.requests.split_last().unwrap();
        let lock = earlier
            .iter()
            .fold(Lock::default(), |lock, requests| allocate(&self.pools, requests, &lock).lock);
        let allocation = allocate(&self.pools, last, &lock);
        (lock, last, allocation)
    }
}

const POOLS: [&str; 2] = ["low", "high"];

/// Wants of one key: pool, IPv4, IPv6, a pin, a sharing group.
fn request() -> impl Strategy<Value = (usize, bool, bool, Option<u8>, Option<bool>)> {
    let pin = prop::option::weighted(0.2, 0..32u8);
    (0..2usize, prop::bool::weighted(0.9), any::<bool>(), pin, prop::option::weighted(0.3, any::<bool>()))
}

fn requests() -> impl Strategy<Value = Vec<Request>> {
    let wants = vec(prop::option::weighted(0.7, request()), 10);
    wants.prop_map(|wants| {
        let present = wants.into_iter().enumerate().filter_map(|(key, want)| Some((key, want?)));
        present
            .map(|(key, (pool, ipv4, ipv6, pin, group))| {
                let mut request = Request::new(format!("service-{key}"), POOLS[pool]);
                request = if ipv4 { request.wanting(Family::V4) } else { request };
                request = if ipv6 { request.wanting(Family::V6) } else { request };
                request = pin.map_or(request.clone(), |pin| request.pinned(place(pin)));
                group.map_or(request.clone(), |group| request.sharing(format!("group-{group}")))
            })
            .collect()
    })
}

fn story() -> impl Strategy<Value = Story> {
    let range = |low: u8, high: u8| AddressRange::new(place(low), place(high)).unwrap();
    let excluded =
        vec(0..32u8, 0..6).prop_map(|places| places.into_iter().map(place).collect::<AddressSet>());
    (excluded, 2..9u8, vec(requests(), 1..4)).prop_map(move |(excluded, width, requests)| {
        let pool = |name: &str, start: u8| PoolSpace {
            name: name.to_owned(),
            addresses: [range(start, start + width - 2), range(16 + start, 16 + start + 7)]
                .into_iter()
                .collect(),
            excluded: excluded.clone(),
        };
        Story { pools: vec![pool(POOLS[0], 0), pool(POOLS[1], 8)], requests }
    })
}

fn usable(pools: &[PoolSpace], name: &str) -> AddressSet {
    let pool = pools.iter().find(|pool| pool.name == name).unwrap();
    pool.addresses.difference(&pool.excluded)
}

/// Whether some problem says that `key` cannot have what it asks for.
fn named(problems: &[Problem], key: &str) -> bool {
    problems.iter().any(|problem| match problem {
        Problem::PinOutsidePool { key: named, .. } | Problem::PinExcluded { key: named, .. } => named == key,
        Problem::PinConflict { keys, .. } => keys.iter().any(|named| named == key),
        Problem::PinsDiffer { pins, .. } => pins.iter().any(|(named, _)| named == key),
        Problem::Exhausted { wanting, .. } => wanting.iter().any(|named| named == key),
    })
}

fn held(allocation: &Allocation, key: &str) -> Vec<Address> {
    allocation.addresses(key).iter().collect()
}

/// Everything that is in use in one pool and family of a lock.
fn in_use(lock: &Lock, within: &AddressSet) -> BTreeSet<Address> {
    lock.held.values().flat_map(|held| held.iter()).filter(|address| within.contains(*address)).collect()
}

proptest! {
    #[test]
    fn who_asks_gets_what_was_asked_or_is_named(story in story()) {
        let (_, requests, allocation) = story.told();
        let mut owners: BTreeMap<Address, &Request> = BTreeMap::new();
        for request in requests {
            let usable = usable(&story.pools, request.pool());
            for family in Family::BOTH {
                let want = request.want(family);
                let address = allocation.addresses(request.key()).get(family);
                match want {
                    request::Want::Nothing => prop_assert_eq!(address, None),
                    request::Want::Pinned(pin) if !named(&allocation.problems, request.key()) => {
                        prop_assert_eq!(address, Some(pin));
                    }
                    // A member of a group shares the fate of the pin of another member.
                    request::Want::Any if request.sharing.is_none() && !named(&allocation.problems, request.key()) => {
                        prop_assert!(address.is_some());
                    }
                    _ => {}
                }
                let Some(address) = address else { continue };
                prop_assert_eq!(address::family(address), family);
                prop_assert!(usable.contains(address), "`{}` got `{address}`", request.key());
                if let Some(other) = owners.insert(address, request) {
                    prop_assert!(request.sharing.is_some());
                    prop_assert_eq!(&request.sharing, &other.sharing);
                    prop_assert_eq!(request.pool(), other.pool());
                }
            }
        }
        for (one, other) in requests.iter().flat_map(|one| requests.iter().map(move |other| (one, other))) {
            if one.sharing.is_some() && one.sharing == other.sharing && one.pool() == other.pool() {
                for family in Family::BOTH {
                    if let (Some(left), Some(right)) =
                        (allocation.addresses(one.key()).get(family), allocation.addresses(other.key()).get(family))
                    {
                        prop_assert_eq!(left, right);
                    }
                }
            }
        }
        for problem in &allocation.problems {
            if let Problem::Exhausted { pool, family, size, users, .. } = problem {
                let usable = usable(&story.pools, pool).of_family(*family);
                let used = in_use(&allocation.lock, &usable);
                prop_assert_eq!((*size, usable.size()), (used.len() as u128, *size), "no address is left over");
                let expected = requests.iter().filter(|request| request.pool() == pool);
                let expected = expected.filter(|request| allocation.addresses(request.key()).get(*family).is_some());
                let mut expected: Vec<&str> = expected.map(Request::key).collect();
                expected.sort_unstable();
                prop_assert_eq!(users, &expected);
            }
        }
    }

    #[test]
    fn the_order_of_tables_does_not_matter(story in story(), turn in 0..10usize) {
        let (lock, requests, allocation) = story.told();
        let mut turned = requests.to_vec();
        turned.reverse();
        turned.rotate_left(turn.min(requests.len()));
        let pools: Vec<PoolSpace> = story.pools.iter().rev().cloned().collect();
        prop_assert_eq!(allocate(&pools, &turned, &lock), allocation);
    }

    #[test]
    fn a_second_run_changes_nothing(story in story()) {
        let (_, requests, allocation) = story.told();
        prop_assert_eq!(allocate(&story.pools, requests, &allocation.lock), allocation);
    }

    #[test]
    fn one_who_comes_or_goes_moves_nobody(story in story(), pool in 0..2usize, gone in 0..10usize) {
        let (_, requests, before) = story.told();
        let mut more = requests.to_vec();
        more.push(Request::new("aaa", POOLS[pool]).wanting(Family::V4).wanting(Family::V6));
        let after = allocate(&story.pools, &more, &before.lock);
        for request in requests {
            prop_assert_eq!(held(&after, request.key()), held(&before, request.key()), "`{}` moved", request.key());
        }

        let key = format!("service-{gone}");
        let (left, fewer): (Vec<Request>, Vec<Request>) =
            requests.iter().cloned().partition(|request| request.key() == key && request.sharing.is_none());
        let after = allocate(&story.pools, &fewer, &before.lock);
        for request in &fewer {
            let (then, now) = (held(&before, request.key()), held(&after, request.key()));
            prop_assert!(then.iter().all(|address| now.contains(address)), "`{}` moved", request.key());
        }
        for request in left {
            let released = after.lock.released.get(request.pool()).cloned().unwrap_or_default();
            let now = in_use(&after.lock, &usable(&story.pools, request.pool()));
            for address in held(&before, request.key()) {
                prop_assert!(now.contains(&address) || released.contains(&address));
            }
        }
    }

    /// Compares each new address with the rule in its naive form: no better address was free.
    #[test]
    fn the_lowest_never_given_comes_first_and_the_latest_released_last(story in story()) {
        let (lock, requests, allocation) = story.told();
        for (pool, family) in story.pools.iter().flat_map(|pool| Family::BOTH.map(|family| (pool, family))) {
            let all = pool.addresses.of_family(family);
            let usable = all.difference(&pool.excluded);
            let used = in_use(&allocation.lock, &all);
            let before = in_use(&lock, &all);
            let old = lock.released.get(&pool.name).cloned().unwrap_or_default();
            let now: Vec<Address> = allocation.lock.released.get(&pool.name).cloned().unwrap_or_default();
            let now: Vec<Address> = now.into_iter().filter(|address| all.contains(*address)).collect();

            // Nothing is forgotten, nothing in use is listed, and the order is that of release.
            let mut history: Vec<Address> = old.into_iter().filter(|address| all.contains(*address)).collect();
            history.extend(before.iter().copied().filter(|address| !history.contains(address)).collect::<Vec<_>>());
            let expected: Vec<Address> = history.iter().copied().filter(|address| !used.contains(address)).collect();
            prop_assert_eq!(&now, &expected);

            let free = usable.ranges().flat_map(|range| members(&range)).filter(|address| !used.contains(address));
            let free: BTreeSet<Address> = free.collect();
            for request in requests.iter().filter(|request| request.pool() == pool.name) {
                let Some(address) = allocation.addresses(request.key()).get(family) else { continue };
                if request.want(family) != request::Want::Any || request.sharing.is_some() {
                    continue;
                }
                match lock.held.get(request.key()).and_then(|held| held.get(family)) {
                    Some(locked) if locked == address => continue,
                    // It moved: it had no right to stay.
                    Some(locked) => prop_assert!(!usable.contains(locked) || used.contains(&locked)),
                    None => {}
                }
                let rank = |address: &Address| (history.iter().position(|old| old == address), *address);
                let better = free.iter().find(|other| rank(other) < rank(&address));
                prop_assert_eq!(better, None, "`{}` got `{}`", request.key(), address);
            }
        }
    }
}
