//! Addresses are numbers: families, ranges, sets and the allocator, without spans and without YAML.
//!
//! [`cidr`] and [`range`] read what a person writes and refuse what MetalLB would silently widen or empty. [`set`] is
//! the algebra over both. [`allocator`] hands addresses out: pin, then lock, then the lowest one that was never given.
//! Nothing here walks an address space one by one, so an IPv6 /64 costs what an IPv4 /28 costs.

pub mod address;
pub mod allocator;
pub mod cidr;
pub mod lock;
pub mod range;
pub mod request;
pub mod set;
mod space;

#[cfg(test)]
mod laws;

pub use address::{Address, AddressError, Family};
pub use allocator::{Allocation, allocate};
pub use cidr::{Cidr, CidrError};
pub use lock::{Held, Lock};
pub use range::{AddressRange, RangeError};
pub use request::{PoolSpace, Problem, Request};
pub use set::AddressSet;
