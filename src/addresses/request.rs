//! What goes into the allocator besides the lock, and what it has to say when it cannot do what was asked.

use std::fmt;

use super::address::{self, Address, Family};
use super::set::AddressSet;

/// The addresses that may be given under one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolSpace {
    pub name: String,
    pub addresses: AddressSet,
    /// Never given, not even to a pin: the reserve, the gateway, `.0` and `.255` with `avoidBuggyIPs`. May reach outside
    /// of `addresses`.
    pub excluded: AddressSet,
}

/// One who wants addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Stable over runs and unique, such as `after/services.mlflow`; the lock knows the request by it.
    pub(super) key: String,
    pub(super) pool: String,
    /// Requests with the same pool and the same sharing name get the same address in each family.
    pub(super) sharing: Option<String>,
    wants: [Want; 2],
}

/// What a request wants in one family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Want {
    Nothing,
    Any,
    Pinned(Address),
}

impl Request {
    /// A request that wants nothing yet.
    pub fn new(key: impl Into<String>, pool: impl Into<String>) -> Request {
        Request { key: key.into(), pool: pool.into(), sharing: None, wants: [Want::Nothing; 2] }
    }

    /// Wants some address of `family`; a pin of that family stays.
    pub fn wanting(mut self, family: Family) -> Request {
        if self.want(family) == Want::Nothing {
            self.wants[family as usize] = Want::Any;
        }
        self
    }

    /// Wants exactly `address`.
    pub fn pinned(mut self, address: Address) -> Request {
        self.wants[address::family(address) as usize] = Want::Pinned(address);
        self
    }

    /// Shares its addresses with every request of the same pool and the same sharing name.
    pub fn sharing(mut self, name: impl Into<String>) -> Request {
        self.sharing = Some(name.into());
        self
    }

    pub fn key(&self) -> &str {
        &self.key
    }

    pub fn pool(&self) -> &str {
        &self.pool
    }

    pub(super) fn want(&self, family: Family) -> Want {
        self.wants[family as usize]
    }
}

/// Why a request has no address, or not the one it asked for. Keys are sorted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Problem {
    /// The pool does not have the pinned address.
    PinOutsidePool { pool: String, address: Address, key: String },
    /// The pool has the pinned address and must not give it.
    PinExcluded { pool: String, address: Address, key: String },
    /// Requests that do not share pin the same address. The first key has it, the others have none.
    PinConflict { pool: String, address: Address, keys: Vec<String> },
    /// Members of one sharing group pin different addresses. All of them get the pin of the first key.
    PinsDiffer { pool: String, sharing: String, pins: Vec<(String, Address)> },
    /// The pool has no address left for the keys in `wanting`.
    Exhausted {
        pool: String,
        family: Family,
        /// How many addresses the pool can give in this family; 0 when it has none of the family at all.
        size: u128,
        /// The keys that have them.
        users: Vec<String>,
        wanting: Vec<String>,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::PinOutsidePool { pool, address, key } => {
                write!(formatter, "`{key}` pins `{address}`, which is not in the pool `{pool}`")
            }
            Problem::PinExcluded { pool, address, key } => {
                write!(formatter, "`{key}` pins `{address}`, which the pool `{pool}` keeps back")
            }
            Problem::PinConflict { address, keys, .. } => {
                write!(formatter, "`{address}` is pinned by {} without sharing", quoted(keys))
            }
            Problem::PinsDiffer { sharing, pins, .. } => {
                let keys: Vec<&String> = pins.iter().map(|(key, _)| key).collect();
                write!(formatter, "{} share `{sharing}` and pin different addresses", quoted(&keys))
            }
            Problem::Exhausted { pool, family, size, users, wanting } => write!(
                formatter,
                "the pool `{pool}` has no {family} address left for {}: it can give {size}, and {} have them",
                quoted(wanting),
                users.len()
            ),
        }
    }
}

fn quoted(names: &[impl fmt::Display]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
