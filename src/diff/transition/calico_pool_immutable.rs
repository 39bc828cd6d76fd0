//! A Calico pool keeps its network and its block size for life.

use super::{Edit, Obstacle, Rule, Step, Way, way};
use crate::addresses::Cidr;
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::document::Id;
use serde_json::Value;
use std::collections::BTreeMap;

pub static RULE: Rule = Rule {
    name: "calico-pool-immutable",
    about: "a pool of Calico gets another network or block size",
    find,
    way: Way::Staged(way_around),
};

struct Changed {
    id: Id,
    pool: String,
    was: (String, u64),
    is: (String, u64),
}

fn changed(context: &Context<'_>, changes: &[Change]) -> Vec<Changed> {
    let mut found = Vec::new();
    for change in changes.iter().filter(|change| !has_other_pods(context, change.id().cluster.as_deref())) {
        let Some((old, new)) = change.both() else { continue };
        let (was, is) = (pools(&old.value), pools(&new.value));
        for (name, before) in was {
            if let Some(after) = is.get(&name).filter(|after| **after != before) {
                found.push(Changed { id: new.id.clone(), pool: name, was: before, is: after.clone() });
            }
        }
    }
    found
}

/// Whether the whole pod network is another one, which is more than a pool.
fn has_other_pods(context: &Context<'_>, name: Option<&str>) -> bool {
    let of = |side: &crate::diff::Side<'_>| Some(way::cluster(side, name?)?.pods.clone());
    match (of(context.old), of(context.new)) {
        (Some(was), Some(is)) => was != is,
        _ => false,
    }
}

/// Name -> network and block size, of an Installation or an IPPool.
fn pools(value: &Value) -> BTreeMap<String, (String, u64)> {
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let pool = |value: &Value, name: Option<String>| {
        let cidr = text(value, "cidr")?;
        // operator `pkg/controller/ippool/defaults.go`, calico `api/pkg/apis/projectcalico/v3/ippool.go`.
        let default = if cidr.contains(':') { 122 } else { 26 };
        let size = value.get("blockSize").and_then(Value::as_u64).unwrap_or(default);
        Some((name.unwrap_or_else(|| cidr.clone()), (cidr, size)))
    };
    let listed = value.pointer("/spec/calicoNetwork/ipPools").and_then(Value::as_array).into_iter().flatten();
    let mut found: BTreeMap<_, _> = listed.filter_map(|item| pool(item, text(item, "name"))).collect();
    if value.get("kind").and_then(Value::as_str) == Some("IPPool") {
        let name = value.pointer("/metadata/name").and_then(Value::as_str).map(str::to_owned);
        found.extend(value.get("spec").and_then(|spec| pool(spec, name)));
    }
    found
}

fn find(context: &Context<'_>, changes: &[Change]) -> Vec<Obstacle> {
    let obstacle = |Changed { id, pool, was, is }: Changed| {
        let what = match was.0 == is.0 {
            true => format!("goes from blocks of /{} to blocks of /{}", was.1, is.1),
            false => format!("goes from `{}` to `{}`", was.0, is.0),
        };
        let refused = match id.kind.as_str() {
            // operator `pkg/controller/ippool/pool_controller.go`; calico `libcalico-go/lib/clientv3/ippool.go`.
            "Installation" => {
                "the operator takes the object, tries to change the pool, is refused, and says `Degraded` from then on"
            }
            _ => "the API server refuses it",
        };
        Obstacle {
            name: RULE.name,
            controller: context.controller(),
            sentence: format!("pool `{pool}` {what}, which is immutable: {refused}"),
            advice: "make a pool of another name, let the old one give out nothing, restart the pods, and remove the old one"
                .to_owned(),
            forever: true,
            objects: vec![id],
        }
    };
    changed(context, changes).into_iter().map(obstacle).collect()
}

/// calico docs, networking/ipam/change-block-size: by way of a pool that is there for the time between.
fn way_around(context: &Context<'_>, changes: &[Change]) -> Vec<Step> {
    let mut steps = Vec::new();
    for Changed { id, pool, is, .. } in changed(context, changes) {
        let Some(cluster) = id.cluster.as_deref() else { continue };
        let path = ["clusters", cluster, "calico", "pools", &pool];
        let Some(free) = free(context, cluster, &is) else { continue };
        let between = format!("{pool}-between");
        let other = ["clusters", cluster, "calico", "pools", &between];
        let has_table = |side: &crate::diff::Side<'_>| {
            way::cluster(side, cluster).is_some_and(|found| {
                found.calico.as_ref().is_some_and(|calico| {
                    calico.pools.iter().any(|known| known.name == pool && known.written.is_some())
                })
            })
        };
        if !has_table(context.old) || !has_table(context.new) {
            continue;
        }
        let temporary = || Edit::set(&other, format!("{{ cidr = \"{free}\" }}"));
        let pods = format!("restart every pod that has an address of `{pool}`, node by node");
        steps.extend(
            Step::new(
                format!("new pods get addresses of `{between}`, and `{pool}` gives out nothing"),
                vec![
                    Edit::hold(&path),
                    Edit::set(&[&path[..], &["disable_new_allocations"]].concat(), "true"),
                    temporary(),
                ],
            )
            .map(|step| step.by_hand(pods)),
        );
        steps.extend(Step::new(format!("`{pool}` is gone"), vec![Edit::remove(&path), temporary()]));
        steps.extend(
            Step::new(
                format!("`{pool}` is back as it shall be, and `{between}` gives out nothing"),
                vec![temporary(), Edit::set(&[&other[..], &["disable_new_allocations"]].concat(), "true")],
            )
            .map(|step| {
                step.by_hand(format!("restart every pod that has an address of `{between}`, node by node"))
            }),
        );
    }
    steps
}

/// A network of the cluster's pods that no pool of either side touches, as large as the new pool or smaller.
fn free(context: &Context<'_>, cluster: &str, wanted: &(String, u64)) -> Option<Cidr> {
    let wanted = Cidr::parse(&wanted.0).ok()?;
    let mut taken = crate::addresses::AddressSet::new();
    let mut pods = Vec::new();
    for side in [context.old, context.new] {
        let found = way::cluster(side, cluster)?;
        pods.extend(found.pods.iter().copied());
        found.calico.as_ref()?.pools.iter().for_each(|pool| taken.insert(pool.cidr));
    }
    let within = pods.into_iter().find(|pods| pods.family() == wanted.family())?;
    (wanted.prefix_length()..=24).find_map(|length| {
        let mut start = within.first();
        loop {
            let candidate = Cidr::new(start, length)?;
            let mut alone = crate::addresses::AddressSet::new();
            alone.insert(candidate);
            if within.contains_cidr(&candidate) && taken.intersection(&alone).is_empty() {
                return Some(candidate);
            }
            start = crate::addresses::address::next(candidate.last())?;
            if !within.contains(start) {
                return None;
            }
        }
    })
}
