//! A policy that was only observed drops packets from the moment that it is enforced.

use super::{Effect, Rule};
use crate::diff::change::{Change, What};
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use crate::diff::departure::Departure;
use crate::diff::document::Document;
use crate::diff::side::Side;
use serde_json::Value;

pub static RULE: Rule = Rule {
    name: "policy-enforced",
    about: "pods that were open, or observed, are isolated, or the other way round",
    find,
};

/// Only the policy that chooses every pod and allows nothing is asked: it is what isolates a namespace.
fn find(context: &Context<'_>, change: &Change) -> Vec<Effect> {
    let is_deny = |document: &&std::sync::Arc<Document>| {
        document.id.is("networking.k8s.io", "NetworkPolicy") && isolates(document)
    };
    let old = change.old.as_ref().filter(is_deny);
    let new = change.new.as_ref().filter(is_deny);
    let (document, isolated) = match (old, new) {
        (None, Some(new)) => (new, true),
        (Some(old), None) => (old, false),
        _ => return Vec::new(),
    };
    let namespace = document.id.namespace.as_deref().unwrap_or("default");
    let staged = |side: &Side<'_>| {
        let policies = side.of_kind("StagedKubernetesNetworkPolicy");
        policies.iter().any(|policy| {
            policy.id.cluster == document.id.cluster && policy.id.namespace.as_deref() == Some(namespace)
        })
    };
    let home = |side: &Side<'_>| {
        let all = side.of_kind("Namespace");
        all.iter()
            .find(|other| other.id.cluster == document.id.cluster && other.id.name == namespace)
            .cloned()
    };
    let (before, after) = (home(context.old), home(context.new));
    let sentence = match (isolated, change.what()) {
        (true, _) if before.is_none() => {
            return vec![Effect::new(Danger::Note, "the new namespace is isolated from its first pod on")];
        }
        (true, _) if staged(context.old) => {
            "the namespace was observed and is isolated from now on: what its policies do not allow is dropped"
        }
        (true, _) => {
            "the namespace was open and is isolated from now on: what its policies do not allow is dropped"
        }
        (false, What::Removed | What::Renamed) if staged(context.new) => {
            return vec![Effect::new(
                Danger::Note,
                "the namespace is only observed from now on: nothing is dropped, and everybody reaches its pods",
            )];
        }
        (false, _) => {
            let departure = before.filter(|_| after.is_none());
            let sentence = match departure.map(|home| Departure::of(context.controller(), &home)) {
                // The namespace is deleted at the same time.
                Some(Departure::Pruned) => return Vec::new(),
                Some(_) => {
                    "the namespace is no longer isolated: until somebody deletes it, everybody reaches its pods"
                }
                None => "the namespace is no longer isolated: everybody reaches its pods",
            };
            return vec![Effect::new(Danger::Note, sentence)];
        }
    };
    vec![Effect::new(Danger::Disruptive, sentence)
        .advice("look at what the staged policies would have dropped, in Whisker or Goldmane, and apply what allows before what denies")]
}

/// Whether it chooses every pod and allows nothing in some direction.
fn isolates(document: &Document) -> bool {
    let everything =
        document.at(&["spec", "podSelector"]).and_then(Value::as_object).is_some_and(|map| map.is_empty());
    let nothing = |key: &str| {
        document.at(&["spec", key]).and_then(Value::as_array).is_none_or(|rules| rules.is_empty())
    };
    everything && (nothing("ingress") && nothing("egress"))
}
