//! The words that every format for people has in common.

use super::fold::Effect;
use crate::diff::cause::Cause;
use crate::diff::change::{Change, What};
use crate::diff::transition::Obstacle;
use crate::diff::{AddressChange, Danger, Diff, FirewallChange, FlowChange, Why};

/// Said where commits in between help.
pub const STAGED: &str = "`plan diff --stage`, with the same plans, prints commits that get there";

/// Whether commits in between get around something that is in the way.
pub fn can_be_staged(diff: &Diff) -> bool {
    diff.obstacles.iter().any(|obstacle| diff.can_be_staged(obstacle))
}

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

    /// The same of an object; the path of a file says it already.
    pub fn of_object(&self, change: &Change) -> Option<String> {
        let id = change.id();
        if id.is_file() || id.group == "kustomize.config.k8s.io" { None } else { self.named(&id.cluster) }
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

/// What there is beside changes of objects: `1 obstacle, 1 address moves, 2 flows lost, 1 port opened`.
pub fn besides(diff: &Diff) -> Vec<String> {
    let mut found = Vec::new();
    if !diff.obstacles.is_empty() {
        found.push(many(diff.obstacles.len(), "obstacle"));
    }
    for what in ["moved", "lost", "gained"] {
        let count = diff.addresses.iter().filter(|address| address.what() == what).count();
        if count > 0 {
            let addresses = if count == 1 { "address" } else { "addresses" };
            found.push(format!("{count} {addresses} {what}"));
        }
    }
    let flows = || diff.flows.iter().filter(|flow| flow.why == Why::Policy);
    let lost = flows().filter(|flow| !flow.lost.is_empty()).count();
    let gained = flows().filter(|flow| !flow.gained.is_empty()).count();
    for (what, count) in [("lost", lost), ("gained", gained)] {
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
pub fn sentence(effect: &Effect<'_>, most: usize, clusters: &Clusters) -> String {
    let (change, meaning) = (effect.changes[0], effect.meaning);
    if effect.changes.len() > 1 {
        let (kind, names) = listed(&effect.changes, clusters);
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        return format!("{} {kind}, {}: {}", names.len(), few(&names, most), meaning.sentence);
    }
    let id = change.id();
    let place = clusters.of_object(change).map(|place| format!(" {place}")).unwrap_or_default();
    match meaning.sentence.strip_prefix(&format!("`{id}`")) {
        Some(rest) => format!("`{id}`{place}{rest}"),
        // What goes is the old one.
        None if change.what() == What::Renamed => {
            let old = change.old.as_ref().map(|old| old.id.to_string()).unwrap_or_default();
            format!("`{old}`, now `{}`{place}: {}", id.full_name(), meaning.sentence)
        }
        None => format!("`{id}`{place}: {}", meaning.sentence),
    }
}

/// What several changes are about: their kind, and their names. The cluster is said once where it is the same one.
pub fn listed(changes: &[&Change], clusters: &Clusters) -> (String, Vec<String>) {
    let Some(first) = changes.first() else { return Default::default() };
    let kind = if first.id().is_file() { "files" } else { &first.id().kind };
    let places: Vec<Option<String>> = changes.iter().map(|change| clusters.of_object(change)).collect();
    let names = changes.iter().map(|change| change.id().full_name());
    match &places[0] {
        Some(place) if places.iter().all(|other| other.as_ref() == Some(place)) => {
            (format!("{kind} {place}"), names.collect())
        }
        _ => {
            let placed = names.zip(&places).map(|(name, place)| match place {
                Some(place) => format!("{name} {place}"),
                None => name,
            });
            (kind.to_owned(), placed.collect())
        }
    }
}

/// `pool-renamed (Flux, forever)`.
pub fn obstacle(obstacle: &Obstacle) -> String {
    let how_long = if obstacle.forever { "forever" } else { "for a while" };
    format!("{} ({}, {how_long})", obstacle.name, obstacle.controller.word())
}

/// `plans/lab/migration.toml:57`.
pub fn place(cause: &Cause) -> String {
    let side = if cause.is_old { " before" } else { "" };
    format!("{}:{}{side}", cause.file, cause.line)
}

/// What a change is about: `Service a/b`, or `Service a/b, was Service a/c`.
pub fn subject(change: &Change, clusters: &Clusters) -> String {
    let id = match clusters.of_object(change) {
        Some(place) => format!("{} {place}", change.id()),
        None => change.id().to_string(),
    };
    match (change.what(), change.both()) {
        (What::Renamed, Some((old, new))) if old.id.kind == new.id.kind => {
            format!("{id}, was {}", old.id.full_name())
        }
        (What::Renamed, Some((old, _))) => format!("{id}, was {}", old.id),
        (What::Moved, Some((old, new))) if change.id().is_file() => format!("{}, was {}", new.path, old.path),
        (What::Moved, Some((old, new))) => {
            let (from, to) = (folder(&old.path), folder(&new.path));
            let (from, to) = if from == to { (old.path.as_str(), new.path.as_str()) } else { (from, to) };
            format!("{id}, from {from} to {to}")
        }
        _ => id,
    }
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or(".", |(folder, _)| folder)
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
