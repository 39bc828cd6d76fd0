//! Seldon: its control plane stays closed, and its charts get only keys that they read.

use super::Check;

mod seldon_scheduler_exposed;

pub const CHECKS: &[Check] = &[seldon_scheduler_exposed::CHECK];
