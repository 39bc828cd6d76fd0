//! Peers of one node say the same about themselves, no two lead to one router, and each is judged against the others as
//! they are in the cluster.

use super::{Edit, Obstacle, Rule, Step, Way, way};
use crate::diff::change::Change;
use crate::diff::context::{Context, Controller};
use crate::diff::departure::{Departure, delete};
use crate::diff::document::{Document, Id};
use crate::diff::side::Side;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub static RULE: Rule = Rule {
    name: "peers-change-together",
    about: "a BGP peer gets an AS number, a router id or an address that does not go with another peer as that one is",
    find,
    way: Way::Staged(way_around),
};

/// metallb `internal/config/validation.go`: with FRR, peers of a node agree on these.
const KEYS: [&str; 2] = ["myASN", "routerID"];

/// A peer that is refused as long as another one is as it was.
struct Refused {
    peer: Arc<Document>,
    by: Arc<Document>,
    /// The other one as it shall be; nothing when it goes.
    by_after: Option<Arc<Document>>,
}

/// Whether two peers cannot be in one cluster.
fn clash(one: &Document, other: &Document) -> bool {
    let part = |document: &Document, key: &str| document.at(&["spec", key]).cloned().unwrap_or(Value::Null);
    let same = |key: &str| part(one, key) == part(other, key);
    let (mine, theirs) = (part(one, "nodeSelectors"), part(other, "nodeSelectors"));
    // A session from the same node and routing table, as far as the selectors tell.
    let meet = same("vrf") && (mine == theirs || mine.is_null() || theirs.is_null());
    let same_address = same("peerAddress") && !part(one, "peerAddress").is_null();
    meet && (same_address || KEYS.iter().any(|key| !same(key)))
}

fn refused(context: &Context<'_>, changes: &[Change]) -> Vec<Refused> {
    let peers = changes.iter().filter(|change| change.is("metallb.io", "BGPPeer"));
    let mut found = Vec::new();
    for peer in peers.filter_map(|change| change.new.as_ref()) {
        if is_native(context.new, peer.id.cluster.as_deref()) {
            continue;
        }
        let before = context.old.find(&peer.id);
        for by in context.old.of_kind("BGPPeer").iter() {
            let is_other = by.id != peer.id && by.id.cluster == peer.id.cluster;
            let was_so = before.as_ref().is_some_and(|before| clash(before, by));
            let by_after = context.new.find(&by.id);
            let stays_so = by_after.as_ref().is_some_and(|after| clash(peer, after));
            if is_other && clash(peer, by) && !was_so && !stays_so {
                found.push(Refused { peer: peer.clone(), by: by.clone(), by_after });
            }
        }
    }
    found.sort_by(|one, other| (&one.peer.id, &one.by.id).cmp(&(&other.peer.id, &other.by.id)));
    found
}

/// Whether the speakers use MetalLB's own code for BGP, which has no such rule.
fn is_native(side: &Side<'_>, cluster: Option<&str>) -> bool {
    let path = format!("values/{}/metallb.yaml", cluster.unwrap_or_default());
    let Some(values) = side.file(&path) else { return false };
    let off = |path: &[&str]| values.at(path).and_then(Value::as_bool) == Some(false);
    off(&["speaker", "frr", "enabled"]) && (off(&["frrk8s", "enabled"]) || values.at(&["frrk8s"]).is_none())
}

/// Those who refuse each other, by cluster; the others are refused by one that lets them through in the end.
fn apart(all: Vec<Refused>) -> (BTreeMap<Option<String>, BTreeSet<Id>>, Vec<Refused>) {
    let pairs: BTreeSet<(Id, Id)> = all.iter().map(|one| (one.peer.id.clone(), one.by.id.clone())).collect();
    let (mutual, others): (Vec<Refused>, Vec<Refused>) =
        all.into_iter().partition(|one| pairs.contains(&(one.by.id.clone(), one.peer.id.clone())));
    let mut rings: BTreeMap<Option<String>, BTreeSet<Id>> = BTreeMap::new();
    for one in mutual {
        rings
            .entry(one.peer.id.cluster.clone())
            .or_default()
            .extend([one.peer.id.clone(), one.by.id.clone()]);
    }
    (rings, others)
}

fn find(context: &Context<'_>, changes: &[Change]) -> Vec<Obstacle> {
    let controller = context.controller();
    let (rings, others) = apart(refused(context, changes));
    let each_other = |peers: BTreeSet<Id>| {
        let names: Vec<String> = peers.iter().map(|peer| format!("`{}`", peer.name)).collect();
        Obstacle {
            name: RULE.name,
            controller,
            sentence: format!(
                "{} get another AS number or router id of ours, or another's address, at once: MetalLB's webhook compares \
                 each with the others as they are in the cluster and refuses it, whoever is first and however often {} tries",
                names.join(" and "),
                controller.word()
            ),
            advice: "keep one peer, take the others away, change the one, and bring the others back"
                .to_owned(),
            forever: true,
            objects: peers.into_iter().collect(),
        }
    };
    let mut found: Vec<Obstacle> = rings.into_values().map(each_other).collect();
    found.extend(others.iter().filter_map(|one| by_one(context, one)));
    found
}

