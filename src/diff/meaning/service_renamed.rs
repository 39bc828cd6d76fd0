//! For Kubernetes a Service with another name or namespace is another Service.

use super::{Effect, Rule};
use crate::diff::change::{Change, What};
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use crate::diff::departure::Departure;
use crate::diff::holder::{addresses, listed};
use crate::diff::user::{few, users};

pub static RULE: Rule = Rule {
    name: "service-renamed",
    about: "a Service gets another name or namespace, which is a deletion and a creation",
    find,
};

fn find(context: &Context<'_>, change: &Change) -> Vec<Effect> {
    let Some((old, new)) = change.both().filter(|_| change.what() == What::Renamed) else {
        return Vec::new();
    };
    if !new.id.is("", "Service") || (&old.id.namespace, &old.id.name) == (&new.id.namespace, &new.id.name) {
        return Vec::new();
    }
    let host = |id: &crate::diff::Id| match &id.namespace {
        Some(namespace) => format!("{}.{namespace}", id.name),
        None => id.name.clone(),
    };
    let mut sentence = format!(
        "inside the cluster it is called `{}` and no longer `{}`, and it gets another cluster address",
        host(&new.id),
        host(&old.id)
    );
    if let Some(users) = users(context.old, old).filter(|users| !users.inside.is_empty()) {
        sentence.push_str(&format!("; {} call it by that name", few(&users.inside)));
    }
    let kept: Vec<_> = addresses(old).intersection(&addresses(new)).copied().collect();
    let departure = Departure::of(context.controller(), old);
    if !kept.is_empty() {
        sentence.push_str(&format!(
            "; {} is free for it only when the old Service is gone, and {}",
            listed(kept),
            departure.words(context.controller())
        ));
    }
    vec![Effect::new(Danger::Disruptive, sentence).advice(departure.advice(old))]
}
