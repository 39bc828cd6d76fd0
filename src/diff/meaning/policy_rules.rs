//! Rules of a policy that go close flows; rules that come open some.

use super::{Effect, Rule};
use crate::diff::change::{Change, What};
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use crate::diff::field::{Field, Step};
use crate::diff::flow::FlowChange;
use crate::diff::member;

pub static RULE: Rule =
    Rule { name: "policy-rules", about: "a policy allows more, less, or for other pods", find };

const ENFORCED: [(&str, &str); 3] = [
    ("networking.k8s.io", "NetworkPolicy"),
    ("projectcalico.org", "NetworkPolicy"),
    ("projectcalico.org", "GlobalNetworkPolicy"),
];

fn find(context: &Context<'_>, change: &Change) -> Vec<Effect> {
    let id = change.id();
    if id.group == "projectcalico.org" && id.kind.starts_with("Staged") {
        // It drops nothing, whatever it says.
        return Vec::new();
    }
    if !ENFORCED.iter().any(|(group, kind)| change.is(group, kind)) {
        return Vec::new();
    }
    let Some((old, _)) = change.both() else { return alone(context, change) };
    if old.id.kind != id.kind {
        return Vec::new();
    }
    if change.differs(&["spec", "podSelector"]).is_some() || change.differs(&["spec", "selector"]).is_some() {
        return vec![Effect::new(
            Danger::Disruptive,
            "it is about other pods than before: those that it leaves may be reached by all, and those that it takes by nobody else",
        )];
    }
    let rules = |field: &&Field| field.is_below(&["spec", "ingress"]) || field.is_below(&["spec", "egress"]);
    let (mut gone, mut come) = (false, false);
    for field in member::inside(&id.kind, &change.fields, 0).iter().filter(rules) {
        let (less, more) = match is_restriction(field) {
            true => (field.new.is_some(), field.old.is_some()),
            false => (field.old.is_some(), field.new.is_some()),
        };
        gone |= less;
        come |= more;
    }
    let effect = match (gone, come) {
        (false, false) => return Vec::new(),
        (false, true) => Effect::new(Danger::Note, "it allows more than before"),
        _ if cuts_nothing(context, change) => {
            Effect::new(Danger::Note, "it is written otherwise, and no connection that was open is cut")
        }
        (_, false) => Effect::new(
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

/// Whether a rule allows less with the field than without it: a rule without peers or ports allows all of them, and
/// `except` takes some away (networking/v1 types.go).
fn is_restriction(field: &Field) -> bool {
    let keys: Vec<&str> = (field.path.iter())
        .filter_map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            _ => None,
        })
        .collect();
    let is_whole =
        matches!(field.path.last(), Some(Step::Key(_))) && field.old.is_some() != field.new.is_some();
    keys.contains(&"except")
        || is_whole && matches!(keys.last(), Some(&("from" | "to" | "ports" | "port" | "protocol")))
}

/// Whether the evaluator says so. It knows all pods only where it knows both plans, and judges no policies of Calico.
fn cuts_nothing(context: &Context<'_>, change: &Change) -> bool {
    let knows_all = context.old.plan.is_some() && context.new.plan.is_some();
    let is_cut = |flow: &FlowChange| !flow.lost.is_empty() && flow.cluster == change.id().cluster;
    knows_all && change.is("networking.k8s.io", "NetworkPolicy") && !context.flows.iter().any(is_cut)
}

/// A policy that comes or goes in a namespace that is isolated on both sides.
fn alone(context: &Context<'_>, change: &Change) -> Vec<Effect> {
    let id = change.id();
    let allows = ["ingress", "egress"].iter().any(|key| {
        let rules = change.any().at(&["spec", key]).and_then(|rules| rules.as_array());
        rules.is_some_and(|rules| !rules.is_empty())
    });
    let others = |side: &crate::diff::Side<'_>| {
        let policies = side.of_kind("NetworkPolicy");
        policies.iter().any(|other| {
            other.id != *id && (&other.id.cluster, &other.id.namespace) == (&id.cluster, &id.namespace)
        })
    };
    if !allows || !others(context.old) || !others(context.new) {
        return Vec::new();
    }
    vec![match change.what() {
        What::Added => Effect::new(Danger::Note, "what it allows is allowed beside everything else"),
        _ if cuts_nothing(context, change) => {
            Effect::new(Danger::Note, "it goes, and no connection that was open is cut")
        }
        _ => Effect::new(
            Danger::Disruptive,
            "what it allowed is denied, unless another policy allows it too: open connections are cut",
        ),
    }]
}
