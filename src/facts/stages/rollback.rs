//! How far back there is a way: what is undone and how, how long that takes, and what nothing brings back.

use super::step::{KEY, handovers, hands_over, one_writer, plain};
use super::{Graph, is_held};
use crate::addresses::AddressSet;
use crate::facts::Order;
use crate::model::{Layer, Strategy};
use crate::resolve::{Cluster, ClusterId, ExternalId, Resolved, ServiceId, Unit};
use std::collections::BTreeSet;

/// The way back from a stage, to where the one before it had ended or to the cluster that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rollback {
    /// The cluster to go back to. Without it the stage itself is undone, and no more.
    pub to: Option<ClusterId>,
    /// What is done, in order.
    pub undo: Vec<Undo>,
    /// What this stage does that nothing undoes.
    pub losses: Vec<Loss>,
    /// The stages with losses that the way back crosses, in the order of the plan; this one may be among them.
    pub crosses: Vec<usize>,
    /// How long it takes, in seconds.
    pub seconds: u64,
    /// Whether a person wrote how long.
    pub said: bool,
}

/// Something that is done on the way back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undo {
    /// DNS names and hosts entries lead where they led before.
    Names,
    /// The new cluster's copy of what hands outside state over stops writing.
    StopWriter(ServiceId),
    /// The old cluster is installed again on the same machines, with the network that it had.
    Reinstall(ClusterId),
    /// What was saved comes back, by the word behind `backup:`.
    Restore(String),
    /// What was drained starts again, by the word behind `drain:`.
    Undrain(String),
    /// Something that the stage applied is taken away again.
    Remove(Unit),
    /// What new pods wrote to outside state stays there, and the old ones must be able to read it.
    Compare(ExternalId),
}

/// Something that nothing brings back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Loss {
    /// Pod or Service network of a cluster that is rebuilt: they cannot change while a cluster lives, so the way back is a
    /// rebuild as well.
    Networks { cluster: ClusterId, old: ClusterId },
    /// What a service keeps on the machines that are torn down.
    Data(ServiceId),
    /// The key of sealed secrets.
    SealingKey(ClusterId),
    /// Addresses that the old cluster announced and no pool of the new one holds: whoever gets them next, keeps them.
    Addresses { cluster: ClusterId, old: ClusterId, dropped: AddressSet },
    /// What is written to services that keep data, from the moment they are back on a rebuilt cluster: every backup is
    /// older.
    Writes(Vec<ServiceId>),
    /// What the plan says with `irreversible`.
    Said(String),
}

/// The way back from every stage, in the order of the plan.
pub fn rollbacks(resolved: &Resolved<'_>, order: &Order, graph: &Graph) -> Vec<Rollback> {
    let losses: Vec<Vec<Loss>> = (0..resolved.stages.len()).map(|at| losses(resolved, graph, at)).collect();
    let mut all = Vec::with_capacity(resolved.stages.len());
    for (at, stage) in resolved.stages.iter().enumerate() {
        let on = stage.on.map(|on| resolved.cluster(on));
        // To stay on the cluster and go back is to undo the stage.
        let to = stage.rollback.filter(|to| stage.on != Some(*to));
        let crossed: Vec<usize> = match to {
            Some(_) => {
                let here = |one: &usize| resolved.stages[*one].on == stage.on;
                graph.before(at).filter(here).chain([at]).collect()
            }
            None => vec![at],
        };
        let takes =
            |at: usize| resolved.stages[at].written.takes.as_ref().map_or(0, |takes| takes.value.seconds);
        let rebuilt = on.is_some_and(|on| on.strategy == Some(Strategy::Rebuild));
        let written = stage.written.rollback_takes.as_ref().map(|takes| takes.value.seconds);
        let estimate = match to {
            Some(_) if rebuilt => crossed.iter().map(|at| takes(*at)).sum(),
            _ => takes(at),
        };
        all.push(Rollback {
            to,
            undo: undo(resolved, order, &crossed, at, to),
            crosses: crossed.iter().copied().filter(|at| !losses[*at].is_empty()).collect(),
            losses: losses[at].clone(),
            seconds: written.unwrap_or(estimate),
            said: written.is_some(),
        });
    }
    all
}

