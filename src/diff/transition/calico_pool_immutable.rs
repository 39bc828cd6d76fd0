//! A Calico pool keeps its network and its block size for life.

use super::{Edit, Obstacle, Rule, Step, Way, way};
use crate::addresses::{AddressSet, Cidr};
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::document::Id;
use crate::diff::side::Side;
use serde_json::Value;
use std::collections::BTreeMap;

pub static RULE: Rule = Rule {
    name: "calico-pool-immutable",
    about: "a pool of Calico gets another network, block size or name",
    find,
    way: Way::Staged(way_around),
};

struct Changed {
    id: Id,
    pool: String,
    /// What it is called from then on.
    to: String,
    was: (String, u64),
    is: (String, u64),
}

fn changed(context: &Context<'_>, changes: &[Change]) -> Vec<Changed> {
    let mut found = Vec::new();
    for change in changes.iter().filter(|change| !has_other_pods(context, change.id().cluster.as_deref())) {
        let Some((old, new)) = change.both() else { continue };
        let (was, is) = (pools(&old.value), pools(&new.value));
        for (name, before) in &was {
            let same = is.get_key_value(name);
            // One of another name is another one, and two never overlap.
            let follows = |(to, after): &(&String, &(String, u64))| {
                !was.contains_key(*to) && overlap(&before.0, &after.0)
            };
            let next = if same.is_some() { same } else { is.iter().find(follows) };
            if let Some((to, after)) = next.filter(|(to, after)| *to != name || *after != before) {
                let (pool, to, was, is) = (name.clone(), to.clone(), before.clone(), after.clone());
                found.push(Changed { id: new.id.clone(), pool, to, was, is });
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

fn overlap(one: &str, other: &str) -> bool {
    let (Ok(one), Ok(other)) = (Cidr::parse(one), Cidr::parse(other)) else { return false };
    one.contains(other.first()) || other.contains(one.first())
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
    let obstacle = |Changed { id, pool, to, was, is }: Changed| {
        let refused = match id.kind.as_str() {
            // operator `pkg/controller/ippool/pool_controller.go`; calico `libcalico-go/lib/clientv3/ippool.go`.
            "Installation" => {
                "the operator takes the object, tries to change the pool, is refused, and says `Degraded` from then on"
            }
            _ => "the API server refuses it",
        };
        let what = match was.0 == is.0 {
            _ if pool != to => format!(
                "goes and `{to}` gets its addresses, while Calico makes no pool that overlaps one that is there"
            ),
            true => format!("goes from blocks of /{} to blocks of /{}", was.1, is.1),
            false => format!("goes from `{}` to `{}`", was.0, is.0),
        };
        let is_known = context.old.plan.is_some() && context.new.plan.is_some();
        let has_room = id.cluster.as_deref().is_some_and(|cluster| {
            let names = [(context.old, &pool), (context.new, &to)];
            names.iter().all(|(side, name)| written(side, cluster, name).is_some())
                && free(context, cluster, &is, &AddressSet::new()).is_some()
        });
        Obstacle {
            name: RULE.name,
            controller: context.controller(),
            sentence: match pool == to {
                true => format!("pool `{pool}` {what}, which is immutable: {refused}"),
                false => format!("pool `{pool}` {what}: {refused}"),
            },
            advice: match pool == to {
                true if is_known && !has_room => format!(
                    "leave it as it is: no other pool fits into the pod network beside `{pool}` for the time between, so \
                     that only a new cluster has it otherwise"
                ),
                true => {
                    "make a pool of another name, let the old one give out nothing, restart the pods, and remove the old one"
                        .to_owned()
                }
                false => format!("keep the name `{pool}`, which nobody sees but you"),
            },
            forever: true,
            objects: vec![id],
        }
    };
    changed(context, changes).into_iter().map(obstacle).collect()
}

/// calico docs, networking/ipam/change-block-size: by way of a pool that is there for the time between. Pools that exchange
/// their networks are out of each other's way together.
fn way_around(context: &Context<'_>, changes: &[Change]) -> Vec<Step> {
    let mut states: [Vec<Edit>; 3] = Default::default();
    let (mut pods, mut back) = (Vec::new(), Vec::new());
    let (mut names, mut afterwards) = (Vec::new(), Vec::new());
    let mut taken = BTreeMap::new();
    for Changed { id, pool, to, is, .. } in changed(context, changes) {
        let Some(cluster) = id.cluster.as_deref() else { continue };
        let path = ["clusters", cluster, "calico", "pools", &pool];
        let (Some(before), Some(_)) =
            (written(context.old, cluster, &pool), written(context.new, cluster, &to))
        else {
            continue;
        };
        let taken: &mut AddressSet = taken.entry(cluster.to_owned()).or_default();
        let Some(free) = free(context, cluster, &is, taken) else { continue };
        taken.insert(free);
        let between = format!("{pool}-between");
        let other = ["clusters", cluster, "calico", "pools", &between];
        let after = ["clusters", cluster, "calico", "pools", &to];
        let renamed = || (pool != to).then(|| Edit::remove(&after));
        // Pods of the same nodes get its addresses, wrapped in the same way.
        let mut temporary = vec![Edit::set(&other, format!("{{ cidr = \"{free}\" }}"))];
        for key in ["encapsulation", "nat_outgoing", "node_selector"] {
            if let Some(value) = before.get(key) {
                temporary.push(Edit::set(&[&other[..], &[key]].concat(), value));
            }
        }
        let [holds, gone, returned] = &mut states;
        holds.push(Edit::hold(&path));
        holds.push(Edit::set(&[&path[..], &["disable_new_allocations"]].concat(), "true"));
        holds.extend(temporary.iter().cloned().chain(renamed()));
        gone.push(Edit::remove(&path));
        gone.extend(temporary.iter().cloned().chain(renamed()));
        returned.extend(temporary);
        returned.push(Edit::set(&[&other[..], &["disable_new_allocations"]].concat(), "true"));
        pods.push(format!("`{pool}`"));
        back.push(format!("`{between}`"));
        names.push(format!("`{to}`"));
        afterwards.push(pool == to);
    }
    let [holds, gone, returned] = states;
    let (old, between) = (together(&pods), together(&back));
    let (give, are, is_there) = match pods.len() {
        1 => ("gives", "is", if afterwards == [true] { "is back as it shall be" } else { "is there" }),
        _ => ("give", "are", "are there as they shall be"),
    };
    let restart = |pools: &str| format!("restart every pod that has an address of {pools}, node by node");
    let holding =
        Step::new(format!("new pods get addresses of {between}, and {old} {give} out nothing"), holds);
    let returning = format!("{} {is_there}, and {between} {give} out nothing", together(&names));
    holding
        .map(|step| step.by_hand(restart(&old)))
        .into_iter()
        .chain(Step::new(format!("{old} {are} gone"), gone))
        .chain(Step::new(returning, returned).map(|step| step.by_hand(restart(&between))))
        .collect()
}

/// `a`, `a and b`.
fn together(names: &[String]) -> String {
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

/// What a plan writes of a pool, in TOML, by key; nothing of one that it does not write.
fn written(side: &Side<'_>, cluster: &str, pool: &str) -> Option<BTreeMap<String, String>> {
    let calico = way::cluster(side, cluster)?.calico.as_ref()?;
    calico.pools.iter().find(|known| known.name == pool && known.written.is_some())?;
    let document: toml_edit::DocumentMut = side.plan.as_ref()?.source.text.parse().ok()?;
    let path = ["clusters", cluster, "calico", "pools", pool];
    let table = path.iter().try_fold(document.as_item(), |item, key| item.get(*key))?.as_table_like()?;
    let text = |(key, item): (&str, &toml_edit::Item)| {
        Some((key.to_owned(), item.as_value()?.to_string().trim().to_owned()))
    };
    Some(table.iter().filter_map(text).collect())
}

/// A network of the cluster's pods that no pool of either side touches, as large as the new pool or smaller.
fn free(context: &Context<'_>, cluster: &str, wanted: &(String, u64), others: &AddressSet) -> Option<Cidr> {
    let wanted = Cidr::parse(&wanted.0).ok()?;
    let mut taken = others.clone();
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
            let mut alone = AddressSet::new();
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
