//! A Service without its address is one that nobody outside the cluster reaches.

use super::{Effect, Rule};
use crate::diff::change::{Change, What};
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use crate::diff::departure::Departure;
use crate::diff::holder::{addresses, called, listed};
use crate::diff::user::{few, users};

pub static RULE: Rule =
    Rule { name: "address-dropped", about: "a Service loses its address and gets no other", find };

fn find(context: &Context<'_>, change: &Change) -> Vec<Effect> {
    let Some(old) = &change.old else { return Vec::new() };
    let was = addresses(old);
    let left = change.new.as_ref().map(|new| addresses(new)).unwrap_or_default();
    if was.is_subset(&left) || !left.is_subset(&was) {
        return Vec::new();
    }
    if !left.is_empty() {
        let gone = listed(was.difference(&left).copied());
        let sentence = format!("nothing answers at {gone} any more; {} stays", listed(left));
        return vec![Effect::new(Danger::Disruptive, sentence)];
    }
    let mut sentence = format!("nothing answers at {} any more", listed(was.iter().copied()));
    let mut advice = String::new();
    if change.what() == What::Removed && !old.id.is_file() {
        let departure = context.departure(old).unwrap_or(Departure::Pruned);
        sentence = match departure {
            Departure::Pruned if context.departure(old).is_none() => {
                format!("{sentence}, if whoever applies this deletes what leaves")
            }
            Departure::Pruned => {
                format!("{sentence}: {} deletes {}", context.controller().word(), called(old))
            }
            Departure::Asked | Departure::Kept => format!(
                "{} leaves the tree, and {}; until then it goes on answering at {}",
                called(old),
                departure.words(context.controller()).replacen(" it ", " the object ", 1),
                listed(was.iter().copied())
            ),
        };
        advice = departure.advice(old);
    }
    if let Some(users) = users(context.old, old) {
        let hosts: Vec<String> = users.hosts.iter().map(|host| format!("`{host}`")).collect();
        if !hosts.is_empty() {
            sentence.push_str(&format!("; {} names it", few(&hosts)));
        }
        if !users.outside.is_empty() {
            sentence.push_str(&format!("; it is called from outside by {}", few(&users.outside)));
        }
    }
    vec![Effect::new(Danger::Disruptive, sentence).advice(advice)]
}
