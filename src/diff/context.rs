//! Everything that a rule may look at beside the change that it is asked about.

use super::address::AddressChange;
use super::flow::FlowChange;
use super::side::Side;

/// Both sides, and what differs between them as a whole.
pub struct Context<'a> {
    pub old: &'a Side<'a>,
    pub new: &'a Side<'a>,
    /// Every address that was gained, lost or moved.
    pub addresses: &'a [AddressChange],
    /// Every flow that was gained or lost.
    pub flows: &'a [FlowChange],
}

/// Who applies a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Controller {
    ArgoCd,
    Flux,
    /// No GitOps object: a person applies it.
    None,
}

impl Controller {
    /// What sentences call it.
    pub fn word(self) -> &'static str {
        match self {
            Controller::ArgoCd => "Argo CD",
            Controller::Flux => "Flux",
            Controller::None => "kubectl",
        }
    }
}

impl Context<'_> {
    /// Who applies the change: the controller of the new side, or of the old one where the new one has none.
    pub fn controller(&self) -> Controller {
        match self.new.controller() {
            Controller::None => self.old.controller(),
            controller => controller,
        }
    }
}
