//!
//! [`cidr`] and [`range`] read what a person writes and refuse what MetalLB would silently widen or empty. [`set`] is
//! Nothing here walks an address space one by one, so an IPv6 /64 costs what an IPv4 /28 costs.

pub mod address;
pub mod cidr;
pub mod range;
pub mod set;

pub use address::{Address, AddressError, Family};
pub use cidr::{Cidr, CidrError};
pub use range::{AddressRange, RangeError};
pub use set::AddressSet;
