//! Everything that a rule may look at beside the change that it is asked about.

use super::address::AddressChange;
use super::departure::Departure;
use super::document::Document;
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
    /// What becomes of an object that left the tree; nothing where nobody says who applies it, as with manifests from
    /// anywhere: whoever does may delete it.
    pub fn departure(&self, document: &Document) -> Option<Departure> {
        let is_known = self.old.plan.is_some() || self.new.plan.is_some();
        let controller = self.controller();
        (is_known || controller != Controller::None).then(|| Departure::of(controller, document))
    }

    /// Who applies the change: the controller of the new side, or of the old one where the new one has none.
    pub fn controller(&self) -> Controller {
        match self.new.controller() {
            Controller::None => self.old.controller(),
            controller => controller,
        }
    }
}
