//! What follows from a resolved plan: who talks to whom, which policies say so, and in which order things come.

pub mod flow;
mod order;

pub use order::{Folder, Layer, Order};

use crate::resolve::Resolved;

/// A resolved plan and what follows from it.
#[derive(Debug)]
pub struct Facts<'p> {
    pub resolved: Resolved<'p>,
    pub order: Order,
}

/// Derives everything. It cannot fail: what is wrong with a plan is for the checks to say.
pub fn derive(resolved: Resolved<'_>) -> Facts<'_> {
    let order = Order::new(&resolved);
    Facts { resolved, order }
}
