//! Which stages come before which: what `after` says, or the order of the list.

use crate::resolve::{ClusterId, Resolved, Unit};
use crate::time::{Cycle, Schedule, Task, schedule};

/// The stages and what each waits for.
#[derive(Debug, Default)]
pub struct Graph {
    /// The stages that each stage waits for directly, by place, ascending.
    pub after: Vec<Vec<usize>>,
    /// Stages that wait for each other, if any do.
    pub cycle: Option<Vec<usize>>,
    /// For each stage the ones before it, as bits.
    before: Vec<Vec<u64>>,
    /// The first stage that works on each cluster and brings something to it.
    first_on: Vec<Option<usize>>,
}

impl Graph {
    pub fn new(resolved: &Resolved<'_>) -> Graph {
        let count = resolved.stages.len();
        let mut after: Vec<Vec<usize>> = (resolved.stages.iter())
            .map(|stage| stage.after.iter().map(|before| before.value).collect())
            .collect();
        after.iter_mut().for_each(|list| {
            list.sort_unstable();
            list.dedup();
        });
        let words = count.div_ceil(64);
        let mut before: Vec<Vec<u64>> = Vec::with_capacity(count);
        for (at, list) in after.iter().enumerate() {
            let mut bits = vec![0; words];
            // What stands later in the list is a finding, and comes later.
            for &one in list.iter().filter(|one| **one < at) {
                bits[one / 64] |= 1 << (one % 64);
                bits.iter_mut().zip(&before[one]).for_each(|(bits, more)| *bits |= more);
            }
            before.push(bits);
        }
        let tasks: Vec<Task> =
            after.iter().map(|after| Task { takes: 0, after: after.clone(), window: None }).collect();
        let cycle = schedule(&tasks, 0).err().map(|Cycle(cycle)| cycle);
        let mut first_on = vec![None; resolved.clusters.len()];
        for (at, stage) in resolved.stages.iter().enumerate() {
            let here = |on: &ClusterId| stage.on.is_none_or(|stage| stage == *on);
            let clusters = resolved.clusters.iter().map(|cluster| cluster.id).filter(here);
            for on in clusters.filter(|on| stage.on.is_some() || resolved.cluster(*on).is_target()) {
                if stage.brings_something() {
                    first_on[on.index()].get_or_insert(at);
                }
            }
        }
        Graph { after, cycle, before, first_on }
    }

    /// Whether a stage is over before another one starts.
    pub fn is_before(&self, one: usize, other: usize) -> bool {
        self.before[other][one / 64] >> (one % 64) & 1 == 1
    }

    /// The stages before a stage, in the order of the plan.
    pub fn before(&self, stage: usize) -> impl Iterator<Item = usize> + '_ {
        (0..self.before.len()).filter(move |one| self.is_before(*one, stage))
    }

    /// The first stage that brings something to a cluster; for a cluster that is rebuilt, the one that tears the old
    /// one down.
    pub fn first_on(&self, cluster: ClusterId) -> Option<usize> {
        self.first_on[cluster.index()]
    }

    /// When every stage happens; `midnight` is the second of the day at which the first one starts.
    pub fn schedule(&self, resolved: &Resolved<'_>, midnight: u64) -> Schedule {
        let tasks: Vec<Task> = (resolved.stages.iter().zip(&self.after).enumerate())
            .map(|(at, (stage, after))| Task {
                takes: stage.written.takes.as_ref().map_or(0, |takes| takes.value.seconds),
                after: after.iter().copied().filter(|before| *before < at).collect(),
                window: stage.written.window.as_ref().map(|window| window.value),
            })
            .collect();
        schedule(&tasks, midnight)
            .expect("broken promise: stages that wait only for earlier ones make no circle")
    }
}

impl crate::resolve::Stage<'_> {
    /// Whether it changes its cluster: it applies something there, or runs tags of the playbook.
    pub fn brings_something(&self) -> bool {
        let tags = self.written.tags.as_ref().is_some_and(|tags| !tags.value.is_empty());
        tags || self.apply.iter().any(|unit| unit.value != Unit::Dns)
    }
}
