//! A Service that gets another address is gone from the one that its clients know.

use super::{Effect, Rule};
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use crate::diff::holder::{addresses, called, listed, observed};
use crate::diff::user::{few, users};

pub static RULE: Rule = Rule {
    name: "address-moves",
    about: "a Service answers at another address, and no longer at the old one",
    find,
};

fn find(context: &Context<'_>, change: &Change) -> Vec<Effect> {
    let Some((old, new)) = change.both() else { return Vec::new() };
    let (mut was, mut is) = (addresses(old), addresses(new));
    if was.is_empty() && is.is_empty() {
        (was, is) = (observed(old), observed(new));
    }
    if is.is_empty() || was.is_subset(&is) || is.is_subset(&was) {
        return Vec::new();
    }
    let mut sentence = format!(
        "{}moves from {} to {}: MetalLB takes the old address back before it gives the new one",
        if new.id.is_file() { format!("{} ", called(new)) } else { String::new() },
        listed(was.difference(&is).copied()),
        listed(is.iter().copied()),
    );
    let mut advice = "whoever knows the address has to learn the new one".to_owned();
    if let Some(users) = users(context.old, old) {
        if !users.outside.is_empty() {
            sentence.push_str(&format!("; it is called from outside by {}", few(&users.outside)));
        }
        if !users.inside.is_empty() {
            let inside = few(&users.inside);
            sentence.push_str(&format!(
                "; callers in the cluster ({inside}) use its name there and notice nothing"
            ));
        }
        if !users.hosts.is_empty() {
            let hosts: Vec<String> = users.hosts.iter().map(|host| format!("`{host}`")).collect();
            advice = format!(
                "give {} the new address where DNS is kept (`endpoints/hosts` has the line)",
                few(&hosts)
            );
        }
    }
    vec![Effect::new(Danger::Disruptive, sentence).advice(advice)]
}
