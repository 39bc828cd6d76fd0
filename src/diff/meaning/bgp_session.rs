//! A BGP session ends when what both sides agreed on changes, and its routes with it.

use super::{Effect, Rule};
use crate::diff::change::{Change, What};
use crate::diff::context::Context;
use crate::diff::danger::Danger;

pub static RULE: Rule =
    Rule { name: "bgp-session", about: "a BGP session is torn down, made anew or no longer made", find };

fn find(_: &Context<'_>, change: &Change) -> Vec<Effect> {
    let is_peer = change.is("metallb.io", "BGPPeer") || change.is("projectcalico.org", "BGPPeer");
    if is_peer {
        let effect = match change.what() {
            What::Removed => Effect::new(
                Danger::Disruptive,
                "the session ends, and its router forgets every route that it learnt here",
            )
            .advice("make sure that another router has the routes"),
            What::Added => Effect::new(Danger::Note, "a session is opened; the router has to expect it"),
            // By another name it is another session, with the same router or not.
            What::Renamed => Effect::new(
                Danger::Restart,
                "the session is torn down and made anew: its routes are gone for seconds",
            ),
            _ if change.fields.iter().any(|field| field.is_below(&["spec"])) => Effect::new(
                Danger::Restart,
                "the session is torn down and made anew: its routes are gone for seconds",
            )
            .advice("change the router at the same time"),
            _ => return Vec::new(),
        };
        return vec![effect];
    }
    let says_otherwise = change.both().is_some() && change.differs(&["spec"]).is_some();
    if change.is("metallb.io", "BFDProfile") && change.what() == What::Changed && says_otherwise {
        return vec![Effect::new(
            Danger::Restart,
            "failover is noticed after another time; sessions that use the profile flap once",
        )];
    }
    if change.is("projectcalico.org", "BGPConfiguration") && says_otherwise {
        if change.differs(&["spec", "asNumber"]).is_some()
            || change.differs(&["spec", "nodeToNodeMeshEnabled"]).is_some()
        {
            return vec![Effect::new(Danger::Disruptive, "every session of every node is torn down: routes between nodes are gone until they are made anew")
                .advice("do it in a window; routers have to know the new number")];
        }
        return vec![Effect::new(Danger::Note, "other routes are announced than before")];
    }
    Vec::new()
}
