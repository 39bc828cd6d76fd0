//! The addresses of pods come from Calico's pools.

use super::{Effect, Rule};
use crate::diff::change::{Change, What};
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use crate::diff::field::{Field, Step};
use serde_json::Value;

pub static RULE: Rule =
    Rule { name: "calico-pool", about: "pods get their addresses from other pools than before", find };

fn find(_: &Context<'_>, change: &Change) -> Vec<Effect> {
    let mut effects = Vec::new();
    if change.is("projectcalico.org", "IPPool") && matches!(change.what(), What::Added | What::Removed) {
        let value = &change.any().value;
        let cidr = value.pointer("/spec/cidr").and_then(Value::as_str).unwrap_or_default();
        effects.push(match (change.what(), is_for_services(value.get("spec"))) {
            (What::Removed, true) => services_lose(cidr),
            (What::Removed, false) => removed(cidr),
            (_, true) => Effect::new(Danger::Note, format!("new Services may get addresses of `{cidr}`")),
            _ => added(cidr),
        });
    }
    if !change.is("operator.tigera.io", "Installation") && !change.is("projectcalico.org", "IPPool")
        || change.both().is_none()
    {
        return effects;
    }
    if let Some((old, new)) = change.both()
        && is_for_services(old.at(&["spec"]))
        && !is_for_services(new.at(&["spec"]))
    {
        effects.push(services_lose(old.text_at(&["spec", "cidr"]).unwrap_or_default()));
    }
    for field in &change.fields {
        match field.path.last() {
            Some(Step::Item(_)) if field.is_below(&["spec", "calicoNetwork", "ipPools"]) => {
                let cidr = |value: &Option<Value>| value.as_ref().and_then(|pool| pool.get("cidr")?.as_str()).map(str::to_owned);
                effects.extend(cidr(&field.old).map(|cidr| removed(&cidr)));
                effects.extend(cidr(&field.new).map(|cidr| added(&cidr)));
            }
            Some(Step::Key(key)) if key == "natOutgoing" => effects.push(match &field.new {
                Some(Value::Bool(true)) => Effect::new(Danger::Disruptive, "pods leave the cluster with the address of their node: firewalls outside see nodes in place of pods"),
                Some(Value::String(word)) if word == "Enabled" => Effect::new(Danger::Disruptive, "pods leave the cluster with the address of their node: firewalls outside see nodes in place of pods"),
                _ => Effect::new(Danger::Disruptive, "pods leave the cluster with their own address: whoever has no route back to the pod network answers into the void")
                    .advice("add the route of the pod network to the router first"),
            }),
            Some(Step::Key(key)) if key == "disableNewAllocations" || key == "disabled" => {
                let disabled = field.new.as_ref().and_then(Value::as_bool) == Some(true);
                effects.push(match disabled {
                    true => Effect::new(Danger::Note, "no new pod gets an address of it; running pods keep theirs"),
                    false => Effect::new(Danger::Note, "new pods get addresses of it again"),
                });
            }
            Some(Step::Key(key)) if key == "nodeSelector" => effects.push(
                Effect::new(Danger::Disruptive, "other nodes than before use it: pods of a node that no pool chooses do not start")
                    .advice("check that every node is chosen by one pool"),
            ),
            Some(Step::Key(key)) if key == "assignmentMode" => {
                effects.push(Effect::new(Danger::Note, "its addresses are given out for something else than before; running pods keep theirs"));
            }
            _ => {}
        }
    }
    if change.fields.iter().any(is_of_uses) && effects.is_empty() {
        effects.push(Effect::new(
            Danger::Note,
            "its addresses are given out for something else than before; running pods keep theirs",
        ));
    }
    effects
}

/// A member of the set, or the whole of it.
fn is_of_uses(field: &Field) -> bool {
    let key = |step: &Step| matches!(step, Step::Key(key) if key == "allowedUses");
    field.path.iter().rev().take(2).any(key)
}

/// Whether Calico gives the addresses of a pool to Services: such a pool has no other use (calico
/// `libcalico-go/lib/validator/v3`).
fn is_for_services(pool: Option<&Value>) -> bool {
    let uses = pool.and_then(|pool| pool.get("allowedUses")).and_then(Value::as_array).into_iter().flatten();
    uses.filter_map(Value::as_str).any(|each| each == "LoadBalancer")
}

fn services_lose(cidr: &str) -> Effect {
    // calico `kube-controllers/pkg/controllers/loadbalancer`: addresses of a pool that is gone are released.
    Effect::new(
        Danger::Disruptive,
        format!("no Service gets an address of `{cidr}` any more, and those that have one lose it"),
    )
    .advice("give them addresses of another pool in a commit before this one")
}

fn removed(cidr: &str) -> Effect {
    // calico docs, networking/ipam/migrate-pools: the blocks are released whether pods use them or not.
    Effect::new(
        Danger::Irreversible,
        format!("the pool of `{cidr}` goes, and its blocks are released at once: pods that have an address of it lose their routes, and another pod may get the same address"),
    )
    .advice("set `disable_new_allocations = true` first, restart every pod that has an address of it, and remove it then")
}

fn added(cidr: &str) -> Effect {
    Effect::new(Danger::Note, format!("new pods may get addresses of `{cidr}`"))
}
