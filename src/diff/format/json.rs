//! For programs: everything that is needed to make the new side from the old one.

use crate::diff::cause::Cause;
use crate::diff::change::{Change, What};
use crate::diff::document::{Document, Id};
use crate::diff::field::{Field, Step};
use crate::diff::meaning::Meaning;
use crate::diff::text::Hunk;
use crate::diff::transition::Obstacle;
use crate::diff::{AddressChange, Danger, Diff, FirewallChange, FlowChange};
use serde_json::{Map, Value, json};

/// Grows when a program that reads this would misread it.
pub const FORMAT_VERSION: u32 = 1;

/// The whole comparison.
pub fn value(diff: &Diff) -> Value {
    json!({
        "format_version": FORMAT_VERSION,
        "old": diff.old,
        "new": diff.new,
        "same": diff.is_empty(),
        "danger": diff.danger().word(),
        "counts": counts(diff),
        "obstacles": diff.obstacles.iter().map(|found| obstacle(found, diff.can_be_staged(found))).collect::<Vec<_>>(),
        "addresses": diff.addresses.iter().map(address).collect::<Vec<_>>(),
        "flows": diff.flows.iter().map(flow).collect::<Vec<_>>(),
        "firewall": diff.firewall.iter().map(firewall).collect::<Vec<_>>(),
        "changes": diff.changes.iter().map(change).collect::<Vec<_>>(),
        "rewritten": diff.rewritten,
    })
}

/// As a text that ends with a line break.
pub fn text(diff: &Diff) -> String {
    format!("{:#}\n", value(diff))
}

fn counts(diff: &Diff) -> Value {
    let what = |what: What| diff.changes.iter().filter(|change| change.what() == what).count();
    let danger = |danger: Danger| diff.changes.iter().filter(|change| change.danger == danger).count();
    let of_what = What::ALL.into_iter().map(|class| (class.word().to_owned(), what(class).into()));
    let of_danger = Danger::ALL.into_iter().map(|class| (class.word().to_owned(), danger(class).into()));
    json!({ "what": Map::from_iter(of_what), "danger": Map::from_iter(of_danger) })
}

fn obstacle(obstacle: &Obstacle, can_be_staged: bool) -> Value {
    json!({
        "name": obstacle.name,
        "controller": obstacle.controller.word(),
        "sentence": obstacle.sentence,
        "advice": obstacle.advice,
        "forever": obstacle.forever,
        "can_be_staged": can_be_staged,
        "objects": obstacle.objects.iter().map(id).collect::<Vec<_>>(),
    })
}

fn address(address: &AddressChange) -> Value {
    let holders = |list: &[(String, String)]| -> Value {
        list.iter().map(|(address, holder)| json!({ "address": address, "holder": holder })).collect()
    };
    json!({
        "what": address.what(),
        "cluster": address.cluster,
        "holder": address.holder,
        "service": address.service,
        "old": address.old,
        "new": address.new,
        "hosts": address.hosts,
        "ports": address.ports,
        "users": address.users,
        "given_to": holders(&address.given_to),
        "taken_from": holders(&address.taken_from),
    })
}

fn flow(flow: &FlowChange) -> Value {
    json!({
        "cluster": flow.cluster,
        "from": flow.from,
        "to": flow.to,
        "gained": flow.gained,
        "lost": flow.lost,
        "why": flow.why.word(),
    })
}

fn firewall(firewall: &FirewallChange) -> Value {
    json!({
        "cluster": firewall.cluster,
        "what": if firewall.opens { "opened" } else { "closed" },
        "on": firewall.on,
        "port": firewall.what,
        "sources": firewall.sources,
    })
}

/// One change.
fn change(change: &Change) -> Value {
    let mut found = json!({
        "what": change.what().word(),
        "danger": change.danger.word(),
        "old": change.old.as_deref().map(place),
        "new": change.new.as_deref().map(place),
        "meanings": change.meanings.iter().map(meaning).collect::<Vec<_>>(),
        "causes": change.causes.iter().map(cause).collect::<Vec<_>>(),
    });
    let both = change.both().is_some();
    if both && !change.fields.is_empty() {
        found["fields"] = change.fields.iter().map(field).collect();
    }
    if both && !change.hunks.is_empty() {
        found["hunks"] = change.hunks.iter().map(hunk).collect();
    }
    if !both {
        let document = change.any();
        match &document.text {
            Some(text) => found["text"] = text.as_str().into(),
            None => found["value"] = document.value.clone(),
        }
    }
    found
}

/// Where a document is, and what it is called.
fn place(document: &Document) -> Value {
    let mut found = json!({ "path": document.path });
    if !document.id.is_file() {
        found["object"] = id(&document.id);
    }
    found
}

fn id(id: &Id) -> Value {
    json!({
        "cluster": id.cluster,
        "group": id.group,
        "kind": id.kind,
        "namespace": id.namespace,
        "name": id.name,
    })
}

fn meaning(meaning: &Meaning) -> Value {
    json!({
        "name": meaning.name,
        "danger": meaning.danger.word(),
        "sentence": meaning.sentence,
        "advice": meaning.advice,
    })
}

fn cause(cause: &Cause) -> Value {
    json!({ "side": if cause.is_old { "old" } else { "new" }, "file": cause.file, "line": cause.line, "key": cause.key })
}

fn field(field: &Field) -> Value {
    let mut found = json!({ "name": field.name(), "path": field.path.iter().map(step).collect::<Vec<_>>() });
    for (key, value) in [("old", &field.old), ("new", &field.new)] {
        if let Some(value) = value {
            found[key] = value.clone();
        }
    }
    found
}

fn step(step: &Step) -> Value {
    match step {
        Step::Key(key) => Value::from(key.as_str()),
        Step::Item(keys) => {
            json!({ "item": Map::from_iter(keys.iter().map(|(key, value)| (key.clone(), value.as_str().into()))) })
        }
        Step::Member => json!({ "member": true }),
        Step::Index(index) => json!({ "index": index }),
    }
}

fn hunk(hunk: &Hunk) -> Value {
    json!({ "line": hunk.line, "old": hunk.old, "new": hunk.new })
}