fn losses(resolved: &Resolved<'_>, graph: &Graph, at: usize) -> Vec<Loss> {
    let stage = &resolved.stages[at];
    let mut losses = Vec::new();
    if let Some(cluster) = stage.on.map(|on| resolved.cluster(on))
        && graph.first_on(cluster.id) == Some(at)
        && cluster.strategy == Some(Strategy::Rebuild)
        && let Some(old) = cluster.replaces.map(|old| resolved.cluster(old))
    {
        if (&cluster.pods, &cluster.services) != (&old.pods, &old.services) {
            losses.push(Loss::Networks { cluster: cluster.id, old: old.id });
        }
        let saved = saved_up_to(resolved, at);
        if resolved.delivery.writer(Layer::SealedSecrets).is_some() && !saved.contains(KEY) {
            losses.push(Loss::SealingKey(cluster.id));
        }
        if !outlives(resolved) {
            let services = resolved.services_of(cluster.id).iter();
            let lost = services.filter(|service| service.written.stateful() && !saved.contains(service.key));
            losses.extend(lost.map(|service| Loss::Data(service.id)));
        }
    }
    losses.extend(dropped(resolved, graph, at));
    let rebuilt = stage.on.is_some_and(|on| resolved.cluster(on).strategy == Some(Strategy::Rebuild));
    let keeps = |unit: &crate::source::Located<Unit>| match unit.value {
        Unit::Service(id) if rebuilt && resolved.service(id).written.stateful() => Some(id),
        _ => None,
    };
    let writes: Vec<ServiceId> = stage.apply.iter().filter_map(keeps).collect();
    losses.extend((!writes.is_empty()).then_some(Loss::Writes(writes)));
    let said = stage.written.irreversible.iter().flat_map(|list| &list.value);
    losses.extend(said.map(|said| Loss::Said(said.value.clone())));
    losses
}

/// The addresses of the old cluster that are given up in this stage: with its machines, or when the names move.
fn dropped(resolved: &Resolved<'_>, graph: &Graph, at: usize) -> Option<Loss> {
    let stage = &resolved.stages[at];
    let cluster = resolved.cluster(stage.on?);
    let old = resolved.cluster(cluster.replaces?);
    let here = match cluster.strategy {
        Some(Strategy::Parallel) => stage.apply.iter().any(|unit| unit.value == Unit::Dns),
        _ => graph.first_on(cluster.id) == Some(at),
    };
    let all = |cluster: &Cluster<'_>| {
        let pools = resolved.pools_of(cluster.id);
        pools.fold(AddressSet::new(), |all, pool| all.union(&pool.addresses))
    };
    let dropped = all(old).difference(&all(cluster));
    (here && !dropped.is_empty()).then_some(Loss::Addresses { cluster: cluster.id, old: old.id, dropped })
}

