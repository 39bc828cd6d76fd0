//! What Argo CD may do for this plan, and nothing else: these repositories, clusters, namespaces and kinds.

use super::super::chart::ClusterKind;
use super::super::unit::{Content, Unit, brought_namespaces, group};
use super::{Context, Member};
use crate::emit::files::{labels, metadata};
use crate::objects::argocd::{AppProject, AppProjectSpec, ClusterResource, Destination};
use std::collections::BTreeSet;

/// A namespace that every cluster has; the destination of units whose objects are in several namespaces or in none, for
/// a project does not allow an Application without one.
pub const ANY_NAMESPACE: &str = "default";

const NAMESPACE: ClusterKind = ("", "Namespace");

pub fn project(context: &Context<'_>, members: &[Member<'_>]) -> AppProject {
    let mut repositories = BTreeSet::from([context.target.repository]);
    let mut kinds: BTreeSet<(String, String)> = BTreeSet::new();
    let mut destinations = vec![context.home()];
    for member in members {
        let mut namespaces: BTreeSet<String> = BTreeSet::new();
        let brought = brought_namespaces(&member.units);
        for unit in &member.units {
            namespaces.insert(destination_namespace(unit));
            match &unit.content {
                Content::Folder(folder) => {
                    for object in &folder.objects {
                        match &object.namespace {
                            Some(namespace) => _ = namespaces.insert(namespace.clone()),
                            None => {
                                _ = kinds
                                    .insert((group(&object.api_version).to_owned(), object.kind.clone()));
                            }
                        }
                    }
                }
                Content::Chart(chart) => {
                    repositories.insert(chart.repository);
                    let made = chart.cluster_kinds.iter().copied();
                    let with_namespace =
                        made.chain((!brought.contains(chart.namespace.as_str())).then_some(NAMESPACE));
                    kinds.extend(with_namespace.map(|(group, kind)| (group.to_owned(), kind.to_owned())));
                }
            }
        }
        let of_cluster = namespaces.iter().map(|namespace| context.destination(member.cluster, namespace));
        destinations.extend(of_cluster);
    }
    let unique = |list: Vec<Destination>| {
        let mut kept: Vec<Destination> = Vec::new();
        let mut seen = BTreeSet::new();
        for one in list {
            if seen.insert((one.server.clone(), one.name.clone(), one.namespace.clone())) {
                kept.push(one);
            }
        }
        kept
    };
    AppProject {
        metadata: metadata(
            context.platform,
            Some(&context.target.namespace),
            labels(context.platform, "gitops", context.platform),
        ),
        spec: AppProjectSpec {
            description: Some(format!("The network of {}, compiled from its plan", context.platform)),
            source_repos: repositories.into_iter().map(str::to_owned).collect(),
            destinations: unique(destinations),
            cluster_resource_whitelist: kinds
                .into_iter()
                .map(|(group, kind)| ClusterResource { group, kind, name: None })
                .collect(),
            ..Default::default()
        },
    }
}

/// The namespace of the one destination that an Application has.
pub fn destination_namespace(unit: &Unit<'_>) -> String {
    match &unit.content {
        Content::Chart(chart) => chart.namespace.clone(),
        Content::Folder(folder) => {
            let mut namespaces: BTreeSet<&Option<String>> =
                folder.objects.iter().map(|object| &object.namespace).collect();
            match (namespaces.pop_first(), namespaces.is_empty()) {
                (Some(Some(only)), true) => only.clone(),
                _ => ANY_NAMESPACE.to_owned(),
            }
        }
    }
}
