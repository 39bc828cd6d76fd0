//! Addresses: nothing is handed out twice, and everything lies where it must.

use super::Check;

mod overlapping_pools;

pub const CHECKS: &[Check] = &[overlapping_pools::CHECK];
