//! The words that every format for people has in common.

use super::fold::Effect;
use crate::diff::cause::Cause;
use crate::diff::change::{Change, What};
use crate::diff::document::Id;
use crate::diff::field::{Field, Step};
use crate::diff::transition::Obstacle;
use crate::diff::{AddressChange, Danger, Diff, FirewallChange, FlowChange, Why};
use serde_json::Value;

/// Longer values are cut; `unified` and `json` have all of them.
const LONGEST: usize = 300;

/// Whether a row has to say its cluster.
pub struct Clusters {
    several: bool,
}

impl Clusters {
    pub fn of(diff: &Diff) -> Clusters {
        let mut names = diff.changes.iter().filter_map(|change| change.id().cluster.as_ref());
        let first = names.next();
        Clusters { several: names.any(|name| Some(name) != first) }
    }

    /// `in NAME`, where there are several.
    pub fn named(&self, name: &Option<String>) -> Option<String> {
        name.as_ref().filter(|_| self.several).map(|name| format!("in {name}"))
    }
}

/// `1 change`, `2 changes`.
pub fn many(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ if what.ends_with("ss") => format!("{count} {what}es"),
        _ => format!("{count} {what}s"),
    }
}

/// How many changes there are of each class, the worst first: `3 changes: 1 disruptive, 2 note`.
pub fn headline(diff: &Diff) -> String {
    if diff.changes.is_empty() {
        return "no changes".to_owned();
    }
    let of = |danger: &Danger| diff.changes.iter().filter(|change| change.danger == *danger).count();
    let classes = Danger::ALL.iter().rev().filter(|danger| of(danger) > 0);
    let classes: Vec<String> = classes.map(|danger| format!("{} {}", of(danger), class(*danger))).collect();
    format!("{}: {}", many(diff.changes.len(), "change"), classes.join(", "))
}

/// `2 harmless changes`, `5 changes without effect`.
pub fn changes(count: usize, danger: Danger) -> String {
    match danger {
        Danger::None => format!("{} without effect", many(count, "change")),
        _ => many(count, &format!("{} change", class(danger))),
    }
}

/// A class among counts: a number of documents for people is not "none".
pub fn class(danger: Danger) -> &'static str {
    match danger {
        Danger::None => "without effect",
        Danger::Note => "harmless",
        Danger::Restart => "restarting",
        other => other.word(),
    }
}

/// What changes beside objects: `1 address moves, 2 flows lost, 1 port opened`.
pub fn besides(diff: &Diff) -> Vec<String> {
    let mut found = Vec::new();
    for what in ["moved", "lost", "gained"] {
        let count = diff.addresses.iter().filter(|address| address.what() == what).count();
        if count > 0 {
            let addresses = if count == 1 { "address" } else { "addresses" };
            found.push(format!("{count} {addresses} {what}"));
        }
    }
    let flows: [(&str, fn(&FlowChange) -> bool); 2] =
        [("lost", |flow| !flow.lost.is_empty()), ("gained", |flow| !flow.gained.is_empty())];
    for (what, is) in flows {
        let count = diff.flows.iter().filter(|flow| flow.why == Why::Policy && is(flow)).count();
        if count > 0 {
            found.push(format!("{} {what}", many(count, "flow")));
        }
    }
    for (what, opens) in [("opened", true), ("closed", false)] {
        let count = diff.firewall.iter().filter(|rule| rule.opens == opens).count();
        if count > 0 {
            found.push(format!("{} {what}", many(count, "firewall rule")));
        }
    }
    found
}

/// A text that cannot steer the terminal: names in manifests may hold anything.
pub fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// What a change does, with its subject where the sentence does not begin with it.
pub fn sentence(effect: &Effect<'_>, most: usize) -> String {
    let (change, meaning) = (effect.changes[0], effect.meaning);
    let id = change.id().to_string();
    if effect.changes.len() > 1 {
        let names: Vec<String> =
            effect.changes.iter().map(|change| format!("`{}`", change.id().full_name())).collect();
        let kind = if change.id().is_file() { "files" } else { &change.id().kind };
        return format!("{} {kind}, {}: {}", names.len(), few(&names, most), meaning.sentence);
    }
    match meaning.sentence.starts_with(&format!("`{id}`")) {
        true => meaning.sentence.clone(),
        false => format!("`{id}`: {}", meaning.sentence),
    }
}

