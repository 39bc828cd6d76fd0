//! Many pods are said by few words: all of a namespace, the same names in many namespaces.

use crate::connectivity::{WorkloadId, World};
use std::collections::{BTreeMap, BTreeSet};

/// Pods, by parts: in each of these namespaces those with these names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pods {
    pub parts: Vec<Part>,
    /// All that there are.
    pub everything: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    pub namespaces: Vec<String>,
    /// Names of workloads; empty is all of each namespace.
    pub names: Vec<String>,
}

/// The workloads of each namespace.
pub struct Index<'w> {
    world: &'w World,
    by_namespace: BTreeMap<&'w str, BTreeSet<&'w str>>,
}

impl<'w> Index<'w> {
    pub fn new(world: &'w World) -> Index<'w> {
        let mut by_namespace: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for workload in &world.workloads {
            by_namespace.entry(&workload.namespace).or_default().insert(&workload.name);
        }
        Index { world, by_namespace }
    }

    /// How many namespaces have workloads.
    pub fn namespaces(&self) -> usize {
        self.by_namespace.len()
    }

    /// The namespace that all members are in, if it is one.
    pub fn namespace(&self, members: &[WorkloadId]) -> Option<&'w str> {
        let of = |id: &WorkloadId| &*self.world.workloads[id.0].namespace;
        let first = of(members.first()?);
        members.iter().all(|id| of(id) == first).then_some(first)
    }

    /// The names of workloads of one namespace; empty when these are all.
    pub fn names(&self, members: &[WorkloadId]) -> Vec<String> {
        let names: BTreeSet<&str> = members.iter().map(|id| &*self.world.workloads[id.0].name).collect();
        let namespace = members.first().map(|id| &*self.world.workloads[id.0].namespace).unwrap_or_default();
        if self.by_namespace.get(namespace).is_some_and(|all| *all == names) {
            return Vec::new();
        }
        names.into_iter().map(str::to_owned).collect()
    }

    /// The pods of these names in these namespaces.
    pub fn named(&self, namespaces: &BTreeSet<&str>, names: &[String]) -> Pods {
        let everything = names.is_empty() && namespaces.len() == self.by_namespace.len();
        let namespaces = namespaces.iter().map(|name| (*name).to_owned()).collect();
        Pods { parts: vec![Part { namespaces, names: names.to_vec() }], everything }
    }

    /// Any pods.
    pub fn pods(&self, members: &[WorkloadId]) -> Pods {
        let mut found: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for id in members {
            let workload = &self.world.workloads[id.0];
            found.entry(&workload.namespace).or_default().insert(&workload.name);
        }
        let everything = found == self.by_namespace;
        let mut parts: BTreeMap<Vec<String>, Vec<String>> = BTreeMap::new();
        let single = found.len() == 1;
        for (namespace, names) in found {
            // One name alone says more than "all of them".
            let all = self.by_namespace.get(namespace).is_some_and(|all| *all == names);
            let all = all && !(single && names.len() == 1);
            let names = if all { Vec::new() } else { names.into_iter().map(str::to_owned).collect() };
            parts.entry(names).or_default().push(namespace.to_owned());
        }
        let mut parts: Vec<Part> =
            parts.into_iter().map(|(names, namespaces)| Part { namespaces, names }).collect();
        parts.sort();
        Pods { parts, everything }
    }
}
