//! What follows from a resolved plan: who talks to whom, which policies say so, and in which order things come.

pub mod ansible;
pub mod firewall;
mod order;

pub use order::{Folder, Layer, Order};

use crate::resolve::Resolved;
use crate::source::Source;

/// A resolved plan and what follows from it.
#[derive(Debug)]
pub struct Facts<'p> {
    pub resolved: Resolved<'p>,
    pub order: Order,
    /// The plan's own templates for Ansible: path below their folder, and text.
    pub templates: &'p [(String, Source)],
}

/// Derives everything. It cannot fail: what is wrong with a plan is for the checks to say.
pub fn derive<'p>(resolved: Resolved<'p>, templates: &'p [(String, Source)]) -> Facts<'p> {
    let order = Order::new(&resolved);
    Facts { resolved, order, templates }
}
