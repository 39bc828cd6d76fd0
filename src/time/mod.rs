//! Time as a plan knows it: what takes how long, what waits for what, and at which hours anything may happen.
//!
//! A leaf: plain values in, plain values out. Nothing here knows what day it is; a schedule counts seconds from its own
//! beginning.

mod moment;
mod schedule;
mod window;

pub use moment::Moment;
pub use schedule::{Cycle, Schedule, Slot, Task, schedule};
pub use window::Window;

/// Seconds of a day. Days of a plan have no leap seconds and no daylight saving time.
pub const DAY: u64 = 86_400;
