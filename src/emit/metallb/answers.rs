//! What the objects of MetalLB always say.

use crate::answer;
use crate::diagnostics::Answer;

pub const ANSWERS: &[Answer] = &[
    answer!(Impossible, ["PL015", "AD003"], "a list that a plan repeats itself in is written once"),
    answer!(Impossible, ["AD005"], "a pool has one BGPAdvertisement"),
];
