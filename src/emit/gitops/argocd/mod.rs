//! Argo CD: one project, one Application that a person applies, and under it one for each unit of each cluster.
//!
//! No Application has a finalizer: deleting one leaves what it applied, which may be the network or an address.

mod application;
mod by_hand;
mod project;

use super::index::Index;
use super::name::Names;
use super::order::units;
use super::unit::{Unit, brought_namespaces};
use crate::emit::Files;
use crate::facts::Facts;
use crate::objects::AnyObject;
use crate::objects::argocd::Destination;
use crate::resolve::{Argo, Cluster, GitopsTarget};
use crate::upstream::Version;

/// The API server of the cluster that Argo CD runs in, as its clusters have it from the start.
const IN_CLUSTER: &str = "https://kubernetes.default.svc";

/// What every object here needs to know.
struct Context<'a> {
    platform: &'a str,
    target: &'a GitopsTarget<'a>,
}

/// A cluster and what is applied in it.
struct Member<'a> {
    cluster: &'a Cluster<'a>,
    units: Vec<Unit<'a>>,
}

impl Context<'_> {
    /// Where a cluster is, and a namespace in it.
    fn destination(&self, cluster: &Cluster<'_>, namespace: &str) -> Destination {
        let namespace = Some(namespace.to_owned());
        match self.target.destinations.get(&cluster.id) {
            Some(Argo::Named(name)) => Destination { name: Some(name.clone()), namespace, server: None },
            Some(Argo::InCluster) | None => {
                Destination { server: Some(IN_CLUSTER.to_owned()), namespace, name: None }
            }
        }
    }

    /// Where Applications live.
    fn home(&self) -> Destination {
        let namespace = Some(self.target.namespace.clone());
        Destination { server: Some(IN_CLUSTER.to_owned()), namespace, name: None }
    }

    fn version(&self) -> Option<&Version> {
        self.target.written.version.as_ref().map(|version| &version.value)
    }
}

pub fn emit(facts: &Facts<'_>, target: &GitopsTarget<'_>, index: &Index<'_>, files: &mut Files) {
    let context = Context { platform: facts.resolved.name, target };
    let members: Vec<Member<'_>> = facts
        .resolved
        .targets()
        .map(|cluster| Member { cluster, units: units(facts, cluster, index) })
        .filter(|member| !member.units.is_empty())
        .collect();
    let from = ["gitops".to_owned()];
    let project = project::project(&context, &members);
    files.object("gitops", AnyObject::new(&project), &from);
    let mut names = Names::default();
    let root = names.give(&[context.platform]);
    let root_object = application::of_applications(&context, &root, "gitops");
    files.object_by_hand("gitops/root.yaml", &AnyObject::new(&root_object), &from);
    // With several clusters each has an Application of Applications of its own, so that one that is down or held does not
    // hold up the others.
    let several = members.len() > 1;
    for member in &members {
        let cluster = member.cluster.name;
        let folder = format!("gitops/{cluster}");
        if several {
            let name = names.give(&[context.platform, cluster]);
            let object = application::of_applications(&context, &name, &folder);
            files.object("gitops", AnyObject::new(&object), &from);
        }
        let namespaces = brought_namespaces(&member.units);
        for unit in &member.units {
            let creates = unit.chart().is_some_and(|chart| !namespaces.contains(chart.namespace.as_str()));
            let name = names.give(&[cluster, &unit.key]);
            let object = AnyObject::new(&application::of_unit(&context, member.cluster, unit, name, creates));
            match several {
                true => files.object(&folder, object, &unit.from),
                false => files.object_below("gitops", cluster, object, &unit.from),
            }
        }
    }
    by_hand::emit(&context, &members, &root, files);
}