/// `pool-renamed (Flux, forever)`.
pub fn obstacle(obstacle: &Obstacle) -> String {
    let how_long = if obstacle.forever { "forever" } else { "until a retry" };
    format!("{} ({}, {how_long})", obstacle.name, obstacle.controller.word())
}

/// `plans/lab/migration.toml:57`.
pub fn place(cause: &Cause) -> String {
    let side = if cause.is_old { " before" } else { "" };
    format!("{}:{}{side}", cause.file, cause.line)
}

/// What a change is about: `Service a/b`, or `Service a/b, was Service a/c`.
pub fn subject(change: &Change) -> String {
    let id = change.id();
    match (change.what(), change.both()) {
        (What::Renamed, Some((old, _))) => format!("{id}, was {}", old.id),
        (What::Moved, Some((old, new))) if id.is_file() => format!("{}, was {}", new.path, old.path),
        (What::Moved, Some((old, new))) => {
            let (from, to) = (folder(&old.path), folder(&new.path));
            let (from, to) = if from == to { (old.path.as_str(), new.path.as_str()) } else { (from, to) };
            format!("{id}, from {from} to {to}")
        }
        _ => id.to_string(),
    }
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or(".", |(folder, _)| folder)
}

/// The lines of a change: path, old and new value.
pub fn fields(change: &Change) -> Vec<(String, Option<String>, Option<String>)> {
    let id = change.id();
    let line = |field: &Field| {
        let said = |value: &Option<Value>| value.as_ref().map(|value| value_of(id, field, value));
        (field.name(), said(&field.old), said(&field.new))
    };
    change.fields.iter().map(line).collect()
}

/// A value on one line, cut where it is long. What a Secret holds is nobody's business.
fn value_of(id: &Id, field: &Field, value: &Value) -> String {
    let of_data = matches!(field.path.first(), Some(Step::Key(key)) if key == "data" || key == "stringData");
    if id.is("", "Secret") && of_data {
        return "(secret)".to_owned();
    }
    let text = match value {
        Value::String(text) if !text.is_empty() && !text.contains(['\n', '\r']) => text.clone(),
        other => compact(other),
    };
    let printable = printable(&text);
    if printable.chars().count() <= LONGEST {
        return printable;
    }
    printable.chars().take(LONGEST).chain("...".chars()).collect()
}

/// A value without the quotes that tell nothing.
fn compact(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let entries: Vec<String> =
                map.iter().map(|(key, value)| format!("{key}: {}", compact(value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(compact).collect::<Vec<_>>().join(", ")),
        Value::String(text) if !text.is_empty() && !text.contains(['\n', ',', '"', '{', '}', '[', ']']) => {
            text.clone()
        }
        scalar => scalar.to_string(),
    }
}

/// `192.168.1.201 -> 192.168.1.203`.
pub fn addresses(address: &AddressChange, arrow: &str) -> String {
    match address.what() {
        "gained" => format!("+ {}", address.new.join(", ")),
        "lost" => format!("- {}", address.old.join(", ")),
        _ => format!("{} {arrow} {}", address.old.join(", "), address.new.join(", ")),
    }
}

/// What there is to say of the other holders of its addresses.
pub fn neighbours(address: &AddressChange) -> Vec<String> {
    let taken = address.taken_from.iter().map(|(address, holder)| format!("{address} was of {holder}"));
    let given = address.given_to.iter().map(|(address, holder)| format!("{address} is now of {holder}"));
    taken.chain(given).collect()
}

/// Names, the first few of them.
pub fn few(names: &[String], most: usize) -> String {
    match names.len() {
        0 => String::new(),
        all if all <= most => names.join(", "),
        all => format!("{} and {} more", names[..most].join(", "), all - most),
    }
}

/// One way of a flow: `lost` or `gained`, and the ports.
pub fn ways(flow: &FlowChange) -> impl Iterator<Item = (&'static str, &str)> {
    [("lost", flow.lost.as_str()), ("gained", flow.gained.as_str())]
        .into_iter()
        .filter(|(_, ports)| !ports.is_empty())
}

/// `opened`, `tcp 5000 on machines`, `from 192.168.1.0/24`.
pub fn firewall(rule: &FirewallChange) -> (&'static str, String, String) {
    let what = if rule.opens { "opened" } else { "closed" };
    (what, format!("{} on {}", rule.what, rule.on), few(&rule.sources, 6))
}
