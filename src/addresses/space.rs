//! One pool in one family is given out in three rounds: pins, what the lock says, and the rest.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::address::{self, Address, Family};
use super::allocator::Allocation;
use super::lock::Lock;
use super::range::AddressRange;
use super::request::{PoolSpace, Problem, Request, Want};
use super::set::AddressSet;

/// One pool in one family while it is being given out.
pub(super) struct Space<'a> {
    pool: &'a PoolSpace,
    family: Family,
    pub(super) addresses: AddressSet,
    usable: AddressSet,
    /// Sorted by the first key of each.
    units: Vec<Unit<'a>>,
    /// Address -> the place in `units` of who has it.
    pub(super) taken: BTreeMap<Address, usize>,
    /// What nobody has now and somebody had, oldest first.
    released: Vec<Address>,
    problems: Vec<Problem>,
}

/// Those who get one address together: one request, or the members of a sharing group that want this family.
struct Unit<'a> {
    /// Sorted by key.
    members: Vec<&'a Request>,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Waiting,
    Given(Address),
    /// It pins an address that it cannot have. Another address would hide the mistake.
    Refused,
}

impl<'a> Space<'a> {
    /// `requests` are all of this pool, sorted by key.
    pub(super) fn new(pool: &'a PoolSpace, family: Family, requests: &[&'a Request]) -> Space<'a> {
        let mut units: Vec<Unit<'a>> = Vec::new();
        let mut groups: BTreeMap<&str, usize> = BTreeMap::new();
        for request in requests.iter().copied().filter(|request| request.want(family) != Want::Nothing) {
            let fresh = units.len();
            let place = request.sharing.as_deref().map_or(fresh, |name| *groups.entry(name).or_insert(fresh));
            match units.get_mut(place) {
                Some(unit) => unit.members.push(request),
                None => units.push(Unit { members: vec![request], state: State::Waiting }),
            }
        }
        let addresses = pool.addresses.of_family(family);
        let usable = addresses.difference(&pool.excluded);
        let (taken, released, problems) = (BTreeMap::new(), Vec::new(), Vec::new());
        Space { pool, family, addresses, usable, units, taken, released, problems }
    }

    fn give(&mut self, place: usize, address: Address) {
        self.units[place].state = State::Given(address);
        self.taken.insert(address, place);
    }

    pub(super) fn give_pins(&mut self) {
        let mut conflicts: BTreeMap<Address, BTreeSet<usize>> = BTreeMap::new();
        for place in 0..self.units.len() {
            let Some(address) = self.sound_pin(place) else { continue };
            match self.taken.get(&address).copied() {
                Some(owner) => {
                    self.units[place].state = State::Refused;
                    conflicts.entry(address).or_default().extend([owner, place]);
                }
                None => self.give(place, address),
            }
        }
        for (address, places) in conflicts {
            let pinning = |request: &&&Request| request.want(self.family) == Want::Pinned(address);
            let members = places.iter().flat_map(|place| self.units[*place].members.iter().filter(pinning));
            let mut keys: Vec<String> = members.map(|request| request.key.clone()).collect();
            keys.sort();
            self.problems.push(Problem::PinConflict { pool: self.pool.name.clone(), address, keys });
        }
    }

    /// The pin of a unit if it can be given; notes why when it cannot.
    fn sound_pin(&mut self, place: usize) -> Option<Address> {
        let family = self.family;
        let unit = &mut self.units[place];
        let pins: Vec<(&'a str, Address)> = unit
            .members
            .iter()
            .filter_map(|request| match request.want(family) {
                Want::Pinned(address) => Some((request.key.as_str(), address)),
                Want::Any | Want::Nothing => None,
            })
            .collect();
        let &(_, address) = pins.first()?;
        let pool = || self.pool.name.clone();
        for &(key, address) in &pins {
            let key = key.to_owned();
            if !self.addresses.contains(address) {
                self.problems.push(Problem::PinOutsidePool { pool: pool(), address, key });
            } else if !self.usable.contains(address) {
                self.problems.push(Problem::PinExcluded { pool: pool(), address, key });
            }
        }
        if let Some(sharing) = &unit.members[0].sharing
            && pins.iter().any(|(_, other)| *other != address)
        {
            let pins = pins.iter().map(|(key, address)| ((*key).to_owned(), *address)).collect();
            self.problems.push(Problem::PinsDiffer { pool: pool(), sharing: sharing.clone(), pins });
        }
        if !self.usable.contains(address) {
            unit.state = State::Refused;
            return None;
        }
        Some(address)
    }

    /// Gives again what the lock says. Where several claim one address, as after a group was split, the larger part keeps
    /// it; of equal parts the one that still says that it shares, for it is the other that was edited; then the one with the
    /// first key.
    pub(super) fn keep(&mut self, lock: &Lock) {
        let mut claims = Vec::new();
        for (place, unit) in self.units.iter().enumerate().filter(|(_, unit)| unit.state == State::Waiting) {
            let mut votes: BTreeMap<Address, (usize, usize)> = BTreeMap::new();
            for (seniority, request) in unit.members.iter().enumerate() {
                let held = lock.held.get(request.key()).and_then(|held| held.get(self.family));
                if let Some(address) = held.filter(|address| self.usable.contains(*address)) {
                    votes.entry(address).or_insert((0, seniority)).0 += 1;
                }
            }
            let alone = unit.members.iter().all(|request| request.sharing.is_none());
            claims.extend(
                votes.into_iter().map(|(address, (count, first))| (count, alone, place, first, address)),
            );
        }
        claims.sort_by_key(|&(count, alone, place, first, _)| (Reverse(count), alone, place, first));
        for (.., place, _, address) in claims {
            if self.units[place].state == State::Waiting && !self.taken.contains_key(&address) {
                self.give(place, address);
            }
        }
    }

    /// Serves those who still wait; `once_given` is what was in use before and is free now, oldest first.
    pub(super) fn give_fresh(&mut self, once_given: Vec<Address>) {
        let waiting: Vec<usize> =
            (0..self.units.len()).filter(|place| self.units[*place].state == State::Waiting).collect();
        let known: AddressSet = self.taken.keys().chain(&once_given).copied().collect();
        let never_given = self.usable.difference(&known);
        let again: Vec<Address> =
            once_given.iter().copied().filter(|address| self.usable.contains(*address)).collect();
        let mut free = never_given.ranges().flat_map(addresses).chain(again);
        let mut wanting = Vec::new();
        for place in waiting {
            match free.next() {
                Some(address) => self.give(place, address),
                None => wanting.extend(self.units[place].members.iter().map(|request| request.key.clone())),
            }
        }
        self.released = once_given.into_iter().filter(|address| !self.taken.contains_key(address)).collect();
        if !wanting.is_empty() {
            let users = self.taken.values().flat_map(|place| &self.units[*place].members);
            let mut users: Vec<String> = users.map(|request| request.key.clone()).collect();
            users.sort();
            wanting.sort();
            let (pool, family, size) = (self.pool.name.clone(), self.family, self.usable.size());
            self.problems.push(Problem::Exhausted { pool, family, size, users, wanting });
        }
    }

    pub(super) fn finish(self, allocation: &mut Allocation) {
        for unit in &self.units {
            let State::Given(address) = unit.state else { continue };
            for request in &unit.members {
                allocation.lock.held.entry(request.key.clone()).or_default().set(address);
            }
        }
        if !self.released.is_empty() {
            allocation.lock.released.entry(self.pool.name.clone()).or_default().extend(self.released);
        }
        allocation.problems.extend(self.problems);
    }
}

/// The addresses of a range one after the other; nothing is counted in advance.
fn addresses(range: AddressRange) -> impl Iterator<Item = Address> {
    std::iter::successors(Some(range.first()), move |address| {
        address::next(*address).filter(|address| range.contains(*address))
    })
}
