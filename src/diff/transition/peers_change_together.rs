//! Peers of one node say the same about themselves, and each is judged against the others as they are.

use super::{Edit, Obstacle, Rule, Step, Way, way};
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::document::Document;
use crate::diff::side::Side;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

pub static RULE: Rule = Rule {
    name: "peers-change-together",
    about: "several BGP peers of the same nodes get another AS number or router id of ours",
    find,
    way: Way::Staged(way_around),
};

/// metallb `internal/config/validation.go`: with FRR, peers of a node agree on these.
const KEYS: [&str; 2] = ["myASN", "routerID"];

/// The peers of one cluster that block each other, by name.
fn blocked<'c>(context: &Context<'_>, changes: &'c [Change]) -> Vec<Vec<&'c Change>> {
    let changed: Vec<&Change> = changes
        .iter()
        .filter(|change| change.is("metallb.io", "BGPPeer") && change.both().is_some())
        .filter(|change| KEYS.iter().any(|key| change.differs(&["spec", key]).is_some()))
        .filter(|change| !is_native(context.new, change.id().cluster.as_deref()))
        .collect();
    let clusters: BTreeSet<&Option<String>> = changed.iter().map(|change| &change.id().cluster).collect();
    let of_cluster = |cluster: &Option<String>| {
        let peers: Vec<&Change> =
            changed.iter().copied().filter(|change| change.id().cluster == *cluster).collect();
        let blocks = |one: &&Change| peers.iter().any(|other| one.id() != other.id() && meet(one, other));
        let mut blocked: Vec<&Change> = peers.iter().copied().filter(blocks).collect();
        blocked.sort_by_key(|change| change.id());
        blocked
    };
    clusters.into_iter().map(of_cluster).filter(|peers| peers.len() > 1).collect()
}

/// Whether both have a session from the same node and routing table, as far as their selectors tell.
fn meet(one: &Change, other: &Change) -> bool {
    let part = |change: &Change, key: &str| change.any().at(&["spec", key]).cloned().unwrap_or(Value::Null);
    let (mine, theirs) = (part(one, "nodeSelectors"), part(other, "nodeSelectors"));
    part(one, "vrf") == part(other, "vrf") && (mine == theirs || mine.is_null() || theirs.is_null())
}

/// Whether the speakers use MetalLB's own code for BGP, which has no such rule.
fn is_native(side: &Side<'_>, cluster: Option<&str>) -> bool {
    let path = format!("values/{}/metallb.yaml", cluster.unwrap_or_default());
    let Some(values) = side.file(&path) else { return false };
    let off = |path: &[&str]| values.at(path).and_then(Value::as_bool) == Some(false);
    off(&["speaker", "frr", "enabled"]) && (off(&["frrk8s", "enabled"]) || values.at(&["frrk8s"]).is_none())
}

fn find(context: &Context<'_>, changes: &[Change]) -> Vec<Obstacle> {
    let controller = context.controller();
    let obstacle = |peers: Vec<&Change>| {
        let names: Vec<String> = peers.iter().map(|peer| format!("`{}`", peer.id().name)).collect();
        Obstacle {
            name: RULE.name,
            controller,
            sentence: format!(
                "{} get another AS number or router id of ours at once: MetalLB's webhook compares each with the others as \
                 they are in the cluster and refuses it, whoever is first and however often {} tries",
                names.join(" and "),
                controller.word()
            ),
            advice: "keep one peer, take the others away, change the one, and bring the others back"
                .to_owned(),
            forever: true,
            objects: peers.iter().map(|peer| peer.id().clone()).collect(),
        }
    };
    blocked(context, changes).into_iter().map(obstacle).collect()
}

fn way_around(context: &Context<'_>, changes: &[Change]) -> Vec<Step> {
    let mut steps = Vec::new();
    for peers in blocked(context, changes) {
        let Some((kept, others)) = peers.split_first() else { continue };
        let Some(cluster) = kept.id().cluster.clone() else { continue };
        let gone: Vec<&str> = others.iter().map(|peer| peer.id().name.as_str()).collect();
        let without = way::without_peers(context, &cluster, &kept.id().name, &gone);
        let mut first = without.clone();
        let path = ["clusters", &cluster, "metallb", "peers", &kept.id().name];
        let old: Option<&Arc<Document>> = kept.old.as_ref();
        let number = old.and_then(|old| old.at(&["spec", "myASN"])?.as_u64());
        first.extend(number.map(|number| Edit::set(&[&path[..], &["my_asn"]].concat(), number.to_string())));
        let was = old.and_then(|old| old.text_at(&["spec", "routerID"]).map(str::to_owned));
        first.push(match was {
            Some(router) => Edit::set(&[&path[..], &["router_id"]].concat(), format!("\"{router}\"")),
            None => Edit::remove(&[&path[..], &["router_id"]].concat()),
        });
        let name = &kept.id().name;
        steps.extend(Step::new(format!("only `{name}` is left, as it was: all routes go by it"), first));
        steps.extend(Step::new(format!("`{name}` alone changes; its session is made anew"), without));
    }
    steps
}