/// The obstacle of a peer that another one lets through when it has changed, or is gone.
fn by_one(context: &Context<'_>, Refused { peer, by, by_after }: &Refused) -> Option<Obstacle> {
    let controller = context.controller();
    let (new, old) = (&peer.id.name, &by.id.name);
    let goes = by_after.is_none();
    let text = |document: &Document, key: &str| match document.at(&["spec", key]) {
        Some(value) => format!("`{}`", value.as_str().map_or_else(|| value.to_string(), str::to_owned)),
        None => "nothing".to_owned(),
    };
    let what = match KEYS.iter().find(|key| text(peer, key) != text(by, key)) {
        Some(key) => format!(
            "`{new}` has {} as `{key}`, and `{old}` in the cluster has {}, which one node must not have both",
            text(peer, key),
            text(by, key)
        ),
        None => format!("`{new}` leads to {}, as `{old}` in the cluster does", text(peer, "peerAddress")),
    };
    let (how, forever) = match (controller, goes) {
        (Controller::Flux, true) => (
            format!(
                "is refused as long as `{old}` is there, which Flux deletes after everything else was applied"
            ),
            true,
        ),
        (Controller::Flux, false) => {
            ("is refused at the trial that Flux makes before it applies anything, each time".to_owned(), true)
        }
        (Controller::ArgoCd, true) => match Departure::of(controller, by) == Departure::Pruned {
            true if !way::prunes_last(context, by) => return None,
            _ => {
                (format!("is refused as long as `{old}` is there, which Argo CD deletes last or never"), true)
            }
        },
        (Controller::ArgoCd, false) => {
            (format!("is refused until `{old}` has changed; a retry gets through"), false)
        }
        (Controller::None, true) => {
            (format!("is refused as long as `{old}` is there, and kubectl deletes nothing by itself"), true)
        }
        (Controller::None, false) => {
            (format!("is refused until `{old}` has changed; apply a second time"), false)
        }
    };
    Some(Obstacle {
        name: RULE.name,
        controller,
        sentence: format!("{what}: MetalLB's webhook judges them together, and `{new}` {how}"),
        advice: match goes {
            true if is_alone(context, peer, by) => format!(
                "keep the name `{old}`, which nobody sees but you; or, in a window, `{}` right after the merge: without \
                 another peer nobody has the routes until `{new}` is there",
                delete(by)
            ),
            true => format!("keep the name `{old}`; or two commits: `{old}` goes first, then `{new}` comes"),
            false => format!("two commits: `{old}` changes first, then `{new}`"),
        },
        forever,
        objects: vec![peer.id.clone(), by.id.clone()],
    })
}

/// Whether there is no third peer in the cluster, who would have the routes in between.
fn is_alone(context: &Context<'_>, peer: &Document, by: &Document) -> bool {
    let others = context.new.of_kind("BGPPeer");
    let is_other = |other: &Document| {
        other.id.is("metallb.io", "BGPPeer")
            && other.id.cluster == peer.id.cluster
            && other.id != peer.id
            && other.id != by.id
    };
    !others.iter().any(|other| is_other(other))
}

fn way_around(context: &Context<'_>, changes: &[Change]) -> Vec<Step> {
    let mut steps = Vec::new();
    let (rings, others) = apart(refused(context, changes));
    for (cluster, peers) in rings {
        let (Some(cluster), Some(kept)) = (cluster, peers.first()) else { continue };
        let gone: Vec<&str> = peers.iter().skip(1).map(|peer| peer.name.as_str()).collect();
        let name = &kept.name;
        let without = way::without_peers(context, &cluster, name, &gone);
        let mut first = without.clone();
        let path = ["clusters", &cluster, "metallb", "peers", name];
        first.push(Edit::hold(&path));
        // What the cluster says for all peers is the new one already.
        let old = context.old.find(kept);
        let number = old.as_ref().and_then(|old| old.at(&["spec", "myASN"])?.as_u64());
        first.extend(number.map(|number| Edit::set(&[&path[..], &["my_asn"]].concat(), number.to_string())));
        let router = old.as_ref().and_then(|old| old.text_at(&["spec", "routerID"]).map(str::to_owned));
        first.push(match router {
            Some(router) => Edit::set(&[&path[..], &["router_id"]].concat(), format!("\"{router}\"")),
            None => Edit::remove(&[&path[..], &["router_id"]].concat()),
        });
        steps.extend(Step::new(format!("only `{name}` is left, as it was: all routes go by it"), first));
        steps.extend(Step::new(format!("`{name}` alone changes; its session is made anew"), without));
    }
    let mut edits = Vec::new();
    for one in others.iter().filter(|one| by_one(context, one).is_some()) {
        let (Some(cluster), name) = (&one.peer.id.cluster, &one.peer.id.name) else { continue };
        match context.old.find(&one.peer.id) {
            Some(_) => edits.push(Edit::hold(&["clusters", cluster, "metallb", "peers", name])),
            None => {
                // Pools that nobody announces are no state to be in.
                if is_alone(context, &one.peer, &one.by) && one.by_after.is_none() {
                    continue;
                }
                let kept = one.by_after.as_ref().map_or("", |by| by.id.name.as_str());
                edits.extend(way::without_peers(context, cluster, kept, &[name]));
            }
        }
    }
    edits.dedup();
    steps.extend(Step::new(
        "the peer that is in the way has changed, or is gone, and the other one is not there yet",
        edits,
    ));
    steps
}
