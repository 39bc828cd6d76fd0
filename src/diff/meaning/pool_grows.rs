//! A pool that holds more can give more.

use super::{Effect, Rule};
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use crate::diff::holder::{pool, ranges};

pub static RULE: Rule = Rule { name: "pool-grows", about: "a pool of MetalLB gets more addresses", find };

fn find(context: &Context<'_>, change: &Change) -> Vec<Effect> {
    let Some(new) = change.new.as_ref().filter(|new| new.id.is("metallb.io", "IPAddressPool")) else {
        return Vec::new();
    };
    let before = change.old.as_ref().map(|old| pool(old)).unwrap_or_default();
    // What another pool had is not new to the LAN.
    let pools = context.old.of_kind("IPAddressPool");
    let others = pools.iter().filter(|other| other.id.cluster == new.id.cluster);
    let known = others.fold(before, |all, other| all.union(&pool(other)));
    let gained = pool(new).difference(&known);
    if gained.is_empty() {
        return Vec::new();
    }
    let sentence = format!("it gets {}: nothing else on the LAN may use these", ranges(&gained));
    vec![Effect::new(Danger::Note, sentence).advice(
        "`plan` knows the hosts and the DHCP range of the plan alone; look for anything else with `arping`",
    )]
}