/// The words behind `backup:` of this stage and those that stand before it.
fn saved_up_to<'r>(resolved: &'r Resolved<'_>, at: usize) -> BTreeSet<&'r str> {
    let words =
        resolved.stages[..=at].iter().flat_map(|stage| &stage.written.r#do).flat_map(|list| &list.value);
    words.filter_map(|word| word.value.strip_prefix("backup:")).map(plain).collect()
}

/// Whether volumes lie outside of the cluster, where a teardown leaves them alone.
pub fn outlives(resolved: &Resolved<'_>) -> bool {
    let mut externals = resolved.externals.iter();
    externals.any(|external| external.written.storage_class.is_some() && external.written.keep_on_teardown())
}

fn undo(
    resolved: &Resolved<'_>,
    order: &Order,
    crossed: &[usize],
    at: usize,
    to: Option<ClusterId>,
) -> Vec<Undo> {
    let stage = &resolved.stages[at];
    let mut undo = Vec::new();
    let units = || crossed.iter().flat_map(|at| &resolved.stages[*at].apply).map(|unit| unit.value);
    if units().any(|unit| unit == Unit::Dns) {
        undo.push(Undo::Names);
    }
    let Some(old) = to.map(|to| resolved.cluster(to)) else {
        let mut applied: Vec<Unit> =
            stage.apply.iter().map(|unit| unit.value).filter(|unit| *unit != Unit::Dns).collect();
        applied.reverse();
        // The old writer starts again only after the new one has stopped.
        let writers = applied.iter().filter_map(|unit| match unit {
            Unit::Service(id) if hands_over(resolved, *id) => Some(Undo::StopWriter(*id)),
            _ => None,
        });
        undo.extend(writers);
        undo.extend(applied.iter().copied().map(Undo::Remove));
        undo.extend(drained(resolved, order, &[at]).into_iter().map(Undo::Undrain));
        return undo;
    };
    let services = || units().filter_map(|unit| if let Unit::Service(id) = unit { Some(id) } else { None });
    let rebuilt = is_rebuilt_from(resolved, stage.on, old);
    if rebuilt {
        undo.push(Undo::Reinstall(old.id));
        undo.extend(saved_on(resolved, old, at).into_iter().map(Undo::Restore));
    } else {
        undo.extend(services().filter(|id| one_writer(resolved, *id).next().is_some()).map(Undo::StopWriter));
    }
    let mut written: Vec<ExternalId> = services().flat_map(|id| one_writer(resolved, id)).collect();
    written.sort_unstable();
    written.dedup();
    undo.extend(written.into_iter().map(Undo::Compare));
    let before: Vec<usize> = (0..=at).collect();
    undo.extend(drained(resolved, order, &before).into_iter().map(Undo::Undrain));
    undo
}

/// Whether a cluster stands where another one stood.
fn is_rebuilt_from(resolved: &Resolved<'_>, on: Option<ClusterId>, old: &Cluster<'_>) -> bool {
    on.map(|on| resolved.cluster(on))
        .is_some_and(|on| on.replaces == Some(old.id) && on.strategy == Some(Strategy::Rebuild))
}

/// What stages saved of a cluster, without what lies outside of it and stayed.
fn saved_on(resolved: &Resolved<'_>, old: &Cluster<'_>, at: usize) -> Vec<String> {
    let stages = resolved.stages[..=at].iter().filter(|stage| stage.on == Some(old.id));
    let words = stages.flat_map(|stage| &stage.written.r#do).flat_map(|list| &list.value);
    let names = words.filter_map(|word| word.value.strip_prefix("backup:")).map(plain);
    let outside = |name: &str| resolved.externals.iter().any(|external| external.name == name);
    let mut names: Vec<String> = names.filter(|name| !outside(name)).map(str::to_owned).collect();
    // Secrets before what mounts them, objects before the data of their claims.
    names.sort_by_key(|name| match name.as_str() {
        KEY => 0,
        "manifests" => 1,
        "etcd" => 2,
        _ => 3,
    });
    names
}

/// What the stages drain, as they say it, and what they take over from its old copy.
fn drained(resolved: &Resolved<'_>, order: &Order, stages: &[usize]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for &at in stages {
        let words = resolved.stages[at].written.r#do.iter().flat_map(|list| &list.value);
        names.extend(
            words.filter_map(|word| word.value.strip_prefix("drain:")).map(|name| plain(name).to_owned()),
        );
        names
            .extend(handovers(resolved, order, at).into_iter().map(|id| resolved.service(id).key.to_owned()));
    }
    let mut seen = BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}

impl Loss {
    /// Whether it is lost at once, and not little by little as people work.
    pub fn is_sudden(&self) -> bool {
        !matches!(self, Loss::Writes(_))
    }
}

/// Whether a person is asked on the way from one stage to another on its cluster, both included.
pub fn is_guarded(resolved: &Resolved<'_>, from: usize, to: usize) -> bool {
    let on = resolved.stages[to].on;
    resolved.stages[from..=to].iter().any(|stage| stage.on == on && is_held(stage))
}
