//! What the objects of MetalLB always say.

use crate::answer;
use crate::diagnostics::Answer;

pub const ANSWERS: &[Answer] = &[answer!(Impossible, ["AD005"], "a pool has one BGPAdvertisement")];
