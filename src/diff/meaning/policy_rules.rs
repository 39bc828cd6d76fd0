//! Rules of a policy that go close flows; rules that come open some.

use super::{Effect, Rule};
use crate::diff::change::{Change, What};
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use crate::diff::field::Step;

pub static RULE: Rule =
    Rule { name: "policy-rules", about: "a policy allows more, less, or for other pods", find };

const ENFORCED: [(&str, &str); 3] = [
    ("networking.k8s.io", "NetworkPolicy"),
    ("projectcalico.org", "NetworkPolicy"),
    ("projectcalico.org", "GlobalNetworkPolicy"),
];

fn find(_: &Context<'_>, change: &Change) -> Vec<Effect> {
    let id = change.id();
    if id.group == "projectcalico.org" && id.kind.starts_with("Staged") {
        let what = match change.what() {
            What::Added => "it is observed what this policy would drop; nothing is",
            What::Removed => "what this policy would drop is no longer observed",
            _ => "other flows than before are shown as what it would drop; nothing is dropped",
        };
        return vec![Effect::new(Danger::None, what)];
    }
    if !ENFORCED.iter().any(|(group, kind)| change.is(group, kind)) {
        return Vec::new();
    }
    if change.both().is_none() {
        return Vec::new();
    }
    if change.differs(&["spec", "podSelector"]).is_some() || change.differs(&["spec", "selector"]).is_some() {
        return vec![Effect::new(
            Danger::Disruptive,
            "it is about other pods than before: those that it leaves may be reached by all, and those that it takes by nobody else",
        )];
    }
    let rules = |field: &&crate::diff::field::Field| {
        field.is_below(&["spec", "ingress"]) || field.is_below(&["spec", "egress"])
    };
    let (mut gone, mut come) = (0, 0);
    for field in change.fields.iter().filter(rules) {
        let member = matches!(field.path.last(), Some(Step::Member | Step::Index(_) | Step::Key(_)));
        gone += usize::from(member && field.old.is_some());
        come += usize::from(member && field.new.is_some());
    }
    let effect = match (gone, come) {
        (0, 0) => return Vec::new(),
        (0, _) => Effect::new(Danger::Note, "it allows more than before"),
        (_, 0) => Effect::new(
            Danger::Disruptive,
            "it allows less than before: open connections that it no longer allows are cut",
        ),
        _ => Effect::new(
            Danger::Disruptive,
            "it allows other connections than before, and some that were open are cut",
        ),
    };
    vec![effect]
}
