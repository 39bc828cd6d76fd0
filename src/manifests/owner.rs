//! Pods of one owner are one workload: a Deployment, not the pods of its ReplicaSets.

use super::workload::Template;
use crate::connectivity::{ContainerPort, Labels, Policy, Selector, Workload};
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Labels that controllers give to each generation or each pod. They tell pods of one workload apart, so they are left
/// out where no policy asks for them.
const VOLATILE: [&str; 7] = [
    "pod-template-hash",
    "controller-revision-hash",
    "pod-template-generation",
    "statefulset.kubernetes.io/pod-name",
    "apps.kubernetes.io/pod-index",
    "batch.kubernetes.io/job-completion-index",
    "batch.kubernetes.io/controller-uid",
];
/// Of Jobs that a CronJob makes, these differ from run to run as well.
const VOLATILE_OF_JOBS: [&str; 3] = ["controller-uid", "job-name", "batch.kubernetes.io/job-name"];

/// What all objects together come to: workloads, and the place of each.
pub fn workloads(templates: Vec<Template>, policies: &[&Policy]) -> (Vec<Workload>, Vec<Span>) {
    let asked = keys(policies);
    let known: BTreeMap<(String, String, String), Option<(String, String)>> = (templates.iter())
        .map(|template| {
            let key = (template.namespace.clone(), template.kind.clone(), template.name.clone());
            (key, template.owner.clone())
        })
        .collect();
    // All objects of one outermost owner; its own template first, then those of what it made.
    let mut owned: BTreeMap<(String, String, String), Vec<(bool, Template)>> = BTreeMap::new();
    for template in templates {
        let (kind, name) = outermost(&template, &known);
        let own = kind == template.kind && name == template.name;
        owned.entry((template.namespace.clone(), name, kind)).or_default().push((own, template));
    }
    let (mut workloads, mut places) = (Vec::new(), Vec::new());
    for ((namespace, name, kind), members) in owned {
        for (at, variant) in variants(members, &asked).into_iter().enumerate() {
            // Pods of one owner whose labels differ, as in the middle of a rollout, are told apart by a pod's name.
            let name = if at == 0 { format!("{name}[{kind}]") } else { format!("{}[Pod]", variant.name) };
            workloads.push(Workload {
                namespace: namespace.clone(),
                name,
                labels: variant.labels,
                ports: variant.ports.into_iter().collect(),
                host_network: variant.host_network,
                addresses: variant.addresses.into_iter().collect(),
            });
            places.push(variant.span);
        }
    }
    (workloads, places)
}

struct Variant {
    name: String,
    labels: Labels,
    host_network: bool,
    ports: BTreeSet<ContainerPort>,
    addresses: BTreeSet<IpAddr>,
    span: Span,
}

/// Members that no policy tells apart are one.
fn variants(mut members: Vec<(bool, Template)>, asked: &BTreeSet<&str>) -> Vec<Variant> {
    // Pods are what there is; a template is what there would be, and only counts where there are no pods.
    let pods = members.iter().any(|(_, member)| member.kind == "Pod");
    let span = members.iter().find(|(own, _)| *own).map(|(_, member)| member.span);
    members.retain(
        |(own, member)| if pods { member.kind == "Pod" } else { *own || member.kind != "ReplicaSet" },
    );
    members.sort_by(|(_, a), (_, b)| a.name.cmp(&b.name));
    let mut variants: Vec<Variant> = Vec::new();
    for (_, member) in members {
        let of_job = member.owner.as_ref().is_some_and(|(kind, _)| matches!(&**kind, "Job" | "CronJob"));
        let volatile = |key: &str| VOLATILE.contains(&key) || (of_job && VOLATILE_OF_JOBS.contains(&key));
        let mut labels = member.labels;
        labels.retain(|key, _| asked.contains(&**key) || !volatile(key));
        let same =
            |variant: &&mut Variant| variant.labels == labels && variant.host_network == member.host_network;
        match variants.iter_mut().find(same) {
            Some(variant) => {
                variant.ports.extend(member.ports);
                variant.addresses.extend(member.addresses);
            }
            None => variants.push(Variant {
                name: member.name,
                labels,
                host_network: member.host_network,
                ports: member.ports.into_iter().collect(),
                addresses: member.addresses.into_iter().collect(),
                span: span.unwrap_or(member.span),
            }),
        }
    }
    variants
}

type Known = BTreeMap<(String, String, String), Option<(String, String)>>;

/// Kind and name of the owner of the owner, as far as that is known.
fn outermost(template: &Template, known: &Known) -> (String, String) {
    let (mut kind, mut name) = (template.kind.clone(), template.name.clone());
    let mut owner = template.owner.clone();
    // No real chain is longer, and a circle must end.
    for _ in 0..8 {
        let Some((next_kind, next_name)) = owner else { break };
        // Mirror pods belong to their node, which makes no others like them.
        if next_kind == "Node" {
            break;
        }
        (kind, name) = (next_kind, next_name);
        let key = (template.namespace.clone(), kind.clone(), name.clone());
        owner = match known.get(&key) {
            Some(owner) => owner.clone(),
            None => implied(template, &kind, &name, known),
        };
    }
    (kind, name)
}

/// The owner of a ReplicaSet or Job that is not among the objects, by the way controllers name what they make.
fn implied(template: &Template, kind: &str, name: &str, known: &Known) -> Option<(String, String)> {
    let (stem, end) = name.rsplit_once('-')?;
    let of = |kind: &str| {
        let key = (template.namespace.clone(), kind.to_owned(), stem.to_owned());
        known.contains_key(&key)
    };
    match kind {
        // A Deployment names a ReplicaSet after itself and the hash that its pods carry.
        "ReplicaSet" => {
            let hash = template.labels.get("pod-template-hash").is_some_and(|hash| hash == end);
            (hash || of("Deployment")).then(|| ("Deployment".to_owned(), stem.to_owned()))
        }
        // A CronJob names a Job after itself and the minute of the run.
        "Job" => {
            let minute = !end.is_empty() && end.bytes().all(|byte| byte.is_ascii_digit());
            (minute && of("CronJob")).then(|| ("CronJob".to_owned(), stem.to_owned()))
        }
        _ => None,
    }
}

/// Every label of a pod that some policy asks for.
fn keys<'p>(policies: &[&'p Policy]) -> BTreeSet<&'p str> {
    use crate::connectivity::{Direction, Peer, Peers};
    let mut keys = BTreeSet::new();
    let mut add = |selector: &'p Selector| {
        keys.extend(selector.requirements.iter().map(|requirement| requirement.key()));
    };
    for policy in policies {
        add(&policy.pods);
        for direction in [Direction::Ingress, Direction::Egress] {
            for rule in policy.rules(direction).unwrap_or_default() {
                let Peers::Listed(peers) = &rule.peers else { continue };
                for peer in peers {
                    if let Peer::Pods { pods, .. } = peer {
                        add(pods);
                    }
                }
            }
        }
    }
    keys
}
