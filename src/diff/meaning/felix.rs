//! Felix programs every node, and reads its configuration again when it changes.

use super::{Effect, Rule};
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::danger::Danger;

pub static RULE: Rule = Rule {
    name: "felix",
    about: "Felix or the address management of Calico is configured otherwise, on every node",
    find,
};

fn find(_: &Context<'_>, change: &Change) -> Vec<Effect> {
    // Labels are nothing to Felix.
    if change.differs(&["spec"]).is_none() {
        return Vec::new();
    }
    if change.is("projectcalico.org", "FelixConfiguration") {
        // calico felix `daemon/daemon.go`: a change of most parameters ends the process, which is started again.
        return vec![Effect::new(
            Danger::Restart,
            "Felix starts again on every node; what is programmed stays, and changes of policies wait for seconds",
        )];
    }
    if change.is("projectcalico.org", "IPAMConfiguration") {
        return vec![Effect::new(
            Danger::Note,
            "nodes take blocks of addresses by other rules; running pods keep their addresses",
        )];
    }
    Vec::new()
}
